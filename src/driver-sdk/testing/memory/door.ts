import type { VmState } from '../../compute.js';
import type { Traits } from '../../driver.js';
import type { DriverErrorCode } from '../../errors.js';
import { DriverError, isDriverError } from '../../errors.js';
import type { ResourceKind } from '../../kinds.js';
import type { Lifecycle } from '../../network.js';
import type { ById, CloudResource, CreateRequest, ListRequest, Page, PageRequest } from '../../shapes.js';
import type { MemoryCloud, Order, Stored } from './cloud.js';
import { Refusal } from './cloud.js';

/** The cloud's codes in the words of the SDK. */
const CODES: Record<string, DriverErrorCode> = {
  BadSignature: 'UNAUTHENTICATED', SlowDown: 'RATE_LIMITED', NoSuchThing: 'NOT_FOUND', NameTaken: 'ALREADY_EXISTS', HasDependants: 'IN_USE', BadPageToken: 'INVALID_REQUEST', BadValue: 'INVALID_REQUEST', NoSuchType: 'INVALID_REQUEST', NoRoom: 'OUT_OF_CAPACITY', WrongState: 'CONFLICT',
};
const VM_STATES: Record<string, VmState> = { BUILD: 'creating', ACTIVE: 'running', STOPPING: 'suspending', SHUTOFF: 'suspended', STARTING: 'resuming', REBOOT: 'rebooting', DELETING: 'terminating' };
const STATES: Record<string, 'available' | 'in-use' | 'deleting' | 'suspended'> = { ACTIVE: 'available', SHUTOFF: 'suspended', DELETING: 'deleting' };
/** Kinds that a VM has, not those that were made of one. */
const AT_A_VM: readonly ResourceKind[] = ['disk', 'public-ip', 'network-interface'];
/** What a thing keeps and never tells. */
const UNTOLD = ['objects', 'records', 'secrets'];

/** A failure of the cloud as the SDK tells it. */
function toDriverError(error: unknown, signal: AbortSignal): DriverError {
  if (isDriverError(error)) return error;
  if (signal.aborted) return new DriverError('TIMEOUT', 'The call was aborted.');
  if (!(error instanceof Refusal)) return new DriverError('UNAVAILABLE', 'The connection to the cloud was lost.');
  return new DriverError(CODES[error.code] ?? 'UNKNOWN', error.message, { providerCode: error.code, httpStatus: error.status, ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }) });
}

/** A thing as the SDK shows it. */
function toResource<T extends CloudResource>({ kind, id, name, region, tags, state, fields }: Stored): T {
  const told = Object.fromEntries(Object.entries(fields).filter(([key, value]) => value !== undefined && !UNTOLD.includes(key)));
  const plain = kind === 'vm' ? (VM_STATES[state] ?? 'pending') : AT_A_VM.includes(kind) && fields.vmId !== undefined ? 'in-use' : (STATES[state] ?? 'pending');
  return { id, name, region, tags, providerState: state, state: plain, ...told } as unknown as T;
}

/** Narrows to the node groups of a cluster, where one is named. */
type Within = { clusterId?: string };
const isWithin = ({ fields }: Stored, { clusterId }: Within): boolean => clusterId === undefined || fields.clusterId === clusterId;

/** The one way from the driver to the cloud: the credential goes along, refusals come back in the SDK's words. */
export class MemoryDoor {
  constructor(readonly cloud: MemoryCloud, private readonly credential: Record<string, string>, readonly traits: Traits) {}

  ask<T>(method: string, signal: AbortSignal, work: () => T): Promise<T> {
    return this.cloud.request(method, this.credential, signal, work).catch((error: unknown) => {
      throw toDriverError(error, signal);
    });
  }

  /** Create, get, list and delete of a kind; `order` says what a request asks for. */
  lifecycle<T extends CloudResource, C extends Omit<CreateRequest, 'name'>>(kind: ResourceKind, order: (request: C) => Omit<Order, 'kind' | 'region' | 'tags' | 'token'>) {
    const { cloud, traits } = this;
    return {
      createAll: (request: C, signal: AbortSignal): Promise<T[]> =>
        this.ask(`${kind}.create`, signal, () => {
          const { region, tags, token } = request;
          const honoured = traits.idempotencyToken.includes(kind);
          const known = honoured ? cloud.madeBy(kind, region, token) : [];
          const made = known.length > 0 ? known : cloud.create({ kind, region, tags, ...(honoured && { token }), ...order(request) });
          return made.map((thing) => toResource<T>(thing));
        }),
      get: (request: ById & Within, signal: AbortSignal): Promise<T> => this.ask(`${kind}.get`, signal, () => toResource<T>(this.find(kind, request))),
      list: ({ region, ids, tags = {}, pageSize, pageToken, ...within }: ListRequest & Within, signal: AbortSignal): Promise<Page<T>> =>
        this.ask(`${kind}.list`, signal, () => {
          const fits = (thing: Stored) => isWithin(thing, within) && (ids?.includes(thing.id) ?? true) && Object.entries(tags).every(([key, value]) => thing.tags[key] === value);
          const page = cloud.page(cloud.shown(kind, region).filter(fits), pageSize, pageToken);
          return { ...page, items: page.items.map((thing) => toResource<T>(thing)) };
        }),
      delete: ({ region, id }: ById, signal: AbortSignal): Promise<void> =>
        this.ask(`${kind}.delete`, signal, () => cloud.delete(kind, region, id)).catch((error: unknown) => {
          if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
        }),
    };
  }

  /** The same for kinds that are made one by one; `slow` ones take a moment to be ready. */
  single<T extends CloudResource, C extends CreateRequest>(kind: ResourceKind, fields: (request: C) => Record<string, unknown>, slow = false): Lifecycle<T, C> {
    const { createAll, ...rest } = this.lifecycle<T, C>(kind, (request) => {
      const made = fields(request);
      return { names: [request.name], ...(slow ? { state: 'BUILD', next: 'ACTIVE' } : { state: 'ACTIVE' }), fields: () => made };
    });
    return { ...rest, create: async (request, signal) => (await createAll(request, signal))[0] as T };
  }

  /** Changes one thing and tells it. */
  change<T extends CloudResource>(method: string, request: ById & Within, signal: AbortSignal, work: (thing: Stored) => void): Promise<T> {
    return this.ask(method, signal, () => {
      const thing = this.find(method.split('.')[0] as ResourceKind, request);
      work(thing);
      return toResource<T>(thing);
    });
  }

  /** A method that lists rows in pages. */
  pages<Q extends object, T extends object>(method: string, keyOf: (row: T) => string, rows: (request: Q) => T[]) {
    return (request: Q & PageRequest, signal: AbortSignal): Promise<Page<T>> =>
      this.ask(method, signal, () => {
        const page = this.cloud.page(rows(request).map((row) => ({ id: keyOf(row), row })), request.pageSize, request.pageToken);
        return { ...page, items: page.items.map(({ row }) => row) };
      });
  }

  /** Takes a thing from one state through another to a third; what is already there stays. */
  act(method: string, from: string, through: string, to: string) {
    return async (request: ById, signal: AbortSignal): Promise<void> => {
      await this.change(method, request, signal, (thing) => {
        if (thing.state === to && from !== to) return;
        if (thing.state !== from) throw new Refusal(409, 'WrongState', `It is ${thing.state}.`);
        Object.assign(thing, { state: through, next: this.cloud.later(to) });
      });
    };
  }

  /** @throws Refusal NoSuchThing, also where it is in another cluster. */
  find(kind: ResourceKind, { region, id, clusterId }: ById & Within): Stored {
    const thing = this.cloud.get(kind, region, id);
    if (!isWithin(thing, { ...(clusterId !== undefined && { clusterId }) })) throw new Refusal(404, 'NoSuchThing', `There is no ${kind} ${id} in ${String(clusterId)}.`);
    return thing;
  }
}
