import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { ApiBudget, type BudgetCall, type Permit, type Priority, apiClassOf } from '../../src/connector/budget/budget.js';
import { type Ask, type BucketState, newBucket, rateOf, settle } from '../../src/connector/budget/control.js';
import { FairQueue } from '../../src/connector/budget/queue.js';
import { Deadline } from '../../src/connector/host/deadline.js';

const deadline = (ms = 10_000, signal?: AbortSignal): Deadline => new Deadline(ms, 'aws vm.create', signal);
const manifest = (limits: Manifest['limits']): Manifest => ({ name: 'aws', limits } as unknown as Manifest);
const callOf = (limits: Manifest['limits'], more: Partial<BudgetCall> = {}): BudgetCall => ({ account: 'a', workspaceId: 'w', manifest: manifest(limits), method: 'vm.create', region: 'r1', priority: 'person', ...more });
const limit = (burst: number, perSecond: number): Manifest['limits'] => [{ methods: ['vm.create'], scope: 'region', burst, perSecond }];
/** Whether a call may be sent at once, or has to wait; one that waits gives up. */
async function taken(budget: ApiBudget, call: BudgetCall): Promise<string> {
  const controller = new AbortController();
  const outcome = budget.take(call, deadline(60_000, controller.signal)).then(() => 'taken', () => 'waits');
  for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setImmediate(done));
  controller.abort();
  return outcome;
}
/** Lets everything that is due be done, timers of one millisecond included. */
const turn = async (): Promise<void> => { for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setTimeout(done, 2)); };
const times = async (count: number, work: () => Promise<string>): Promise<number> => {
  let done = 0;
  for (let index = 0; index < count; index += 1) if ((await work()) === 'taken') done += 1;
  return done;
};
const asking: Ask = { account: 'a', region: 'r', apiClass: 'c', published: { burst: 100, perSecond: 20 }, era: 0, urgent: 0, ordinary: 0, spare: 0, urgentAhead: 10, ordinaryAhead: 10, back: 0, left: null, refused: false, retryAfterMs: null };

describe('the budget of one server', () => {
  it('gives its burst at once, a little less than the cloud allows, and then as many as were refilled, in fractions', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(3, 0.5));
    expect(await times(4, () => taken(budget, call))).toBe(2);
    now += 200;
    expect(await taken(budget, call)).toBe('waits');
    now += 100;
    expect(await taken(budget, call)).toBe('taken');
    now += 1900;
    expect(await taken(budget, call)).toBe('waits');
    now += 100;
    expect(await taken(budget, call)).toBe('taken');
    now += 1_000_000;
    expect(await times(4, () => taken(budget, call))).toBe(2);
    await budget.stop();
  });

  it('keeps the last tenth for persons', async () => {
    const now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(40, 1), { priority: 'inventory' });
    expect(await times(40, () => taken(budget, call))).toBe(35);
    // One of the three is promised to the call that waited last, for when it is refilled.
    expect(await times(40, () => taken(budget, { ...call, priority: 'person' }))).toBe(2);
    await budget.stop();
  });

  it('serves the more urgent first', async () => {
    const budget = new ApiBudget();
    const call = callOf(limit(1, 200));
    await budget.take(call, deadline());
    const served: string[] = [];
    const wait = (name: string, priority: Priority): Promise<unknown> => budget.take({ ...call, priority }, deadline()).then(() => served.push(name));
    await Promise.all([wait('i1', 'inventory'), wait('r1', 'reconcile'), wait('p1', 'provisioning'), wait('i2', 'inventory'), wait('h1', 'person'), wait('p2', 'provisioning'), wait('h2', 'person')]);
    expect(served).toEqual(['h1', 'h2', 'p1', 'p2', 'r1', 'i1', 'i2']);
    await budget.stop();
  });

  it('lets one who gives up leave, without a token', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(1, 1));
    await budget.take(call, deadline());
    const controller = new AbortController();
    const left = budget.take(call, deadline(10_000, controller.signal)).catch((error: { code: string }) => error.code);
    controller.abort();
    expect(await left).toBe('TIMEOUT');
    expect(budget.waiting()).toEqual([]);
    now += 1100;
    expect(await taken(budget, { ...call, priority: 'inventory' })).toBe('taken');
    await budget.stop();
  });

  it('tells one whose time ends that the call was not sent, and when there would be a token', async () => {
    const now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(1, 0.5));
    await budget.take(call, deadline());
    await expect(budget.take(call, deadline(5))).rejects.toMatchObject({ code: 'RATE_LIMITED', message: expect.stringContaining('was not sent'), detail: { retryAfterMs: 2106 } });
    await budget.stop();
  });

  it('takes back the token of a call that was not sent', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(1, 0.001));
    (await budget.take(call, deadline())).unsent();
    now += 2;
    expect(await taken(budget, call)).toBe('taken');
    expect(await taken(budget, call)).toBe('waits');
    await budget.stop();
  });

  it('sends nothing while the cloud asked for a pause', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(10, 10));
    const permits: Permit[] = [];
    for (let index = 0; index < 3; index += 1) permits.push(await budget.take(call, deadline()));
    for (const permit of permits) permit.refused(2000);
    await Promise.resolve();
    expect(await taken(budget, call)).toBe('waits');
    now += 1900;
    expect(await taken(budget, call)).toBe('waits');
    now += 250;
    expect(await taken(budget, call)).toBe('taken');
    await budget.stop();
  });

  it('is one per account, class and, where the limit says so, region', async () => {
    const now = 0;
    const budget = new ApiBudget({ now: () => now });
    const limits: Manifest['limits'] = [{ methods: ['vm.create'], scope: 'region', burst: 1, perSecond: 0.001 }, { methods: ['vm.*', '*.list'], scope: 'account', burst: 1, perSecond: 0.001 }];
    const of = (method: string, region?: string, account = 'a'): Promise<string> => taken(budget, callOf(limits, { method, region, account }));
    expect([await of('vm.create', 'r1'), await of('vm.create', 'r1'), await of('vm.create', 'r2'), await of('vm.create', 'r1', 'b')]).toEqual(['taken', 'waits', 'taken', 'taken']);
    expect([await of('vm.stop', 'r1'), await of('disk.list', 'r2'), await of('disk.get', 'r1')]).toEqual(['taken', 'waits', 'taken']);
    expect(apiClassOf(manifest(limits), 'disk.list').apiClass).toBe('vm.* *.list');
    await budget.stop();
  });

  it('counts things beside calls where the cloud does, and takes back all that a call had which was not sent', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const limits: Manifest['limits'] = [{ methods: ['vm.create'], scope: 'region', burst: 125, perSecond: 2, cost: 'items' }, { methods: ['vm.*'], scope: 'region', burst: 1000, perSecond: 100 }];
    const call = (items: number): BudgetCall => callOf(limits, { items });
    // 118 of the 125 are there at once, less than the cloud has.
    const permit = await budget.take(call(60), deadline());
    expect([await taken(budget, call(60)), await taken(budget, callOf(limits, { method: 'vm.stop', items: 500 })), await taken(budget, call(58)), await taken(budget, call(1))]).toEqual(['waits', 'taken', 'taken', 'waits']);
    permit.unsent();
    expect([await taken(budget, call(60)), await taken(budget, call(1))]).toEqual(['taken', 'waits']);
    now += 5500;
    expect([await taken(budget, call(13)), await taken(budget, call(10))]).toEqual(['waits', 'taken']);
    await budget.stop();
  });

  it('lets a call through that names more than the bucket holds, and gives back what one had got whose time ended', async () => {
    const budget = new ApiBudget();
    const call = (burst: number, perSecond: number, items: number): BudgetCall => callOf([{ methods: ['vm.create'], scope: 'region', burst, perSecond, cost: 'items' }], { items, region: `r${burst}` });
    await budget.take(call(10, 200, 40), deadline(30_000));
    await expect(budget.take(call(100, 0.001, 99), deadline(20))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(await taken(budget, call(100, 0.001, 90))).toBe('taken');
    await budget.stop();
  });

  it('makes a refusal of the cloud count for calls and things alike, and counts things in what was used', async () => {
    const counted = new Map<string, number>();
    const usage = { add: ({ apiClass }: { apiClass: string }, what: string, by = 1) => counted.set(`${apiClass} ${what}`, (counted.get(`${apiClass} ${what}`) ?? 0) + by), flush: () => Promise.resolve() };
    let now = 0;
    const budget = new ApiBudget({ now: () => now, usage: usage as never });
    const call = callOf([{ methods: ['vm.create'], scope: 'region', burst: 1000, perSecond: 2, cost: 'items' }, { methods: ['vm.create'], scope: 'region', burst: 5, perSecond: 2 }], { items: 100 });
    (await budget.take(call, deadline())).refused(3000);
    await turn();
    now += 2900;
    expect(await taken(budget, { ...call, items: 1 })).toBe('waits');
    expect(Object.fromEntries(counted)).toEqual({ 'vm.create (items) calls': 100, 'vm.create calls': 1, 'vm.create (items) throttled': 1, 'vm.create throttled': 1 });
    await budget.stop();
  });

  it('holds no more at once than the cloud says it takes, whatever the manifest tells', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf(limit(100, 10));
    (await budget.take(call, deadline())).left({ remaining: 4, limit: 5 });
    await turn();
    now += 60_000;
    // A minute would have filled a hundred; five is what there is, less the slack.
    expect(await times(100, () => taken(budget, call))).toBe(4);
    await budget.stop();
  });

  it('begins a class without a limit with few calls, and soon lets more through, until the cloud has refused', async () => {
    let now = 0;
    const budget = new ApiBudget({ now: () => now });
    const call = callOf([]);
    expect(await times(10, () => taken(budget, call))).toBe(1);
    let passed = 0;
    // Always one more to send, for ten seconds.
    for (; now < 10_000; now += 5) passed += await times(1, () => taken(budget, call));
    expect(passed).toBeGreaterThan(300);
    const permit = await budget.take(call, deadline());
    permit.refused(undefined);
    await Promise.resolve();
    expect(await taken(budget, call)).toBe('waits');
    now += 990;
    expect(await taken(budget, call)).toBe('waits');
    now += 150;
    expect(await taken(budget, call)).toBe('taken');
    await budget.stop();
  });
});

describe('the rate', () => {
  /** Settles an ask by a server that knows of all refusals. */
  const at = (bucket: BucketState, now: number, more: Partial<Ask> = {}) => settle(bucket, { ...asking, era: bucket.era, ...more }, now, 1);
  /** Always more to send, from one second to another. */
  const flood = (bucket: BucketState, from: number, to: number, more: Partial<Ask> = {}): number => {
    let given = 0;
    for (let step = from * 50 + 1; step <= to * 50; step += 1) given += at(bucket, step / 50, { ordinary: 50, ordinaryAhead: 0, ...more }).ordinary;
    return given;
  };
  const learned = { published: null } as const;

  it('falls once for refusals that come together, and comes back', () => {
    const bucket = newBucket(asking, 0);
    at(bucket, 0, { ordinary: 200 });
    for (let index = 0; index < 5; index += 1) at(bucket, 1 + index / 10, { refused: true, retryAfterMs: 100, era: 0 });
    expect(bucket.era).toBe(1);
    expect(bucket.ceiling).toBeCloseTo(18);
    expect(rateOf(bucket)).toBeCloseTo(17.46);
    flood(bucket, 2, 60);
    expect(rateOf(bucket)).toBe(20);
  });

  it('becomes what the cloud took between two refusals, where there always was more to send', () => {
    const bucket = newBucket(asking, 0);
    at(bucket, 0, { refused: true });
    const taken = flood(bucket, 0, 4);
    at(bucket, 4, { refused: true });
    expect(bucket.ceiling).toBeGreaterThan((taken - 2) / 4);
    expect(bucket.ceiling).toBeLessThan((taken + 1) / 4);
    // Trusted the longer the longer it was measured.
    expect(bucket.plateau).toBeCloseTo(16);
  });

  it('doubles every two seconds where nobody knows a limit, and falls when the cloud refuses', () => {
    const bucket = newBucket(learned, 0);
    expect(rateOf(bucket)).toBe(5);
    flood(bucket, 0, 4, learned);
    expect(rateOf(bucket)).toBeGreaterThan(18);
    expect(rateOf(bucket)).toBeLessThan(21);
    const before = rateOf(bucket);
    at(bucket, 4, { ...learned, refused: true });
    expect(bucket.ceiling).toBeCloseTo(before * 0.6);
  });

  it('does not grow while nobody needs it', () => {
    const bucket = newBucket(learned, 0);
    for (let second = 1; second < 100; second += 1) at(bucket, second, { ...learned, ordinary: 1 });
    expect(rateOf(bucket)).toBe(5);
  });

  it('is left as it is, and the pause doubled, where nothing got through', () => {
    const bucket = newBucket(asking, 0);
    at(bucket, 0, { ordinary: 200, refused: true });
    const { ceiling } = bucket;
    const pauses = [2, 5, 10].map((now) => {
      bucket.given = 1;
      return at(bucket, now, { refused: true }).pauseMs;
    });
    expect(pauses).toEqual([2000, 4000, 8000]);
    expect(bucket.ceiling).toBe(ceiling);
  });

  it('stays where only the burst was too much', () => {
    const bucket = newBucket(learned, 0);
    flood(bucket, 0, 10, learned);
    at(bucket, 10, { ...learned, refused: true });
    const { ceiling, burst } = bucket;
    at(bucket, 100, { ...learned, ordinary: 10 });
    at(bucket, 100.1, { ...learned, refused: true });
    expect(bucket).toMatchObject({ ceiling, burst: burst / 2 });
  });

  it('makes void what was given before a refusal, and still counts calls that were sent without a token', () => {
    const bucket = newBucket(asking, 0);
    at(bucket, 0, { ordinary: 50 });
    at(bucket, 0, { refused: true });
    expect(at(bucket, 0.5, { era: 0, back: 40 }).level).toBe(0);
    expect(at(bucket, 0.5, { era: 0, back: -3 }).level).toBe(-3);
  });

  it('is no more than what the cloud says is left, but by a word from before the last refusal', () => {
    const bucket = newBucket(asking, 0);
    expect(at(bucket, 0, { left: 3 }).level).toBe(3);
    expect(at(bucket, 0, { left: 40 }).level).toBe(3);
    at(bucket, 1, { refused: true });
    const { level } = at(bucket, 60);
    expect(at(bucket, 60, { era: 0, left: 0 }).level).toBe(level);
  });

  it('is forgiven after ten minutes where it is published, and kept where it is not', () => {
    const published = newBucket(asking, 0);
    at(published, 1, { refused: true });
    at(published, 700);
    expect(published.ceiling).toBeNull();
    const found = newBucket(learned, 0);
    at(found, 1, { ...learned, refused: true });
    at(found, 700, learned);
    expect(found.ceiling).toBe(3);
  });
});

describe('the queue', () => {
  it('serves workspaces by turns, and nobody saves turns up', () => {
    const queue = new FairQueue();
    const served: string[] = [];
    const add = (workspaceId: string, name: string): void => queue.add({ priority: 'provisioning', workspaceId, go: () => { served.push(name); } });
    for (let index = 0; index < 6; index += 1) add('big', `b${index}`);
    const serve = (count: number): void => { for (let index = 0; index < count; index += 1) queue.next()?.go(); };
    serve(3);
    for (let index = 0; index < 3; index += 1) add('small', `s${index}`);
    serve(6);
    expect(served).toEqual(['b0', 'b1', 'b2', 's0', 'b3', 's1', 'b4', 's2', 'b5']);
    expect(queue.size).toBe(0);
  });
});
