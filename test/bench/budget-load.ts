import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../src/cli/client.js';
import type { Stage } from './stage.js';

type Purpose = 'person' | 'provisioning' | 'reconcile' | 'inventory';

/** What a flood calls again and again. */
export interface Load { connection: string; method: string; request: () => object; purpose: Purpose }

/** Milliseconds that one call took with all waiting, or undefined where it was not sent in time. */
async function callOnce(api: ApiClient, { connection, method, request, purpose }: Load): Promise<number | undefined> {
  try {
    return (await api.post<{ tookMs: number }>(`/v1/connections/${connection}/calls`, { method, request: request(), purpose, deadlineMs: 20_000 })).tookMs;
  } catch (error) {
    if ((error as { code?: string }).code === 'RATE_LIMITED') return undefined;
    throw error;
  }
}

/** Keeps `callers` busy on each server until the flood is stopped. */
export function flood(servers: ApiClient[], load: Load, callers: number): { stop(): Promise<void> } {
  let isOver = false;
  const loops = servers.flatMap((api) => Array.from({ length: callers }, async () => {
    while (!isOver) await callOnce(api, load);
  }));
  const all = Promise.all(loops);
  all.catch(() => undefined);
  return { stop: async () => {
    isOver = true;
    await all;
  } };
}

/** Makes `count` calls, one each `everyMs`. Gives how long each took, sorted. */
export async function sample(api: ApiClient, load: Load, count: number, everyMs: number): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    took.push((await callOnce(api, load)) ?? Infinity);
    await delay(everyMs);
  }
  return took.sort((one, other) => one - other);
}

/** Connects an account of the box. */
export async function connect({ api, control, wires }: Stage, name: string, driver: 'aws' | 'unpublished', account: string, workspaceId: string): Promise<void> {
  const isAws = driver === 'aws';
  const { accessKeyId, secretKey } = (await (await fetch(`${control}/control/credential?cloud=${isAws ? 'aws' : 'openstack'}&account=${account}`)).json()) as { accessKeyId: string; secretKey: string };
  await api.post('/v1/connections', {
    workspaceId, name, driver, endpoint: isAws ? wires.ec2 : wires.plain, sync: false, credential: isAws ? { accessKeyId, secretAccessKey: secretKey } : { accessKeyId, secretKey }, options: isAws ? {} : { cloud: 'openstack' },
  });
}

/** Makes what a VM needs, and gives the request that makes one more. */
export async function vmMaker(api: ApiClient, connection: string, region: string): Promise<() => object> {
  const make = async <T>(method: string, request: object): Promise<T> => (await api.post<{ result: T }>(`/v1/connections/${connection}/calls`, { method, request: { region, ...request } })).result;
  const owned = (name: string): object => ({ name, token: `${connection}-${name}`, tags: { 'mcmp-id': name } });
  const network = await make<{ id: string }>('network.create', { ...owned('net'), cidr: '10.0.0.0/16' });
  const { items: [zone] } = await make<{ items: { id: string }[] }>('region.listZones', {});
  const subnet = await make<{ id: string }>('subnet.create', { ...owned('subnet'), networkId: network.id, cidr: '10.0.0.0/20', zone: zone?.id });
  const group = await make<{ id: string }>('security-group.create', { ...owned('group'), networkId: network.id, description: 'bench', rules: [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }] });
  const publicKey = openSsh();
  const key = await make<{ id: string }>('key-pair.create', { ...owned('key'), publicKey });
  const { items: images } = await make<{ items: { id: string; osFamily: string; architecture: string; sshUser: string }[] }>('image.list', {});
  const image = images.find(({ osFamily, architecture }) => osFamily === 'ubuntu' && architecture === 'amd64');
  // New things are not seen at once: the cloud's window, at the box's pace.
  await delay(3000);
  let count = 0;
  return () => {
    const name = `vm${(count += 1)}`;
    return { region, token: `${connection}-${name}`, tags: { 'mcmp-id': name }, names: [name], zone: zone?.id, specId: 't3.nano', imageId: image?.id, networkId: network.id, subnetId: subnet.id, securityGroupIds: [group.id], keyPairId: key.id, publicKey, sshUser: image?.sshUser, publicAddress: false };
  };
}

/** The OpenSSH line of a new key. */
function openSsh(): string {
  const text = (value: string | Buffer): Buffer => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return `ssh-ed25519 ${Buffer.concat([text('ssh-ed25519'), text(raw)]).toString('base64')} bench`;
}
