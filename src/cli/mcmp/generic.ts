import { randomUUID } from 'node:crypto';
import { EVERYWHERE } from './arguments.js';
import type { Call, Command } from './command.js';
import type { Argument, Completable, Flag } from './flags.js';
import { readDocument, readInput, readValue, tracing } from './document.js';
import { EXIT, Failure, wrongUsage } from './failure.js';
import { begun } from './following.js';
import type { Field, Operation } from './generate.js';
import type { OperationItem } from './operation.js';
import { askSecret, secretFromStdin } from './prompt.js';
import { type Item, valueAt } from './columns.js';
import { readEvents } from './events.js';
import { queryOf } from './http.js';
import { nameOf } from './output.js';
import type { Session } from './session.js';
import { oneLine } from './width.js';

/** What a person wants otherwise than the document says. */
export interface Refinement {
  /** Body or query members that are given by their place, in order, after those of the path. */
  positional?: string[];
  /** Members that a person never sets by a flag. */
  hidden?: string[];
  /** Members of the body that this command sets itself. */
  fixed?: Record<string, unknown>;
  columns?: string[];
  /** Columns of the tables within a thing that is shown, by member; absent takes all members of their items. */
  tables?: Record<string, string[]>;
  examples?: string[];
  about?: string[];
  /** What is asked back on a terminal before it is done. */
  confirm?: (names: string[]) => string;
  /** Said when it is done and the answer has no body. */
  done?: (names: string[]) => string;
  /** Said in place of an empty table. */
  empty?: string;
  /** The answer is what the call was made for, and no word about a thing that was changed. */
  shows?: true;
}

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Members that are ids of workspaces: a person knows their names. */
const WORKSPACE = ['workspaceId', 'workspaceIds'];
const COMPLETES: Record<string, Completable> = { mci: 'mci', vm: 'vm', connection: 'connection', driver: 'driver', operation: 'operation', project: 'project', region: 'region', repository: 'repository' };

/** Flags that mean something else everywhere; `--project` means the same as a filter. */
const TAKEN = [...EVERYWHERE.map(({ name }) => name).filter((name) => name !== 'project'), 'file', 'watch', 'yes'];

/** How a member is called on the command line. */
export const flagNameOf = ({ name, flag }: Field): string => ({ workspaceId: 'workspace', workspaceIds: 'workspaces', q: 'search' }[name] ?? (TAKEN.includes(flag) ? `set-${flag}` : flag));

/** A project that is not named is the one that one works in. */
const isOwn = ({ in: where, name }: Field): boolean => where === 'path' && name === 'project';

/** Members of the path that are arguments. */
export const argumentsOf = (operation: Operation): Field[] => operation.fields.filter((field) => field.in === 'path' && !isPlace(operation, field));

/** Whether the project of a path is the one that one works in, and no argument. */
const isPlace = ({ path, noun }: Operation, { name }: Field): boolean => name === 'project' && noun !== 'project' && path.startsWith('/v1/projects/{project}/');

function flagOf(field: Field): Flag {
  const base = { name: flagNameOf(field), description: field.description, ...(field.values && { values: field.values }), ...(field.default !== undefined && { default: field.default }) };
  const completes = COMPLETES[field.name] && { completes: COMPLETES[field.name] as Completable };
  if (field.type === 'boolean') return { ...base, type: 'boolean' };
  if (field.type === 'number') return { ...base, type: 'number', value: 'N' };
  if (field.type === 'list') return { ...base, type: 'list', commas: true, value: 'LIST', ...completes };
  if (field.type === 'map') return { ...base, type: 'list', value: 'KEY=VALUE' };
  return { ...base, type: 'text', value: field.type === 'json' ? 'JSON|@FILE' : (field.flag.split('-').at(-1) as string).toUpperCase(), ...completes };
}

/** Members that flags set: not those of the path, of pages, or given by their place. */
function flagFields({ fields }: Operation, { positional = [], hidden = [], fixed = {} }: Refinement): Field[] {
  return fields.filter(({ name, in: where }) => where !== 'path' && !['pageSize', 'pageToken', 'Last-Event-ID'].includes(name) && !positional.includes(name) && !hidden.includes(name) && !(name in fixed));
}

/** The command for an operation of the open API; `refinement` makes it as a person wants it. */
export function commandOf(operation: Operation, refinement: Refinement = {}, title: { noun: string; verb: string } = operation): Command {
  const placed = (refinement.positional ?? []).flatMap((name) => operation.fields.find((field) => field.name === name) ?? []);
  const path = argumentsOf(operation);
  const upper = (field: Field): Argument => ({ name: field.flag.replaceAll('-', '_').toUpperCase(), required: !isOwn(field) && (field.in === 'path' || (field.required && operation.body !== 'json')), ...(COMPLETES[field.name] && { completes: COMPLETES[field.name] as Completable }) });
  const secrets = operation.fields.filter((field) => field.secret);
  const plain = flagFields(operation, refinement).filter((field) => !field.secret);
  return {
    ...title, summary: operation.summary, operations: [operation.id], ...(operation.permission !== undefined && { permission: operation.permission }),
    ...(refinement.about && { about: refinement.about }), ...(refinement.examples && { examples: refinement.examples }),
    arguments: [...path.map(upper), ...placed.map(upper), ...(operation.body === 'bytes' ? [{ name: 'FILE', required: true }] : [])],
    columns: refinement.columns ?? operation.columns,
    flags: [
      ...plain.map(flagOf),
      ...secrets.flatMap((field): Flag[] => [{ name: `${field.flag}-file`, type: 'text', value: 'FILE', description: `File that holds the ${field.name}; - is stdin. ${field.description}`.trim() }]),
      ...(operation.body === 'json' ? [{ name: 'file', short: 'f', type: 'text' as const, value: 'FILE', description: 'The request in YAML or JSON; - is stdin, and flags go before it' }] : []),
      ...(operation.answer === 'operation' ? [{ name: 'watch', short: 'w', type: 'boolean' as const, description: 'Follow it to its end' }] : []),
      ...(refinement.confirm ? [{ name: 'yes', short: 'y', type: 'boolean' as const, description: 'Do not ask back' }] : []),
    ],
    run: (call) => runOperation(operation, refinement, call),
  };
}

/** Calls an operation with what stands on the command line, and writes its answer. */
export async function runOperation(operation: Operation, refinement: Refinement, call: Call): Promise<number> {
  const { session, flags } = call;
  const names = [...call.arguments];
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const field = operation.fields.find((candidate) => candidate.in === 'path' && candidate.name === name) as Field;
    return encodeURIComponent(isPlace(operation, field) || (isOwn(field) && names.length === 0) ? session.project : (names.shift() as string));
  });
  const shown = call.arguments.slice(0, call.arguments.length - names.length);
  const document = operation.body === 'json' && flags.text('file') !== undefined ? await readDocument(flags.text('file') as string) : undefined;
  const members = await readMembers(operation, refinement, call, names);
  await confirm(session, refinement, shown, flags.truth('yes') ?? false);
  const query = Object.fromEntries(operation.fields.filter((field) => field.in === 'query' && members.has(field.name)).map((field) => [field.name, textOf(members.get(field.name))]));
  const headers = Object.fromEntries(operation.fields.filter((field) => field.in === 'header' && members.has(field.name)).map((field) => [field.name, String(members.get(field.name))]));
  if (operation.fields.some(({ name }) => name === 'Idempotency-Key')) headers['Idempotency-Key'] ??= randomUUID();
  const body = operation.body === 'bytes' ? new Uint8Array(readInput(names.shift() as string)) : operation.body === 'json' ? { ...document?.value, ...refinement.fixed, ...bodyOf(operation, members) } : undefined;
  if (operation.media !== undefined) headers['content-type'] = operation.media;
  if (operation.answer === 'page') return readList(operation, refinement, session, path, query);
  const api = operation.permission === undefined ? session.openApi : session.api;
  if (operation.answer === 'stream') return readStream(session, path, headers);
  const answer = await tracing(document, () => api.send(operation.method, path + queryOf(query), { ...(body !== undefined && { body }), headers }));
  return write(operation, refinement, session, answer.text, shown, flags.truth('watch') ?? false);
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

const bodyOf = (operation: Operation, members: Map<string, unknown>): Item => Object.fromEntries(operation.fields.filter((field) => field.in === 'body' && members.has(field.name)).map((field) => [field.name, members.get(field.name)]));

/** Values of members that were given: by place, by flag, from a file of their own, or asked for. */
async function readMembers(operation: Operation, refinement: Refinement, call: Call, names: string[]): Promise<Map<string, unknown>> {
  const members = new Map<string, unknown>();
  const { session, flags } = call;
  for (const name of refinement.positional ?? []) {
    const field = operation.fields.find((candidate) => candidate.name === name);
    if (field && names.length > 0) members.set(name, await valueOf(field, [names.shift() as string], session));
  }
  for (const field of flagFields(operation, refinement)) {
    const flag = flagNameOf(field);
    if (field.secret) {
      const file = flags.text(`${field.flag}-file`);
      if (file !== undefined) members.set(field.name, field.type === 'text' ? secretOf(file, field.name) : (await readDocument(file)).value);
      else if (field.required && field.type === 'text' && !flags.has('file')) members.set(field.name, await askSecretOf(field, session));
      continue;
    }
    if (!flags.has(flag)) continue;
    // `--project` says where one works; as a filter it is an id.
    const given = flags.truth(flag) ?? flags.number(flag);
    members.set(field.name, given !== undefined ? (field.asText ? String(given) : given) : await valueOf(field, flags.list(flag).length > 0 ? flags.list(flag) : [flags.text(flag) as string], session));
  }
  const missing = operation.fields.find((field) => field.in !== 'path' && field.required && !field.secret && !members.has(field.name) && !(field.name in (refinement.fixed ?? {})) && (field.in !== 'body' || !flags.has('file')));
  if (missing) {
    if (WORKSPACE.includes(missing.name)) members.set(missing.name, await onlyWorkspace(session));
    else throw wrongUsage(`${(refinement.positional ?? []).includes(missing.name) ? missing.flag.toUpperCase() : `--${flagNameOf(missing)}`} is missing${missing.description ? ` (${missing.description})` : ''}`, ...(operation.body === 'json' ? ['A whole request can be given by -f FILE.'] : []));
  }
  return members;
}

async function askSecretOf({ name, flag }: Field, { terminal }: Session): Promise<string> {
  if (!terminal.asks) throw wrongUsage(`there is no terminal to ask for the ${name} on`, `--${flag}-file FILE gives it; - is stdin.`);
  return askSecret(name);
}

const secretOf = (file: string, name: string): string => (file === '-' ? secretFromStdin(name) : (readInput(file).toString('utf8').split(/\r?\n/, 1)[0] as string));

async function valueOf(field: Field, given: string[], session: Session): Promise<unknown> {
  const [first = ''] = given;
  if (field.nullable && first === 'null') return null;
  if (WORKSPACE.includes(field.name)) {
    const ids = await Promise.all(given.map((name) => idOf(session, '/v1/workspaces', name, 'workspace')));
    return field.type === 'list' ? ids : ids[0];
  }
  if (field.in === 'query' && field.name === 'workspace') return idOf(session, '/v1/workspaces', first, 'workspace');
  if (field.in === 'query' && field.name === 'project') return idOf(session, '/v1/projects', first, 'project');
  if (field.type === 'number') {
    if (!Number.isFinite(Number(first))) throw wrongUsage(`${field.name} is a number, not "${first}"`);
    return Number(first);
  }
  if (field.type === 'boolean') return field.asText ? first : first === 'true';
  if (field.type === 'map') return mapOf(given, flagNameOf(field));
  if (field.type === 'list') return given;
  if (field.type === 'json') return readValue(first, flagNameOf(field));
  return first;
}

/** `a=1` and `b=2` as a mapping. @throws Failure (usage) */
export function mapOf(given: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw wrongUsage(`--${flag} takes KEY=VALUE, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  }));
}

/** The id of a thing that a person names. */
export async function idOf(session: Session, list: string, name: string, what: string): Promise<string> {
  if (ID.test(name)) return name;
  const { items } = await session.api.pages(list, { pageSize: 200 });
  const found = items.find((item) => item.name === name);
  if (!found) throw new Failure(EXIT.notFound, `there is no ${what} "${name}" that you may see`, [`Yours are: ${items.map((item) => String(item.name)).join(', ') || 'none'}`]);
  return String(found.id);
}

async function onlyWorkspace(session: Session): Promise<string> {
  const { items } = await session.api.pages('/v1/workspaces', { pageSize: 200 });
  if (items.length !== 1) throw wrongUsage('--workspace is missing, and you have several', `Yours are: ${items.map((item) => String(item.name)).join(', ')}`);
  return String((items[0] as Item).id);
}

/** Asks back on a terminal before something is destroyed; a script is believed. @throws Failure where the person thinks better of it */
export async function confirm(session: Session, { confirm: question }: Refinement, names: string[], yes: boolean): Promise<void> {
  if (!question || yes || !session.terminal.asks) return;
  const { ask } = await import('./prompt.js');
  const answer = await ask(`${question(names)} Type ${names.at(-1)} to go on`);
  if (answer !== names.at(-1)) throw new Failure(EXIT.failed, 'nothing was done');
}

async function readList(operation: Operation, { columns = operation.columns, empty }: Refinement, session: Session, path: string, query: Record<string, string>): Promise<number> {
  const paged = operation.fields.some(({ name }) => name === 'pageSize');
  const { items, more, others } = await session.api.pages(path, { ...query, ...(paged && { pageSize: 200 }) }, session.limit);
  // A filter that nothing fits is no empty server.
  await session.output.list(items, columns, { more, ...(empty !== undefined && Object.keys(query).length === 0 && { empty }) });
  // Repositories that did not answer, told beside what the others have.
  if (Array.isArray(others.failed)) for (const failure of others.failed as { repository: string; why: string }[]) session.terminal.warn(`${failure.repository} was not read: ${failure.why}`);
  return EXIT.ok;
}

async function readStream(session: Session, path: string, headers: Record<string, string>): Promise<number> {
  const response = await session.api.open('GET', path, { headers: { ...headers, accept: 'text/event-stream' }, signal: session.signal });
  if (response.statusCode !== 200) throw session.api.refusal({ status: response.statusCode ?? 0, text: await session.api.read(response) });
  try {
    for await (const { data } of readEvents(response, () => undefined)) {
      const event = JSON.parse(data) as Item;
      const state = valueAt(event, 'data.state') ?? valueAt(event, 'data.status') ?? '';
      if (session.output.forPeople) session.terminal.result(oneLine([event.at, event.type, valueAt(event, 'subject.name') ?? valueAt(event, 'subject.id'), state].join('  ').trimEnd()));
      else session.terminal.result(JSON.stringify(event));
    }
  } catch (error) {
    throw session.api.lost(error);
  }
  return EXIT.ok;
}

async function write(operation: Operation, { columns = operation.columns, tables, done, shows }: Refinement, session: Session, text: string, names: string[], watch: boolean): Promise<number> {
  if (operation.answer === 'text') session.terminal.result(text);
  else if (text === '') session.output.done(done?.(names) ?? `${operation.noun} ${names.join(' ')}: ${operation.verb} done`);
  else {
    const item = JSON.parse(text) as Item;
    if (operation.answer === 'operation' && operation.method !== 'GET') return begun(session, item as OperationItem, watch);
    if (operation.method !== 'GET' && !shows && session.output.forPeople && nameOf(item) !== '') session.output.done(`${operation.noun} ${nameOf(item)}: ${operation.verb} done`);
    else await session.output.thing(item, columns, tables);
  }
  return EXIT.ok;
}
