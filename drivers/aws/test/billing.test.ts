import { describe, expect, it } from '@jest/globals';
import { rowsOf } from '../src/billing-csv.js';
import { monthsOf, placeOf } from '../src/billing-report.js';
import { Sums, chargeOf, columnsOf } from '../src/billing-row.js';

async function* pieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}
async function all(text: string, length: number, skip = 0): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const row of rowsOf(pieces(text, length), skip)) rows.push(row);
  return rows;
}

describe('rows of CSV', () => {
  const text = 'a,b,c\r\n1,"two, ""2""",3\n\n"line\nbreak",,""\n,,\nlast,"",x';
  const rows = [['a', 'b', 'c'], ['1', 'two, "2"', '3'], ['line\nbreak', '', ''], ['', '', ''], ['last', '', 'x']];
  it.each([1, 2, 3, 7, 1000])('are the same in pieces of %i', async (length) => expect(await all(text, length)).toEqual(rows));
  it.each([0, 1, 2, 4, 9])('begin after the %ith one, the header always first', async (skip) => expect(await all(text, 5, skip)).toEqual([rows[0], ...rows.slice(1 + skip)]));
  it('are read no further than somebody asks', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        given += 1;
        yield 'x,y\n'.repeat(10);
      }
    }
    let taken = 0;
    for await (const row of rowsOf(endless())) if ((taken += row.length) >= 50) break;
    expect(given).toBe(3);
  });
  it('end where a quote is never closed', async () => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield `"${'x'.repeat(1_000_000)}`.slice(0, 1_000_000).replace(/"$/, '');
    }
    await expect((async () => { for await (const row of rowsOf(endless())) expect(row).toBeUndefined(); })()).rejects.toThrow('a row of more than');
  });
});

/** A row of a legacy report, by its columns. */
const PERIOD = { 'bill/BillingPeriodStartDate': '2026-01-01T00:00:00Z', 'bill/BillingPeriodEndDate': '2026-02-01T00:00:00Z' };
const USAGE = { ...PERIOD, 'bill/InvoiceId': '', 'lineItem/LineItemType': 'Usage', 'lineItem/UsageStartDate': '2026-01-05T03:00:00Z', 'lineItem/ProductCode': 'AmazonEC2', 'lineItem/UsageType': 'APN2-BoxUsage:m5.large', 'lineItem/UsageAmount': '1', 'lineItem/CurrencyCode': 'USD', 'lineItem/UnblendedCost': '0.118', 'lineItem/ResourceId': 'i-0abc', 'product/ProductName': 'Amazon Elastic Compute Cloud', 'product/region': 'ap-northeast-2', 'pricing/unit': 'Hrs' };
const january = { from: Date.UTC(2026, 0), to: Date.UTC(2026, 1), granularity: 'day' as const };
const read = (row: Record<string, string>, asked: Parameters<typeof chargeOf>[2] = january) => chargeOf(Object.values(row), columnsOf(Object.keys(row)), asked);

describe('rows of a bill', () => {
  it('tell what was used of what, where, for whom', () => {
    expect(read({ ...USAGE, 'resourceTags/user:Name': 'web-1', 'resourceTags/user:mcmp-project': 'p1', 'resourceTags/aws:createdBy': 'Root', 'resourceTags/user:team': '' })).toStrictEqual({
      from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z', billedCost: 0.118, effectiveCost: 0.118, currency: 'USD', category: 'usage', service: 'Amazon Elastic Compute Cloud', region: 'ap-northeast-2', resourceId: 'i-0abc',
      resourceName: 'web-1', sku: 'APN2-BoxUsage:m5.large', usageQuantity: 1, usageUnit: 'Hrs', tags: { 'mcmp-project': 'p1' }, estimated: true,
    });
  });
  it('are the same in the columns of CUR 2.0', () => {
    expect(read({
      bill_billing_period_start_date: '2026-01-01T00:00:00.000Z', bill_billing_period_end_date: '2026-02-01 00:00:00.000', bill_invoice_id: '42', line_item_line_item_type: 'Usage', line_item_usage_start_date: '2026-01-05 03:00:00.000', line_item_product_code: 'AmazonEC2',
      line_item_usage_type: 'APN2-BoxUsage:m5.large', line_item_usage_amount: '1.0', line_item_currency_code: 'USD', line_item_unblended_cost: '0.118', line_item_resource_id: 'i-0abc', product: '{"product_name":"Amazon Elastic Compute Cloud"}', product_region_code: 'ap-northeast-2', pricing_unit: 'Hrs',
      resource_tags: '{"user_name":"web-1","user_mcmp_project":"p1","aws_created_by":"Root","user_team":"a"}',
    })).toMatchObject({ from: '2026-01-05T00:00:00.000Z', billedCost: 0.118, service: 'Amazon Elastic Compute Cloud', region: 'ap-northeast-2', resourceId: 'i-0abc', resourceName: 'web-1', tags: { 'mcmp-project': 'p1', team: 'a' }, estimated: false });
  });
  it.each([
    ['hour', '2026-01-05T03:00:00.000Z', '2026-01-05T04:00:00.000Z'], ['day', '2026-01-05T00:00:00.000Z', '2026-01-06T00:00:00.000Z'], ['month', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  ] as const)('fall into the %s in which they begin', (granularity, from, to) => expect(read(USAGE, { ...january, granularity })).toMatchObject({ from, to }));
  it.each([
    ['before', Date.UTC(2026, 0, 6), Date.UTC(2026, 1)], ['after', Date.UTC(2026, 0), Date.UTC(2026, 0, 5)],
  ])('of a day %s the time that was asked are left out', (_where, from, to) => expect(read(USAGE, { ...january, from, to })).toBeUndefined());
  it('of an earlier month, such as a late refund, count on the first day of their bill', () => {
    expect(read({ ...USAGE, 'lineItem/LineItemType': 'Refund', 'lineItem/UsageStartDate': '2025-11-03T00:00:00Z', 'lineItem/UnblendedCost': '-2' })).toMatchObject({ from: '2026-01-01T00:00:00.000Z', billedCost: -2, category: 'credit' });
  });
  it.each([
    ['Usage', {}, 'usage', 0.118], ['DiscountedUsage', { 'reservation/EffectiveCost': '0.07' }, 'usage', 0.07], ['SavingsPlanCoveredUsage', { 'savingsPlan/SavingsPlanEffectiveCost': '0.08' }, 'usage', 0.08], ['SavingsPlanNegation', {}, 'adjustment', 0],
    ['SavingsPlanUpfrontFee', {}, 'purchase', 0], ['SavingsPlanRecurringFee', { 'savingsPlan/TotalCommitmentToDate': '10', 'savingsPlan/UsedCommitment': '7.5' }, 'purchase', 2.5],
    ['RIFee', { 'reservation/UnusedAmortizedUpfrontFeeForBillingPeriod': '1', 'reservation/UnusedRecurringFee': '0.5' }, 'purchase', 1.5], ['Fee', { 'reservation/ReservationARN': '' }, 'purchase', 0.118], ['Fee', { 'reservation/ReservationARN': 'arn:aws:ec2:x' }, 'purchase', 0],
    ['Tax', {}, 'tax', 0.118], ['Credit', {}, 'credit', 0.118], ['BundledDiscount', {}, 'credit', 0.118], ['EdpDiscount', {}, 'credit', 0.118], ['DiscountedUsage', {}, 'usage', undefined],
  ])('of type %s with %j are %s that cost %p in effect', (type, more, category, effectiveCost) => {
    const charge = read({ ...USAGE, 'lineItem/LineItemType': type, ...more });
    expect([charge?.category, charge?.effectiveCost]).toEqual([category, effectiveCost]);
  });
  it('that cost and measure nothing are left out', () => expect(read({ ...USAGE, 'lineItem/UnblendedCost': '0', 'lineItem/UsageAmount': '0' })).toBeUndefined());
  it.each([
    ['arn:aws:rds:ap-northeast-2:123456789012:db:orders', 'orders'], ['arn:aws:ec2:ap-northeast-2:123456789012:natgateway/nat-0a', 'nat-0a'], ['arn:aws:eks:ap-northeast-2:123456789012:cluster/kube', 'kube'], ['arn:aws:sqs:ap-northeast-2:123456789012:jobs', 'jobs'],
    ['arn:aws:elasticfilesystem:ap-northeast-2:123456789012:file-system/fs-1', 'fs-1'], ['arn:aws:route53:::hostedzone/Z1', 'Z1'], ['arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/web/1a', 'arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/web/1a'], ['a-bucket', 'a-bucket'],
  ])('name %s as %s, by which the driver knows it', (ResourceId, id) => expect(read({ ...USAGE, 'lineItem/ResourceId': ResourceId })?.resourceId).toBe(id));
  it('without the columns that are needed are refused with the first of them', () => expect(() => columnsOf(['BilledCost', 'EffectiveCost'])).toThrow(/no column line_item_line_item_type, .*line_item_unblended_cost/));
  it('that are alike are added up, without the dust of binary numbers', () => {
    const sums = new Sums();
    for (const cost of ['0.1', '0.2']) sums.add(read({ ...USAGE, 'lineItem/UnblendedCost': cost })!);
    sums.add(read({ ...USAGE, 'lineItem/ResourceId': 'i-other' })!);
    expect(sums.take()).toMatchObject([{ resourceId: 'i-0abc', billedCost: 0.3, effectiveCost: 0.3, usageQuantity: 2 }, { resourceId: 'i-other', billedCost: 0.118 }]);
    expect(sums.take()).toEqual([]);
  });
});

describe('where bills are', () => {
  it.each([['s3://bills/cur/report', 'cur/report'], ['s3://bills/report/', 'report']])('%s', (option, folder) => expect(placeOf(option)).toEqual({ bucket: 'bills', folder }));
  it.each([
    ['2026-01-01', '2026-02-01', ['2026-01']], ['2026-01-31T23:00:00Z', '2026-02-01T01:00:00Z', ['2026-01', '2026-02']], ['2025-11-15', '2026-02-01', ['2025-11', '2025-12', '2026-01']],
  ])('of %s to %s are those of %j', (from, to, months) => expect(monthsOf(Date.parse(from), Date.parse(to))).toEqual(months));
});
