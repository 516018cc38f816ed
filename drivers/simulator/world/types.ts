import type { Architecture, DriverErrorCode, RateLimit, Route, SecurityRule, Tags } from '@mcmp/driver-sdk';

/** What the world holds. `internet-gateway` and `route-table` exist for wires whose protocol shows them; on the plain wire a network reaches the internet by itself. */
export type Kind = 'network' | 'internet-gateway' | 'route-table' | 'subnet' | 'security-group' | 'key-pair' | 'vm' | 'disk' | 'public-ip';

/** VM states of the world; other kinds use `pending`, `available`, `in-use`, `deleting`. */
export type WorldVmState = 'creating' | 'running' | 'suspending' | 'suspended' | 'resuming' | 'rebooting' | 'terminating' | 'terminated' | 'failed';

/** What each kind has beside its id, name and tags. */
export interface Attributes {
  network: { cidr?: string };
  'internet-gateway': { networkId?: string };
  'route-table': { networkId: string; main: boolean; routes: Route[]; subnetIds: string[] };
  subnet: { networkId: string; cidr: string; zone?: string; publicAddresses: boolean };
  'security-group': { networkId?: string; description: string; rules: SecurityRule[] };
  'key-pair': { publicKey: string; fingerprint: string };
  vm: {
    specId: string; imageId: string; zone?: string; networkId?: string; subnetId?: string; securityGroupIds: string[]; keyPairId?: string;
    sshUser: string; userData?: string; rootDiskGiB: number; privateIp: string;
    /** A loopback address of its own, at which the VM answers SSH on `sshPort`. */
    publicIp?: string; sshPort: number;
    /** The public address of its own life, kept while a public IP takes its place. */
    ownAddress?: string;
    /** OpenSSH line of the key that its user takes. */
    publicKey?: string;
    /** VMs made by one request share it. */
    batch: string; batchIndex: number;
    failure?: { providerCode: string; message: string; outOfCapacity?: boolean };
  };
  disk: { sizeGiB: number; zone?: string; type?: string; vmId?: string; device?: string };
  'public-ip': { address: string; vmId?: string };
}

/** One thing in a cloud. Times are milliseconds of the world's clock. */
export interface Thing<K extends Kind = Kind> {
  kind: K;
  /** In this cloud's own format, e.g. `i-0f…`. */
  id: string;
  name: string;
  cloud: string;
  account: string;
  /** `global` for networks of a cloud whose networks span all regions. */
  region: string;
  /** Grows with each thing that the world makes: the order of lists, and a cursor for pages. */
  serial: number;
  tags: Tags;
  state: K extends 'vm' ? WorldVmState : 'pending' | 'available' | 'in-use' | 'deleting' | 'failed' | 'deleted';
  /** Idempotency token of the request that made it. */
  token?: string;
  createdAt: number;
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
}

/** A refusal, in the SDK's codes; each wire says it in its provider's own words. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  constructor(
    readonly code: DriverErrorCode,
    message: string,
    readonly detail: { kind?: Kind; id?: string; field?: string; retryAfterMs?: number; quotaId?: string; reason?: string } = {},
  ) {
    super(message);
  }
}

/** Thrown by {@link World.call} where no answer may reach the caller, whether the work was done or not: the wire must cut the connection. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
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
  attachDisk(diskId: string, vmId: string, device?: string): Thing<'disk'>;
  detachDisk(diskId: string): Thing<'disk'>;
  resizeDisk(diskId: string, sizeGiB: number): Thing<'disk'>;
  associate(publicIpId: string, vmId: string): Thing<'public-ip'>;
  disassociate(publicIpId: string): Thing<'public-ip'>;
  quotas(): { id: string; name: string; measure: string; limit: number; used: number; specPrefixes?: string[] }[];
  /** Zones with whether they have room now. */
  zones(): { id: string; available: boolean }[];
}

/** The engine. */
export interface World {
  readonly personalities: ReadonlyMap<string, Personality>;
  /** Milliseconds of the world's clock. */
  now(): number;
  /**
   * Takes one request through the manners of its cloud: latency, token bucket, faults, call log; then runs `work` in one step.
   * @throws WorldError (RATE_LIMITED with retryAfterMs, and all that RegionView throws); LostAnswer after work that was done.
   */
  call<T>(call: WorldCall, work: (view: RegionView) => T): Promise<T>;
  /** The keys of an account, which exists as soon as it is asked for. Derived from the box's seed; the secret signs requests. */
  credential(cloud: string, account: string): { accessKeyId: string; secretKey: string };
  /** The account of an access key; undefined for a key of nobody. */
  accountOf(cloud: string, accessKeyId: string): { account: string; secretKey: string } | undefined;
}

/** One side of the box: a server that speaks one provider's protocol. */
export interface Wire {
  /** Key in the program's first line, e.g. `ec2`. */
  readonly name: string;
  start(world: World, options: { host: string; port: number }): Promise<{ port: number; close(): Promise<void> }>;
}

/** A place of a cloud, with real coordinates. */
export interface PersonalityRegion {
  id: string;
  name: string;
  latitude: number;
  longitude: number;
  zones: string[];
}

export interface PersonalitySpec {
  id: string;
  vcpu: number;
  memoryMiB: number;
  architecture: Architecture;
  gpuCount: number;
  gpuModel?: string;
  gpuMemoryMiB?: number;
  networkPerformance?: string;
}

export interface PersonalityImage {
  /** Id in a region; some clouds name images alike everywhere. */
  id(region: string): string;
  name: string;
  osFamily: string;
  osVersion: string;
  architecture: Architecture;
  sshUser: string;
  minDiskGiB: number;
  publisher: string;
  createdAt: string;
}

export interface PersonalityPrice {
  specId: string;
  purchase: 'on-demand' | 'spot';
  currency: string;
  perHour: number;
  source: string;
  /** ISO 8601 date of the source. */
  asOf: string;
  simulated: boolean;
}

/** Least and most milliseconds at time scale 1. */
export type Span = readonly [minMs: number, maxMs: number];

/** How one cloud behaves. Facts carry their source in the file that holds them. */
export interface Personality {
  cloud: string;
  title: string;
  regions: PersonalityRegion[];
  specs(region: string): PersonalitySpec[];
  images: PersonalityImage[];
  prices(region: string): PersonalityPrice[];
  /** Time until a call is answered, by method (`vm.create`), verb (`*.list`) or `*`; the first that fits. */
  latency: [pattern: string, span: Span][];
  /** Time that a change takes after its call was answered. */
  delays: { vmCreate: Span; vmStart: Span; vmStop: Span; vmReboot: Span; vmDelete: Span; create: Span; delete: Span };
  /** Longest time in which a new thing may be unseen, at time scale 1. */
  consistencyWindowMs: number;
  /** How long a terminated VM stays listed; 0 goes at once. */
  terminatedShownMs: number;
  /** Published limits by the provider's own API names or by method; first fit. `source` says where they were read, or that they are guessed. */
  limits: (RateLimit & {
    source: string;
    /** `things` takes as many tokens as things are asked for, and holds beside the first fit of the others. */
    weight?: 'call' | 'things';
  })[];
  quotas: { id: string; name: string; measure: string; limit: number; specPrefixes?: string[]; source: string }[];
  idempotencyToken: Kind[];
  uniqueName: Kind[];
  networkScope: 'region' | 'global';
  subnetScope: 'zone' | 'region';
  /** Most VMs of one request. */
  vmBatch: number;
  /** The provider's word for each VM state, by the map in its API. */
  vmStates: Record<WorldVmState, string>;
  /** A new id of a kind in this cloud's format; `random(n)` gives n lower-case hex digits. */
  newId(kind: Kind, random: (digits: number) => string): string;
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
