import type { Charge } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { present, tagOf, tagsOf } from './map.js';

type Granularity = 'hour' | 'day' | 'month';
/** Where each value stands in a row. */
export interface Columns { at: Record<Field, number>; tags: { index: number; key: string }[]; tagMaps: number[]; product: number }

/**
 * What is read of a row, by its column in a legacy report and in CUR 2.0.
 * Sources: "Cost and Usage Report data dictionary" and "Cost and Usage Report (CUR) 2.0" of the AWS Data Exports user guide.
 */
const FIELDS = {
  type: ['lineItem/LineItemType', 'line_item_line_item_type'],
  start: ['lineItem/UsageStartDate', 'line_item_usage_start_date'],
  periodStart: ['bill/BillingPeriodStartDate', 'bill_billing_period_start_date'],
  periodEnd: ['bill/BillingPeriodEndDate', 'bill_billing_period_end_date'],
  invoice: ['bill/InvoiceId', 'bill_invoice_id'],
  productCode: ['lineItem/ProductCode', 'line_item_product_code'],
  productName: ['product/ProductName', 'product_product_name'],
  region: ['product/regionCode', 'product_region_code'],
  regionBefore: ['product/region', 'product_region'],
  resource: ['lineItem/ResourceId', 'line_item_resource_id'],
  usageType: ['lineItem/UsageType', 'line_item_usage_type'],
  usage: ['lineItem/UsageAmount', 'line_item_usage_amount'],
  unit: ['pricing/unit', 'pricing_unit'],
  currency: ['lineItem/CurrencyCode', 'line_item_currency_code'],
  cost: ['lineItem/UnblendedCost', 'line_item_unblended_cost'],
  reservationArn: ['reservation/ReservationARN', 'reservation_reservation_a_r_n'],
  reservationCost: ['reservation/EffectiveCost', 'reservation_effective_cost'],
  reservationUnusedUpfront: ['reservation/UnusedAmortizedUpfrontFeeForBillingPeriod', 'reservation_unused_amortized_upfront_fee_for_billing_period'],
  reservationUnusedRecurring: ['reservation/UnusedRecurringFee', 'reservation_unused_recurring_fee'],
  planCost: ['savingsPlan/SavingsPlanEffectiveCost', 'savings_plan_savings_plan_effective_cost'],
  planCommitted: ['savingsPlan/TotalCommitmentToDate', 'savings_plan_total_commitment_to_date'],
  planUsed: ['savingsPlan/UsedCommitment', 'savings_plan_used_commitment'],
} as const;
type Field = keyof typeof FIELDS;
const NEEDED: Field[] = ['type', 'start', 'productCode', 'usageType', 'usage', 'currency', 'cost'];

/** @throws DriverError UNSUPPORTED where these are no columns of such a report. */
export function columnsOf(header: readonly string[]): Columns {
  const names = header.map((name, index) => (index === 0 ? name.replace(/^\uFEFF/, '') : name));
  const at = Object.fromEntries(Object.entries(FIELDS).map(([field, [legacy, current]]) => [field, Math.max(names.indexOf(legacy), names.indexOf(current))])) as Record<Field, number>;
  const lacking = NEEDED.filter((field) => at[field] < 0);
  if (lacking.length > 0) throw new DriverError('UNSUPPORTED', `The billing export has no column ${lacking.map((field) => FIELDS[field][1]).join(', ')}: it is neither a Cost and Usage Report nor CUR 2.0 with all that is needed.`, { field: 'billingExport' });
  const tags = names.flatMap((name, index) => (/^resourceTags\//.test(name) ? [{ index, key: name.slice('resourceTags/'.length) }] : []));
  return { at, tags, tagMaps: ['resource_tags', 'tags'].map((name) => names.indexOf(name)).filter((index) => index >= 0), product: names.indexOf('product') };
}

/** Types of line items that no pattern tells: discounts that stand in rows of their own, and the other half of what savings plans cover. */
const CATEGORIES: [pattern: RegExp, category: Charge['category']][] = [[/^(Usage|DiscountedUsage|SavingsPlanCoveredUsage)$/, 'usage'], [/Tax$/, 'tax'], [/^(Credit|Refund)$|Discount$/, 'credit'], [/Fee$/, 'purchase']];

const LENGTHS: Record<Exclude<Granularity, 'month'>, number> = { hour: 3_600_000, day: 86_400_000 };
/** Beginning and end of the period that a time falls in. */
function periodOf(time: number, granularity: Granularity): [from: number, to: number] {
  if (granularity === 'month') {
    const day = new Date(time);
    return [Date.UTC(day.getUTCFullYear(), day.getUTCMonth()), Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1)];
  }
  const from = Math.floor(time / LENGTHS[granularity]) * LENGTHS[granularity];
  return [from, from + LENGTHS[granularity]];
}

/** CUR 2.0 in CSV writes times as `2026-01-01 00:00:00.000` too. */
const timeOf = (text: string): number => Date.parse(/^\d{4}-\d\d-\d\d \d/.test(text) ? `${text.replace(' ', 'T').replace(/(Z| UTC)?$/, '')}Z` : text);

/**
 * One row as a charge of the period that it begins in, or nothing where it is not within the time that was asked, or costs and measures nothing.
 * What a bill holds of an earlier month, such as a late refund, is charged to the first day of the bill, so that no month loses it.
 */
export function chargeOf(row: readonly string[], columns: Columns, asked: { from: number; to: number; granularity: Granularity }): Charge | undefined {
  const value = (field: Field): string => row[columns.at[field]] ?? '';
  const number = (field: Field): number | undefined => (value(field) === '' || !Number.isFinite(Number(value(field))) ? undefined : Number(value(field)));
  const [first, last] = [timeOf(value('periodStart')), timeOf(value('periodEnd'))];
  const start = timeOf(value('start'));
  const begins = Number.isNaN(start) || start < first || start >= last ? first : start;
  if (Number.isNaN(begins)) return undefined;
  const [from, to] = periodOf(begins, asked.granularity);
  if (from < asked.from || from >= asked.to) return undefined;
  const type = value('type');
  const billedCost = number('cost') ?? 0, usageQuantity = number('usage') ?? 0, effectiveCost = effectiveCostOf(type, billedCost, value, number);
  if (billedCost === 0 && (effectiveCost ?? 0) === 0 && usageQuantity === 0) return undefined;
  const category = CATEGORIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'adjustment';
  const product = mapOf(row[columns.product]);
  const tags = tagsOfRow(row, columns).map(([Key, Value]) => ({ Key, Value }));
  const region = value('region') || value('regionBefore');
  return {
    from: new Date(from).toISOString(), to: new Date(to).toISOString(), billedCost, currency: value('currency') || 'USD', category, service: value('productName') || product.product_name || value('productCode') || 'AWS',
    tags: tagsOf(tags), estimated: value('invoice') === '',
    ...present({
      effectiveCost, region: /-\d+$/.test(region) ? region : undefined, resourceId: idOf(value('resource')) || undefined, resourceName: tagOf(tags, 'Name') || undefined, sku: value('usageType') || undefined,
      ...(category === 'usage' && { usageQuantity, usageUnit: value('unit') || undefined }),
    }),
  };
}

/** The cost with prepaid parts spread over their term, as AWS's library of queries amortizes it; nothing where the report lacks what is needed. */
function effectiveCostOf(type: string, billed: number, value: (field: Field) => string, number: (field: Field) => number | undefined): number | undefined {
  const both = (one: Field, other: Field, join: (a: number, b: number) => number): number | undefined => {
    const [a, b] = [number(one), number(other)];
    return a === undefined || b === undefined ? undefined : join(a, b);
  };
  switch (type) {
    case 'DiscountedUsage': return number('reservationCost');
    case 'SavingsPlanCoveredUsage': return number('planCost');
    case 'SavingsPlanNegation': case 'SavingsPlanUpfrontFee': return 0;
    case 'SavingsPlanRecurringFee': return both('planCommitted', 'planUsed', (committed, used) => committed - used);
    case 'RIFee': return both('reservationUnusedUpfront', 'reservationUnusedRecurring', (upfront, recurring) => upfront + recurring);
    case 'Fee': return value('reservationArn') === '' ? billed : 0;
    default: return billed;
  }
}

/** A map column of CUR 2.0 is JSON within CSV. */
function mapOf(text: string | undefined): Record<string, string> {
  if (!text?.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Tags that users set; those of AWS itself (`aws:createdBy`) and of whole accounts are none of the resource's own. */
function tagsOfRow(row: readonly string[], { tags, tagMaps }: Columns): [key: string, value: string][] {
  const pairs = [...tags.map(({ index, key }): [string, string] => [key, row[index] ?? '']), ...tagMaps.flatMap((index) => Object.entries(mapOf(row[index])))];
  return pairs.flatMap(([name, text]): [string, string][] => {
    const key = /^(?:resourceTags\/)?user[:_](.+)$/.exec(name)?.[1] ?? /^resourceTags\/(?!aws:)(.+)$/.exec(name)?.[1];
    if (key === undefined || text === '') return [];
    // CUR 2.0 writes keys in snake case, so that only those that we know can be given back as they were.
    return [[key === 'name' && name.startsWith('user_') ? 'Name' : /^mcmp_/.test(key) ? key.replaceAll('_', '-') : key, text]];
  });
}

/** Kinds that AWS bills by ARN and whose id is its last part; a load balancer's is the ARN itself. */
const LAST_PART = /^arn:[\w-]+:(?:ec2:[^:]*:[^:]*:[\w-]+\/|eks:[^:]*:[^:]*:cluster\/|elasticfilesystem:[^:]*:[^:]*:file-system\/|route53:[^:]*:[^:]*:hostedzone\/|rds:[^:]*:[^:]*:db:|sqs:[^:]*:[^:]*:|s3:[^:]*:[^:]*:)([^/]+)$/;
const idOf = (resource: string): string => LAST_PART.exec(resource)?.[1] ?? resource;

/** Charges that are alike but for their amounts. */
const alike = ({ billedCost: _billed, effectiveCost: _effective, usageQuantity: _quantity, ...rest }: Charge): string => JSON.stringify(rest);
const sum = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined && other === undefined ? undefined : Number(((one ?? 0) + (other ?? 0)).toFixed(10)));

/** Adds charges up that are alike, such as the hours of a day, in the order in which the first of each came. */
export class Sums {
  readonly #byKey = new Map<string, Charge>();

  get size(): number {
    return this.#byKey.size;
  }

  add(charge: Charge): void {
    const key = alike(charge);
    const there = this.#byKey.get(key);
    this.#byKey.set(key, there ? { ...there, billedCost: sum(there.billedCost, charge.billedCost)!, ...present({ effectiveCost: sum(there.effectiveCost, charge.effectiveCost), usageQuantity: sum(there.usageQuantity, charge.usageQuantity) }) } : charge);
  }

  /** All of them; none are left. */
  take(): Charge[] {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    return all;
  }
}
