import type { DriverErrorCode, Tags, TargetHealth } from '@mcmp/driver-sdk';
import type { Attributes, Kind, WorldVmState } from './attributes.js';
import type { Granularity, WorldCharge } from './charges-shapes.js';
import type { WorldEvent } from './events.js';
import type { MetricQuery, WorldMetric } from './metrics-shapes.js';
import type { ObjectDoor } from './object-door.js';
import type { Personality, PersonalityRegion } from './personality.js';

export type { Attributes, Kind, WorldVmState } from './attributes.js';
export type { Billing, Personality, PersonalityImage, PersonalityPrice, PersonalityRegion, PersonalitySpec, Services, Span } from './personality.js';
export type { Granularity, WorldCharge } from './charges-shapes.js';
export type { WorldEvent } from './events.js';
export type { MetricQuery, WorldMetric } from './metrics-shapes.js';
export type { ObjectDoor, StoredBytes } from './object-door.js';
export { LostAnswer, WorldError } from './refusal.js';

/** One thing in a cloud. Times are milliseconds of the world's clock. */
export interface Thing<K extends Kind = Kind> {
  kind: K;
  /** In this cloud's own format, e.g. `i-0f…`. */
  id: string;
  name: string;
  cloud: string;
  account: string;
  /** `global` for what belongs to no region: zones of DNS, identities, and networks of a cloud whose networks span all. */
  region: string;
  /** Grows with each thing that the world makes: the order of lists, and a cursor for pages. */
  serial: number;
  tags: Tags;
  state: K extends 'vm' ? WorldVmState : 'pending' | 'available' | 'in-use' | 'suspended' | 'deleting' | 'failed' | 'deleted';
  /** Idempotency token of the request that made it. */
  token?: string;
  /** Milliseconds of the clouds' date. */
  createdAt: number;
  /** When it entered its state. */
  since: number;
  /** It has been ready once. */
  ready?: true;
  /** Get and list do not show it earlier (eventual consistency). */
  visibleAt: number;
  /** When a deleted thing, still shown by some clouds, goes from sight. */
  goneAt?: number;
  attributes: Attributes[K];
}

/** A request as it reaches a cloud, whatever its wire. */
export interface WorldCall {
  cloud: string;
  account: string;
  region: string;
  /** The SDK's word that fits best, e.g. `vm.create`; decides latency and, where the provider publishes none by its own names, throttling. */
  method: string;
  /** The provider's own name, e.g. `RunInstances`. */
  api: string;
  token?: string;
  /** How many things it asks for; 1 if absent. */
  count?: number;
  /** Who asks, for the cloud's own log of events; the account's root if absent. */
  actor?: string;
}

/** What narrows a list. */
export interface Filter<K extends Kind> {
  ids?: string[];
  tags?: Tags;
  where?: (thing: Thing<K>) => boolean;
}

/** What makes a thing. A known `token` with the same request gives the thing of the first time; with another, INVALID_REQUEST (reason `token-mismatch`). */
export interface CreateThing<K extends Kind> {
  name: string;
  tags: Tags;
  /** Only where the cloud honours tokens for this kind. */
  token?: string;
  attributes: Attributes[K];
}

/** What makes VMs: all or none, one per name. */
export interface CreateWorldVms {
  names: string[];
  tags: Tags;
  token?: string;
  specId: string;
  imageId: string;
  zone?: string;
  networkId?: string;
  subnetId?: string;
  securityGroupIds: string[];
  keyPairId?: string;
  placementGroupId?: string;
  publicKey?: string;
  sshUser?: string;
  rootDiskGiB?: number;
  userData?: string;
  publicAddress: boolean;
}

/** One region of one account, as a call sees it. Every method checks what that cloud checks: dependencies, ranges, quotas, capacity, names. */
export interface RegionView {
  readonly personality: Personality;
  readonly region: PersonalityRegion;
  create<K extends Exclude<Kind, 'vm'>>(kind: K, input: CreateThing<K>): Thing<K>;
  createVms(input: CreateWorldVms): Thing<'vm'>[];
  /** @throws WorldError NOT_FOUND, also while a new thing is not visible yet. */
  get<K extends Kind>(kind: K, id: string): Thing<K>;
  /** Visible things, oldest first. */
  list<K extends Kind>(kind: K, filter?: Filter<K>): Thing<K>[];
  change<K extends Kind>(kind: K, id: string, change: { name?: string; tags?: Tags; removeTags?: string[]; attributes?: Partial<Attributes[K]> }): Thing<K>;
  /** Begins the end of a thing. @throws WorldError IN_USE, NOT_FOUND. */
  delete(kind: Kind, id: string): void;
  start(vmId: string): Thing<'vm'>;
  stop(vmId: string): Thing<'vm'>;
  reboot(vmId: string): Thing<'vm'>;
  resize(vmId: string, specId: string): Thing<'vm'>;
  /** Makes a node group; where the cloud's clusters begin with one, `first` makes it together with its cluster. */
  createNodes(input: CreateThing<'node-group'>, first?: boolean): Thing<'node-group'>;
  attachGateway(gatewayId: string, networkId: string): Thing<'internet-gateway'>;
  detachGateway(gatewayId: string): Thing<'internet-gateway'>;
  attachInterface(interfaceId: string, vmId: string): Thing<'network-interface'>;
  detachInterface(interfaceId: string): Thing<'network-interface'>;
  /** Stops or starts a database. */
  power(databaseId: string, on: boolean): Thing<'database'>;
  /** Health of each target of a load balancer behind each listener. */
  health(loadBalancerId: string): TargetHealth[];
  /** Whether a tunnel is up: another connection of the box points back, with the same key. */
  isUp(connection: Thing<'vpn-connection'>, address: string): boolean;
  objects(bucketId: string): ObjectDoor;
  /** A new key of a user; the secret is told this once. */
  createKey(userId: string): { keyId: string; secret: string };
  deleteKey(userId: string, keyId: string): void;
  /** A key of a role that ends. @throws WorldError UNSUPPORTED. */
  assume(roleId: string, durationMs: number, sessionName: string): { keyId: string; secret: string; expiresAt: number };
  attachDisk(diskId: string, vmId: string, device?: string): Thing<'disk'>;
  detachDisk(diskId: string): Thing<'disk'>;
  resizeDisk(diskId: string, sizeGiB: number): Thing<'disk'>;
  associate(publicIpId: string, vmId: string): Thing<'public-ip'>;
  disassociate(publicIpId: string): Thing<'public-ip'>;
  metrics(kind: Kind): WorldMetric[];
  readMetric(query: MetricQuery): { id: string; points: { at: number; value: number }[] }[];
  /** Newest first, those of the call's region. */
  events(narrow: { from: number; to: number; resourceId?: string | undefined; before?: number | undefined }, limit: number): WorldEvent[];
  /** The account's bill as it was known at a date. */
  bill(asOf: number): { periods(from: number, to: number, granularity: Granularity): number[]; rows(begin: number, granularity: Granularity): WorldCharge[] };
  quotas(): { id: string; name: string; measure: string; limit: number; used: number; specPrefixes?: string[] }[];
  /** Zones with whether they have room now. */
  zones(): { id: string; available: boolean }[];
}

/** The engine. */
export interface World {
  readonly personalities: ReadonlyMap<string, Personality>;
  /** Milliseconds of the world's clock. */
  now(): number;
  /** Milliseconds of the clouds' own date: what they write on things, bills and events. */
  date(): number;
  /**
   * Takes one request through the manners of its cloud: latency, token bucket, faults, call log; then runs `work` in one step.
   * @throws WorldError (RATE_LIMITED with retryAfterMs, and all that RegionView throws); LostAnswer after work that was done.
   */
  call<T>(call: WorldCall, work: (view: RegionView) => T): Promise<T>;
  /** The keys of an account, which exists as soon as it is asked for. Derived from the box's seed; the secret signs requests. */
  credential(cloud: string, account: string): { accessKeyId: string; secretKey: string };
  /** Whose bucket it is, and where: names of buckets are one book per cloud. */
  bucketOwner(cloud: string, bucketId: string): { account: string; region: string } | undefined;
  /** The account of an access key; undefined for a key of nobody, and for one that has expired. */
  accountOf(cloud: string, accessKeyId: string): { account: string; secretKey: string; principal?: string } | undefined;
  /** Whether a key was good once. */
  isExpired(cloud: string, accessKeyId: string): boolean;
  /** The time by which wires judge the date of a signature: the real one, as far off as the box was told. */
  signingNow(): number;
}

/** One side of the box: a server that speaks one provider's protocol. */
export interface Wire {
  /** Key in the program's first line, e.g. `ec2`. */
  readonly name: string;
  start(world: World, options: { host: string; port: number }): Promise<{ port: number; close(): Promise<void> }>;
}

/** A trouble set by request. The first fault that fits a call (or, for VMs, capacity, deletes and quotas: the thing) and has `times` left is applied. Its milliseconds are real ones, at any time scale. */
export interface Fault {
  id?: string;
  cloud?: string;
  account?: string;
  region?: string;
  zone?: string;
  /** Method pattern (`vm.create`, `*.list`, `*`) or the provider's own API name. */
  method?: string;
  effect:
    | { type: 'error'; code: DriverErrorCode; message?: string; retryAfterMs?: number }
    /** The work is done, the answer is lost. */
    | { type: 'lost-answer' }
    /** The connection drops before anything is done. */
    | { type: 'dropped-request' }
    | { type: 'latency'; ms: number }
    /** New VMs do not fit the zone (or, without zone, the region); `specPrefixes` narrows it. */
    | { type: 'out-of-capacity'; specPrefixes?: string[] }
    /** The VM is made, then fails while it starts; drawn and counted per VM. */
    | { type: 'half-made' }
    /** Deletes take this much longer. */
    | { type: 'slow-delete'; ms: number }
    /** New things stay unseen this long. */
    | { type: 'unseen'; ms: number }
    | { type: 'quota'; quotaId: string; limit: number }
    /** The work is done, then a process gets a signal before the answer; only where the box was started with `--allow-signals`. */
    | { type: 'signal'; pid: number; signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' };
  /** 0–1, drawn from the seeded sequence; 1 if absent. */
  probability?: number;
  /** How many calls that fit it lets pass first. */
  skip?: number;
  /** How often it applies at most; absent is for ever. */
  times?: number;
}

/** One line of the call log. */
export interface CallRecord {
  seq: number;
  /** When the request came, ISO 8601, real time; lines stand in the order of the answers. */
  at: string;
  cloud: string;
  account: string;
  region: string;
  method: string;
  api: string;
  token?: string;
  count: number;
  /** Latency that the cloud itself took, real milliseconds. */
  latencyMs: number;
  /** `ok`, `lost-answer`, `dropped-request` or an error code. */
  outcome: string;
  /** Things made or touched. */
  ids: string[];
  /** Real milliseconds after the answer until the change is complete (boot, stop, delete), where it has one. */
  settleMs?: number;
}
