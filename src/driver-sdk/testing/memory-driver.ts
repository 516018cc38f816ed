import type { Quota } from '../catalog.js';
import type { Vm, VmState } from '../compute.js';
import type { Driver, HandlerGroups, Session, Traits } from '../driver.js';
import { defineDriver } from '../driver.js';
import type { DriverErrorCode } from '../errors.js';
import { DriverError, isDriverError } from '../errors.js';
import type { ResourceKind } from '../kinds.js';
import type { Manifest } from '../manifest.js';
import type { Lifecycle, SecurityRule } from '../network.js';
import type { ById, CloudResource, CreateRequest, ListRequest, Page, PageRequest } from '../shapes.js';
import * as catalog from './memory-catalog.js';
import { ACCOUNT, MemoryCloud, Refusal } from './memory-cloud.js';
import type { Order, Pace, Stored } from './memory-cloud.js';
import type { CheckOptions } from './options.js';

/** `driver.json` of the driver in memory. */
export const MEMORY_MANIFEST: Manifest = {
  name: 'memory', version: '1.0.0', sdk: 1, cloud: 'memory', title: { en: 'Cloud in memory', ko: '메모리 클라우드' }, entry: 'dist/index.js',
  capabilities: ['account', 'region', 'spec', 'image', 'price', 'quota', 'network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip', 'tag'],
  credential: [
    { name: 'key', label: { en: 'Key', ko: '키' }, secret: false, required: true, pattern: '[a-z-]+' },
    { name: 'secret', label: { en: 'Secret', ko: '비밀' }, help: { en: 'Shown once, when the key is made.' }, secret: true, required: true },
  ],
  options: [{ name: 'mood', label: { en: 'Mood' }, secret: false, required: false, values: ['calm', 'busy'], default: 'calm' }],
  endpoint: 'optional',
  limits: [{ methods: ['vm.create'], scope: 'region', burst: 5, perSecond: 2 }, { methods: ['*.list', '*.get'], scope: 'region', burst: 100, perSecond: 20 }, { methods: ['*'], scope: 'account', burst: 50, perSecond: 5 }],
  deadlinesMs: { 'vm.create': 20_000, '*': 10_000 },
};

const TRAITS: Traits = { idempotencyToken: ['network', 'vm', 'disk', 'public-ip'], uniqueName: ['security-group', 'key-pair'], consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'zone', vmBatch: 4 };

/** The cloud's codes in the words of the SDK. */
const CODES: Record<string, DriverErrorCode> = {
  BadSignature: 'UNAUTHENTICATED', SlowDown: 'RATE_LIMITED', NoSuchThing: 'NOT_FOUND', NameTaken: 'ALREADY_EXISTS', HasDependants: 'IN_USE', BadPageToken: 'INVALID_REQUEST', BadValue: 'INVALID_REQUEST', NoSuchType: 'INVALID_REQUEST', NoRoom: 'OUT_OF_CAPACITY', WrongState: 'CONFLICT',
};
const VM_STATES: Record<string, VmState> = { BUILD: 'creating', ACTIVE: 'running', STOPPING: 'suspending', SHUTOFF: 'suspended', STARTING: 'resuming', REBOOT: 'rebooting', DELETING: 'terminating' };
const STATES: Record<string, 'available' | 'in-use' | 'deleting'> = { ACTIVE: 'available', DELETING: 'deleting' };

/** A failure of the cloud as the SDK tells it. */
function toDriverError(error: unknown, signal: AbortSignal): DriverError {
  if (isDriverError(error)) return error;
  if (signal.aborted) return new DriverError('TIMEOUT', 'The call was aborted.');
  if (!(error instanceof Refusal)) return new DriverError('UNAVAILABLE', 'The connection to the cloud was lost.');
  return new DriverError(CODES[error.code] ?? 'UNKNOWN', error.message, { providerCode: error.code, httpStatus: error.status, ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }) });
}

/** A thing as the SDK shows it. */
function toResource<T extends CloudResource>({ kind, id, name, region, tags, state, fields }: Stored): T {
  const told = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const plain = kind === 'vm' ? (VM_STATES[state] ?? 'pending') : fields.vmId !== undefined ? 'in-use' : (STATES[state] ?? 'pending');
  return { id, name, region, tags, providerState: state, state: plain, ...told } as unknown as T;
}

const refuse = (code: string, message: string): never => {
  throw new Refusal(400, code, message);
};
/** First and last address of a range. */
function span(cidr: string): [number, number] {
  const [, base = '', bits = ''] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr) ?? refuse('BadValue', `${cidr} is no range.`);
  if (Number(bits) > 28 || base.split('.').some((part) => Number(part) > 255)) refuse('BadValue', `${cidr} is no range.`);
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}
const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** A right driver of a cloud in this process: how the kit tests itself, and how a driver looks when it keeps the contract. */
export const memoryDriver = (cloud: MemoryCloud, traits: Traits): Driver => defineDriver({
  connect: async ({ credential }) => {
    const ask = <T>(method: string, signal: AbortSignal, work: () => T): Promise<T> =>
      cloud.request(method, credential, signal, work).catch((error: unknown) => {
        throw toDriverError(error, signal);
      });

    /** Create, get, list and delete of a kind; `order` says what a request asks for. */
    function lifecycle<T extends CloudResource, C extends Omit<CreateRequest, 'name'>>(kind: ResourceKind, order: (request: C) => Omit<Order, 'kind' | 'region' | 'tags' | 'token'>) {
      const create = (request: C, signal: AbortSignal): Promise<T[]> =>
        ask(`${kind}.create`, signal, () => {
          const { region, tags, token } = request;
          const honoured = traits.idempotencyToken.includes(kind);
          const known = honoured ? cloud.madeBy(kind, region, token) : [];
          const made = known.length > 0 ? known : cloud.create({ kind, region, tags, ...(honoured && { token }), ...order(request) });
          return made.map((thing) => toResource<T>(thing));
        });
      return {
        createAll: create,
        get: ({ region, id }: ById, signal: AbortSignal): Promise<T> => ask(`${kind}.get`, signal, () => toResource<T>(cloud.get(kind, region, id))),
        list: ({ region, ids, tags = {}, pageSize, pageToken }: ListRequest, signal: AbortSignal): Promise<Page<T>> =>
          ask(`${kind}.list`, signal, () => {
            const fits = (thing: Stored) => (ids?.includes(thing.id) ?? true) && Object.entries(tags).every(([key, value]) => thing.tags[key] === value);
            const page = cloud.page(cloud.shown(kind, region).filter(fits), pageSize, pageToken);
            return { ...page, items: page.items.map((thing) => toResource<T>(thing)) };
          }),
        delete: ({ region, id }: ById, signal: AbortSignal): Promise<void> =>
          ask(`${kind}.delete`, signal, () => cloud.delete(kind, region, id)).catch((error: unknown) => {
            if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
          }),
      };
    }
    /** The same for kinds that are made one by one. */
    function single<T extends CloudResource, C extends CreateRequest>(kind: ResourceKind, fields: (request: C) => Record<string, unknown>): Lifecycle<T, C> {
      const { createAll, ...rest } = lifecycle<T, C>(kind, (request) => {
        const made = fields(request);
        return { names: [request.name], state: 'ACTIVE', fields: () => made };
      });
      return { ...rest, create: async (request, signal) => (await createAll(request, signal))[0] as T };
    }
    /** Changes one thing and tells it. */
    const change = <T extends CloudResource>(method: string, { region, id }: ById, signal: AbortSignal, work: (thing: Stored) => void): Promise<T> =>
      ask(method, signal, () => {
        const thing = cloud.get(method.split('.')[0] as ResourceKind, region, id);
        work(thing);
        return toResource<T>(thing);
      });
    const pages = <T extends object>(method: string, keyOf: (row: T) => string, rows: (request: never) => T[]) =>
      (request: PageRequest, signal: AbortSignal): Promise<Page<T>> =>
        ask(method, signal, () => {
          const page = cloud.page(rows(request as never).map((row) => ({ id: keyOf(row), row })), request.pageSize, request.pageToken);
          return { ...page, items: page.items.map(({ row }) => row) };
        });
    const idOf = (row: { id: string }): string => row.id;

    const groups: Pick<HandlerGroups, 'account' | 'region' | 'spec' | 'image' | 'price' | 'quota' | 'network' | 'subnet' | 'security-group' | 'key-pair' | 'vm' | 'disk' | 'public-ip' | 'tag'> = {
      account: { verify: (_request, signal) => ask('account.verify', signal, () => ({ accountId: ACCOUNT.id })) },
      region: {
        list: pages('region.list', idOf, () => catalog.REGIONS),
        listZones: pages('region.listZones', idOf, ({ region }: { region: string }) => catalog.zones(region)),
      },
      spec: { list: pages('spec.list', idOf, ({ region }: { region: string }) => catalog.specs(region)) },
      image: { list: pages('image.list', idOf, ({ region, ids }: { region: string; ids?: string[] }) => catalog.images(region).filter(({ id }) => ids?.includes(id) ?? true)) },
      price: { list: pages('price.list', (row) => row.specId, ({ region, purchase }: { region: string; purchase: 'on-demand' | 'spot' }) => catalog.prices(region, purchase)) },
      quota: { list: pages<Quota>('quota.list', idOf, ({ region }: { region: string }) => catalog.quotas(region, (kind) => cloud.of(kind, region).length)) },
      network: single('network', ({ cidr }) => (span(cidr), { cidr })),
      subnet: single('subnet', ({ region, networkId, cidr, zone }) => {
        const [first, last] = span(cidr);
        const [low, high] = span(cloud.get('network', region, networkId).fields.cidr as string);
        if (first < low || last > high) refuse('BadValue', `${cidr} lies outside the network.`);
        const taken = cloud.of('subnet', region).find(({ fields }) => fields.networkId === networkId && span(fields.cidr as string)[0] <= last && first <= span(fields.cidr as string)[1]);
        if (taken) refuse('BadValue', `${cidr} overlaps ${taken.id}.`);
        return { networkId, cidr, zone };
      }),
      'security-group': {
        ...single('security-group', ({ region, networkId, rules }) => ({ networkId: cloud.get('network', region, networkId).id, rules: checkedRules(rules) })),
        setRules: (request, signal) => change('security-group.setRules', request, signal, ({ fields }) => void (fields.rules = checkedRules(request.rules))),
      },
      'key-pair': single('key-pair', ({ publicKey }) => {
        if (!/^ssh-(ed25519|rsa) [A-Za-z0-9+/=]{40,}/.test(publicKey)) refuse('BadValue', 'That is no public key.');
        return { fingerprint: `MEM:${[...publicKey].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffffffff, 7).toString(16)}` };
      }),
      vm: vmGroup(),
      disk: {
        ...single('disk', ({ sizeGiB, zone }) => ({ sizeGiB, zone })),
        attach: (request, signal) => change('disk.attach', request, signal, ({ fields, region }) => void Object.assign(fields, { vmId: cloud.get('vm', region, request.vmId).id, device: '/dev/sdf' })),
        detach: (request, signal) => change('disk.detach', request, signal, ({ fields }) => void Object.assign(fields, { vmId: undefined, device: undefined })),
        resize: (request, signal) => change('disk.resize', request, signal, ({ fields }) => void (fields.sizeGiB = request.sizeGiB >= (fields.sizeGiB as number) ? request.sizeGiB : refuse('BadValue', 'A disk only grows.'))),
      },
      'public-ip': {
        ...single('public-ip', ({ region }) => ({ address: dotted(0xc6336400 + ((cloud.of('public-ip', region).length + 1) % 255)) })),
        associate: (request, signal) => change('public-ip.associate', request, signal, ({ fields, region }) => void (fields.vmId = cloud.get('vm', region, request.vmId).id)),
        disassociate: (request, signal) => change('public-ip.disassociate', request, signal, ({ fields }) => void (fields.vmId = undefined)),
      },
      tag: {
        set: ({ region, kind, id, tags, name }, signal) => ask('tag.set', signal, () => {
          const thing = cloud.get(kind, region, id);
          Object.assign(thing, { tags: { ...thing.tags, ...tags }, ...(name !== undefined && kind === 'vm' && { name }) });
        }),
        remove: ({ region, kind, id, keys }, signal) => ask('tag.remove', signal, () => {
          const thing = cloud.get(kind, region, id);
          thing.tags = Object.fromEntries(Object.entries(thing.tags).filter(([key]) => !keys.includes(key)));
        }),
      },
    };
    return { traits: structuredClone(traits), ...groups } satisfies Session;

    function vmGroup(): HandlerGroups['vm'] {
      const { createAll, ...rest } = lifecycle<Vm, Parameters<HandlerGroups['vm']['create']>[0]>('vm', (request) => {
        const { region, names, specId, imageId, zone, subnetId, networkId, securityGroupIds, publicAddress } = request;
        if (names.length > TRAITS.vmBatch) refuse('BadValue', `At most ${TRAITS.vmBatch} at once.`);
        if (!catalog.specs(region).some(({ id }) => id === specId) || !catalog.images(region).some(({ id }) => id === imageId)) refuse('NoSuchType', 'There is no such spec or image.');
        if (cloud.troubles.full) throw new Refusal(503, 'NoRoom', 'There is no room left.');
        const [low] = span(cloud.get('subnet', region, subnetId).fields.cidr as string);
        const place = cloud.of('vm', region).length + 4;
        const fields = (index: number) => ({
          specId, imageId, zone, networkId, subnetId, securityGroupIds, batchIndex: index, privateIp: dotted(low + ((place + index) % 250) + 1), ...(publicAddress && { publicIp: dotted(0xcb007100 + ((place + index) % 255)) }), createdAt: new Date().toISOString(),
        });
        return { names, state: 'BUILD', next: 'ACTIVE', fields };
      });
      /** Takes a VM from one state through another to a third; what is already there stays. */
      const act = (method: string, from: string, through: string, to: string) => async (request: ById, signal: AbortSignal): Promise<void> => {
        await change<Vm>(method, request, signal, (thing) => {
          if (thing.state === to && from !== to) return;
          if (thing.state !== from) refuse('WrongState', `The VM is ${thing.state}.`);
          Object.assign(thing, { state: through, next: cloud.later(to) });
        });
      };
      return {
        ...rest,
        create: async (request, signal) => ({ items: await createAll(request, signal) }),
        start: act('vm.start', 'SHUTOFF', 'STARTING', 'ACTIVE'),
        stop: act('vm.stop', 'ACTIVE', 'STOPPING', 'SHUTOFF'),
        reboot: act('vm.reboot', 'ACTIVE', 'REBOOT', 'ACTIVE'),
        resize: async (request, signal) => {
          await change<Vm>('vm.resize', request, signal, ({ state, fields }) => void (fields.specId = state === 'SHUTOFF' ? request.specId : refuse('WrongState', 'Stop it first.')));
        },
      };
    }
  },
});

/** @throws Refusal BadValue. */
function checkedRules(rules: SecurityRule[]): SecurityRule[] {
  return rules.every(({ fromPort = 0, toPort = fromPort }) => fromPort <= toPort) ? rules : refuse('BadValue', 'The ports run backwards.');
}

/** A cloud in memory with its right driver, and all that {@link CheckOptions} ask for. */
export interface MemoryBox extends CheckOptions {
  cloud: MemoryCloud;
  driver: Driver;
}

/** Makes a {@link MemoryBox}; `manners` and `pace` differ from the usual ones: a quick cloud that shows everything at once. */
export function memoryBox(manners: Partial<Traits> = {}, pace: Partial<Pace> = {}): MemoryBox {
  const traits = { ...TRAITS, ...manners };
  const cloud = new MemoryCloud(traits.uniqueName, { settleMs: 1, unseenMs: 0, refuseEach: 0, ...pace });
  const region = 'memory-east';
  return {
    cloud, driver: memoryDriver(cloud, traits), manifest: MEMORY_MANIFEST,
    connect: () => ({ credential: { key: ACCOUNT.key, secret: ACCOUNT.secret }, options: {} }),
    broken: { credential: { key: ACCOUNT.key, secret: 'memory-secret-wrong' }, options: {} },
    place: { region, zone: `${region}-a`, specId: 'm1.small', otherSpecId: 'm1.medium', imageId: 'img-ubuntu-2404-amd64', sshUser: 'ubuntu' },
    pollMs: 1, timeoutMs: 100,
    faults: {
      loseNextAnswer: async (method) => void cloud.troubles.lose.add(method),
      throttleNext: async (method) => void cloud.troubles.throttle.add(method),
      outOfCapacity: async () => void (cloud.troubles.full = true),
      clear: async () => void (cloud.troubles.lose.clear(), cloud.troubles.throttle.clear(), (cloud.troubles.full = false)),
      count: async (kind, tags) => cloud.of(kind, region).filter((thing) => thing.state !== 'DELETING' && Object.entries(tags).every(([key, value]) => thing.tags[key] === value)).length,
      calls: async () => cloud.calls,
    },
  };
}
