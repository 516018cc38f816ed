import { readFileSync } from 'node:fs';
import type { ConnectInput } from '@mcmp/driver-sdk';

/** One cloud of a `clouds.yaml`, as OpenStack's own clients read it. */
export interface CloudEntry {
  region: string;
  /** What the driver's connection needs. */
  input: ConnectInput;
}

type Node = { [key: string]: Node | string };

/** Reads the part of YAML that such files are written in: maps by indentation, with plain or quoted texts. */
function read(text: string): Node {
  const root: Node = {};
  const open: { indent: number; node: Node }[] = [{ indent: -1, node: root }];
  for (const line of text.split('\n')) {
    const found = /^( *)([\w.-]+):(?:\s+(.*?))?\s*$/.exec(line.replace(/\s+#.*$/, ''));
    if (!found || line.trim().startsWith('#')) continue;
    const [, spaces = '', key = '', value = ''] = found;
    while (open.at(-1)!.indent >= spaces.length) open.pop();
    const node = open.at(-1)!.node;
    if (value !== '') node[key] = value.replace(/^(['"])(.*)\1$/, '$2');
    else open.push({ indent: spaces.length, node: (node[key] = {}) });
  }
  return root;
}

/** The cloud of this name, or the only one of the file. @throws Error that lists the names. */
export function cloudOf(file: string, name?: string): CloudEntry {
  const clouds = (read(readFileSync(file, 'utf8')).clouds ?? {}) as Node;
  const names = Object.keys(clouds);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  const cloud = chosen === undefined ? undefined : clouds[chosen];
  if (typeof cloud !== 'object') throw new Error(`${file} has ${name === undefined ? 'several clouds: name one of' : `no cloud "${name}"; it has`} ${names.join(', ')}`);
  const auth = (cloud.auth ?? {}) as Record<string, string>;
  const credential = {
    applicationCredentialId: auth.application_credential_id, applicationCredentialSecret: auth.application_credential_secret, username: auth.username, password: auth.password,
    userDomain: auth.user_domain_name ?? auth.user_domain_id, project: auth.project_name, projectId: auth.project_id, projectDomain: auth.project_domain_name ?? auth.project_domain_id,
  };
  return { region: String(cloud.region_name ?? 'RegionOne'), input: { endpoint: auth.auth_url, credential: Object.fromEntries(Object.entries(credential).filter(([, value]) => value)) as Record<string, string>, options: {} } };
}
