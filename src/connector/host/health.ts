import { isDriverError } from '@mcmp/driver-sdk';

const WINDOW_MS = 120_000;
const SLOTS = 12;
/** Fewer calls than this say nothing. */
const LEAST_CALLS = 20;
const MOST_FAULTS = 0.2;

const faults = new WeakSet<object>();

/** Marks an error as the driver's own doing (its process crashed, its bundle does not load), whatever its code says to the caller. */
export function ownFault<E extends object>(error: E): E {
  faults.add(error);
  return error;
}

/** Whether a failed call speaks against the driver rather than against its cloud: UNKNOWN (also a wrong shape), or marked by {@link ownFault}. */
export const isOwnFault = (error: unknown): boolean => typeof error === 'object' && error !== null && (faults.has(error) || !isDriverError(error) || error.code === 'UNKNOWN');

/** Calls of a new version and how many of them failed by its own fault. */
export interface Sickness { calls: number; faults: number; windowMs: number }

/** Counts the calls of a new version over the last two minutes; above one fault in five of at least twenty calls it is sick. */
export class Health {
  private readonly slots: { from: number; calls: number; faults: number }[] = [];
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Counts a call; gives the figures where the version is sick. */
  record(fault: boolean): Sickness | undefined {
    const now = this.now();
    while (this.slots[0] && this.slots[0].from <= now - WINDOW_MS) this.slots.shift();
    let slot = this.slots.at(-1);
    if (!slot || slot.from <= now - WINDOW_MS / SLOTS) this.slots.push((slot = { from: now, calls: 0, faults: 0 }));
    slot.calls += 1;
    if (fault) slot.faults += 1;
    const sum = (of: 'calls' | 'faults'): number => this.slots.reduce((total, each) => total + each[of], 0);
    const [calls, failed] = [sum('calls'), sum('faults')];
    return calls >= LEAST_CALLS && failed > calls * MOST_FAULTS ? { calls, faults: failed, windowMs: WINDOW_MS } : undefined;
  }
}
