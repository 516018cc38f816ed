import { DriverError, type RateLimit } from '@mcmp/driver-sdk';
import type { Deadline } from '../host/deadline.js';
import { type Ask, type Grant, readyIn } from './control.js';
import { FairQueue, type Priority } from './queue.js';
import { SlowStart } from './slow-start.js';

/** A server never holds more than these seconds of a rate, and asks anew at half of it: some four times a second for a busy bucket, however many servers there are. */
const HELD_S = 0.5;
/** A token that nobody took is given back after this. */
const STALE_MS = 1500;
/** An open class is looked up so often, as another server may have met its limit; a busy one more often. */
const LOOK_MS = 10_000;
const BUSY_LOOK_MS = 1000;
const BUSY_PER_SECOND = 10;
const SPARE_EVERY_MS = 250;
const IDLE_MS = 600_000;

/** Leave to send one call; its end must be told, and the first that is told holds. */
export interface Permit {
  /** The cloud took the call, whatever came of it. */
  done(): void;
  /** The cloud refused it: too many. */
  refused(retryAfterMs: number | undefined): void;
  /** It was not sent after all. */
  unsent(): void;
}

/** Where a bucket stands; `limit` is absent where the manifest tells none. */
export interface BucketPlace { account: string; region: string; apiClass: string; limit: RateLimit | undefined }

/** This server's part of one bucket: who waits for it, and which tokens it holds. */
export class Bucket {
  private readonly queue = new FairQueue();
  /** Times at which the tokens that are held are ready, the soonest first: those for persons, and those for all. */
  private readonly urgent: number[] = [];
  private readonly held: number[] = [];
  private open: SlowStart | undefined;
  private seed: number | null = null;
  private refusals = 0;
  private facts = { used: 0, back: 0, refused: false, retryAfterMs: null as number | null };
  private rate: number;
  private timer: NodeJS.Timeout | undefined;
  private usedAt: number;
  private lookedAt = -Infinity;
  private sparedAt = -Infinity;
  private demand = { second: 0, now: 0, before: 0 };

  /** @param want asks the ledger for this bucket soon. */
  constructor(readonly place: BucketPlace, private readonly want: () => void, private readonly now: () => number) {
    this.rate = place.limit?.perSecond ?? Infinity;
    this.open = place.limit ? undefined : new SlowStart();
    this.usedAt = now();
  }

  get waiting(): Readonly<Record<Priority, number>> {
    return this.queue.waiting;
  }

  get idle(): boolean {
    return this.queue.size === 0 && this.now() - this.usedAt > IDLE_MS;
  }

  /**
   * Waits for leave to send one call.
   * @throws DriverError RATE_LIMITED where the deadline ends before: the cloud was not asked.
   */
  take(caller: { priority: Priority; workspaceId: string }, deadline: Deadline): Promise<Permit> {
    const now = (this.usedAt = this.now());
    this.note(now);
    const place = this.queue.size === 0 ? this.grab(now) : undefined;
    if (place !== undefined) {
      if (this.wants(now)) this.want();
      return Promise.resolve(this.permit(place));
    }
    let go = (_place: number): void => undefined;
    const granted = new Promise<Permit>((done) => { go = (given) => done(this.permit(given)); });
    const waiter = { ...caller, go };
    this.queue.add(waiter);
    this.serve();
    return deadline.within(granted, () => this.queue.leave(waiter), () => new DriverError('RATE_LIMITED', `${deadline.what} waited ${deadline.deadlineMs} ms for the rate limit of the cloud and was not sent`, { retryAfterMs: this.readyMs() }));
  }

  /** What to ask the ledger now; the facts in it are told once. */
  ask(): Ask {
    const now = this.now();
    const { account, region, apiClass, limit } = this.place;
    const { waiting } = this.queue;
    const seed = this.seed;
    const facts = this.facts;
    if (this.open) this.lookedAt = now;
    this.facts = { used: 0, back: 0, refused: false, retryAfterMs: null };
    const room = (held: number[]): number => Math.max(0, Math.ceil(this.most - held.length));
    const ask = {
      account, region, apiClass, published: limit ? { burst: limit.burst, perSecond: limit.perSecond } : null, seed, ...facts, back: facts.back + this.giveBack(now),
      urgent: 0, ordinary: 0, spare: 0, urgentAhead: room(this.urgent), ordinaryAhead: room(this.held),
    };
    if (this.open) return ask;
    const likely = Math.ceil(Math.max(this.demand.now, this.demand.before));
    if (this.queue.size === 0) this.sparedAt = now;
    return {
      ...ask, urgent: Math.max(0, waiting.person - this.urgent.length), ordinary: Math.max(0, this.queue.size - waiting.person - this.held.length),
      spare: likely >= 2 ? Math.max(0, likely - this.held.length) : 0,
    };
  }

  /** Takes what the ledger gave. */
  granted(grant: Grant): void {
    const now = this.now();
    if (!grant.known) {
      if (!this.open && !this.place.limit && !this.facts.refused) Object.assign(this, { open: new SlowStart(), seed: null });
    } else {
      this.open = undefined;
      this.rate = grant.rate;
      if (!this.place.limit) this.seed = grant.rate;
      // Asked before a refusal that the ledger does not know yet: such tokens are worth nothing.
      if (!this.facts.refused) {
        const ready = readyIn(grant);
        for (const inMs of ready.urgent) insert(this.urgent, now + inMs);
        for (const inMs of ready.ordinary) insert(this.held, now + inMs);
      }
    }
    this.serve();
  }

  /** Called now and then: gives back what is not needed, and looks whether an open class is known by now. */
  tick(): void {
    const now = this.now();
    const isStale = (held: number[]): boolean => held[0] !== undefined && held[0] < now - STALE_MS;
    const look = this.open !== undefined && this.usedAt > this.lookedAt && now - this.lookedAt > (Math.max(this.demand.now, this.demand.before) >= BUSY_PER_SECOND ? BUSY_LOOK_MS : LOOK_MS);
    if (look || this.facts.refused || isStale(this.urgent) || isStale(this.held) || (this.facts.back !== 0 && this.queue.size === 0)) this.want();
  }

  private permit(place: number): Permit {
    const { open, refusals } = this;
    let told = false;
    const once = (tell: () => void): void => {
      if (told) return;
      told = true;
      tell();
    };
    return {
      done: () => once(() => {
        // Sent before a refusal, it tells nothing of the time since.
        if (refusals === this.refusals) this.facts.used += 1;
        open?.end(place, true, this.now());
        if (open && this.queue.size > 0) this.serve();
      }),
      refused: (retryAfterMs) => once(() => {
        open?.end(place, false, this.now());
        this.refused(retryAfterMs);
      }),
      unsent: () => once(() => {
        open?.end(place, false, this.now());
        this.facts.back += 1;
      }),
    };
  }

  private refused(retryAfterMs: number | undefined): void {
    if (this.open) {
      // Lately it was too much.
      this.seed = this.rate = this.open.rate(this.now()) * 0.7;
      this.open = undefined;
    }
    this.refusals += 1;
    this.urgent.length = 0;
    this.held.length = 0;
    this.facts.refused = true;
    this.facts.retryAfterMs = Math.max(this.facts.retryAfterMs ?? 0, retryAfterMs ?? 0) || null;
    this.want();
  }

  /** A ready token (0), or the place of an open class. */
  private grab(now: number): number | undefined {
    if (this.open) return this.open.begin(now);
    const [urgent = Infinity] = this.urgent;
    const [held = Infinity] = this.held;
    if (Math.min(urgent, held) > now) return undefined;
    (held <= urgent ? this.held : this.urgent).shift();
    return 0;
  }

  private serve(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = this.now();
    while (this.queue.size > 0) {
      const place = this.grab(now);
      if (place === undefined) break;
      this.queue.next()?.go(place);
    }
    if (this.queue.size > 0) {
      const inMs = this.readyMs();
      if (inMs !== undefined) this.timer = setTimeout(() => this.serve(), inMs).unref();
    }
    if (this.wants(now)) this.want();
  }

  /** Whether the ledger ought to be asked: before what is held runs out. */
  private wants(now: number): boolean {
    if (this.open) return this.lookedAt === -Infinity;
    const { waiting } = this.queue;
    const isShort = (needed: number, held: number[]): boolean => needed > held.length && held.length <= this.most / 2;
    if (isShort(waiting.person, this.urgent) || isShort(this.queue.size - waiting.person, this.held)) return true;
    const likely = Math.max(this.demand.now, this.demand.before);
    return this.queue.size === 0 && likely >= 2 && this.held.length <= likely / 4 && now - this.sparedAt > SPARE_EVERY_MS;
  }

  private get most(): number {
    return Math.max(1, Math.min(1000, this.rate * HELD_S));
  }

  /** Milliseconds until the next token that is held; undefined where none is. */
  private readyMs(): number | undefined {
    if (this.open) return Math.ceil(this.open.freeIn(this.now()));
    const at = Math.min(this.urgent[0] ?? Infinity, this.held[0] ?? Infinity);
    return at === Infinity ? undefined : Math.max(1, Math.ceil(at - this.now()));
  }

  private giveBack(now: number): number {
    let count = 0;
    for (const tokens of [this.urgent, this.held]) {
      while (tokens[0] !== undefined && tokens[0] < now - STALE_MS && this.queue.size === 0) {
        tokens.shift();
        count += 1;
      }
    }
    return count;
  }

  private note(now: number): void {
    const second = Math.floor(now / 1000);
    const { demand } = this;
    if (second !== demand.second) this.demand = { second, now: 0, before: second === demand.second + 1 ? demand.now : 0 };
    this.demand.now += 1;
  }
}

/** Puts a time into a sorted list. */
function insert(times: number[], at: number): void {
  let index = times.length;
  while (index > 0 && (times[index - 1] as number) > at) index -= 1;
  times.splice(index, 0, at);
}
