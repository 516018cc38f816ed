import type { Expression, GetCostAndUsageRequest, GetDimensionValuesRequest, Group, GroupDefinition } from '@aws-sdk/client-cost-explorer';
import type { Granularity, RegionView, WorldCharge } from '../../simulator/world/types.js';
import { JsonError, jsonService, type JsonOperation } from './json.js';
import type { Model } from './model.js';
import type { Service } from './service.js';

const GRANULARITIES: Record<string, Granularity> = { HOURLY: 'hour', DAILY: 'day', MONTHLY: 'month' };
const RECORD_TYPES: Record<WorldCharge['category'], string> = { usage: 'Usage', tax: 'Tax', credit: 'Credit', adjustment: 'Refund' };
/** So many groups, and a page ends with the period that reached them. */
const PAGE_GROUPS = 500;
const DAY = /^\d{4}-\d{2}-\d{2}$/, SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

const invalid = (message: string): JsonError => new JsonError('ValidationException', message);

/** What a row is grouped and filtered by. */
const DIMENSIONS: Record<string, (row: WorldCharge) => string> = {
  SERVICE: ({ service }) => service, USAGE_TYPE: ({ sku, category }) => sku ?? RECORD_TYPES[category], RECORD_TYPE: ({ category }) => RECORD_TYPES[category],
  REGION: ({ region, category }) => region ?? (category === 'usage' ? 'global' : 'NoRegion'),
};

function dimension(key: string | undefined): (row: WorldCharge) => string {
  const read = Object.hasOwn(DIMENSIONS, key ?? '') ? DIMENSIONS[key ?? ''] : undefined;
  if (!read) throw invalid(`The cloud in a box knows the dimensions ${Object.keys(DIMENSIONS).join(', ')}, not ${String(key)}`);
  return read;
}

/** A filter as a test of a row. Exactly one operator stands in each expression. */
function holds(filter: Expression | undefined): (row: WorldCharge) => boolean {
  if (!filter) return () => true;
  const { And, Or, Not, Dimensions } = filter;
  if (Object.keys(filter).length !== 1) throw invalid('Expression must have exactly one operator');
  if (And || Or) {
    const parts = (And ?? Or ?? []).map(holds);
    if (parts.length < 2) throw invalid('And and Or take two expressions at least');
    return (row) => (And ? parts.every((part) => part(row)) : parts.some((part) => part(row)));
  }
  if (Not) {
    const part = holds(Not);
    return (row) => !part(row);
  }
  if (!Dimensions) throw invalid('The cloud in a box filters by dimensions only');
  const read = dimension(Dimensions.Key);
  return (row) => Dimensions.Values?.includes(read(row)) ?? false;
}

/** Times of a period: days, or seconds for hours. */
function spanOf({ Start = '', End = '' }: { Start?: string | undefined; End?: string | undefined }, granularity: Granularity): { from: number; to: number } {
  const pattern = granularity === 'hour' ? SECOND : DAY;
  if (![Start, End].every((time) => pattern.test(time) && !Number.isNaN(Date.parse(time)))) throw invalid(`Start and End must be ${granularity === 'hour' ? 'yyyy-MM-ddTHH:mm:ssZ' : 'yyyy-MM-dd'}`);
  const [from, to] = [Date.parse(Start), Date.parse(End)];
  if (from >= to) throw invalid('Start date (and hour) should be before end date (and hour)');
  return { from, to };
}

const METRICS: Record<string, (rows: WorldCharge[]) => { Amount: string; Unit: string }> = {
  UnblendedCost: (rows) => money(rows, ({ billedCost }) => billedCost), AmortizedCost: (rows) => money(rows, ({ effectiveCost }) => effectiveCost),
  UsageQuantity: (rows) => {
    const units = [...new Set(rows.map(({ usageUnit }) => usageUnit ?? 'N/A'))];
    return { Amount: sum(rows, ({ usageQuantity = 0 }) => usageQuantity), Unit: units.length === 1 ? (units[0] ?? 'N/A') : 'N/A' };
  },
};
const sum = (rows: WorldCharge[], read: (row: WorldCharge) => number): string => String(Number(rows.reduce((total, row) => total + read(row), 0).toFixed(10)));
const money = (rows: WorldCharge[], read: (row: WorldCharge) => number): { Amount: string; Unit: string } => ({ Amount: sum(rows, read), Unit: rows[0]?.currency ?? 'USD' });

function grouped(rows: WorldCharge[], by: GroupDefinition[], metrics: string[]): Group[] {
  const reads = by.map(({ Type, Key }) => {
    if (Type !== 'DIMENSION') throw invalid('The cloud in a box groups by dimensions only');
    return dimension(Key);
  });
  const groups = new Map<string, { Keys: string[]; rows: WorldCharge[] }>();
  for (const row of rows) {
    const Keys = reads.map((read) => read(row));
    const group = groups.get(Keys.join('\n')) ?? { Keys, rows: [] };
    group.rows.push(row);
    groups.set(Keys.join('\n'), group);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { Keys, rows: of }]) => ({ Keys, Metrics: metricsOf(of, metrics) }));
}

const metricsOf = (rows: WorldCharge[], metrics: string[]): Record<string, { Amount: string; Unit: string }> => Object.fromEntries(metrics.map((name) => [name, METRICS[name]?.(rows) ?? money(rows, () => 0)]));

const timeOf = (at: number, granularity: Granularity): string => new Date(at).toISOString().slice(0, granularity === 'hour' ? 19 : 10) + (granularity === 'hour' ? 'Z' : '');

const getCostAndUsage: JsonOperation = {
  method: 'charge.list',
  run(raw, { world, view }) {
    const { TimePeriod, Granularity: wanted = '', Filter, Metrics = [], GroupBy = [], NextPageToken } = raw as unknown as GetCostAndUsageRequest;
    const granularity = Object.hasOwn(GRANULARITIES, wanted) ? GRANULARITIES[wanted] : undefined;
    if (!granularity) throw invalid(`Granularity must be one of ${Object.keys(GRANULARITIES).join(', ')}`);
    const span = spanOf(TimePeriod ?? {}, granularity);
    const strange = Metrics.find((name) => !Object.hasOwn(METRICS, name));
    if (strange !== undefined || Metrics.length === 0) throw invalid(`The cloud in a box tells the metrics ${Object.keys(METRICS).join(', ')}`);
    if (GroupBy.length > 2) throw invalid('GroupBy takes two keys at most');
    const first = NextPageToken === undefined ? span.from : Number(Buffer.from(NextPageToken, 'base64url').toString('utf8') || NaN);
    if (!(first >= span.from && first < span.to)) throw new JsonError('InvalidNextTokenException', 'The pagination token is invalid. Try again without a pagination token.');
    const fits = holds(Filter);
    const bill = view.bill(world.date());
    const results = [];
    let groups = 0;
    for (const begin of bill.periods(first, span.to, granularity)) {
      if (groups >= PAGE_GROUPS) return { GroupDefinitions: GroupBy, ResultsByTime: results, NextPageToken: Buffer.from(String(begin)).toString('base64url') };
      const all = bill.rows(begin, granularity);
      const rows = all.filter(fits);
      const Groups = GroupBy.length > 0 ? grouped(rows, GroupBy, Metrics) : [];
      groups += Groups.length;
      results.push({ TimePeriod: { Start: timeOf(begin, granularity), End: timeOf(all[0]?.to ?? nextOf(begin, granularity), granularity) }, Total: GroupBy.length > 0 ? {} : metricsOf(rows, Metrics), Groups, Estimated: rows.some(({ estimated }) => estimated) });
    }
    return { ...(GroupBy.length > 0 && { GroupDefinitions: GroupBy }), ResultsByTime: results };
  },
};

const nextOf = (begin: number, granularity: Granularity): number =>
  granularity === 'month' ? Date.UTC(new Date(begin).getUTCFullYear(), new Date(begin).getUTCMonth() + 1) : begin + (granularity === 'day' ? 86_400_000 : 3_600_000);

const getDimensionValues: JsonOperation = {
  method: 'charge.list',
  run(raw, { world, view }) {
    const { TimePeriod, Dimension, SearchString = '' } = raw as unknown as GetDimensionValuesRequest;
    const { from, to } = spanOf(TimePeriod ?? {}, 'day');
    const values = valuesOf(view, dimension(Dimension), from, to, world.date()).filter((value) => value.includes(SearchString));
    return { DimensionValues: values.map((Value) => ({ Value, Attributes: {} })), ReturnSize: values.length, TotalSize: values.length };
  },
};

function valuesOf(view: RegionView, read: (row: WorldCharge) => string, from: number, to: number, asOf: number): string[] {
  const bill = view.bill(asOf);
  return [...new Set(bill.periods(from, to, 'day').flatMap((begin) => bill.rows(begin, 'day').map(read)))].sort();
}

/** Cost Explorer: the account's bill as the world knows it now. */
export const costService = (model: Model): Service => jsonService({
  name: 'ce', target: 'AWSInsightsIndexService', throttled: 'LimitExceededException', invalid: 'ValidationException', model, operations: { GetCostAndUsage: getCostAndUsage, GetDimensionValues: getDimensionValues },
});
