import { describe, expect, it } from '@jest/globals';
import { isIdle } from '../world/metrics.js';
import type { Granularity, WorldCharge } from '../world/index.js';
import { BILLING } from '../personalities/billing.js';
import { servicesOf } from '../personalities/services.js';
import { ground, refusal, tinyWorld, vmsOf } from './tiny.js';

const HOUR = 3_600_000, DAY = 24 * HOUR;
const AT = (text: string): number => Date.parse(text);
/** Knows usage an hour late, settles it a day after. */
const billing = { ...BILLING.nhn, lagHours: 1, settleHours: 24 };

/** A world on 1 January 2026 with two VMs and a disk. */
async function used(seed = 1) {
  const made = tinyWorld({ seed, personality: { services: servicesOf({ billing }), quotas: [] } });
  const base = await ground(made.ask);
  const vms = await made.ask('vm.create', (view) => view.createVms(vmsOf(base, 'one', 'two')));
  await made.ask('disk.create', (view) => view.create('disk', { name: 'd', tags: { team: 'a' }, attributes: { sizeGiB: 730 } }));
  const rows = (from: string, to: string, granularity: Granularity): Promise<WorldCharge[]> =>
    made.ask('charge.list', (view) => {
      const bill = view.bill(made.world.date());
      return bill.periods(AT(from), AT(to), granularity).flatMap((begin) => bill.rows(begin, granularity));
    });
  const go = (now: string): unknown => made.world.setDate({ now: AT(now) });
  return { ...made, base, vms, rows, go };
}
const costOf = (rows: WorldCharge[], category = 'usage'): number => rows.filter((row) => row.category === category).reduce((sum, row) => sum + row.billedCost, 0);

describe('the clouds\' date', () => {
  it('is set ahead, sped up, and never goes back; delays stay with the clock', async () => {
    const { world, clock, ask } = tinyWorld({ timeScale: 1, personality: { latency: [] } });
    expect(world.setDate({ now: AT('2026-03-01T00:00:00Z'), rate: 3600 })).toEqual({ now: AT('2026-03-01T00:00:00Z'), rate: 3600 });
    const base = await ground(ask);
    await clock.advance(2_000);
    expect(new Date(world.date()).toISOString()).toBe('2026-03-01T02:00:00.000Z');
    const [vm] = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'one')));
    expect([vm?.createdAt, vm?.state]).toEqual([AT('2026-03-01T02:00:00Z'), 'creating']);
    await clock.advance(9_000);
    expect(world.truth({ kind: 'vm' })[0]?.state).toBe('creating');
    await clock.advance(1_000);
    expect(world.truth({ kind: 'vm' })[0]?.state).toBe('running');
    expect(() => world.setDate({ now: AT('2026-03-01T00:00:00Z') })).toThrow(/does not go back/);
    expect(world.setDate({ rate: 0 }).now).toBe(world.date());
  });
});

describe('bills', () => {
  it('count hours of what ran, what was stopped and what has gone, in the currency of the cloud', async () => {
    const { ask, vms, rows, go } = await used();
    go('2026-01-01T10:00:00Z');
    await ask('vm.stop', (view) => view.stop(vms[0]?.id ?? ''));
    go('2026-01-01T20:00:00Z');
    await ask('vm.delete', (view) => view.delete('vm', vms[1]?.id ?? ''));
    go('2026-01-05T00:00:00Z');
    const day = await rows('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'day');
    const hours = (id: string | undefined, sku: string) => day.find((row) => row.resourceId === id && row.sku === sku);
    expect(hours(vms[0]?.id, 's.small')).toMatchObject({ usageQuantity: 10, billedCost: 10 * 0.1 * 1_400, currency: 'KRW', service: 'Instance', region: 'r1', estimated: false, category: 'usage' });
    expect(hours(vms[1]?.id, 's.small')).toMatchObject({ usageQuantity: 20 });
    expect(hours(vms[0]?.id, 'root-disk')).toMatchObject({ usageQuantity: 8 * 24, usageUnit: 'GiB-Hours' });
    expect(hours(vms[1]?.id, 'root-disk')).toMatchObject({ usageQuantity: 8 * 20 });
    expect(day.find((row) => row.sku === 'disk-standard')).toMatchObject({ billedCost: Number((24 * 0.08 * 1_400).toFixed(2)), tags: { team: 'a' } });
    expect((await rows('2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', 'day')).some((row) => row.resourceId === vms[1]?.id)).toBe(false);
  });

  it('come late, are estimates first, and settle to the same sum by hours, days and the month', async () => {
    const { rows, go } = await used();
    go('2026-01-01T00:30:00Z');
    expect(await rows('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'hour')).toEqual([]);
    go('2026-01-02T01:00:00Z');
    const early = await rows('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'day');
    expect(early.every((row) => row.estimated)).toBe(true);
    go('2026-02-10T00:00:00Z');
    const span = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'] as const;
    const [byHour, byDay, byMonth] = [await rows(...span, 'hour'), await rows(...span, 'day'), await rows(...span, 'month')];
    expect([byHour, byDay, byMonth].flat().some((row) => row.estimated)).toBe(false);
    expect(byMonth.filter(({ category }) => category === 'usage').map((row) => row.usageQuantity)).toEqual(expect.arrayContaining([744]));
    for (const rowsOf of [byHour, byDay]) expect(costOf(rowsOf) / costOf(byMonth)).toBeCloseTo(1, 4);
    const usage = costOf(byMonth), credit = costOf(byMonth, 'credit');
    expect(credit / usage).toBeCloseTo(-0.05, 4);
    expect(costOf(byMonth, 'tax') / (usage + credit)).toBeCloseTo(0.1, 4);
    expect(costOf(byDay, 'tax')).toBe(costOf(byMonth, 'tax'));
    expect((await rows('2026-02-01T00:00:00Z', '2026-02-10T00:00:00Z', 'day')).find(({ category }) => category === 'adjustment')).toMatchObject({ from: AT('2026-02-03T00:00:00Z'), to: AT('2026-02-04T00:00:00Z') });
  });

  it('tell some of what is not settled wrong, by a few per cent, and mend it', async () => {
    const { ask, base, rows, go } = await used();
    for (const batch of ['a', 'b', 'c', 'd']) await ask('vm.create', (view) => view.createVms(vmsOf(base, ...Array.from({ length: 10 }, (_, place) => `${batch}-${place}`))));
    go('2026-01-08T00:00:00Z');
    const span = ['2026-01-07T00:00:00Z', '2026-01-08T00:00:00Z'] as const;
    // What is known late would change as well: look when the day is whole.
    go('2026-01-08T02:00:00Z');
    const before = new Map((await rows(...span, 'day')).map((row) => [`${row.resourceId} ${row.sku}`, row]));
    go('2026-01-10T00:00:00Z');
    const changed = (await rows(...span, 'day')).map((row) => row.billedCost / (before.get(`${row.resourceId} ${row.sku}`)?.billedCost ?? 0)).filter((ratio) => Math.abs(ratio - 1) > 1e-9);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(before.size / 2);
    for (const ratio of changed) expect(Math.abs(ratio - 1)).toBeLessThan(0.09);
  });

  it('repeat themselves by their seed, and outlive a restart', async () => {
    const bill = async (seed: number) => {
      const { rows, go } = await used(seed);
      go('2026-01-03T12:00:00Z');
      return rows('2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z', 'hour');
    };
    expect(await bill(7)).toEqual(await bill(7));
    const { world, rows, go, ask } = await used();
    go('2026-01-03T00:00:00Z');
    const next = tinyWorld({ personality: { services: servicesOf({ billing }) } });
    next.world.restore(JSON.parse(JSON.stringify(world.snapshot())) as ReturnType<typeof world.snapshot>);
    const told = await next.ask('charge.list', (view) => view.bill(next.world.date()).rows(AT('2026-01-02T00:00:00Z'), 'day'));
    expect(told).toEqual(await rows('2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', 'day'));
    const list = (view: Parameters<Parameters<typeof ask>[1]>[0]) => view.events({ from: 0, to: Infinity }, 100).map(({ type, at }) => [type, at]);
    expect(await next.ask('event.list', list)).toEqual(await ask('event.list', list));
  });
});

describe('metrics', () => {
  const read = (made: Awaited<ReturnType<typeof used>>, id: string, more: object = {}) =>
    made.ask('metric.read', (view) => view.readMetric({ kind: 'vm', ids: [id], name: 'cpu-percent', from: AT('2026-01-01T00:00:00Z'), to: AT('2026-01-03T00:00:00Z'), periodSeconds: 3_600, statistic: 'average', ...more })[0]?.points ?? []);

  it('are worked out from seed, VM and time, and exist only while the VM ran', async () => {
    const made = await used(), again = await used(), other = await used(2);
    const id = made.vms[0]?.id ?? '';
    for (const each of [made, again, other]) each.go('2026-01-02T06:00:00Z');
    await made.ask('vm.stop', (view) => view.stop(id));
    for (const each of [made, again, other]) each.go('2026-01-03T00:00:00Z');
    const points = await read(made, id);
    expect(points.map(({ at }) => at)).toEqual(Array.from({ length: 30 }, (_, hour) => AT('2026-01-01T00:00:00Z') + hour * HOUR));
    expect(points).toEqual((await read(again, again.vms[0]?.id ?? '')).slice(0, 30));
    expect(points).not.toEqual((await read(other, other.vms[0]?.id ?? '')).slice(0, 30));
    expect(await read(made, 'unknown')).toEqual([]);
    const [least, most, mean] = await Promise.all((['minimum', 'maximum', 'average'] as const).map(async (statistic) => (await read(made, id, { statistic, periodSeconds: DAY / 1000 }))[0]?.value ?? 0));
    expect([least! <= mean!, mean! <= most!]).toEqual([true, true]);
    for (const [field, more] of [['name', { name: 'mood' }], ['periodSeconds', { periodSeconds: 45 }], ['to', { periodSeconds: 60, to: AT('2027-01-01T00:00:00Z') }]] as const) expect((await refusal(read(made, id, more))).detail.field).toBe(field);
  });

  it('follow the day where a VM is used, and lie near nothing for one in five', async () => {
    const ids = Array.from({ length: 1_000 }, (_, place) => `vm-${place}`);
    const idle = ids.filter((id) => isIdle(1, id)).length;
    expect(idle).toBeGreaterThan(150);
    expect(idle).toBeLessThan(250);
    const made = await used();
    made.go('2026-01-03T00:00:00Z');
    for (const { id } of made.vms) {
      const values = (await read(made, id)).slice(0, 24).map(({ value }) => value);
      const most = Math.max(...values), least = Math.min(...values);
      if (isIdle(1, id)) expect(most).toBeLessThan(2);
      else expect(most / least).toBeGreaterThan(2);
    }
  });

  it('are stored nowhere: a year of ten thousand VMs is as large as its VMs', async () => {
    const made = await used();
    const size = (): number => JSON.stringify(made.world.snapshot()).length;
    const before = size();
    made.go('2027-01-01T00:00:00Z');
    await read(made, made.vms[0]?.id ?? '', { from: AT('2026-12-01T00:00:00Z'), to: AT('2027-01-01T00:00:00Z') });
    expect(size() - before).toBeLessThan(100);
  });
});
