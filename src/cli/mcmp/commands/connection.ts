import { statSync } from 'node:fs';
import type { Call, Command } from '../command.js';
import type { Flag } from '../flags.js';
import { readDocument } from '../document.js';
import { EXIT, Failure, Refusal, wrongUsage } from '../failure.js';
import { follow } from '../following.js';
import { idOf, mapOf } from '../generic.js';
import { globOf } from '../glob.js';
import { ask, askSecret } from '../prompt.js';
import type { Session } from '../session.js';
import { didYouMean } from '../suggest.js';

interface Text { en: string; ko?: string }
/** A field of a driver's form, as its manifest tells it. */
interface FormField { name: string; label: Text; help?: Text; secret: boolean; required: boolean; pattern?: string; multiline?: boolean; values?: string[]; default?: string }
interface Driver { name: string; credential: FormField[]; options: FormField[]; endpoint: 'optional' | 'required' | 'none' | null }

const FORM: Flag[] = [
  { name: 'credential-file', type: 'text', value: 'FILE', description: 'Credential in YAML or JSON, e.g. {"accessKeyId": …}; - is stdin. Without it the fields of the driver are asked for' },
  { name: 'endpoint', type: 'text', value: 'URL', description: 'Another address of the cloud than its own' },
  { name: 'option', type: 'list', value: 'KEY=VALUE', description: 'An option of the driver' },
  { name: 'region', type: 'list', commas: true, value: 'LIST', description: 'Only these regions' },
  { name: 'no-verify', type: 'boolean', description: 'Do not ask the cloud who the credential is' },
];

/** The language of the person's environment, as far as manifests have it. */
const wordOf = (text: Text, { environment }: Session): string => (/^ko/.test(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '') ? (text.ko ?? text.en) : text.en);

/** The credential from its file, or asked field by field; secrets are not shown. @throws Failure for a field that the driver does not know or that breaks its rule */
async function credentialOf({ flags, session }: Call, driver: Driver): Promise<Record<string, string>> {
  const file = flags.text('credential-file');
  if (file !== undefined) {
    if (file !== '-' && process.platform !== 'win32' && (statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o044) session.terminal.warn(`others can read ${file}: chmod 600 ${file}`);
    const { value, where } = await readDocument(file);
    const known = driver.credential.map(({ name }) => name);
    for (const name of Object.keys(value)) if (!known.includes(name)) throw new Failure(EXIT.invalid, `${where([name], true)}: the driver "${driver.name}" has no field "${name}"${didYouMean(name, known) || `; it has ${known.join(', ')}`}`);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, String(member)]));
  }
  const missing = driver.credential.filter(({ required }) => required).map(({ name }) => name);
  if (!session.terminal.asks) throw wrongUsage(`--credential-file is missing; it holds ${missing.join(', ')}`, '- reads it from stdin. Credentials are not taken as flags: others see the arguments of a program.');
  return askFields(session, driver.credential);
}

async function askFields(session: Session, fields: readonly FormField[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const field of fields) {
    const { name, label, help, secret, required, pattern, multiline = false, values, default: fallback } = field;
    if (help) session.terminal.note(session.terminal.paint('dim', wordOf(help, session), 'error'));
    for (;;) {
      const question = `${wordOf(label, session)}${values ? ` (${values.join(', ')})` : ''}${required ? '' : fallback !== undefined ? ` [${fallback}]` : ' (may be left empty)'}${multiline ? ' (several lines, then an empty one)' : ''}`;
      const answer = secret || multiline ? await askSecret(question, { multiline }) : await ask(question);
      if (answer === '' && !required) break;
      const good = answer !== '' && (!values || values.includes(answer)) && (multiline || !answer.includes('\n')) && (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(answer));
      if (good) {
        answers[name] = answer;
        break;
      }
      session.terminal.note(answer === '' ? 'It is needed.' : !multiline && answer.includes('\n') ? 'It is a single line.' : values ? `It is one of ${values.join(', ')}.` : `It must fit ${pattern}.`);
    }
  }
  return answers;
}

async function optionsOf({ flags, session }: Call, driver: Driver): Promise<Record<string, string>> {
  const given = mapOf(flags.list('option'), 'option');
  const known = driver.options.map(({ name }) => name);
  for (const name of Object.keys(given)) if (!known.includes(name)) throw wrongUsage(`the driver "${driver.name}" has no option "${name}"${didYouMean(name, known) || `; it has ${known.join(', ') || 'none'}`}`);
  const missing = driver.options.filter(({ name, required }) => required && !(name in given));
  if (missing.length > 0 && session.terminal.asks) return { ...given, ...(await askFields(session, missing)) };
  return given;
}

async function create(call: Call): Promise<number> {
  const { arguments: [name = ''], flags, session } = call;
  const driverName = flags.text('driver');
  if (driverName === undefined) throw wrongUsage('--driver is missing', '`mcmp driver list` shows them.');
  const driver = await session.api.get<Driver & Record<string, unknown>>(`/v1/drivers/${encodeURIComponent(driverName)}`);
  const endpoint = flags.text('endpoint') ?? (driver.endpoint === 'required' && session.terminal.asks ? await ask('Address of the cloud (URL)') : undefined);
  const options = await optionsOf(call, driver);
  const credential = await credentialOf(call, driver);
  const workspace = flags.text('workspace');
  const body = { name, driver: driverName, credential, ...(workspace !== undefined && { workspaceId: await idOf(session, '/v1/workspaces', workspace, 'workspace') }), ...(endpoint !== undefined && { endpoint }), ...(Object.keys(options).length > 0 && { options }), ...(flags.list('region').length > 0 && { regions: flags.list('region') }), ...(flags.truth('no-sync') && { sync: false }) };
  const made = await session.api.json('POST', `/v1/connections${flags.truth('no-verify') ? '?verify=false' : ''}`, { body }) as Record<string, unknown>;
  return told(session, made, 'made', flags.truth('watch') ?? false);
}

async function told(session: Session, connection: Record<string, unknown>, deed: string, watch: boolean): Promise<number> {
  const { name, cloud, state, accountId, syncOperationId } = connection;
  if (session.output.forPeople) session.output.done(`Connection ${String(name)} ${deed}: ${String(cloud)}, ${String(state)}${typeof accountId === 'string' ? `, account ${accountId}` : ''}`);
  else if (!watch) await session.output.thing(connection);
  if (typeof syncOperationId !== 'string') return EXIT.ok;
  if (watch) return follow(session, syncOperationId);
  session.terminal.note(`Its catalogue is read: mcmp operation watch ${syncOperationId}`);
  return EXIT.ok;
}

async function update(call: Call): Promise<number> {
  const { arguments: [name = ''], flags, session } = call;
  const path = `/v1/connections/${encodeURIComponent(name)}`;
  const { driver: driverName } = await session.api.get<{ driver: string }>(path);
  const driver = await session.api.get<Driver & Record<string, unknown>>(`/v1/drivers/${encodeURIComponent(driverName)}`);
  const newCredential = flags.has('credential-file') || flags.truth('ask-credential') === true;
  const body = {
    ...(flags.has('name') && { name: flags.text('name') }), ...(flags.has('endpoint') && { endpoint: flags.text('endpoint') === 'null' ? null : flags.text('endpoint') }), ...(flags.list('region').length > 0 && { regions: flags.list('region') }),
    ...(flags.has('option') && { options: await optionsOf(call, { ...driver, options: driver.options.map((field) => ({ ...field, required: false })) }) }), ...(newCredential && { credential: await credentialOf(call, driver) }),
  };
  if (Object.keys(body).length === 0) throw wrongUsage('nothing is to be changed: name it by a flag');
  return told(session, await session.api.json('PATCH', `${path}${flags.truth('no-verify') ? '?verify=false' : ''}`, { body }) as Record<string, unknown>, 'changed', false);
}

const QUOTA_COLUMNS = ['region', 'name', 'LIMIT:limit', 'USED:used', 'measure', 'source', 'id'];

/** Quotas of one region, or of all that fit a glob: the API wants them one by one. */
async function quotas({ arguments: [name = ''], flags, session }: Call): Promise<void> {
  const path = `/v1/connections/${encodeURIComponent(name)}`;
  const given = flags.text('region') ?? '*';
  const fits = globOf(given);
  const regions = fits ? (await session.api.get<{ items: { id: string; enabled: boolean }[] }>(`${path}/regions`, { live: false })).items.filter(({ id, enabled }) => enabled && fits(id)).map(({ id }) => id) : [given];
  if (regions.length === 0) throw new Failure(EXIT.notFound, `no region of ${name} fits "${given}"`, [`\`mcmp connection regions ${name}\` shows them.`]);
  const items = [];
  for (const region of regions) {
    try {
      items.push(...(await session.api.pages(`${path}/quotas`, { region })).items);
    } catch (error) {
      if (!(error instanceof Refusal) || regions.length === 1) throw error;
      session.terminal.warn(`${region}: ${error.message}`);
    }
  }
  await session.output.list(items.slice(0, session.limit), QUOTA_COLUMNS, { more: items.length > session.limit });
}

const NAME = { name: 'CONNECTION', required: true, completes: 'connection' as const };

/** `mcmp connection …` beside what the open API gives as it is. */
export const connectionCommands: Command[] = [
  {
    noun: 'connection', verb: 'create', summary: 'Makes a connection: the cloud is asked who the credential is, the credential is sealed, and the catalogue is read.', permission: 'connection:create', operations: ['Connections_create'],
    about: ['The credential is asked for field by field as the driver needs it, without showing secrets, or read from a file.'], arguments: [{ name: 'NAME', required: true }],
    flags: [{ name: 'driver', type: 'text', value: 'DRIVER', description: 'Driver that speaks to the cloud', completes: 'driver' }, { name: 'workspace', type: 'text', value: 'NAME', description: 'Whose it is; needed where you have several workspaces' }, ...FORM, { name: 'no-sync', type: 'boolean', description: 'Do not read the catalogue now' }, { name: 'watch', short: 'w', type: 'boolean', description: 'Follow the reading of the catalogue' }],
    examples: ['connection create aws --driver aws', 'connection create aws --driver aws --region us-east-1 --credential-file aws.json --watch', 'pass show aws | mcmp connection create aws --driver aws --credential-file -'], run: create,
  },
  {
    noun: 'connection', verb: 'update', summary: 'Changes a connection; a new credential is tried before it is kept.', permission: 'connection:update', operations: ['Connections_update'], arguments: [NAME],
    flags: [{ name: 'name', type: 'text', value: 'NAME', description: 'New name' }, ...FORM, { name: 'ask-credential', type: 'boolean', description: 'Asks for a new credential' }], examples: ['connection update aws --region us-east-1,eu-west-1', 'connection update aws --credential-file new.json'], run: update,
  },
  {
    noun: 'connection', verb: 'quotas', summary: 'Lists the limits of the account with what is in use, of one region or of all that fit.', permission: 'connection:read', operations: ['Connections_quotas'], arguments: [NAME], columns: QUOTA_COLUMNS,
    flags: [{ name: 'region', type: 'text', value: 'REGION', description: 'Region id, or a glob of it; without it all', completes: 'region' }], examples: ['connection quotas aws --region us-east-1', "connection quotas aws --region 'ap-*'"], run: quotas,
  },
];
