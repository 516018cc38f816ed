import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Charge, Manifest } from '@mcmp/driver-sdk';
import { ALL_CHECKS, describeDriver } from '@mcmp/driver-sdk/testing';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import driver from '../src/index.js';
import { startProxy } from './moto-proxy.js';
import { motoInput } from './moto-stage.js';
import { motoNeeded, motoServer, startMoto } from './moto.js';
import { type Connected, connectTo, credential, region, signal } from './session.js';

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;
const manifest = JSON.parse(readFileSync(new URL('../driver.json', import.meta.url), 'utf8')) as Manifest;
const BUCKET = 'the-bills';

const LEGACY = ['identity/LineItemId', 'bill/InvoiceId', 'bill/BillingPeriodStartDate', 'bill/BillingPeriodEndDate', 'lineItem/LineItemType', 'lineItem/UsageStartDate', 'lineItem/UsageEndDate', 'lineItem/ProductCode', 'lineItem/UsageType', 'lineItem/ResourceId', 'lineItem/UsageAmount', 'lineItem/CurrencyCode', 'lineItem/UnblendedCost', 'lineItem/LineItemDescription', 'product/ProductName', 'product/region', 'pricing/unit', 'resourceTags/user:mcmp-project'];
const CURRENT = ['identity_line_item_id', 'bill_invoice_id', 'bill_billing_period_start_date', 'bill_billing_period_end_date', 'line_item_line_item_type', 'line_item_usage_start_date', 'line_item_usage_end_date', 'line_item_product_code', 'line_item_usage_type', 'line_item_resource_id', 'line_item_usage_amount', 'line_item_currency_code', 'line_item_unblended_cost', 'line_item_line_item_description', 'product', 'product_region_code', 'pricing_unit', 'resource_tags'];
const first = (month: string, more = 0): Date => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + more));
/** One hour of one VM in a bill of a month. */
const hour = (columns: string[], month: string, at: string, vm: string, cost: number): string => [
  'x', '', first(month).toISOString(), first(month, 1).toISOString(), 'Usage', at, '', 'AmazonEC2', 'BoxUsage:t3.small', vm, '1', 'USD', String(cost), '"$0.02, ""On Demand"" Linux"', columns === LEGACY ? '"Elastic, Compute"' : '"{""product_name"":""Elastic, Compute""}"', region, 'Hrs', columns === LEGACY ? 'p1' : '"{""user_mcmp_project"":""p1""}"',
].join(',');
const days = (from: Date, to: Date): string => `${from.toISOString().slice(0, 10)}-${to.toISOString().slice(0, 10)}`.replace(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3');

run('bills in S3, against moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let s3: S3Client;
  const open: Connected[] = [];
  const connect = async (folder: string): Promise<Connected> => {
    const cloud = await connectTo(proxy.url, { billingExport: `s3://${BUCKET}/${folder}` });
    open.push(cloud);
    return cloud;
  };
  const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  const file = (Key: string, columns: string[], rows: string[]) => put(Key, gzipSync([columns.join(','), ...rows].join('\n')));
  /** A delivery of a legacy report that keeps the earlier ones. */
  async function deliver(report: string, month: string, assemblyId: string, parts: string[][]): Promise<void> {
    const folder = `cur/${report}/${days(first(month), first(month, 1))}`;
    const reportKeys = parts.map((_, index) => `${folder}/${assemblyId}/${report}-${index + 1}.csv.gz`);
    for (const [index, rows] of parts.entries()) await file(reportKeys[index]!, LEGACY, rows);
    const text = JSON.stringify({ assemblyId, account: '123456789012', charset: 'UTF-8', compression: 'GZIP', contentType: 'text/csv', reportName: report, bucket: BUCKET, reportKeys });
    for (const key of [`${folder}/${assemblyId}/${report}-Manifest.json`, `${folder}/${report}-Manifest.json`]) await put(key, text);
  }
  async function read(cloud: Connected, from: string, to: string, granularity: 'hour' | 'day' | 'month' = 'day', pageSize = 1000): Promise<Charge[]> {
    const items: Charge[] = [];
    for (let pageToken: string | undefined, pages = 0; pages === 0 || pageToken !== undefined; pages += 1) {
      const page = await cloud.charge.list({ region, from, to, granularity, pageSize, ...(pageToken !== undefined && { pageToken }) }, signal());
      expect(page.items.length).toBeLessThanOrEqual(pageSize);
      items.push(...page.items);
      pageToken = page.nextPageToken;
    }
    return items;
  }
  const short = (rows: Charge[]) => rows.map(({ from, resourceId, billedCost, tags }) => [from.slice(0, 10), resourceId, billedCost, tags['mcmp-project']]);
  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startProxy(moto.url, () => undefined);
    s3 = new S3Client({ region, endpoint: moto.url, forcePathStyle: true, credentials: credential });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: region } }));
  });
  beforeEach(() => {
    proxy.paths.length = 0;
  });
  afterAll(async () => {
    for (const cloud of open) await cloud.close?.();
    s3?.destroy();
    await proxy?.close();
    await moto?.close();
  });

  it('are the files of the newest delivery of each month, hours added up to days', async () => {
    const at = (day: number, time: number): string => new Date(Date.UTC(2026, 0, day, time)).toISOString();
    await deliver('main', '2026-01', 'aaaa', [[hour(LEGACY, '2026-01', at(1, 0), 'i-old', 99)]]);
    await deliver('main', '2026-01', 'bbbb', [[hour(LEGACY, '2026-01', at(1, 0), 'i-1', 0.1), hour(LEGACY, '2026-01', at(1, 1), 'i-1', 0.2), hour(LEGACY, '2026-01', at(2, 0), 'i-1', 0.4)], [hour(LEGACY, '2026-01', at(1, 5), 'i-2', 1)]]);
    await deliver('main', '2026-02', 'cccc', [[hour(LEGACY, '2026-02', '2026-02-01T00:00:00Z', 'i-1', 8)]]);
    const cloud = await connect('cur/main');
    const rows = await read(cloud, '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z');
    expect(short(rows)).toEqual([['2026-01-01', 'i-1', 0.3, 'p1'], ['2026-01-02', 'i-1', 0.4, 'p1'], ['2026-01-01', 'i-2', 1, 'p1'], ['2026-02-01', 'i-1', 8, 'p1']]);
    expect(rows[0]).toMatchObject({ service: 'Elastic, Compute', sku: 'BoxUsage:t3.small', usageQuantity: 2, usageUnit: 'Hrs', region, estimated: true });
    for (const pageSize of [1, 2, 3]) expect(await read(cloud, '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z', 'day', pageSize)).toEqual(rows);
    expect(short(await read(cloud, '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'))).toEqual([['2026-01-02', 'i-1', 0.4, 'p1']]);
    expect(await read(cloud, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'hour')).toHaveLength(3);
    expect(short(await read(cloud, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 'month'))).toEqual([['2026-01-01', 'i-1', 0.7, 'p1'], ['2026-01-01', 'i-2', 1, 'p1']]);
    expect(await read(cloud, '2026-05-01T00:00:00Z', '2026-06-01T00:00:00Z')).toEqual([]);
    expect(proxy.paths.filter((path) => path.includes('aaaa'))).toEqual([]);
  });

  it('may be a data export of CUR 2.0', async () => {
    const folder = 'exports/current';
    const keys = [1, 2].map((part) => `${folder}/data/BILLING_PERIOD=2026-03/current-0000${part}.csv.gz`);
    for (const [index, key] of keys.entries()) await file(key, CURRENT, [hour(CURRENT, '2026-03', '2026-03-04 05:00:00.000', `i-${index + 1}`, 0.5)]);
    await put(`${folder}/metadata/BILLING_PERIOD=2026-03/current-Manifest.json`, JSON.stringify({ executionId: 'e1', dataFiles: keys.map((key) => `s3://${BUCKET}/${key}`) }));
    expect(short(await read(await connect(folder), '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'))).toEqual([['2026-03-04', 'i-1', 0.5, 'p1'], ['2026-03-04', 'i-2', 0.5, 'p1']]);
  });

  it('are read once from page to page, and by another process from where a page token says', async () => {
    await deliver('large', '2026-01', 'dddd', [Array.from({ length: 20_000 }, (_, index) => hour(LEGACY, '2026-01', '2026-01-09T00:00:00Z', `i-${index}`, 1))]);
    const request = { region, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', granularity: 'day' as const, pageSize: 1000 };
    const cloud = await connect('cur/large');
    const tokens: string[] = [];
    const ids: (string | undefined)[] = [];
    for (let pageToken: string | undefined, pages = 0; pages === 0 || pageToken !== undefined; pages += 1) {
      const page = await cloud.charge.list({ ...request, ...(pageToken !== undefined && { pageToken }) }, signal());
      ids.push(...page.items.map(({ resourceId }) => resourceId));
      if ((pageToken = page.nextPageToken) !== undefined) tokens.push(pageToken);
    }
    expect(ids).toEqual(Array.from({ length: 20_000 }, (_, index) => `i-${index}`));
    expect(proxy.paths.filter((path) => path.includes('large-1.csv.gz'))).toHaveLength(1);
    const other = await connect('cur/large');
    const page = await other.charge.list({ ...request, pageToken: tokens[12]! }, signal());
    expect(page.items.map(({ resourceId }) => resourceId)).toEqual(ids.slice(13_000, 14_000));
    // Sent again, as after a lost answer.
    expect(await other.charge.list({ ...request, pageToken: tokens[12]! }, signal())).toEqual(page);
    await deliver('large', '2026-01', 'eeee', [[hour(LEGACY, '2026-01', '2026-01-09T00:00:00Z', 'i-new', 1)]]);
    await expect((await connect('cur/large')).charge.list({ ...request, pageToken: tokens[12]! }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'pageToken' } });
  });

  it('that cannot be read say why', async () => {
    const asked = { region, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', granularity: 'day' as const };
    const refused = async (folder: string, error: object) => expect((await connect(folder)).charge.list(asked, signal())).rejects.toMatchObject(error);
    await refused('cur/nothing', { code: 'NOT_FOUND', detail: { field: 'billingExport' } });
    await put('exports/parquet/metadata/BILLING_PERIOD=2026-01/parquet-Manifest.json', JSON.stringify({ executionId: 'e1', dataFiles: [`s3://${BUCKET}/exports/parquet/data/x.snappy.parquet`] }));
    await refused('exports/parquet', { code: 'UNSUPPORTED', message: expect.stringContaining('GZIP') as unknown });
    await put('exports/half/metadata/BILLING_PERIOD=2026-01/half-Manifest.json', '{"exec');
    await refused('exports/half', { code: 'UNAVAILABLE' });
    await put('exports/cut/metadata/BILLING_PERIOD=2026-01/cut-Manifest.json', JSON.stringify({ executionId: 'e1', dataFiles: [`s3://${BUCKET}/exports/cut/data/cut.csv.gz`] }));
    await put('exports/cut/data/cut.csv.gz', gzipSync([LEGACY.join(','), ...Array.from({ length: 500 }, (_, index) => hour(LEGACY, '2026-01', '2026-01-09T00:00:00Z', `i-${Math.sin(index)}`, 1))].join('\n')).subarray(0, 3000));
    await refused('exports/cut', { code: 'UNAVAILABLE', message: expect.stringContaining('cut.csv.gz') as unknown });
    await put('exports/focus/metadata/BILLING_PERIOD=2026-01/focus-Manifest.json', JSON.stringify({ executionId: 'e1', dataFiles: [`s3://${BUCKET}/exports/focus/data/f.csv.gz`] }));
    await file('exports/focus/data/f.csv.gz', ['BilledCost', 'ServiceName'], ['1,S3']);
    await refused('exports/focus', { code: 'UNSUPPORTED', detail: { field: 'billingExport' } });
  });

  describeDriver({
    driver, manifest, pollMs: 50, timeoutMs: 30_000, runner: { describe, it }, only: ALL_CHECKS.filter(({ id }) => /^charge\./.test(id)).map(({ id }) => id),
    connect: async () => {
      const weekAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
      const rows = [1, 2, 3, 4, 5, 6].map((day) => ({ at: weekAgo(day).toISOString(), month: weekAgo(day).toISOString().slice(0, 7) }));
      for (const month of new Set(rows.map((row) => row.month))) await deliver('week', month, 'ffff', [rows.filter((row) => row.month === month).map(({ at }) => hour(LEGACY, month, at, 'i-1', 0.1)), rows.filter((row) => row.month === month).map(({ at }) => hour(LEGACY, month, at, 'i-2', 0.2))]);
      return { ...motoInput(moto.url), options: { billingExport: `s3://${BUCKET}/cur/week` } };
    },
    place: { region, specId: 'none', imageId: 'none', sshUser: 'ubuntu' },
  });
});
