import { Counter, Gauge, Histogram } from 'prom-client';
import pg from 'pg';
import type { Database, Logger, Metrics } from '../../platform/index.js';
import { ApiBudget } from './budget.js';
import { SharedLedger } from './ledger.js';
import { PRIORITIES } from './queue.js';
import { Usage } from './usage.js';

/** An exchange that takes longer counts as a database that is away: a person waits no longer for it. */
const EXCHANGE_MS = 1000;

/** The budget of this server, together with all others on the database. */
export function startApiBudget(database: Database, server: string, logger: Logger, { registry }: Metrics): ApiBudget {
  // One connection of its own: no other work keeps it waiting, and what a crash of PostgreSQL forgets of the last moment does no harm.
  const pool = new pg.Pool({ connectionString: database.url, max: 1, application_name: 'mcmp', connectionTimeoutMillis: EXCHANGE_MS, query_timeout: EXCHANGE_MS, idleTimeoutMillis: 30_000, allowExitOnIdle: true, options: '-c synchronous_commit=off' });
  pool.on('error', () => undefined);
  const registers = [registry];
  const waited = new Histogram({ name: 'mcmp_cloud_call_wait_seconds', help: 'Time that calls waited for the limit of a cloud, by purpose', labelNames: ['purpose'], buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 30], registers });
  const throttled = new Counter({ name: 'mcmp_cloud_calls_throttled_total', help: 'Calls that a cloud refused because they were too many, by driver', labelNames: ['driver'], registers });
  const exchanges = new Counter({ name: 'mcmp_budget_exchanges_total', help: 'Statements by which this server shares API budgets with the others, by outcome (ok, failed)', labelNames: ['outcome'], registers });
  const budget = new ApiBudget({
    shared: new SharedLedger(pool, server), usage: new Usage(database.dataSource, server), warn: (message, fields) => logger.warn(message, fields),
    watch: {
      waited: ({ priority }, ms) => waited.observe({ purpose: priority }, ms / 1000),
      throttled: ({ manifest }) => throttled.inc({ driver: manifest.name }),
      exchanged: (outcome) => exchanges.inc({ outcome }),
    },
    close: () => pool.end(),
  });
  new Gauge({ name: 'mcmp_cloud_calls_waiting', help: 'Calls that wait for the limit of a cloud on this server, by purpose', labelNames: ['purpose'], registers, collect() {
    const waiting = budget.waiting();
    for (const purpose of PRIORITIES) this.set({ purpose }, waiting.reduce((sum, bucket) => sum + bucket.waiting[purpose], 0));
  } });
  return budget;
}
