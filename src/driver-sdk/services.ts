import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, InRegion, Page, PageRequest, ResourceState } from './shapes.js';

/** A managed database server. */
export interface ManagedDatabase extends CloudResource {
  state: ResourceState | 'suspended';
  /** e.g. `postgres`, `mysql`, `mariadb`. */
  engine: string;
  version: string;
  /** The provider's size, e.g. `db.t4g.micro`. */
  specId: string;
  storageGiB: number;
  host?: string;
  port?: number;
  user?: string;
  public: boolean;
}
export interface CreateDatabase extends CreateRequest {
  engine: string;
  version?: string;
  specId: string;
  storageGiB: number;
  networkId: string;
  subnetIds: string[];
  securityGroupIds: string[];
  user: string;
  /** A secret; the platform makes it. */
  password: string;
  public: boolean;
}
/** An engine in one version. */
export interface DatabaseEngine { engine: string; version: string; default: boolean }
/** Capability `database`. Deleting makes no last snapshot; take one before. */
export interface DatabaseHandlers extends Lifecycle<ManagedDatabase, CreateDatabase> {
  engines(request: InRegion & PageRequest, signal: AbortSignal): Promise<Page<DatabaseEngine>>;
  start?(request: ById, signal: AbortSignal): Promise<void>;
  stop?(request: ById, signal: AbortSignal): Promise<void>;
  resize?(request: ById & { specId?: string; storageGiB?: number }, signal: AbortSignal): Promise<ManagedDatabase>;
}

/** A message queue. */
export interface MessageQueue extends CloudResource {
  state: ResourceState;
  /** First in, first out, each message once. */
  fifo: boolean;
  url?: string;
  /** About so many wait. */
  messages?: number;
}
export interface CreateQueue extends CreateRequest { fifo: boolean }
/** Capability `queue`. */
export type QueueHandlers = Lifecycle<MessageQueue, CreateQueue>;
