import { z } from 'zod';
import type { PersonalityPrice, RegionView } from '../../world/index.js';
import { WorldError } from '../../world/index.js';
import { method, region, text } from './method.js';

/** Hours of a month as clouds count them: 365 days by 24 hours by a twelfth. */
const MONTH_HOURS = 730;
/** States in which a VM costs nothing but its disks. */
const OFF = ['suspended', 'terminating', 'terminated', 'failed'];

/** Money of one currency; rounded where it is told, so that many small prices add up. */
const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6;

/** What the VMs of a region that run now cost at list price; what has no price is named, and not counted as free. */
function estimateBill(view: RegionView, { purchase }: { purchase: PersonalityPrice['purchase'] }) {
  const prices = new Map(view.personality.prices(view.region.id).filter((price) => price.purchase === purchase).map((price) => [price.specId, price]));
  const running = view.list('vm', { where: ({ state }) => !OFF.includes(state) });
  const counts = new Map<string, number>();
  for (const { attributes: { specId } } of running) counts.set(specId, (counts.get(specId) ?? 0) + 1);
  const rows = [...counts].map(([specId, count]) => ({ specId, count, price: prices.get(specId) }));
  const priced = rows.flatMap(({ specId, count, price }) => (price ? [{ specId, count, perHour: rounded(price.perHour * count), simulated: price.simulated }] : []));
  const perHour = priced.reduce((sum, row) => sum + row.perHour, 0);
  const [any] = prices.values();
  return {
    ...(any && { currency: any.currency, pricesOf: any.asOf, source: any.source }), perHour: rounded(perHour), perMonth: rounded(perHour * MONTH_HOURS), vms: running.length, specs: priced,
    unpriced: rows.flatMap(({ specId, count, price }) => (price ? [] : [{ specId, count }])),
  };
}

/** How the cloud that is played behaves, with where each of its limits and quotas was read, or that it is a guess. */
function describePersonality({ personality: { cloud, title, consistencyWindowMs, delays, limits, quotas, idempotencyToken, uniqueName, vmBatch, services } }: RegionView) {
  const span = ([minMs, maxMs]: readonly [number, number]) => ({ minMs, maxMs });
  return {
    cloud, title, consistencyWindowMs, vmBatch, idempotencyToken, uniqueName, lacks: services.lacks, delays: Object.fromEntries(Object.entries(delays).map(([what, between]) => [what, span(between)])),
    limits: limits.map(({ methods, scope, burst, perSecond, source }) => ({ methods, scope, burst, perSecond, source })),
    quotas: quotas.map(({ id, name, limit, source }) => ({ id, name, limit, source })),
  };
}

/** Functions of the box's driver by name: the input that each takes, which the host has checked by `driver.json` before, and the work. */
const FUNCTIONS: Record<string, { input: z.ZodType; work(view: RegionView, input: never): unknown }> = {
  describePersonality: { input: z.strictObject({}), work: describePersonality },
  estimateBill: { input: z.strictObject({ purchase: z.enum(['on-demand', 'spot']).default('on-demand') }), work: estimateBill },
};

export const functions = {
  'function.call': method(z.object({ region, name: text, input: z.unknown() }), (view, { name, input }) => {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!known) throw new WorldError('NOT_FOUND', `there is no function '${name}'; there are ${Object.keys(FUNCTIONS).join(', ')}`, { field: 'name', reason: 'NoSuchFunction' });
    const read = known.input.safeParse(input ?? {});
    if (!read.success) throw new WorldError('INVALID_REQUEST', `${name}: ${z.prettifyError(read.error)}`, { field: 'input', reason: 'BadInput' });
    return { output: known.work(view, read.data as never) };
  }),
};
