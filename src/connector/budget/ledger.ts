import type { Pool } from 'pg';
import { type Ask, type BucketState, type Grant, newBucket, settle } from './control.js';

/** Where servers get their tokens: in this process, or in the database for all servers. */
export interface Ledger {
  /** One grant for each ask, in the same order. Rejects where the ledger cannot be reached. */
  exchange(asks: Ask[]): Promise<Grant[]>;
}

const IDLE_S = 600;

/** Buckets of one server alone; also what a server goes by while the database is away. */
export class MemoryLedger implements Ledger {
  private readonly buckets = new Map<string, BucketState>();
  constructor(private readonly now: () => number = () => performance.now()) {}

  exchange(asks: Ask[]): Promise<Grant[]> {
    return Promise.resolve(asks.map((ask) => this.settle(ask)));
  }

  settle(ask: Ask, servers = 1): Grant {
    const now = this.now() / 1000;
    const id = [ask.account, ask.region, ask.apiClass].join('\n');
    let bucket = this.buckets.get(id);
    if (!bucket) this.buckets.set(id, (bucket = newBucket(ask, now)));
    return settle(bucket, ask, now, servers);
  }

  /** Forgets buckets that nobody used for ten minutes. */
  sweep(): void {
    const before = this.now() / 1000 - IDLE_S;
    for (const [id, bucket] of this.buckets) if (bucket.refilledAt < before) this.buckets.delete(id);
  }

  clear(): void {
    this.buckets.clear();
  }
}

type Row = Omit<Grant, 'pauseMs'> & { position: number; pause_ms: number };

/** The buckets of all servers, as rows; one statement settles all that a server asks at a time, by the database's clock. */
export class SharedLedger implements Ledger {
  /** @param pool a pool of its own, so that no other work keeps a token waiting. */
  constructor(private readonly pool: Pool, private readonly server: string) {}

  async exchange(asks: Ask[]): Promise<Grant[]> {
    const wanted = asks.map(({ apiClass, published, retryAfterMs, urgentAhead, ordinaryAhead, ...ask }, position) => ({
      ...ask, position, api_class: apiClass, urgent_ahead: urgentAhead, ordinary_ahead: ordinaryAhead, published: published?.perSecond ?? null, burst: published?.burst ?? null, retry_after_ms: retryAfterMs,
    }));
    const { rows } = await this.pool.query<Row>('SELECT * FROM connector.budget_exchange($1, $2::jsonb)', [this.server, JSON.stringify(wanted)]);
    const grants: Grant[] = [];
    for (const { position, pause_ms: pauseMs, ...grant } of rows) grants[position] = { ...grant, pauseMs };
    return grants;
  }
}
