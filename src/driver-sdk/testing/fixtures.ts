import type { ResourceKind } from '../kinds.js';
import { isDriverError } from '../errors.js';
import type { SecurityRule } from '../network.js';
import type { CloudResource, CreateRequest, Page, Tags } from '../shapes.js';
import { CheckFailure, ensure, show, showError } from './assert.js';
import type { CallOptions, CheckContext } from './context.js';
import { consequence, sleep } from './context.js';

/** Every kind of thing, in the order in which it can be made. */
export const KINDS: readonly ResourceKind[] = ['network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip'];
/** The order in which things go: a VM that is gone frees its disks and addresses. */
const SWEPT: readonly ResourceKind[] = ['vm', 'public-ip', 'disk', 'key-pair', 'security-group', 'subnet', 'network'];

/** Any thing of a cloud, with the fields that some kinds have. */
export interface Thing extends CloudResource {
  state: string;
  cidr?: string;
  networkId?: string;
  zone?: string;
  vmId?: string;
  batchIndex?: number;
  specId?: string;
}

/** A create request of any kind; VMs have `names` instead of `name`. */
export type Draft = CreateRequest & { names?: string[] } & Record<string, unknown>;

/** What was made once for many checks. */
export interface Fixture {
  request: Draft;
  /** What create answered: one thing, or the VMs of the batch. */
  answers: Thing[];
  /** The same after they came to rest. */
  things: Thing[];
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/TReLV28ADEVONJjZvaVomsjXvvOw7peTVRqoOM2M5 conformance-kit';
/** Rules that every cloud can hold. */
export const RULES: SecurityRule[] = [
  { direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
  { direction: 'ingress', protocol: 'udp', fromPort: 8000, toPort: 8010, cidr: '10.0.0.0/8' },
  { direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' },
];

/** Four calls of one kind under one shape. */
export const doorOf = (context: CheckContext, kind: ResourceKind) => ({
  async create(request: Draft, options?: CallOptions): Promise<Thing[]> {
    const { name, names, ...rest } = request;
    const answer = await context.invoke(`${kind}.create`, kind === 'vm' ? { names, ...rest } : { name, ...rest }, options);
    const things = kind === 'vm' ? (answer as { items: Thing[] }).items : [answer as Thing];
    ensure(Array.isArray(things) && things.every((thing) => typeof thing?.id === 'string' && thing.id !== ''), `${kind}.create: expected things with an id, got ${show(answer)}`);
    for (const { id } of things) context.made.set(`${kind}/${id}`, { kind, id });
    return things;
  },
  async get(id: string): Promise<Thing> {
    return (await context.invoke(`${kind}.get`, { region: (await context.place()).region, id })) as Thing;
  },
  async list(narrow: { ids?: string[]; tags?: Tags; pageSize?: number; pageToken?: string }): Promise<Page<Thing>> {
    return (await context.invoke(`${kind}.list`, { region: (await context.place()).region, ...narrow })) as Page<Thing>;
  },
  async delete(id: string): Promise<void> {
    await context.invoke(`${kind}.delete`, { region: (await context.place()).region, id });
  },
});

/** Whether a thing is there to stay: clouds go on showing what was deleted. */
export const isLive = (thing: Thing): boolean => !['terminated', 'terminating', 'deleting'].includes(thing.state);

/** Every page of a list by tags, at most 50. */
export async function listAll(context: CheckContext, kind: ResourceKind, narrow: { ids?: string[]; tags?: Tags }): Promise<Thing[]> {
  const things: Thing[] = [];
  let pageToken: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const page = await doorOf(context, kind).list({ ...narrow, ...(pageToken !== undefined && { pageToken }) });
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
  const { subnetScope } = await context.traits();
  const name = `kit-${context.run}-${label}`;
  const base = { region: place.region, name, token: `${name}-${kind}`, tags: { ...runTags(context), [kind === 'vm' ? 'mcmp-batch' : 'mcmp-id']: `${name}-${kind}` } };
  const zone = place.zone === undefined ? {} : { zone: place.zone };
  const [first, second] = (place.networkCidr ?? '10.213.0.0/16').split('.');
  const id = async (needed: ResourceKind) => (await use(context, needed)).id;
  const publicKey = place.publicKey ?? PUBLIC_KEY;
  switch (kind) {
    case 'network':
      return { ...base, cidr: `${first}.${second}.0.0/16` };
    case 'subnet': {
      const networkId = await id('network');
      const third = await context.once(`subnet-range:${label}`, async () => subnetCount(context));
      return { ...base, networkId, cidr: `${first}.${second}.${third}.0/24`, ...(subnetScope === 'zone' && zone) };
    }
    case 'security-group':
      return { ...base, networkId: await id('network'), description: 'made by the conformance kit', rules: RULES };
    case 'key-pair':
      return { ...base, publicKey };
    case 'vm':
      return {
        ...base, ...zone, names: vmCount === 1 ? [name] : Array.from({ length: vmCount }, (_, index) => `${name}-${index}`), specId: place.specId, imageId: place.imageId, networkId: await id('network'),
        subnetId: await id('subnet'), securityGroupIds: [await id('security-group')], keyPairId: await id('key-pair'), publicKey, sshUser: place.sshUser, publicAddress: true,
        ...(place.rootDiskGiB !== undefined && { rootDiskGiB: place.rootDiskGiB }),
      };
    case 'disk':
      return { ...base, ...zone, sizeGiB: place.diskGiB ?? 20 };
    case 'public-ip':
      return base;
    default:
      throw new Error(`the kit has no draft of a ${kind}`);
  }
}

const ranges = new WeakMap<CheckContext, number>();
function subnetCount(context: CheckContext): number {
  const next = (ranges.get(context) ?? 0) + 1;
  ranges.set(context, next);
  return next;
}

/** Looks at a thing until it came to rest. @throws CheckFailure where it fails or takes too long. */
export async function settled(context: CheckContext, kind: ResourceKind, id: string): Promise<Thing> {
  const thing = await context.until(`${kind} ${id} comes to rest`, async () => {
    const seen = await context.eventually(() => doorOf(context, kind).get(id));
    return ['pending', 'creating', 'suspending', 'resuming', 'rebooting'].includes(seen.state) ? undefined : seen;
  });
  ensure(thing.state !== 'failed', `${kind} ${id} failed: ${show((thing as { failure?: unknown }).failure)}`);
  return thing;
}

/** Whether a thing is away: NOT_FOUND, or a VM that is `terminated`. */
export async function isGone(context: CheckContext, kind: ResourceKind, id: string): Promise<boolean> {
  try {
    return (await doorOf(context, kind).get(id)).state === 'terminated';
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

/** Deletes the second thing, once. @throws what went wrong. */
export const deleteSecond = (context: CheckContext, kind: ResourceKind): Promise<{ request: Draft; thing: Thing }> =>
  context.once(`deleted:${kind}`, async () => {
    const made = await second(context, kind);
    await remove(context, kind, made.thing.id);
    return made;
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

/** Deletes a thing and waits until it is away. */
export async function remove(context: CheckContext, kind: ResourceKind, id: string): Promise<void> {
  await doorOf(context, kind).delete(id);
  await context.until(`${kind} ${id} goes`, async () => ((await isGone(context, kind, id)) ? true : undefined));
  context.made.delete(`${kind}/${id}`);
}

/** Removes everything of this run in that order, and tells what would not go. */
export async function sweep(context: CheckContext): Promise<string[]> {
  const left: string[] = [];
  for (const kind of SWEPT.filter((declared) => context.has(declared))) {
    const found = await listAll(context, kind, { tags: runTags(context) }).catch(() => []);
    const ids = new Set([...[...context.made.values()].filter((thing) => thing.kind === kind).map((thing) => thing.id), ...found.filter(isLive).map((thing) => thing.id)]);
    const outcomes = await Promise.all([...ids].map((id) => dispose(context, kind, id)));
    left.push(...outcomes.filter((outcome) => outcome !== undefined));
  }
  return left;
}

/** Deletes a thing in spite of passing troubles; gives what is left and why. */
async function dispose(context: CheckContext, kind: ResourceKind, id: string): Promise<string | undefined> {
  const request = { region: (await context.place()).region, id };
  const endsAt = Date.now() + context.timeoutMs;
  if (kind === 'disk') await context.invoke('disk.detach', request).catch(() => undefined);
  if (kind === 'public-ip') await context.invoke('public-ip.disassociate', request).catch(() => undefined);
  for (;;) {
    try {
      if (await isGone(context, kind, id)) return undefined;
      await remove(context, kind, id);
      return undefined;
    } catch (error) {
      const gone = isDriverError(error) && error.code === 'NOT_FOUND';
      if (gone) return undefined;
      if (error instanceof CheckFailure || Date.now() >= endsAt) return `${kind} ${id} (${showError(error)})`;
      await sleep(context.pollMs);
    }
  }
}
