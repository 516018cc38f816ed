import type { DataSource } from 'typeorm';
import { PRIORITIES, type Priority } from './queue.js';

/** Which calls are counted together. */
export interface UseKey { account: string; region: string; apiClass: string; workspaceId: string; purpose: Priority }
interface Count { calls: number; throttled: number }
/** Who waits for a bucket on this server, by priority. */
export interface WaitingHere { account: string; region: string; apiClass: string; waiting: Readonly<Record<Priority, number>> }

const KEPT = '2 hours';
const SWEEP_MS = 600_000;

/** Counts calls in memory, and writes them down in sums of ten seconds. */
export class Usage {
  private counts = new Map<string, { key: UseKey; count: Count }>();
  private wroteWaiting = false;
  private sweptAt = 0;
  private flushing: Promise<void> = Promise.resolve();
  constructor(private readonly dataSource: DataSource, private readonly server: string) {}

  add(key: UseKey, what: keyof Count, by = 1): void {
    const id = [key.account, key.region, key.apiClass, key.workspaceId, key.purpose].join('\n');
    let entry = this.counts.get(id);
    if (!entry) this.counts.set(id, (entry = { key, count: { calls: 0, throttled: 0 } }));
    entry.count[what] += by;
  }

  /** Writes what was counted since the last time, and who waits now. What could not be written is written the next time. */
  flush(waiting: WaitingHere[]): Promise<void> {
    this.flushing = this.flushing.then(() => this.write(waiting));
    const done = this.flushing;
    this.flushing = done.catch(() => undefined);
    return done;
  }

  private async write(waiting: WaitingHere[]): Promise<void> {
    const counts = this.counts;
    this.counts = new Map();
    try {
      if (counts.size > 0) await this.dataSource.query(
        `INSERT INTO connector.budget_use AS u (account, region, api_class, slot, server, workspace_id, purpose, calls, throttled)
         SELECT r.account, r.region, r.api_class, date_bin('10 seconds', clock_timestamp(), 'epoch'), $1, r.workspace_id, r.purpose, r.calls, r.throttled
         FROM jsonb_to_recordset($2::jsonb) AS r (account text, region text, api_class text, workspace_id text, purpose text, calls integer, throttled integer)
         ON CONFLICT (account, region, api_class, slot, server, workspace_id, purpose) DO UPDATE SET calls = u.calls + excluded.calls, throttled = u.throttled + excluded.throttled`,
        [this.server, JSON.stringify([...counts.values()].map(({ key, count }) => ({ account: key.account, region: key.region, api_class: key.apiClass, workspace_id: key.workspaceId, purpose: key.purpose, ...count })))],
      );
    } catch (error) {
      for (const { key, count } of counts.values()) for (const what of ['calls', 'throttled'] as const) this.add(key, what, count[what]);
      throw error;
    }
    await this.writeWaiting(waiting);
    if (Date.now() - this.sweptAt < SWEEP_MS) return;
    this.sweptAt = Date.now();
    await this.sweep();
  }

  private async writeWaiting(waiting: WaitingHere[]): Promise<void> {
    if (waiting.length === 0 && !this.wroteWaiting) return;
    await this.dataSource.query(
      `WITH gone AS (DELETE FROM connector.budget_waiting WHERE server = $1 AND (account, region, api_class) NOT IN (SELECT r.account, r.region, r.api_class FROM jsonb_to_recordset($2::jsonb) AS r (account text, region text, api_class text)))
       INSERT INTO connector.budget_waiting (account, region, api_class, server, waiting, seen_at)
       SELECT r.account, r.region, r.api_class, $1, r.waiting, clock_timestamp() FROM jsonb_to_recordset($2::jsonb) AS r (account text, region text, api_class text, waiting integer[])
       ON CONFLICT (account, region, api_class, server) DO UPDATE SET waiting = excluded.waiting, seen_at = excluded.seen_at`,
      [this.server, JSON.stringify(waiting.map(({ account, region, apiClass, waiting: counts }) => ({ account, region, api_class: apiClass, waiting: PRIORITIES.map((priority) => counts[priority]) })))],
    );
    this.wroteWaiting = waiting.length > 0;
  }

  /** What nobody reads any more; a bucket that rested for a day begins anew. */
  private async sweep(): Promise<void> {
    await this.dataSource.query(`DELETE FROM connector.budget_use WHERE slot < clock_timestamp() - interval '${KEPT}'`);
    await this.dataSource.query(`DELETE FROM connector.budget WHERE refilled_at < clock_timestamp() - interval '1 day'`);
    await this.dataSource.query(`DELETE FROM connector.budget_waiting WHERE seen_at < clock_timestamp() - interval '1 hour'`);
    await this.dataSource.query(`DELETE FROM connector.budget_server WHERE seen_at < clock_timestamp() - interval '1 day'`);
  }
}
