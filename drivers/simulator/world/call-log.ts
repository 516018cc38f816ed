import type { CallRecord } from './types.js';

/** Counts of one method in one place. */
export interface CallCount { cloud: string; region: string; method: string; count: number; throttled: number; failed: number; lost: number; latencyMs: number }

/** The last calls, and counts of all of them since the start or the last reset. */
export class CallLog {
  #ring: CallRecord[] = [];
  #seq = 0;
  readonly #counts = new Map<string, CallCount>();

  constructor(private readonly capacity = 200_000) {}

  get seq(): number {
    return this.#seq;
  }

  /** Lines keep counting up from here after a restart. */
  continueFrom(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  add(call: Omit<CallRecord, 'seq'>): void {
    const record = { seq: ++this.#seq, ...call };
    this.#ring.push(record);
    // Dropping one by one from the front would copy the array each time.
    if (this.#ring.length > this.capacity * 1.1) this.#ring = this.#ring.slice(-this.capacity);
    const key = `${call.cloud}/${call.region}/${call.method}`;
    let counted = this.#counts.get(key);
    if (!counted) this.#counts.set(key, (counted = { cloud: call.cloud, region: call.region, method: call.method, count: 0, throttled: 0, failed: 0, lost: 0, latencyMs: 0 }));
    counted.count += 1;
    counted.latencyMs += call.latencyMs;
    if (call.outcome === 'RATE_LIMITED') counted.throttled += 1;
    else if (call.outcome.endsWith('-answer') || call.outcome.endsWith('-request')) counted.lost += 1;
    else if (call.outcome !== 'ok') counted.failed += 1;
  }

  /** Lines after a number, oldest first. */
  after(seq: number, limit: number): CallRecord[] {
    const first = this.#ring[0]?.seq ?? 0;
    const from = Math.max(0, seq + 1 - first);
    return this.#ring.slice(from, from + limit);
  }

  summary(): { total: number; throttled: number; byMethod: CallCount[] } {
    const byMethod = [...this.#counts.values()];
    return { total: sum(byMethod, 'count'), throttled: sum(byMethod, 'throttled'), byMethod };
  }

  /** Forgets the lines and counts; the numbers go on. */
  clear(): void {
    this.#ring = [];
    this.#counts.clear();
  }
}

const sum = (counts: CallCount[], field: 'count' | 'throttled'): number => counts.reduce((total, each) => total + each[field], 0);
