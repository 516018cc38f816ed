import type { RegionView } from '../../simulator/world/types.js';

/** What an action has at hand while it works on one region of one account, in one step of the world. */
export interface Context {
  view: RegionView;
  account: string;
  region: string;
  /** Milliseconds of the world's clock. */
  now: number;
}

/** One action of EC2. */
export interface Action {
  name: string;
  /** The SDK's word that fits best, for latency, faults and the call log. */
  method: string;
  /** Input members that it honours; others of the model are answered UnsupportedOperation rather than passed over. */
  honours: string[];
  /** Input members that real EC2 heeds and that change nothing here. */
  accepts: string[];
  /** How many things it asks for. */
  count(input: Record<string, unknown>): number;
  run(input: Record<string, unknown>, context: Context): Record<string, unknown>;
}

type Members<I> = (keyof I & string)[];

/** Makes an action from a function with the SDK's own types of request and answer, so that the compiler checks what the model checks again at run time. */
export const action = <I extends object, O extends object>(
  name: string, method: string, honours: Members<I>, run: (input: I, context: Context) => O,
  options: { accepts?: Members<I>; count?: (input: I) => number } = {},
): Action => ({
  name, method, honours, accepts: options.accepts ?? [],
  count: (input) => options.count?.(input as I) ?? 1,
  run: (input, context) => run(input as I, context) as Record<string, unknown>,
});

/** For actions that answer only that they worked. */
export type Done = Record<string, never>;
export const done: Done = {};
