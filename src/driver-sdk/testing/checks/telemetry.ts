import type { Charge, CloudEvent, Metric, MetricPoint } from '../../telemetry.js';
import { ensure, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { fixture, strangerOf, use } from '../fixtures.js';
import type { Listing } from './paging.js';
import { everyRow, listingChecks, read } from './paging.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const iso = (at: number): string => new Date(at).toISOString();
const inPlace = async (context: CheckContext) => ({ region: (await context.place()).region });

/** The last day until now; clouds tell events with a delay, which a box does not have. */
const lastDay = (context: CheckContext): Promise<{ from: string; to: string }> =>
  context.once('last-day', async () => {
    const to = Date.now() - (context.options.faults ? 0 : HOUR / 2);
    return { from: iso(to - DAY), to: iso(to) };
  });
/** The seven whole days before today, in UTC. */
const lastWeek = (context: CheckContext): Promise<{ from: string; to: string }> =>
  context.once('last-week', async () => {
    const to = Math.floor(Date.now() / DAY) * DAY;
    return { from: iso(to - 7 * DAY), to: iso(to) };
  });

const METRICS: Listing<Metric> = { name: 'metric', capability: 'metric', method: 'metric.list', key: ({ name }) => name, request: async (context) => ({ ...(await inPlace(context)), kind: 'vm' }), needs: ['vm'] };
const EVENTS: Listing<CloudEvent> = {
  name: 'event', capability: 'event', method: 'event.list', key: ({ id }) => id, mayBeEmpty: true,
  request: async (context) => {
    if (context.has('network')) await fixture(context, 'network').catch(() => undefined);
    return { ...(await inPlace(context)), ...(await lastDay(context)) };
  },
};
const CHARGES: Listing<Charge> = {
  name: 'charge', capability: 'charge', method: 'charge.list', key: (row) => JSON.stringify(row), mayBeEmpty: true,
  request: async (context) => ({ ...(await inPlace(context)), ...(await lastWeek(context)), granularity: 'day' }),
};
const CATEGORIES = ['usage', 'purchase', 'tax', 'credit', 'adjustment'];

/** Points of one metric for the first VM and for one that nobody has. */
async function readings(context: CheckContext): Promise<{ vmId: string; strangerId: string; from: number; to: number; items: { id: string; points: MetricPoint[] }[] }> {
  const { id: vmId, region } = await use(context, 'vm');
  const { items: metrics } = await read(context, METRICS);
  const { name, periodSeconds } = metrics.find((metric) => metric.name === 'cpu-percent') ?? metrics[0] ?? skip('no metric is listed');
  const period = periodSeconds * 1_000;
  const to = Math.floor(Date.now() / period) * period;
  const from = to - 3 * HOUR;
  const strangerId = strangerOf(vmId);
  return context.once('readings', async () => {
    const { items } = await context.call('metric.read', { region, kind: 'vm', ids: [vmId, strangerId], name, from: iso(from), to: iso(to), periodSeconds, statistic: 'average' });
    return { vmId, strangerId, from, to, items };
  });
}

const check = (capability: 'metric' | 'event' | 'charge', what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${capability}.${what}`, capability, sentence, needs, run });

/** What the cloud measures, keeps a log of, and bills. */
export const telemetryChecks: Check[] = [
  ...listingChecks(METRICS),
  check('metric', 'words', 'tells of each metric its kind, unit, period and the name of the provider', (context) =>
    everyRow(context, METRICS, ({ kind, name, unit, periodSeconds, providerName }) => kind === 'vm' && /^[a-z][a-z0-9-]*$/i.test(name) && unit !== '' && periodSeconds > 0 && Number.isFinite(periodSeconds) && providerName !== ''), ['vm']),
  check('metric', 'items', 'reads points for each id that was asked, none for an unknown one', async (context) => {
    const { vmId, strangerId, items } = await readings(context);
    ensureSameSet(items.map(({ id }) => id), [vmId, strangerId], 'ids');
    ensureSame(items.find(({ id }) => id === strangerId)?.points, [], 'points of an unknown id');
  }, ['vm']),
  check('metric', 'order', 'reads points in order of time, each at its own', async (context) => {
    for (const { points } of (await readings(context)).items) {
      const wrong = points.find(({ at }, index) => index > 0 && Date.parse(at) <= Date.parse(points[index - 1]?.at ?? ''));
      ensure(wrong === undefined, `out of order: ${show(wrong)}`);
    }
  }, ['vm']),
  check('metric', 'range', 'reads points within the time that was asked, with numbers', async (context) => {
    const { from, to, items } = await readings(context);
    const wrong = items.flatMap(({ points }) => points).find(({ at, value }) => !(Date.parse(at) >= from && Date.parse(at) < to && Number.isFinite(value)));
    ensure(wrong === undefined, `asked from ${iso(from)} to before ${iso(to)}, got ${show(wrong)}`);
  }, ['vm']),
  ...listingChecks(EVENTS),
  check('event', 'order', 'lists events newest first', async (context) => {
    const { items } = await read(context, EVENTS);
    const wrong = items.find(({ at }, index) => index > 0 && Date.parse(at) > Date.parse(items[index - 1]?.at ?? ''));
    ensure(wrong === undefined, `newer than the one before: ${show(wrong)}`);
  }),
  check('event', 'range', 'lists events of the time that was asked', async (context) => {
    const { from, to } = await lastDay(context);
    await everyRow(context, EVENTS, ({ at }) => Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(to));
  }),
  check('event', 'words', 'tells what happened, where, and whether it failed', (context) => everyRow(context, EVENTS, ({ id, type, region, failed }) => id !== '' && typeof type === 'string' && type !== '' && typeof region === 'string' && typeof failed === 'boolean')),
  check('event', 'resource', 'lists only the events of the resource that is asked', async (context) => {
    const { id, region } = await use(context, 'network');
    const { items } = await context.call('event.list', { region, ...(await lastDay(context)), resourceId: id });
    const wrong = items.find(({ resourceId }) => resourceId !== id);
    ensure(wrong === undefined, `asked ${id}, got ${show(wrong)}`);
  }, ['network']),
  ...listingChecks(CHARGES),
  check('charge', 'period', 'begins each charge in the time that was asked, and ends it later', async (context) => {
    const { from, to } = await lastWeek(context);
    await everyRow(context, CHARGES, (row) => Date.parse(row.from) >= Date.parse(from) && Date.parse(row.from) < Date.parse(to) && Date.parse(row.from) < Date.parse(row.to));
  }),
  check('charge', 'day', 'gives charges by the day where days are asked', (context) => everyRow(context, CHARGES, ({ from, to }) => Date.parse(to) - Date.parse(from) <= DAY)),
  check('charge', 'amounts', 'gives costs as numbers in a currency of ISO 4217', (context) =>
    everyRow(context, CHARGES, ({ billedCost, effectiveCost, currency }) => Number.isFinite(billedCost) && (effectiveCost === undefined || Number.isFinite(effectiveCost)) && /^[A-Z]{3}$/.test(currency))),
  check('charge', 'words', 'tells category, service, tags and whether it is estimated, in the words of FOCUS', (context) =>
    everyRow(context, CHARGES, ({ category, service, tags, estimated }) => CATEGORIES.includes(category) && service !== '' && typeof tags === 'object' && tags !== null && typeof estimated === 'boolean')),
  check('charge', 'again', 'gives the same rows in the same order when they are asked again', async (context) => {
    const { items } = await read(context, CHARGES);
    const request = { ...(await inPlace(context)), ...(await lastWeek(context)), granularity: 'day' as const, pageSize: 1_000 };
    const again = (await context.call('charge.list', request)).items;
    ensureSame(again, items.slice(0, again.length), 'rows');
  }),
];
