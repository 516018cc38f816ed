import type { Capability, HandlerGroups, Manifest, Traits } from '@mcmp/driver-sdk';

/** A connection in plain words, without its credential. */
export interface ConnectionRef {
  id: string;
  name: string;
  workspaceId: string;
  /** Name of the driver that serves it. */
  driver: string;
  /** The cloud's word, e.g. `aws`; for a simulated cloud the one that it plays. */
  cloud: string;
  /** Regions that it may use; empty means all enabled ones. */
  regions: string[];
}

type Handler<C extends Capability> = Required<HandlerGroups[C]>;
type MethodOf<C extends Capability> = { [F in keyof Handler<C> & string]: `${C}.${F}` }[keyof Handler<C> & string];
type Signature<M extends string> = M extends `${infer C extends Capability}.${infer F}` ? (F extends keyof Handler<C> ? Handler<C>[F] : never) : never;

/** `capability.method`, e.g. `vm.create`. */
export type CloudMethod = { [C in Capability]: MethodOf<C> }[Capability];
/** What a method takes. */
export type CloudRequest<M extends CloudMethod> = Signature<M> extends (request: infer Q, signal: AbortSignal) => unknown ? Q : never;
/** What a method gives. */
export type CloudResult<M extends CloudMethod> = Signature<M> extends (request: never, signal: AbortSignal) => Promise<infer R> ? R : never;

/** How a call is made. */
export interface CloudCallOptions {
  signal?: AbortSignal;
  /** Whole time with waiting for the limit and retries; absent takes the manifest's. */
  deadlineMs?: number;
  /** Who goes first where the cloud's limit makes calls wait. */
  priority?: 'person' | 'provisioning' | 'reconcile' | 'inventory';
}

/**
 * A connected account: every call is checked, limited, retried where that is safe, timed and logged.
 * Calls throw a `DriverError` (tell it with `isCloudError`) with one of the SDK's codes.
 */
export interface CloudSession {
  readonly connection: ConnectionRef;
  readonly manifest: Manifest;
  readonly traits: Traits;
  has(capability: Capability): boolean;
  call<M extends CloudMethod>(method: M, request: CloudRequest<M>, options?: CloudCallOptions): Promise<CloudResult<M>>;
  /** Reads a list to its end. */
  all<M extends Extract<CloudMethod, `${string}.list`>>(method: M, request: CloudRequest<M>, options?: CloudCallOptions): Promise<CloudResult<M> extends { items: (infer T)[] } ? T[] : never>;
}
