import type { IncomingMessage, ServerResponse } from 'node:http';
import { DRIVER_ERROR_CODES } from '@mcmp/driver-sdk';
import { z } from 'zod';
import type { BoxWorld, Kind, Thing } from '../world/index.js';
import { answer, bodyOf, serve } from './http.js';

const ms = z.number().min(0).max(86_400_000);
const Effect = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('error'), code: z.enum(DRIVER_ERROR_CODES), message: z.string().max(500).optional(), retryAfterMs: ms.optional() }),
  z.strictObject({ type: z.literal('lost-answer') }),
  z.strictObject({ type: z.literal('dropped-request') }),
  z.strictObject({ type: z.literal('latency'), ms }),
  z.strictObject({ type: z.literal('out-of-capacity'), specPrefixes: z.array(z.string()).optional() }),
  z.strictObject({ type: z.literal('half-made') }),
  z.strictObject({ type: z.literal('slow-delete'), ms }),
  z.strictObject({ type: z.literal('unseen'), ms }),
  z.strictObject({ type: z.literal('quota'), quotaId: z.string(), limit: z.number().min(0) }),
  z.strictObject({ type: z.literal('signal'), pid: z.int().min(2), signal: z.enum(['SIGKILL', 'SIGTERM', 'SIGSTOP']) }),
]);
const word = z.string().min(1).max(100);
const Fault = z.strictObject({
  id: word.optional(), cloud: word.optional(), account: word.optional(), region: word.optional(), zone: word.optional(), method: word.optional(),
  effect: Effect, probability: z.number().min(0).max(1).optional(), skip: z.int().min(0).optional(), times: z.int().min(1).optional(),
});
const Faults = z.union([Fault, z.array(Fault).min(1).max(1000)]);
const Settings = z.strictObject({ timeScale: z.number().min(0).max(100).optional(), throttling: z.boolean().optional(), seed: z.int().optional() });

class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

interface Asked { query: URLSearchParams; body: unknown; id: string | undefined }
type Route = (world: BoxWorld, asked: Asked) => unknown;

/** `METHOD /control/name` to what it answers; `POST` answers 201 where it makes something. */
const ROUTES: Record<string, Route> = {
  'GET health': (world) => ({ status: 'ok', time: new Date(world.now()).toISOString() }),
  'GET clouds': (world) => [...world.personalities.values()].map(({ cloud, title, regions, consistencyWindowMs, terminatedShownMs, idempotencyToken, uniqueName, networkScope, subnetScope, vmBatch, vmStates }) =>
    ({ cloud, title, regions, consistencyWindowMs, terminatedShownMs, idempotencyToken, uniqueName, networkScope, subnetScope, vmBatch, vmStates })),
  'GET credential': (world, { query }) => {
    const cloud = query.get('cloud') ?? '', account = query.get('account') ?? '';
    if (!world.personalities.has(cloud)) throw new Refused(400, `there is no cloud '${cloud}'`);
    if (!/^[a-z0-9-]{1,32}$/.test(account)) throw new Refused(400, 'account: [a-z0-9-]{1,32} (AWS: 12 digits)');
    return world.credential(cloud, account);
  },
  'GET resources': (world, { query }) => resources(world, query),
  'GET calls': (world, { query }) => {
    const calls = world.log.after(number(query, 'after', 0), Math.min(number(query, 'limit', 1000), 10_000));
    return { items: calls, next: calls.at(-1)?.seq ?? number(query, 'after', 0), last: world.log.seq };
  },
  'GET calls/summary': (world) => world.log.summary(),
  'POST faults': (world, { body }) => {
    const faults = [read(Faults, body)].flat();
    if (!world.maySignal && faults.some((fault) => fault.effect.type === 'signal')) throw new Refused(403, 'the box was not started with --allow-signals');
    world.touch();
    return { ids: faults.map((fault) => world.faults.add(JSON.parse(JSON.stringify(fault)) as Parameters<BoxWorld['faults']['add']>[0]).id) };
  },
  'GET faults': (world) => world.faults.list(),
  'DELETE faults': (world, { id }) => {
    world.touch();
    return { removed: world.faults.remove(id) };
  },
  'GET settings': (world) => world.settings,
  'POST settings': (world, { body }) => world.change(JSON.parse(JSON.stringify(read(Settings, body))) as Parameters<BoxWorld['change']>[0]),
  'POST reset': (world) => {
    world.reset();
    return { status: 'ok' };
  },
};

/** The control door: the truth of the world and its troubles, for whoever runs the box. It has no lock, so it listens on loopback only. */
export const startControl = (world: BoxWorld, options: { host: string; port: number }): Promise<{ port: number; close(): Promise<void> }> =>
  serve(options, (request, response) => handle(world, request, response));

async function handle(world: BoxWorld, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://box');
    const path = url.pathname.replace(/^\/control\//, '').split('/').map(decodeURIComponent);
    const name = path[0] === 'faults' ? 'faults' : path.join('/');
    const route = ROUTES[`${request.method ?? 'GET'} ${name}`];
    if (!route || !url.pathname.startsWith('/control/') || (path.length > 1 && name === 'faults' && request.method !== 'DELETE')) throw new Refused(404, `there is no ${request.method ?? ''} ${url.pathname}`);
    // A page in a browser can send such a request without asking; nothing of ours does.
    if (request.headers.origin !== undefined) throw new Refused(403, 'not from a browser');
    const body = await bodyOf(request);
    answer(response, 200, route(world, { query: url.searchParams, body: parse(body), id: path[1] }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    answer(response, error.status, { message: error.message });
  }
}

function resources(world: BoxWorld, query: URLSearchParams): { count: number; byKind: Record<string, number>; byCloud: Record<string, number>; items: object[] } {
  const filter: Record<string, string> = {};
  const tags: Record<string, string> = {};
  for (const [key, value] of query) {
    if (key.startsWith('tag.')) tags[key.slice(4)] = value;
    else if (['cloud', 'account', 'region', 'kind', 'hidden'].includes(key)) filter[key] = value;
    else throw new Refused(400, `unknown: ${key}`);
  }
  const { cloud, account, region, kind, hidden = '1' } = filter;
  const things = world.truth({ ...(cloud && { cloud }), ...(account && { account }), ...(region && { region }), ...(kind && { kind: kind as Kind }), tags, hidden: hidden !== '0' });
  const count = (of: (thing: Thing) => string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const thing of things) counts[of(thing)] = (counts[of(thing)] ?? 0) + 1;
    return counts;
  };
  const items = things.map((thing) => ({
    id: thing.id, kind: thing.kind, cloud: thing.cloud, account: thing.account, region: thing.region, name: thing.name, tags: thing.tags, state: thing.state, token: thing.token, createdAt: new Date(thing.createdAt).toISOString(),
  }));
  return { count: things.length, byKind: count((thing) => thing.kind), byCloud: count((thing) => thing.cloud), items };
}

function number(query: URLSearchParams, name: string, preset: number): number {
  const value = Number(query.get(name) ?? preset);
  if (!Number.isInteger(value) || value < 0) throw new Refused(400, `${name} is a number from 0`);
  return value;
}

function parse(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    throw new Refused(400, 'the body is no JSON');
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new Refused(400, z.prettifyError(result.error));
  return result.data;
}
