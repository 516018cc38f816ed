import type { Manifest } from '@mcmp/driver-sdk';
import { fitsMethod } from '@mcmp/driver-sdk/bundle';
import type { Deadline } from '../host/deadline.js';
import { Bucket, type Permit } from './bucket.js';
import type { Ask, Grant } from './control.js';
import { type Ledger, MemoryLedger } from './ledger.js';
import type { Priority } from './queue.js';
import type { Usage, WaitingHere } from './usage.js';

export type { Permit } from './bucket.js';
export { PRIORITIES, type Priority } from './queue.js';

/** One call that asks for leave. */
export interface BudgetCall {
  /** Whose limit it is: all connections to one cloud account name the same. */
  account: string;
  workspaceId: string;
  manifest: Manifest;
  method: string;
  /** Things that the call names, for limits that count those. */
  items?: number;
  region: string | undefined;
  priority: Priority;
}

export interface ApiBudgetOptions {
  /** The buckets of all servers; absent keeps them in this process. */
  shared?: Ledger;
  usage?: Usage;
  /** Milliseconds of a steady clock. */
  now?: () => number;
  warn?: (message: string, fields: object) => void;
  /** Ends what the ledger needs. */
  close?: () => Promise<void>;
  /** Hears what happened, for metrics. */
  watch?: { waited(call: BudgetCall, ms: number): void; throttled(call: BudgetCall): void; exchanged(outcome: 'ok' | 'failed'): void };
}

/** Tokens of one bucket that a call costs. */
interface Claim { bucket: Bucket; key: Parameters<Usage['add']>[0]; count: number }

const TICK_MS = 250;
const FLUSH_MS = 5000;
/** While the database is away it is tried again after this. */
const AWAY_MS = 2000;

type Limit = Manifest['limits'][number];

/** Name of the class of calls that share a limit. */
export const classNameOf = ({ methods, cost }: Pick<Limit, 'methods' | 'cost'>): string => `${methods.join(' ')}${cost === 'items' ? ' (items)' : ''}`;

const limitOf = (manifest: Pick<Manifest, 'limits'>, method: string, cost: 'calls' | 'items'): Limit | undefined =>
  manifest.limits.find((limit) => (limit.cost ?? 'calls') === cost && limit.methods.some((pattern) => fitsMethod(pattern, method)));

/** The class of a method: the first entry of the manifest's limits on calls that fits it, or the method itself where none does. */
export function apiClassOf(manifest: Pick<Manifest, 'limits'>, method: string): { apiClass: string; limit: Limit | undefined } {
  const limit = limitOf(manifest, method, 'calls');
  return { apiClass: limit ? classNameOf(limit) : method, limit };
}

/**
 * Keeps calls within what each cloud account allows per region and class of calls: by its manifest, by what the cloud refuses, by who is waiting, and together with all other servers.
 * A server gets tokens for about half a second ahead, so that a call costs no round trip; where the database is away, each server goes on with its part of the rate.
 */
export class ApiBudget {
  private readonly buckets = new Map<string, Bucket>();
  private readonly wanting = new Set<Bucket>();
  private readonly local: MemoryLedger;
  private readonly now: () => number;
  /** Tokens that were taken while the database was away. */
  private readonly debts = new Map<Bucket, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private exchanging = false;
  private awayUntil = 0;
  private servers = 1;

  constructor(private readonly options: ApiBudgetOptions = {}) {
    this.now = options.now ?? (() => performance.now());
    this.local = new MemoryLedger(this.now);
    this.timers.push(setInterval(() => this.tick(), TICK_MS).unref());
    if (options.usage) this.timers.push(setInterval(() => void this.flush().catch((error: unknown) => this.options.warn?.('the use of API budgets could not be written yet', { reason: String(error) })), FLUSH_MS).unref());
  }

  /**
   * Waits for leave to send one call; the permit must hear its end.
   * @throws DriverError RATE_LIMITED where the deadline ends before: the cloud was not asked.
   */
  async take(call: BudgetCall, deadline: Deadline): Promise<Permit> {
    const from = this.now();
    const { usage, watch } = this.options;
    const claims = this.claimsOf(call);
    const permits: Permit[] = [];
    try {
      for (const { bucket, count } of claims) permits.push(await bucket.take(call, deadline, count));
    } catch (error) {
      for (const permit of permits) permit.unsent();
      throw error;
    }
    for (const { key, count } of claims) usage?.add(key, 'calls', count);
    watch?.waited(call, this.now() - from);
    const each = (tell: (permit: Permit, claim: Claim) => void): void => { for (const [index, claim] of claims.entries()) tell(permits[index] as Permit, claim); };
    return {
      done: () => each((permit) => permit.done()),
      // Clouds tell what is left of calls.
      left: (left) => permits.at(-1)?.left(left),
      unsent: () => each((permit, { key, count }) => {
        usage?.add(key, 'calls', -count);
        permit.unsent();
      }),
      refused: (retryAfterMs) => {
        watch?.throttled(call);
        each((permit, { key }) => {
          usage?.add(key, 'throttled');
          permit.refused(retryAfterMs);
        });
      },
    };
  }

  /** Who waits on this server now. */
  waiting(): WaitingHere[] {
    return [...this.buckets.values()].filter((bucket) => Object.values(bucket.waiting).some((count) => count > 0)).map(({ place, waiting }) => ({ account: place.account, region: place.region, apiClass: place.apiClass, waiting: { ...waiting } }));
  }

  /** Writes down what this server counted. */
  async flush(): Promise<void> {
    await this.options.usage?.flush(this.waiting());
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.flush().catch(() => undefined);
    await this.options.close?.();
  }

  /** What a call costs, of which buckets: that of calls last, so that its token is not held while others are waited for. */
  private claimsOf(call: BudgetCall): Claim[] {
    const { manifest, method, items = 1 } = call;
    const ofItems = limitOf(manifest, method, 'items');
    const { apiClass, limit } = apiClassOf(manifest, method);
    return [...(ofItems ? [{ ...this.bucketOf(call, classNameOf(ofItems), ofItems), count: Math.max(1, items) }] : []), { ...this.bucketOf(call, apiClass, limit), count: 1 }];
  }

  private bucketOf({ account, workspaceId, region, priority }: BudgetCall, apiClass: string, limit: Limit | undefined): Omit<Claim, 'count'> {
    const place = { account, region: limit?.scope === 'account' ? '' : (region ?? ''), apiClass };
    const id = [account, place.region, apiClass, limit?.burst, limit?.perSecond].join('\n');
    let bucket = this.buckets.get(id);
    if (!bucket) {
      const made: Bucket = new Bucket({ ...place, limit }, () => this.want(made), this.now);
      this.buckets.set(id, (bucket = made));
    }
    return { bucket, key: { ...place, workspaceId, purpose: priority } };
  }

  private tick(): void {
    for (const [id, bucket] of this.buckets) {
      if (bucket.idle) this.buckets.delete(id);
      else bucket.tick();
    }
    this.local.sweep();
  }

  private want(bucket: Bucket): void {
    this.wanting.add(bucket);
    if (!this.exchanging) void this.exchange();
  }

  /** Asks for all buckets that want something, again and again until none does: never two statements at a time. */
  private async exchange(): Promise<void> {
    this.exchanging = true;
    try {
      // What is wanted in one turn is asked for together.
      await Promise.resolve();
      while (this.wanting.size > 0) {
        for (const bucket of this.buckets.values()) if (bucket.listens) this.wanting.add(bucket);
        const buckets = [...this.wanting];
        this.wanting.clear();
        const grants = await this.settle(buckets, buckets.map((bucket) => bucket.ask()));
        for (const [index, bucket] of buckets.entries()) bucket.granted(grants[index] as Grant);
      }
    } finally {
      this.exchanging = false;
    }
  }

  private async settle(buckets: Bucket[], asks: Ask[]): Promise<Grant[]> {
    const { shared, watch, warn } = this.options;
    if (!shared) return asks.map((ask) => this.local.settle(ask));
    if (this.now() >= this.awayUntil) {
      try {
        const grants = await shared.exchange(asks.map((ask, index) => ({ ...ask, back: ask.back - (this.debts.get(buckets[index] as Bucket) ?? 0) })));
        for (const bucket of buckets) this.debts.delete(bucket);
        this.servers = grants[0]?.servers ?? this.servers;
        this.local.clear();
        watch?.exchanged('ok');
        return grants;
      } catch (error) {
        warn?.('API budgets are not shared while the database does not answer: this server goes on with its part of each rate', { servers: this.servers, reason: error instanceof Error ? error.message : String(error) });
        watch?.exchanged('failed');
        this.awayUntil = this.now() + AWAY_MS;
      }
    }
    return asks.map((ask, index) => this.alone(buckets[index] as Bucket, ask));
  }

  /** One server's part of a bucket, while it cannot know what the others do. */
  private alone(bucket: Bucket, ask: Ask): Grant {
    const part = 1 / this.servers;
    const published = ask.published && { burst: Math.max(1, ask.published.burst * part), perSecond: ask.published.perSecond * part };
    const debt = this.debts.get(bucket);
    // It begins with one token: the others were there for all servers.
    const back = published && debt === undefined ? 1 - published.burst : ask.back;
    // Its refusals are counted below 0, apart from those of all servers.
    const grant = this.local.settle({ ...ask, era: -1 - ask.era, published, back, spare: 0 }, this.servers);
    this.debts.set(bucket, (debt ?? 0) + grant.urgent + grant.ordinary);
    return { ...grant, era: -1 - grant.era };
  }
}
