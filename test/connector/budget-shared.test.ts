import { setMaxListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { ApiBudget, type BudgetCall } from '../../src/connector/budget/budget.js';
import { type Ask, type BucketState, settle } from '../../src/connector/budget/control.js';
import { SharedLedger } from '../../src/connector/budget/ledger.js';
import { Usage } from '../../src/connector/budget/usage.js';
import { Deadline } from '../../src/connector/host/deadline.js';
import { connectorEntities } from '../../src/connector/index.js';
import { Database, platformEntities } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
const pools: pg.Pool[] = [];
const budgets: ApiBudget[] = [];
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await Database.open({ databaseUrl: fresh.url, dataDir: '', entities: [...platformEntities, ...connectorEntities], migrations });
});
afterEach(async () => {
  await Promise.all(budgets.splice(0).map((budget) => budget.stop()));
  await Promise.all(pools.splice(0).map((pool) => (pool.ended ? undefined : pool.end())));
  await database.dataSource.query('TRUNCATE connector.budget, connector.budget_server, connector.budget_use, connector.budget_waiting');
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const poolOf = (): pg.Pool => {
  const pool = new pg.Pool({ connectionString: fresh.url, max: 1 });
  pool.on('error', () => undefined);
  pools.push(pool);
  return pool;
};
/** A server's budget on the database, with a pool of its own. */
function serverOf(name: string, pool = poolOf()): { budget: ApiBudget; pool: pg.Pool; usage: Usage; exchanges: () => number } {
  const usage = new Usage(database.dataSource, name);
  let exchanges = 0;
  const budget = new ApiBudget({ shared: new SharedLedger(pool, name), usage, watch: { waited: () => undefined, throttled: () => undefined, exchanged: () => { exchanges += 1; } } });
  budgets.push(budget);
  return { budget, pool, usage, exchanges: () => exchanges };
}
const callOf = (burst: number, perSecond: number, more: Partial<BudgetCall> = {}): BudgetCall => ({
  account: 'acme', workspaceId: 'w', manifest: { name: 'aws', limits: perSecond === 0 ? [] : [{ methods: ['vm.list'], scope: 'region', burst, perSecond }] } as unknown as Manifest, method: 'vm.list', region: 'r1', priority: 'inventory', ...more,
});

/** A cloud's own bucket: says of each call whether it would be let in. */
class Cloud {
  readonly sent: { server: string; call: BudgetCall; at: number }[] = [];
  refused = 0;
  private tokens: number;
  private at = performance.now();
  constructor(private readonly burst: number, private readonly perSecond: number) {
    this.tokens = burst;
  }

  call(server: string, call: BudgetCall): boolean {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    this.sent.push({ server, call, at: now });
    if (this.tokens < 1) {
      this.refused += 1;
      return false;
    }
    this.tokens -= 1;
    return true;
  }
}

/** Keeps so many callers busy until `stop` is called; calls that are refused are told so. */
function flood(cloud: Cloud, name: string, budget: ApiBudget, call: BudgetCall, callers = 20): () => Promise<void> {
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const loops = Array.from({ length: callers }, async () => {
    while (!end.signal.aborted) {
      const permit = await budget.take(call, new Deadline(60_000, 'flood', end.signal)).catch(() => undefined);
      if (!permit) return;
      if (cloud.call(name, call)) permit.done();
      else permit.refused(undefined);
      await new Promise((done) => setImmediate(done));
    }
  });
  return async () => {
    end.abort();
    await Promise.all(loops);
  };
}
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('the buckets of all servers', () => {
  it('are settled by the database exactly as in one process', async () => {
    const ledger = new SharedLedger(poolOf(), 'one');
    let seed = 7;
    const chance = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const whole = (most: number): number => Math.floor(chance() * (most + 1));
    for (const published of [{ burst: 5, perSecond: 40 }, { burst: 1, perSecond: 3 }, null]) {
      const apiClass = JSON.stringify(published);
      let bucket: BucketState | undefined;
      for (let round = 0; round < 60; round += 1) {
        const ask: Ask = {
          account: 'acme', region: 'r', apiClass, published, era: (bucket?.era ?? 0) - (chance() < 0.2 ? 1 : 0), urgent: whole(2), ordinary: whole(6), spare: whole(3), urgentAhead: whole(2), ordinaryAhead: whole(3), back: whole(3) - 1,
          left: chance() < 0.7 ? null : whole(5), refused: chance() < 0.15, retryAfterMs: chance() < 0.5 ? null : whole(60),
        };
        const [grant] = await ledger.exchange([ask]);
        const [row] = await database.dataSource.query<Record<string, number | boolean | null>[]>(`SELECT published, burst, tokens, extract(epoch FROM refilled_at)::double precision AS "refilledAt", extract(epoch FROM paused_until)::double precision AS "pausedUntil", pause_ms AS "pauseMs", ceiling, extract(epoch FROM lowered_at)::double precision AS "loweredAt", plateau, grown, given, filled, era FROM connector.budget WHERE api_class = $1`, [apiClass]);
        const now = row?.refilledAt as number;
        // The row was born a moment before it was settled first, which counts on a busy machine.
        bucket ??= { published: published?.perSecond ?? null, burst: published?.burst ?? 2, tokens: published?.burst ?? 2, refilledAt: Number(row?.loweredAt), pausedUntil: 0, pauseMs: 1000, ceiling: null, loweredAt: Number(row?.loweredAt), plateau: 2, grown: 0, given: 0, filled: true, era: 0 };
        const expected = settle(bucket, ask, now, 1);
        for (const [key, value] of Object.entries(bucket)) expect([key, row?.[key] === null ? null : Number(row?.[key])]).toEqual([key, value === null ? null : expect.closeTo(Number(value), 2)]);
        expect({ ...grant, level: 0, rate: 0, burst: 0, pauseMs: 0 }).toEqual({ ...expected, level: 0, rate: 0, burst: 0, pauseMs: 0 });
        expect([grant?.level, grant?.rate, grant?.burst].map(Number)).toEqual([expect.closeTo(expected.level, 2), expect.closeTo(expected.rate, 2), expect.closeTo(expected.burst, 2)]);
        // Not where rounding would decide: the two run on the same moment, but not on the same last digit.
        Object.assign(bucket, { tokens: Number(row?.tokens), given: Number(row?.given) });
        if (round % 10 === 9) await pause(40);
      }
    }
  });

  it('let two servers together send no more than the cloud allows, and both their part', async () => {
    const cloud = new Cloud(20, 40);
    const one = serverOf('one');
    const two = serverOf('two');
    const call = callOf(20, 40);
    const stops = [flood(cloud, 'one', one.budget, call), flood(cloud, 'two', two.budget, call)];
    await pause(3000);
    await Promise.all(stops.map((stop) => stop()));
    expect(cloud.refused).toBe(0);
    const seconds = ((cloud.sent.at(-1)?.at ?? 0) - (cloud.sent[0]?.at ?? 0)) / 1000;
    expect(cloud.sent.length).toBeLessThanOrEqual(20 + 40 * seconds + 1);
    for (const name of ['one', 'two']) expect(cloud.sent.filter(({ server }) => server === name).length).toBeGreaterThan(cloud.sent.length / 4);
    // Few statements for many calls.
    expect(one.exchanges() + two.exchanges()).toBeLessThan(cloud.sent.length / 2);
  });

  it('share a rate below one call a second, one token at a time', async () => {
    const cloud = new Cloud(1, 2);
    const call = callOf(1, 2);
    const stops = ['one', 'two', 'three'].map((name) => flood(cloud, name, serverOf(name).budget, call, 3));
    await pause(3500);
    await Promise.all(stops.map((stop) => stop()));
    const seconds = ((cloud.sent.at(-1)?.at ?? 0) - (cloud.sent[0]?.at ?? 0)) / 1000;
    expect(cloud.sent.length).toBeLessThanOrEqual(1 + 2 * seconds + 1);
    expect(new Set(cloud.sent.map(({ server }) => server)).size).toBe(3);
  });

  it('go on where a server dies with tokens in its hand', async () => {
    const cloud = new Cloud(10, 20);
    const call = callOf(10, 20);
    const dying = serverOf('dying');
    const stop = flood(cloud, 'dying', dying.budget, call);
    await pause(700);
    await dying.pool.end();
    budgets.splice(budgets.indexOf(dying.budget), 1);
    const before = cloud.sent.length;
    const living = serverOf('living');
    const stopLiving = flood(cloud, 'living', living.budget, call);
    await stop();
    for (let tries = 0; tries < 100 && cloud.sent.filter(({ server }) => server === 'living').length < 20; tries += 1) await pause(100);
    await stopLiving();
    expect(cloud.sent.length).toBeGreaterThan(before + 19);
    expect(cloud.refused).toBe(0);
  });

  it('let a person on one server pass the flood of another', async () => {
    const cloud = new Cloud(40, 20);
    const call = callOf(40, 20);
    const stop = flood(cloud, 'one', serverOf('one').budget, call, 50);
    const two = serverOf('two');
    await pause(2500);
    const before = cloud.sent.length;
    const permit = await two.budget.take({ ...call, priority: 'person' }, new Deadline(10_000, 'a person'));
    cloud.call('two', call);
    permit.done();
    // Not behind the fifty that wait: within what the flood had been promised before.
    expect(cloud.sent.length - before).toBeLessThan(20);
    await stop();
    expect(cloud.refused).toBe(0);
  });

  it('tell the other server of a refusal, so that what it holds is void', async () => {
    const [one, two] = [serverOf('one').budget, serverOf('two').budget];
    const call = callOf(0, 0);
    const permit = await one.take(call, new Deadline(1000, 'one'));
    // It holds tokens for those that wait.
    const waiting = Array.from({ length: 5 }, () => two.take(call, new Deadline(1500, 'two')).then(() => performance.now(), () => undefined));
    permit.refused(60_000);
    await pause(600);
    const from = performance.now();
    await expect(two.take(call, new Deadline(50, 'two'))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    // What was on its way before the refusal was known may have gone; nothing goes after.
    for (const at of await Promise.all(waiting)) expect(at ?? 0).toBeLessThan(from);
  });
});

describe('a server whose database is away', () => {
  it('goes on with its part of the rate, and pays it back', async () => {
    const call = callOf(10, 10, { priority: 'person' });
    const { budget, pool } = serverOf('one');
    serverOf('two');
    await new SharedLedger(poolOf(), 'two').exchange([]);
    (await budget.take(call, new Deadline(1000, 'first'))).done();
    const query = pool.query.bind(pool);
    let isAway = true;
    pool.query = ((...given: unknown[]) => (isAway ? Promise.reject(new Error('away')) : (query as (...all: unknown[]) => unknown)(...given))) as never;
    for (let index = 0; index < 4; index += 1) (await budget.take(call, new Deadline(5000, 'a person'))).done();
    await expect(Promise.all(Array.from({ length: 20 }, () => budget.take(call, new Deadline(400, 'too many'))))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    isAway = false;
    await pause(2100);
    (await budget.take(call, new Deadline(5000, 'a person'))).done();
    const [row] = await database.dataSource.query<{ tokens: number }[]>('SELECT tokens FROM connector.budget');
    expect(row?.tokens).toBeLessThan(9);
  });
});

describe('the use of buckets', () => {
  it('is written in sums, and once', async () => {
    const { budget, usage } = serverOf('one');
    const call = callOf(100, 100);
    for (let index = 0; index < 5; index += 1) (await budget.take(call, new Deadline(5000, 'one'))).done();
    (await budget.take({ ...call, workspaceId: 'v', priority: 'person' }, new Deadline(5000, 'one'))).refused(1);
    await Promise.all([budget.flush(), budget.flush()]);
    (await budget.take(call, new Deadline(5000, 'one'))).unsent();
    await usage.flush([]);
    const rows = await database.dataSource.query('SELECT workspace_id, purpose, sum(calls)::integer AS calls, sum(throttled)::integer AS throttled FROM connector.budget_use GROUP BY 1, 2 ORDER BY 1');
    expect(rows).toEqual([{ workspace_id: 'v', purpose: 'person', calls: 1, throttled: 1 }, { workspace_id: 'w', purpose: 'inventory', calls: 5, throttled: 0 }]);
  });
});
