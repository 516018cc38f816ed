import { fits } from './patterns.js';
import type { Personality, WorldCall } from './types.js';

interface Bucket { tokens: number; at: number }

/** Token buckets by the published limits of a cloud, one per account and, where the limit says so, region. They fill in real time, at any time scale. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();
  readonly #limitsOf = new Map<string, number[]>();

  /** Takes what a call costs. @returns 0, or milliseconds after which there is enough. A request for more than a whole bucket is let in when the bucket is full, and paid off later. */
  take(call: WorldCall, personality: Personality, now: number): number {
    const claims = this.#limits(call, personality).map((index) => {
      const limit = personality.limits[index] as Personality['limits'][number];
      const cost = limit.weight === 'things' ? (call.count ?? 1) : 1;
      const bucket = this.#bucket(`${call.cloud}/${call.account}/${limit.scope === 'region' ? call.region : ''}/${index}`, limit, now);
      const missing = Math.min(cost, limit.burst) - bucket.tokens;
      return { bucket, cost, waitMs: missing > 1e-9 ? Math.ceil((missing / limit.perSecond) * 1000) : 0 };
    });
    const waitMs = Math.max(0, ...claims.map((claim) => claim.waitMs));
    if (waitMs === 0) for (const { bucket, cost } of claims) bucket.tokens -= cost;
    return waitMs;
  }

  clear(): void {
    this.#buckets.clear();
  }

  /** Places in the cloud's list: the first limit that fits, and the first that weighs things. */
  #limits(call: WorldCall, personality: Personality): number[] {
    const key = `${call.cloud} ${call.method} ${call.api}`;
    let found = this.#limitsOf.get(key);
    if (!found) {
      const first = (weight: 'call' | 'things'): number =>
        personality.limits.findIndex((limit) => (limit.weight ?? 'call') === weight && limit.methods.some((pattern) => fits(pattern, call)));
      found = [first('call'), first('things')].filter((index) => index >= 0);
      this.#limitsOf.set(key, found);
    }
    return found;
  }

  #bucket(key: string, limit: { burst: number; perSecond: number }, now: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (!bucket) this.#buckets.set(key, (bucket = { tokens: limit.burst, at: now }));
    bucket.tokens = Math.min(limit.burst, bucket.tokens + ((now - bucket.at) / 1000) * limit.perSecond);
    bucket.at = now;
    return bucket;
  }
}
