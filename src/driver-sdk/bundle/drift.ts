/** A type with intersections and interfaces spelled out as plain members, at every depth; `void` counts as undefined. */
export type Spelled<T> = [T] extends [void] ? undefined : T extends readonly (infer U)[] ? Spelled<U>[] : T extends object ? { [K in keyof T]: Spelled<T[K]> } : T;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `never` where two types say the same, member by member and optional where the other is optional; else both, to be read in the compile error. */
export type Drift<A, B> = Same<Spelled<A>, Spelled<B>> extends true ? never : { schema: Spelled<A>; sdk: Spelled<B> };
