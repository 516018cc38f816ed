import type { Capability, HandlerGroups } from '../driver.js';

type Group<C extends Capability> = Required<HandlerGroups[C]>;
type Signature<M extends string> = M extends `${infer C extends Capability}.${infer F}` ? (F extends keyof Group<C> ? Group<C>[F] : never) : never;

/** `capability.method`, e.g. `vm.create`. */
export type Method = { [C in Capability]: `${C}.${keyof Group<C> & string}` }[Capability];
/** What a method takes. */
export type RequestOf<M extends Method> = Signature<M> extends (request: infer Q, signal: AbortSignal) => unknown ? Q : never;
/** What a method gives. */
export type ResultOf<M extends Method> = Signature<M> extends (request: never, signal: AbortSignal) => Promise<infer R> ? R : never;
