import { DriverError, type Manifest, type RateLimit } from '@mcmp/driver-sdk';
import type { CloudCallOptions } from '../session.js';
import type { Deadline } from './deadline.js';
import { fitsMethod } from '@mcmp/driver-sdk/bundle';

/** Who goes first where the limit makes calls wait. */
export type Priority = NonNullable<CloudCallOptions['priority']>;
const ORDER: Record<Priority, number> = { person: 0, provisioning: 1, reconcile: 2, inventory: 3 };
/** After a refusal the rate is halved, at least to 1/16, and comes back by 1/20 of the published rate each second. */
const LEAST_SHARE = 1 / 16;
const RECOVERY_PER_SECOND = 1 / 20;
const IDLE_BUCKET_MS = 600_000;

/** A token bucket with fractional refill, in which callers wait by priority and then in order of coming. */
export class TokenBucket {
  private tokens: number;
  private refilledAt: number;
  private pausedUntil = 0;
  private loweredAt = -Infinity;
  private lowestShare = 1;
  private readonly waiting: (() => void)[][] = [[], [], [], []];
  private timer: NodeJS.Timeout | undefined;
  constructor(private readonly burst: number, private readonly perSecond: number, private readonly now: () => number = () => performance.now()) {
    this.tokens = burst;
    this.refilledAt = now();
  }

  /** Part of the published rate that is used now, 1/16 to 1. */
  get share(): number {
    return Math.min(1, this.lowestShare + ((this.now() - this.loweredAt) / 1000) * RECOVERY_PER_SECOND);
  }

  get idle(): boolean {
    return this.waiting.every((line) => line.length === 0) && this.now() - this.refilledAt > IDLE_BUCKET_MS && this.share === 1;
  }

  /**
   * Takes one token, as soon as there is one and nobody more urgent waits.
   * @throws DriverError RATE_LIMITED where the deadline ends before: the cloud was not asked.
   */
  take(priority: Priority, deadline: Deadline): Promise<void> {
    if (this.waiting.every((line) => line.length === 0) && this.wait() === 0) {
      this.tokens -= 1;
      return Promise.resolve();
    }
    const line = this.waiting[ORDER[priority]] as (() => void)[];
    let grant = (): void => undefined;
    const granted = new Promise<void>((done) => { grant = done; });
    line.push(grant);
    this.arm();
    const leave = (): void => {
      const place = line.indexOf(grant);
      if (place >= 0) line.splice(place, 1);
    };
    return deadline.within(granted, leave, () => new DriverError('RATE_LIMITED', `${deadline.what} waited ${deadline.deadlineMs} ms for the rate limit of the cloud and was not sent`, { retryAfterMs: Math.ceil(this.wait()) }));
  }

  /** The cloud refused a call: nothing more is sent for `retryAfterMs`, and more slowly for a while after. */
  refused(retryAfterMs = 1000): void {
    const now = this.now();
    this.refill();
    this.pausedUntil = Math.max(this.pausedUntil, now + retryAfterMs);
    this.tokens = Math.min(this.tokens, 1);
    // Calls that were under way together are refused together: that is one sign, not many.
    if (now - this.loweredAt < 1000) return;
    this.lowestShare = Math.max(LEAST_SHARE, this.share / 2);
    this.loweredAt = now;
  }

  private refill(): void {
    const now = this.now();
    const share = this.share;
    // No refill for the time of a pause.
    const from = Math.min(now, Math.max(this.refilledAt, this.pausedUntil));
    this.tokens = Math.min(Math.max(1, this.burst * share), this.tokens + ((now - from) / 1000) * this.perSecond * share);
    this.refilledAt = now;
  }

  /** Milliseconds until a token is there; 0 is now. */
  private wait(): number {
    this.refill();
    const pause = Math.max(0, this.pausedUntil - this.now());
    const missing = this.tokens >= 1 ? 0 : ((1 - this.tokens) / (this.perSecond * this.share)) * 1000;
    return pause + missing;
  }

  private arm(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.serve();
    }, Math.min(60_000, Math.max(1, Math.ceil(this.wait()))));
  }

  private serve(): void {
    for (let line = this.first(); line; line = this.first()) {
      if (this.wait() > 0) return this.arm();
      this.tokens -= 1;
      line.shift()?.();
    }
  }

  private first(): (() => void)[] | undefined {
    return this.waiting.find((line) => line.length > 0);
  }
}

/** The buckets of all connections: one per connection, entry of the manifest, and region where the entry is per region. */
export class RateLimits {
  private readonly buckets = new Map<string, TokenBucket>();

  bucket(manifest: Manifest, key: string, method: string, region: string | undefined): TokenBucket {
    const limit: RateLimit | undefined = manifest.limits.find(({ methods }) => methods.some((pattern) => fitsMethod(pattern, method)));
    const place = limit?.scope === 'account' ? '' : (region ?? '');
    // A method without an entry is free until the cloud refuses it.
    const id = [key, manifest.name, place, ...(limit ? [limit.methods.join(), limit.burst, limit.perSecond] : [method])].join('|');
    const found = this.buckets.get(id);
    if (found) return found;
    const made = limit ? new TokenBucket(limit.burst, limit.perSecond) : new TokenBucket(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    this.buckets.set(id, made);
    return made;
  }

  /** Forgets full buckets that nobody used for ten minutes. */
  sweep(): void {
    for (const [id, bucket] of this.buckets) if (bucket.idle) this.buckets.delete(id);
  }
}
