import { type CallsLeft, DriverError, type RateLimit } from '@mcmp/driver-sdk';
import type { Deadline } from '../host/deadline.js';
import { type Ask, type Grant, readyIn } from './control.js';
import { FairQueue, type Priority } from './queue.js';

/** A server never holds more than these seconds of a rate, and asks anew at half of it: some four times a second for a busy bucket, however many servers there are. */
const HELD_S = 0.5;
/** While a limit is being found out, the other servers hear of it sooner, up to this rate. */
const HELD_EXPLORING_S = 0.1;
const EXPLORING_BELOW = 500;
/** A token that nobody took is given back after this. */
const STALE_MS = 1500;
/** Where the cloud has refused before, a busy server hears within this time that what it holds is void. */
const HEAR_MS = 250;
const SPARE_EVERY_MS = 250;
const IDLE_MS = 600_000;

/** Leave to send one call; its end must be told, and the first that is told holds. */
export interface Permit {
  /** The cloud took the call, whatever came of it. */
  done(): void;
  /** The cloud refused it: too many. */
  refused(retryAfterMs: number | undefined): void;
  /** What the cloud says is left after it. */
  left(left: CallsLeft): void;
  /** It was not sent after all. */
  unsent(): void;
}

/** Where a bucket stands; `limit` is absent where the manifest tells none. */
export interface BucketPlace { account: string; region: string; apiClass: string; limit: RateLimit | undefined }

/** What the ledger is told with the next ask: once. */
const NO_FACTS = { back: 0, left: null as number | null, refused: false, retryAfterMs: null as number | null };

/** This server's part of one bucket: who waits for it, and which tokens it holds. */
export class Bucket {
  private readonly queue = new FairQueue();
  /** Times at which the tokens that are held are ready, the soonest first: those for persons, and those for all. */
  private readonly urgent: number[] = [];
  private readonly held: number[] = [];
  private era = 0;
  private facts = { ...NO_FACTS };
  /** Most calls at once by the cloud's own word, and tokens of all servers at the last exchange. */
  private told = Infinity;
  private level = Infinity;
  private rate: number;
  private exploring: boolean;
  private timer: NodeJS.Timeout | undefined;
  private usedAt: number;
  private askedAt = -Infinity;
  private sparedAt = -Infinity;
  private demand = { second: 0, now: 0, before: 0 };

  /** @param want asks the ledger for this bucket soon. */
  constructor(readonly place: BucketPlace, private readonly want: () => void, private readonly now: () => number) {
    this.rate = place.limit?.perSecond ?? 1;
    this.exploring = !place.limit;
    this.usedAt = now();
  }

  get waiting(): Readonly<Record<Priority, number>> {
    return this.queue.waiting;
  }

  /** Whether it is time to hear of refusals that other servers met. */
  get listens(): boolean {
    return this.era !== 0 && this.queue.size > 0 && this.now() - this.askedAt >= HEAR_MS;
  }

  get idle(): boolean {
    return this.queue.size === 0 && this.now() - this.usedAt > IDLE_MS;
  }

  /**
   * Waits for leave to send one call, which costs `count` tokens.
   * @throws DriverError RATE_LIMITED where the deadline ends before: the cloud was not asked.
   */
  take(caller: { priority: Priority; workspaceId: string }, deadline: Deadline, count = 1): Promise<Permit> {
    const now = (this.usedAt = this.now());
    this.note(now);
    const { era } = this;
    let got = 0;
    while (this.queue.size === 0 && got < count && this.grab(now)) got += 1;
    if (got === count) {
      if (this.wants(now)) this.want();
      return Promise.resolve(this.permit(count));
    }
    let go = (): void => undefined;
    const granted = new Promise<Permit>((done) => { go = () => { if ((got += 1) === count) done(this.permit(count)); }; });
    // A place in the line for each token, so that a great call neither holds up nor is held up by the small ones of others.
    const waiters = Array.from({ length: count - got }, () => ({ ...caller, go }));
    for (const waiter of waiters) this.queue.add(waiter);
    this.serve();
    const leave = (): void => {
      for (const waiter of waiters) this.queue.leave(waiter);
      if (era === this.era) this.refund(got);
    };
    return deadline.within(granted, leave, () => new DriverError('RATE_LIMITED', `${deadline.what} waited ${deadline.deadlineMs} ms for the rate limit of the cloud and was not sent`, { retryAfterMs: this.readyMs() }));
  }

  /** What to ask the ledger now; the facts in it are told once. */
  ask(): Ask {
    const now = (this.askedAt = this.now());
    const { account, region, apiClass, limit } = this.place;
    const { waiting } = this.queue;
    const facts = this.facts;
    this.facts = { ...NO_FACTS };
    const room = (held: number[]): number => Math.max(0, Math.ceil(this.most - held.length));
    const ask = {
      account, region, apiClass, published: limit ? { burst: Math.min(limit.burst, this.told), perSecond: limit.perSecond } : null, era: this.era, ...facts, back: facts.back + this.giveBack(now),
      urgent: 0, ordinary: 0, spare: 0, urgentAhead: room(this.urgent), ordinaryAhead: room(this.held),
    };
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
    this.rate = grant.rate;
    this.level = grant.level;
    this.exploring = grant.exploring;
    if (grant.era !== this.era) this.turn(grant.era);
    // Asked before a refusal that the ledger does not know yet: such tokens are worth nothing.
    if (!this.facts.refused) {
      const ready = readyIn(grant);
      for (const inMs of ready.urgent) insert(this.urgent, now + inMs);
      for (const inMs of ready.ordinary) insert(this.held, now + inMs);
    }
    this.serve();
  }

  /** Called now and then: gives back what is not needed. */
  tick(): void {
    const now = this.now();
    const isStale = (held: number[]): boolean => held[0] !== undefined && held[0] < now - STALE_MS;
    if (this.listens || this.facts.refused || (this.facts.left ?? Infinity) < this.level || isStale(this.urgent) || isStale(this.held) || (this.facts.back !== 0 && this.queue.size === 0)) this.want();
  }

  private permit(count: number): Permit {
    const { era } = this;
    let told = false;
    const once = (tell: () => void): void => {
      if (told) return;
      told = true;
      tell();
    };
    return {
      done: () => once(() => undefined),
      refused: (retryAfterMs) => once(() => this.refused(era, retryAfterMs)),
      left: (left) => this.lower(era, left),
      unsent: () => once(() => {
        if (era === this.era) this.refund(count);
      }),
    };
  }

  /** Gives tokens back. After many, those that are promised for later would be ready sooner: they go back, too, and are asked for anew. */
  private refund(count: number): void {
    this.facts.back += count;
    if (count < 2) return;
    const now = this.now();
    for (const tokens of [this.urgent, this.held]) for (; (tokens.at(-1) ?? 0) > now; tokens.pop()) this.facts.back += 1;
    this.serve();
  }

  private refused(era: number, retryAfterMs: number | undefined): void {
    // Sent before a refusal that is known by now, it says no more than that.
    if (era !== this.era) return;
    this.urgent.length = 0;
    this.held.length = 0;
    this.facts.refused = true;
    this.facts.retryAfterMs = Math.max(this.facts.retryAfterMs ?? 0, retryAfterMs ?? 0) || null;
    this.want();
  }

  /** Another refusal became known: what was given before is void, and what happened before tells nothing of the time since. */
  private turn(era: number): void {
    this.era = era;
    this.urgent.length = 0;
    this.held.length = 0;
    this.facts = { ...NO_FACTS };
  }

  /** The cloud counts whole calls, so that one more may be there. What is held beyond, and would go at once, is void: somebody else has spent it. */
  private lower(era: number, { remaining, limit }: CallsLeft): void {
    if (era !== this.era) return;
    if (limit !== undefined) this.told = Math.max(1, limit);
    const left = remaining + 1;
    const now = this.now();
    let ready = [...this.urgent, ...this.held].filter((at) => at <= now).length;
    for (const tokens of [this.held, this.urgent]) {
      for (; ready > left && (tokens[0] ?? Infinity) <= now; ready -= 1) tokens.shift();
    }
    // What stays here was taken from the ledger already, and the cloud still counts it as left.
    this.facts.left = Math.min(this.facts.left ?? Infinity, Math.max(0, left - ready));
  }

  /** Takes a token that is ready; tells whether there was one. */
  private grab(now: number): boolean {
    const [urgent = Infinity] = this.urgent;
    const [held = Infinity] = this.held;
    if (Math.min(urgent, held) > now) return false;
    (held <= urgent ? this.held : this.urgent).shift();
    return true;
  }

  private serve(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = this.now();
    while (this.queue.size > 0 && this.grab(now)) this.queue.next()?.go();
    if (this.queue.size > 0) {
      const inMs = this.readyMs();
      if (inMs !== undefined) this.timer = setTimeout(() => this.serve(), inMs).unref();
    }
    if (this.wants(now)) this.want();
  }

  /** Whether the ledger ought to be asked: before what is held runs out. */
  private wants(now: number): boolean {
    const { waiting } = this.queue;
    // Given back here, it is there for those who wait.
    if (this.facts.back > 0 && this.queue.size > 0) return true;
    const isShort = (needed: number, held: number[]): boolean => needed > held.length && held.length <= this.most / 2;
    if (isShort(waiting.person, this.urgent) || isShort(this.queue.size - waiting.person, this.held)) return true;
    const likely = Math.max(this.demand.now, this.demand.before);
    return this.queue.size === 0 && likely >= 2 && this.held.length <= likely / 4 && now - this.sparedAt > SPARE_EVERY_MS;
  }

  private get most(): number {
    return Math.max(1, Math.min(1000, this.rate * (this.exploring && this.rate < EXPLORING_BELOW ? HELD_EXPLORING_S : HELD_S)));
  }

  /** Milliseconds until the next token that is held; undefined where none is. */
  private readyMs(): number | undefined {
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
