import type { GetCostAndUsageCommandInput, Group, ResultByTime } from '@aws-sdk/client-cost-explorer';
import type { Charge, ChargeHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { BillingExport } from './billing-export.js';
import type { Aws, Service } from './client.js';
import { present } from './map.js';
import { type ApiPage, readPage } from './pages.js';

type Ce = Service<'ce'>;
type Request = Parameters<ChargeHandlers['list']>[0];

const GRANULARITIES = { hour: 'HOURLY', day: 'DAILY', month: 'MONTHLY' } as const;
/** Record types whose cost comes from using something in a region. */
const USAGE = ['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage'];
/** Stands for all other record types, which have no region: taxes, credits, fees. */
const REST = '';
const CATEGORIES: [pattern: RegExp, category: Charge['category']][] = [[/tax/i, 'tax'], [/credit|refund|discount/i, 'credit'], [/fee|upfront|recurring|support/i, 'purchase'], [/usage/i, 'usage']];

/** Where a list goes on: the parts still to read, the first being read, and Cost Explorer's own token in it. */
interface Place { parts: string[]; token?: string }

/** Charges of the billing export where the connection names one, else of Cost Explorer. */
export const charges = (aws: Aws): ChargeHandlers => {
  const { billingExport } = aws.input.options;
  return billingExport ? exported(aws, billingExport) : explored(aws);
};

function exported(aws: Aws, option: string): ChargeHandlers {
  let reports: BillingExport | undefined;
  return { list: async (request, signal) => (reports ??= new BillingExport(aws, option)).list(request, signal) };
}

/**
 * Costs of Cost Explorer by service and usage type of each region, then taxes, credits and fees by service. Cost Explorer groups by two things at most, so each region with costs is a question of its own,
 * and each question costs 0.01 USD. Resources and tags are not told: those are in billing exports only.
 */
function explored(aws: Aws): ChargeHandlers {
  return {
    async list({ region: _region, ...request }, signal) {
      const ce = await aws.service('ce', aws.homeRegion, signal);
      const TimePeriod = { Start: edge(request.from, request.granularity), End: edge(request.to, request.granularity) };
      if (TimePeriod.Start >= TimePeriod.End) throw new DriverError('INVALID_REQUEST', `Cost Explorer tells whole ${request.granularity}s: from ${request.from} to ${request.to} holds none.`, { field: 'to' });
      return readPage(request, [1, 1000], async ({ NextToken }) => {
        const place = NextToken === undefined ? { parts: [...(await regionsOf(ce, TimePeriod)), REST] } : (JSON.parse(NextToken) as Place);
        return partOf(ce, request, TimePeriod, place);
      });
    },
  };
}

/** Cost Explorer takes days, and times for hours only. A charge belongs to the period that it begins in, so that both edges are rounded up. */
function edge(time: string, granularity: Request['granularity']): string {
  const at = Date.parse(time);
  if (granularity === 'hour') return `${new Date(Math.ceil(at / 3_600_000) * 3_600_000).toISOString().slice(0, 19)}Z`;
  if (granularity === 'day') return new Date(Math.ceil(at / 86_400_000) * 86_400_000).toISOString().slice(0, 10);
  const day = new Date(at);
  const begin = Date.UTC(day.getUTCFullYear(), day.getUTCMonth());
  return new Date(begin === at ? at : Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1)).toISOString().slice(0, 10);
}

async function regionsOf(ce: Ce, TimePeriod: { Start: string; End: string }): Promise<string[]> {
  const days = { Start: TimePeriod.Start.slice(0, 10), End: TimePeriod.End.length > 10 ? new Date(Date.parse(TimePeriod.End) + 86_399_999).toISOString().slice(0, 10) : TimePeriod.End };
  const { DimensionValues = [] } = await ce.send(new ce.GetDimensionValuesCommand({ Dimension: 'REGION', TimePeriod: days }));
  return DimensionValues.flatMap(({ Value }) => Value ?? []).sort();
}

async function partOf(ce: Ce, { granularity }: Request | Pick<Request, 'granularity'>, TimePeriod: { Start: string; End: string }, { parts, token }: Place): Promise<ApiPage<Charge>> {
  const [part = REST, ...others] = parts;
  const usage = { Dimensions: { Key: 'RECORD_TYPE' as const, Values: USAGE } };
  const Filter: GetCostAndUsageCommandInput['Filter'] = part === REST ? { Not: usage } : { And: [{ Dimensions: { Key: 'REGION', Values: [part] } }, usage] };
  const { ResultsByTime = [], NextPageToken } = await ce.send(new ce.GetCostAndUsageCommand({
    TimePeriod, Granularity: GRANULARITIES[granularity], Metrics: ['UnblendedCost', 'AmortizedCost', 'UsageQuantity'], Filter,
    GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }, { Type: 'DIMENSION', Key: part === REST ? 'RECORD_TYPE' : 'USAGE_TYPE' }], ...present({ NextPageToken: token }),
  }));
  const items = ResultsByTime.flatMap((result) => (result.Groups ?? []).flatMap((group) => toCharge(result, group, part)));
  const next: Place | undefined = NextPageToken ? { parts, token: NextPageToken } : others.length > 0 ? { parts: others } : undefined;
  return { items, ...(next && { next: JSON.stringify(next) }) };
}

const iso = (time = ''): string => new Date(time).toISOString();

/** @param region the region that was asked, in Cost Explorer's words; without one the second key is the record type. */
export function toCharge({ TimePeriod, Estimated }: ResultByTime, { Keys = [], Metrics = {} }: Group, region: string): Charge[] {
  const [service = '', second = ''] = Keys;
  const { UnblendedCost, AmortizedCost, UsageQuantity } = Metrics;
  const billedCost = Number(UnblendedCost?.Amount ?? 0), effectiveCost = Number(AmortizedCost?.Amount ?? 0), quantity = Number(UsageQuantity?.Amount ?? 0);
  if (billedCost === 0 && effectiveCost === 0 && quantity === 0) return [];
  const used = region !== REST;
  return [{
    from: iso(TimePeriod?.Start), to: iso(TimePeriod?.End), billedCost, effectiveCost, currency: UnblendedCost?.Unit ?? 'USD', category: used ? 'usage' : (CATEGORIES.find(([pattern]) => pattern.test(second))?.[1] ?? 'adjustment'), service,
    ...(used && { sku: second, usageQuantity: quantity, ...(UsageQuantity?.Unit && UsageQuantity.Unit !== 'N/A' && { usageUnit: UsageQuantity.Unit }) }), ...(used && /-\d$/.test(region) && { region }), tags: {}, estimated: Estimated ?? false,
  }];
}
