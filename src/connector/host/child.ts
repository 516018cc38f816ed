/**
 * The program of a driver's process: loads one bundle and answers calls over the channel.
 * The permission model lets it read this file, the few that it imports, and the driver's folder only.
 */
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { serialize } from 'node:v8';
import { CHANNEL_FD, FrameReader, framed } from './channel.js';
import { fenceIn } from './fence.js';
import { lockDown } from './lockdown.js';
import type { CallsLeft } from '@mcmp/driver-sdk';
import type { ConnectAnswer, FromChild, PlainError, ToChild } from './protocol.js';

type Handler = (request: unknown, signal: AbortSignal) => Promise<unknown>;
type Group = Record<string, unknown>;
interface Account { session: Record<string, unknown>; calls: number; closing: boolean }

const MAX_TEXT = 1000;
const channel = new Socket({ fd: CHANNEL_FD });
const tell = (message: FromChild): void => { channel.write(framed(message)); };
const exit = process.exit.bind(process);
let maxAnswerBytes = 0;
let driver: { connect(input: unknown): Promise<Record<string, unknown>> };
const accounts = new Map<string, Account>();
const running = new Map<number, AbortController>();

const fence = fenceIn(channel);
lockDown();
// This process ends when the server says so, or is gone.
channel.on('close', () => exit(0));
channel.on('error', () => exit(0));
const reader = new FrameReader(Infinity, (message) => hear(message as ToChild));
channel.on('data', (chunk: Buffer) => reader.push(chunk));

function hear(message: ToChild): void {
  switch (message.type) {
    case 'load': return void load(message).then((problem) => tell({ type: 'loaded', ...(problem !== undefined && { problem }) }));
    case 'fence': return fence.set(message.fence);
    case 'connect': return void answer(message.id, () => connect(message.session, message.input));
    case 'call': return void answer(message.id, (signal) => call(message.session, message.method, message.request, signal));
    case 'abort': return running.get(message.id)?.abort(new DOMException('The call was given up by the host', 'AbortError'));
    case 'close': return close(message.session);
    case 'ping': return tell({ type: 'pong', rssBytes: process.memoryUsage.rss() });
    case 'stop': return void stop();
  }
}

async function load({ entry, maxAnswerBytes: limit, fence: rules }: ToChild & { type: 'load' }): Promise<string | undefined> {
  maxAnswerBytes = limit;
  fence.set(rules);
  try {
    const found = ((await import(pathToFileURL(entry).href)) as { default?: { mcmpDriver?: unknown; connect?: unknown } }).default;
    if (typeof found !== 'object' || found === null || typeof found.connect !== 'function') return 'the entry has no default export made by defineDriver()';
    if (found.mcmpDriver !== 1) return `the entry is made for driver SDK ${String(found.mcmpDriver)}; this server speaks 1`;
    driver = found as typeof driver;
    return undefined;
  } catch (error) {
    return `the entry cannot be imported: ${plain(error).message}`;
  }
}

async function connect(id: string, input: unknown): Promise<ConnectAnswer> {
  const session = await driver.connect(input);
  if (typeof session !== 'object' || session === null) throw new Error('connect() gave no session');
  accounts.set(id, { session, calls: 0, closing: false });
  const groups = Object.entries(session).filter(([name, group]) => name !== 'traits' && name !== 'close' && typeof group === 'object' && group !== null);
  return { traits: session.traits as ConnectAnswer['traits'], groups: Object.fromEntries(groups.map(([name, group]) => [name, methodsOf(group as Group)])) };
}

/** Names of the functions of a handler group, those of its class included. */
function methodsOf(group: Group): string[] {
  const names = new Set<string>();
  for (let level: object | null = group; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level) as object | null) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor' && typeof group[name] === 'function') names.add(name);
  }
  return [...names];
}

async function call(id: string, method: string, request: unknown, signal: AbortSignal): Promise<unknown> {
  const account = accounts.get(id);
  const [capability = '', name = ''] = method.split('.');
  const group = account?.session[capability] as Group | undefined;
  if (!account || typeof group?.[name] !== 'function') throw Object.assign(new Error(`${method} is not there`), { name: 'DriverError', code: 'UNSUPPORTED' });
  account.calls += 1;
  try {
    return await (group[name] as Handler).call(group, request, signal);
  } finally {
    account.calls -= 1;
    if (account.closing) close(id);
  }
}

/** Closes a session when its last call has ended. */
function close(id: string): void {
  const account = accounts.get(id);
  if (!account) return;
  account.closing = true;
  if (account.calls > 0) return;
  accounts.delete(id);
  void closed(account);
}

const closed = async ({ session }: Account): Promise<void> => {
  try {
    if (typeof session.close === 'function') await (session.close as () => Promise<void>)();
  } catch (error) {
    console.error(`close failed: ${plain(error).message}`);
  }
};

async function stop(): Promise<void> {
  setTimeout(() => exit(0), 1500);
  await Promise.all([...accounts.values()].map(closed));
  exit(0);
}

async function answer(id: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  let left: CallsLeft | undefined;
  const refusedBefore = fence.refused.count;
  // The same word as in the SDK, which this program may not load.
  controller.signal.addEventListener('mcmp-calls-left', (event) => {
    const told = (event as Event & { left?: CallsLeft }).left;
    if (typeof told?.remaining === 'number' && !(told.remaining > (left?.remaining ?? Infinity))) left = { remaining: told.remaining, ...(typeof told.limit === 'number' && { limit: told.limit }) };
  });
  try {
    const body = encoded(await work(controller.signal));
    tell({ type: 'answer', id, body, ...(left && { left }) });
  } catch (error) {
    tell({ type: 'failure', id, error: plain(fence.refused.count > refusedBefore && isRefusal(error) ? refusal() : error), ...(left && { left }) });
  } finally {
    running.delete(id);
  }
}

/** Whether an error, or what lies behind it, is of a connection that the fence refused: drivers name the system's code. */
function isRefusal(error: unknown): boolean {
  for (let level = error, depth = 0; typeof level === 'object' && level !== null && depth < 5; level = (level as { cause?: unknown }).cause, depth += 1) {
    const { code, message } = level as { code?: unknown; message?: unknown };
    if (code === 'EACCES' || /\bEACCES\b/.test(String(message))) return true;
  }
  return false;
}

const refusal = (): Error => Object.assign(new Error(`A driver may not connect to ${fence.refused.last}. Check the endpoint of the connection.`), { name: 'DriverError', code: 'INVALID_REQUEST', detail: { providerCode: 'EACCES', field: 'endpoint' } });

function encoded(value: unknown): Uint8Array {
  let body: Buffer;
  try {
    body = serialize(value);
  } catch (error) {
    throw new Error(`the answer is not plain data: ${plain(error).message}`);
  }
  if (body.length > maxAnswerBytes) throw new Error(`the answer of ${body.length} bytes is above the limit of ${maxAnswerBytes}; give smaller pages`);
  return body;
}

/** Any thrown value as plain data; texts are cut, and nothing but the SDK's own members goes out. */
function plain(thrown: unknown): PlainError {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as { name?: unknown; code?: unknown; message?: unknown; detail?: unknown; resource?: unknown };
  const message = String(error.message ?? 'no message').slice(0, MAX_TEXT);
  if (error.name === 'DriverError') return { code: String(error.code), message, detail: plainDetail(error.detail) };
  const code = typeof error.code === 'string' ? error.code.slice(0, 100) : undefined;
  const resource = code === 'ERR_ACCESS_DENIED' && typeof error.resource === 'string' ? ` (${error.resource.slice(0, 200)})` : '';
  return { message: (typeof error.name === 'string' && error.name !== 'Error' ? `${error.name}: ${message}` : message) + resource, detail: code === undefined ? {} : { providerCode: code } };
}

function plainDetail(detail: unknown): PlainError['detail'] {
  const entries = typeof detail === 'object' && detail !== null ? Object.entries(detail) : [];
  const kept = entries.filter(([, value]) => typeof value === 'string' || typeof value === 'number').slice(0, 20);
  return Object.fromEntries(kept.map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, MAX_TEXT) : (value as number)]));
}
