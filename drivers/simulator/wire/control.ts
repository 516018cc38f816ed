import type { IncomingMessage, ServerResponse } from 'node:http';
import { DRIVER_ERROR_CODES } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { WorldError } from '../world/index.js';
import type { BoxWorld } from '../world/index.js';
import { answer, bodyOf, serve } from './http.js';
import { actOutside, Outside } from './outside.js';
import { Refused } from './refused.js';
import { resources, suspects } from './truth.js';

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
], { error: (issue) => (issue.code === 'invalid_union' ? `type is one of ${EFFECTS.join(', ')}` : undefined) });
const EFFECTS: readonly string[] = Effect.options.map(({ shape }) => shape.type.value);
const word = z.string().min(1).max(100);
const Fault = z.strictObject({
  id: word.optional(), cloud: word.optional(), account: word.optional(), region: word.optional(), zone: word.optional(), method: word.optional(),
  effect: Effect, probability: z.number().min(0).max(1).optional(), skip: z.int().min(0).optional(), times: z.int().min(1).optional(),
});
const Faults = z.array(Fault).min(1).max(1000);
const Settings = z.strictObject({ timeScale: z.number().min(0).max(100).optional(), throttling: z.boolean().optional(), seed: z.int().optional(), skewMs: z.int().min(-86_400_000).max(86_400_000).optional() });
const date = z.iso.datetime({ offset: true });
const Clock = z.strictObject({ now: date.optional(), rate: z.number().min(0).max(1_000_000).optional() });
const Expiry = z.strictObject({ cloud: word, account: word, accessKeyId: word.optional(), expiresAt: date.nullable() });

interface Asked { query: URLSearchParams; body: unknown; id: string | undefined }
type Route = (world: BoxWorld, asked: Asked) => unknown;

/** `METHOD /control/name` to what it answers; `POST` answers 201 where it makes something. */
const ROUTES: Record<string, Route> = {
  'GET health': (world) => ({ status: 'ok', time: new Date(world.now()).toISOString() }),
  'GET clouds': (world) => [...world.personalities.values()].map(({ cloud, title, regions, consistencyWindowMs, terminatedShownMs, idempotencyToken, uniqueName, networkScope, subnetScope, vmBatch, vmStates }) =>
    ({ cloud, title, regions, consistencyWindowMs, terminatedShownMs, idempotencyToken, uniqueName, networkScope, subnetScope, vmBatch, vmStates })),
  'GET credential': (world, { query }) => {
    const { cloud, account } = placed(world, { cloud: query.get('cloud') ?? '', account: query.get('account') ?? '' });
    return world.credential(cloud, account);
  },
  'POST credential': (world, { body }) => {
    const { cloud, account, accessKeyId, expiresAt } = placed(world, read(Expiry, body));
    const key = accessKeyId ?? world.credential(cloud, account).accessKeyId;
    world.expire(cloud, key, expiresAt === null ? undefined : Date.parse(expiresAt));
    return { accessKeyId: key, expiresAt };
  },
  'GET clock': (world) => told(world.setDate({})),
  'POST clock': (world, { body }) => {
    const { now, rate } = read(Clock, body);
    return told(world.setDate({ ...(now !== undefined && { now: Date.parse(now) }), ...(rate !== undefined && { rate }) }));
  },
  'POST outside': (world, { body }) => actOutside(world, placed(world, read(Outside, body))),
  'GET resources': (world, { query }) => resources(world, query),
  'GET resources/suspects': (world, { query }) => suspects(world, query),
  'GET calls': (world, { query }) => {
    const calls = world.log.after(number(query, 'after', 0), Math.min(number(query, 'limit', 1000), 10_000));
    return { items: calls, next: calls.at(-1)?.seq ?? number(query, 'after', 0), last: world.log.seq };
  },
  'GET calls/summary': (world) => world.log.summary(),
  'POST faults': (world, { body }) => {
    const faults = Array.isArray(body) ? read(Faults, body) : [read(Fault, body)];
    for (const { cloud, region } of faults) {
      // One that fits nothing would trouble nobody, and its test would pass.
      if (cloud !== undefined && !world.personalities.has(cloud)) throw new Refused(400, `there is no cloud '${cloud}'; there are ${[...world.personalities.keys()].join(', ')}`);
      const known = cloud === undefined ? undefined : world.personalities.get(cloud)?.regions.map(({ id }) => id);
      if (region !== undefined && known && !known.includes(region)) throw new Refused(400, `${cloud} has no region '${region}'; it has ${known.slice(0, 30).join(', ')}`);
    }
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

const told = ({ now, rate }: { now: number; rate: number }): object => ({ now: new Date(now).toISOString(), rate });

/** @throws Refused where a cloud or an account is none. */
function placed<T extends { cloud: string; account: string }>(world: BoxWorld, asked: T): T {
  if (!world.personalities.has(asked.cloud)) throw new Refused(400, `there is no cloud '${asked.cloud}'`);
  if (!/^[a-z0-9-]{1,32}$/.test(asked.account)) throw new Refused(400, 'account: [a-z0-9-]{1,32} (AWS: 12 digits)');
  return asked;
}

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
    if (error instanceof WorldError) return answer(response, error.code === 'INVALID_REQUEST' ? 400 : 409, { code: error.code, message: error.message });
    if (error instanceof z.ZodError) return answer(response, 400, { message: z.prettifyError(error) });
    if (!(error instanceof Refused)) throw error;
    answer(response, error.status, { message: error.message });
  }
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
