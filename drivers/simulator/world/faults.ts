import { fits } from './patterns.js';
import type { Fault, WorldCall } from './types.js';

type Effect = Fault['effect'];
type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

/** The troubles that were set, in the order of their setting. */
export class Faults {
  readonly #faults = new Map<string, Fault & { id: string }>();
  #count = 0;

  /** `chance` draws 0–1 from the seeded sequence of a place. */
  constructor(private readonly chance: (cloud: string, region: string) => number) {}

  add(fault: Fault): Fault & { id: string } {
    let id = fault.id;
    while (id === undefined || (fault.id === undefined && this.#faults.has(id))) id = `f${++this.#count}`;
    const held = { ...fault, id };
    this.#faults.set(id, held);
    return held;
  }

  list(): (Fault & { id: string })[] {
    return [...this.#faults.values()];
  }

  /** Without an id removes all. @returns whether there was any. */
  remove(id?: string): boolean {
    if (id !== undefined) return this.#faults.delete(id);
    const any = this.#faults.size > 0;
    this.#faults.clear();
    return any;
  }

  /** The first of these troubles that fits and is drawn; one of its times is used up. */
  take<T extends Effect['type']>(types: readonly T[], call: WorldCall, fitsMore: (effect: EffectOf<T>, fault: Fault) => boolean = () => true): EffectOf<T> | undefined {
    for (const fault of this.#faults.values()) {
      const { effect } = fault;
      if (!types.includes(effect.type as T) || fault.times === 0 || !fitsCall(fault, call) || !fitsMore(effect as EffectOf<T>, fault)) continue;
      if (fault.skip !== undefined && fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.probability !== undefined && this.chance(call.cloud, call.region) >= fault.probability) continue;
      if (fault.times !== undefined) fault.times -= 1;
      return effect as EffectOf<T>;
    }
    return undefined;
  }

  /** Whether a trouble stands, without using it. */
  stands<T extends Effect['type']>(type: T, place: { cloud: string; account: string; region: string }, fitsMore: (effect: EffectOf<T>, fault: Fault) => boolean): EffectOf<T> | undefined {
    for (const fault of this.#faults.values()) {
      if (fault.effect.type === type && fault.times !== 0 && fitsPlace(fault, place) && fitsMore(fault.effect as EffectOf<T>, fault)) return fault.effect as EffectOf<T>;
    }
    return undefined;
  }
}

const fitsPlace = (fault: Fault, place: { cloud: string; account: string; region: string }): boolean =>
  (fault.cloud ?? place.cloud) === place.cloud && (fault.account ?? place.account) === place.account && (fault.region ?? place.region) === place.region;
const fitsCall = (fault: Fault, call: WorldCall): boolean => fitsPlace(fault, call) && fits(fault.method ?? '*', call);
