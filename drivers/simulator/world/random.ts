import { createHash } from 'node:crypto';

/** What a sequence of chance is for; each has a stream of its own per cloud and region, so that more of one leaves the others as they are. */
export type Stream = 'id' | 'time' | 'fault' | 'place';

/** Seeded chance (mulberry32): the same seed and the same questions give the same answers. */
export class Chance {
  readonly #streams = new Map<string, number>();
  constructor(private seed: number) {}

  /** A number from 0 to below 1. */
  next(cloud: string, region: string, stream: Stream): number {
    const key = `${cloud}/${region}/${stream}`;
    const state = ((this.#streams.get(key) ?? createHash('sha256').update(`${this.seed}/${key}`).digest().readUInt32LE(0)) + 0x6d2b79f5) >>> 0;
    this.#streams.set(key, state);
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Lower-case hex digits. */
  hex(cloud: string, region: string, digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.next(cloud, region, 'id') * 2 ** 32).toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** Begins all streams anew. */
  reseed(seed: number): void {
    this.seed = seed;
    this.#streams.clear();
  }

  save(): { seed: number; streams: [string, number][] } {
    return { seed: this.seed, streams: [...this.#streams] };
  }

  load(saved: { seed: number; streams: [string, number][] }): void {
    this.reseed(saved.seed);
    for (const [key, state] of saved.streams) this.#streams.set(key, state);
  }
}
