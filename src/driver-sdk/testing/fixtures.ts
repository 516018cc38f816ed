import { RESOURCE_KINDS } from '../kinds.js';
import type { ResourceKind } from '../kinds.js';
import { isDriverError } from '../errors.js';
import type { CloudResource, Page, Tags } from '../shapes.js';
import { ensure, show, skip } from './assert.js';
import type { CallOptions, CheckContext } from './context.js';
import { consequence } from './context.js';
import type { Draft, Ground } from './drafts.js';
import { fieldsOf } from './drafts.js';

export type { Draft } from './drafts.js';

/** Every kind of thing, in the order in which it can be made. */
export const KINDS: readonly ResourceKind[] = RESOURCE_KINDS;

/** Any thing of a cloud, with the fields that some kinds have. */
export interface Thing extends CloudResource {
  state: string;
  cidr?: string;
  networkId?: string;
  zone?: string;
  vmId?: string;
  batchIndex?: number;
  specId?: string;
  clusterId?: string;
}

/** What was made once for many checks. */
export interface Fixture {
  request: Draft;
  /** What create answered: one thing, or the VMs of the batch. */
  answers: Thing[];
  /** The same after they came to rest. */
  things: Thing[];
}

/** Four calls of one kind under one shape; node groups are asked within a cluster, that of the run where none is named. */
export const doorOf = (context: CheckContext, kind: ResourceKind, clusterId?: string) => {
  const within = async () => ({ region: (await context.place()).region, ...(kind === 'node-group' && { clusterId: clusterId ?? (await use(context, 'cluster')).id }) });
  return {
    async create(request: Draft, options?: CallOptions): Promise<Thing[]> {
      const { name, names, ...rest } = request;
      const answer = await context.invoke(`${kind}.create`, kind === 'vm' ? { names, ...rest } : { name, ...rest }, options);
      const things = kind === 'vm' ? (answer as { items: Thing[] }).items : [answer as Thing];
      ensure(Array.isArray(things) && things.every((thing) => typeof thing?.id === 'string' && thing.id !== ''), `${kind}.create: expected things with an id, got ${show(answer)}`);
      for (const { id } of things) context.made.set(`${kind}/${id}`, { kind, id, ...(kind === 'node-group' && { clusterId: request.clusterId as string }) });
      return things;
    },
    get: async (id: string): Promise<Thing> => (await context.invoke(`${kind}.get`, { ...(await within()), id })) as Thing,
    list: async (narrow: { ids?: string[]; tags?: Tags; pageSize?: number; pageToken?: string }): Promise<Page<Thing>> => (await context.invoke(`${kind}.list`, { ...(await within()), ...narrow })) as Page<Thing>,
    delete: async (id: string): Promise<void> => void (await context.invoke(`${kind}.delete`, { ...(await within()), id })),
  };
};

/** Whether a thing is there to stay: clouds go on showing what was deleted. */
export const isLive = (thing: Thing): boolean => !['terminated', 'terminating', 'deleting'].includes(thing.state);

/** Every page of a list by tags, at most 50. */
export async function listAll(context: CheckContext, kind: ResourceKind, narrow: { ids?: string[]; tags?: Tags }, clusterId?: string): Promise<Thing[]> {
  const things: Thing[] = [];
  let pageToken: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const page = await doorOf(context, kind, clusterId).list({ ...narrow, ...(pageToken !== undefined && { pageToken }) });
    things.push(...page.items);
    if ((pageToken = page.nextPageToken) === undefined) break;
  }
  return things;
}

/** Tag that everything of this run carries. */
export const runTags = (context: CheckContext): Tags => ({ 'mcmp-project': `kit-${context.run}` });

/** A request that would make a thing of its own name, token and tag. Two drafts never overlap. */
export async function draft(context: CheckContext, kind: ResourceKind, label: string, vmCount = 1): Promise<Draft> {
  const place = await context.place();
  const { subnetScope, clusterNeedsNodes = false } = await context.traits();
  const name = `kit-${context.run}-${label}`;
  const base = { region: place.region, name, token: `${name}-${kind}`, tags: { ...runTags(context), [kind === 'vm' ? 'mcmp-batch' : 'mcmp-id']: `${name}-${kind}` } };
  const ground: Ground = {
    place, label, subnetScope, clusterNeedsNodes, skip,
    names: vmCount === 1 ? [name] : Array.from({ length: vmCount }, (_, index) => `${name}-${index}`),
    id: async (needed) => (await use(context, needed)).id,
    own: async (needed) => (await own(context, needed, `for-${label}-${kind}`)).id,
    serviceSubnets: () => serviceSubnets(context),
    number: () => context.once(`number:${kind}:${label}`, async () => context.next(kind)),
    engine: () => engineOf(context),
    secret: () => context.secret(),
  };
  return { ...base, ...(await fieldsOf(kind, ground)) };
}

/** A thing of the run for one purpose alone, at rest; swept at the end like all others. @throws CheckSkipped where it could not be made. */
export const own = (context: CheckContext, kind: ResourceKind, label: string, more: Record<string, unknown> = {}): Promise<Thing> =>
  context.once(`own:${kind}:${label}`, async () => {
    const request = { ...(await draft(context, kind, label)), ...more };
    const [made] = await doorOf(context, kind).create(request);
    const { id } = made as Thing;
    return { ...(await settled(context, kind, id)), id, region: request.region };
  }).catch((error: unknown) => {
    throw consequence(`a ${kind} of its own`, error);
  });

/** A thing that not every cloud can make: at rest, swept at the end like all others. @throws CheckSkipped where the driver says UNSUPPORTED. */
export async function makeIfCan(context: CheckContext, kind: ResourceKind, label: string, more: Record<string, unknown>): Promise<Thing> {
  const made = await doorOf(context, kind).create({ ...(await draft(context, kind, label)), ...more }).catch((error: unknown) => (isDriverError(error) && error.code === 'UNSUPPORTED' ? skip(error.message) : Promise.reject(error)));
  const { id } = made[0] as Thing;
  return { ...(await settled(context, kind, id)), id };
}

/** Subnets in different zones, as many as the traits say that services need; the first is that of the fixture. */
export const serviceSubnets = (context: CheckContext): Promise<string[]> =>
  context.once('service-subnets', async () => {
    const { subnetsForServices: count = 1, subnetScope } = await context.traits();
    const { region, zone } = await context.place();
    const ids = [(await use(context, 'subnet')).id];
    const zones = subnetScope === 'zone' && count > 1 ? (await context.call('region.listZones', { region })).items.filter((each) => each.available && each.id !== zone).map((each) => each.id) : [];
    for (let index = 1; index < count; index++) ids.push((await own(context, 'subnet', `services-${index}`, zones[index - 1] === undefined ? {} : { zone: zones[index - 1] })).id);
    return ids;
  });

/** The engine of the place, or the first that the cloud has as a default, PostgreSQL before others. */
const engineOf = async (context: CheckContext): Promise<string> => {
  const { region, databaseEngine } = await context.place();
  if (databaseEngine !== undefined) return databaseEngine;
  const { items } = await context.call('database.engines', { region });
  return items.find(({ engine }) => engine === 'postgres')?.engine ?? items.find((each) => each.default)?.engine ?? items[0]?.engine ?? skip('needs place.databaseEngine: no engine is listed');
};

/** Looks at a thing until it came to rest. @throws CheckFailure where it fails or takes too long. */
export async function settled(context: CheckContext, kind: ResourceKind, id: string, clusterId?: string): Promise<Thing> {
  const thing = await context.until(`${kind} ${id} comes to rest`, async () => {
    const seen = await context.eventually(() => doorOf(context, kind, clusterId).get(id));
    return ['pending', 'creating', 'suspending', 'resuming', 'rebooting'].includes(seen.state) ? undefined : seen;
  });
  ensure(thing.state !== 'failed', `${kind} ${id} failed: ${show((thing as { failure?: unknown }).failure)}`);
  return thing;
}

/** Whether a thing is away: NOT_FOUND, or a VM that is `terminated`. */
export async function isGone(context: CheckContext, kind: ResourceKind, id: string, clusterId?: string): Promise<boolean> {
  try {
    return (await doorOf(context, kind, clusterId).get(id)).state === 'terminated';
  } catch (error) {
    if (isDriverError(error) && error.code === 'NOT_FOUND') return true;
    throw error;
  }
}

/** The fixture of a kind: one thing, or the batch of VMs. Made when first asked for. @throws what went wrong. */
export function make(context: CheckContext, kind: ResourceKind): Promise<Fixture> {
  return context.once(`fixture:${kind}`, async () => {
    const request = await draft(context, kind, 'base', kind === 'vm' ? Math.max(1, Math.min(3, (await context.traits()).vmBatch)) : 1);
    const answers = await doorOf(context, kind).create(request);
    const things: Thing[] = [];
    // Under the id that create told and in the region that was asked, whatever get tells.
    for (const { id } of answers) things.push({ ...(await settled(context, kind, id)), id, region: request.region });
    return { request, answers, things };
  });
}

/** The fixture for a check that is about something else. @throws CheckSkipped where it could not be made. */
export async function fixture(context: CheckContext, kind: ResourceKind): Promise<Fixture> {
  try {
    return await make(context, kind);
  } catch (error) {
    throw consequence(`a ${kind}`, error);
  }
}

/** The (first) thing of the fixture. */
export const use = async (context: CheckContext, kind: ResourceKind): Promise<Thing> => (await fixture(context, kind)).things[0] as Thing;

/** A second thing of a kind, one VM of its own among them. @throws what went wrong. */
export const makeSecond = (context: CheckContext, kind: ResourceKind): Promise<{ request: Draft; thing: Thing }> =>
  context.once(`second:${kind}`, async () => {
    const request = await draft(context, kind, 'second');
    const [thing] = await doorOf(context, kind).create(request);
    const { id } = thing as Thing;
    return { request, thing: { ...(await settled(context, kind, id)), id, region: request.region } };
  });

/** The second thing for a check that is about something else. @throws CheckSkipped where it could not be made. */
export const second = (context: CheckContext, kind: ResourceKind): Promise<{ request: Draft; thing: Thing }> =>
  makeSecond(context, kind).catch((error: unknown) => {
    throw consequence(`a second ${kind}`, error);
  });

/** An id of the same form that nothing has: the last twelve letters and digits moved on. */
export const strangerOf = (id: string): string => {
  let left = 12;
  return [...id].reverse().map((sign) => (/[0-9a-zA-Z]/.test(sign) && left-- > 0 ? moved(sign) : sign)).reverse().join('');
};
const moved = (sign: string): string => {
  for (const alphabet of ['0123456789', 'abcdef', 'ghijklmnopqrstuvwxyz', 'ABCDEF', 'GHIJKLMNOPQRSTUVWXYZ']) {
    const at = alphabet.indexOf(sign);
    if (at >= 0) return alphabet[(at + 3) % alphabet.length] as string;
  }
  return sign;
};
