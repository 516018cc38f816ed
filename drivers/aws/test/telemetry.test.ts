import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Connected, connectTo, region, signal } from './session.js';

/** Answers of Cost Explorer and CloudTrail in the form that AWS documents, by operation; exactly as a test needs them; what the box holds is read in wire-telemetry.test.ts. */
type Answer = (input: Record<string, any>) => unknown; // eslint-disable-line @typescript-eslint/no-explicit-any
const cost = (Amount: string, quantity = '2'): object => ({ UnblendedCost: { Amount, Unit: 'USD' }, AmortizedCost: { Amount: String(Number(Amount) / 2), Unit: 'USD' }, UsageQuantity: { Amount: quantity, Unit: 'Hrs' } });
const day = (Start: string, End: string, Groups: object[]): object => ({ TimePeriod: { Start, End }, Estimated: true, Groups });

describe('costs and events of AWS', () => {
  const asked: { operation: string; input: Record<string, unknown> }[] = [];
  let server: Server;
  let cloud: Connected;
  const answers: Record<string, Answer> = {
    GetDimensionValues: () => ({ DimensionValues: [{ Value: 'us-east-1' }, { Value: 'ap-northeast-2' }], ReturnSize: 2, TotalSize: 2 }),
    GetCostAndUsage: ({ Filter, NextPageToken }) => {
      if (Filter.Not) return { ResultsByTime: [day('2026-01-01', '2026-01-02', [{ Keys: ['Tax', 'Tax'], Metrics: cost('0.7', '0') }, { Keys: ['EC2', 'Credit'], Metrics: cost('-3', '0') }, { Keys: ['Nothing', 'Usage'], Metrics: cost('0', '0') }])] };
      if (Filter.And[0].Dimensions.Values[0] === 'us-east-1') return { ResultsByTime: [day('2026-01-01', '2026-01-02', [{ Keys: ['S3', 'Bytes'], Metrics: cost('1.5') }])] };
      if (NextPageToken === undefined) return { ResultsByTime: [day('2026-01-01', '2026-01-02', [{ Keys: ['EC2', 'APN2-BoxUsage:m5.large'], Metrics: cost('2.36', '20') }])], NextPageToken: 'more' };
      return { ResultsByTime: [day('2026-01-02', '2026-01-03', [{ Keys: ['EC2', 'APN2-BoxUsage:m5.large'], Metrics: cost('1.18', '10') }])] };
    },
    LookupEvents: ({ NextToken, LookupAttributes }) => (NextToken === undefined
      ? { Events: [{ EventId: 'e1', EventName: 'RunInstances', EventTime: 1_767_261_600, Username: 'builder', Resources: [{ ResourceType: 'AWS::EC2::Ami', ResourceName: 'ami-1' }, { ResourceType: 'AWS::EC2::Instance', ResourceName: LookupAttributes[0].AttributeValue }], CloudTrailEvent: '{}' }], NextToken: 'more' }
      : { Events: [{ EventId: 'e2', EventName: 'StopInstances', EventTime: 1_767_258_000, CloudTrailEvent: '{"errorCode":"Client.UnauthorizedOperation","errorMessage":"no"}' }, { EventId: 'e3', EventName: 'Broken', EventTime: 1_767_254_400, CloudTrailEvent: 'no record' }] }),
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.').pop() ?? '';
        const input = JSON.parse(body) as Record<string, unknown>;
        asked.push({ operation, input });
        response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answers[operation]!(input)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cloud = await connectTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await cloud.close?.();
    await new Promise((resolve) => server.close(resolve));
  });

  it('tells charges of each region, then the rest, in pages of any size, the same each time', async () => {
    const request = { region, from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z', granularity: 'day' as const };
    const read = async (pageSize: number) => {
      const items = [];
      for (let pageToken: string | undefined, pages = 0; pages === 0 || pageToken !== undefined; pages += 1) {
        const page = await cloud.charge.list({ ...request, pageSize, ...(pageToken !== undefined && { pageToken }) }, signal());
        expect(page.items.length).toBeLessThanOrEqual(pageSize);
        items.push(...page.items);
        pageToken = page.nextPageToken;
      }
      return items;
    };
    const rows = await read(1000);
    expect(rows.map(({ from, service, region: at, category, billedCost }) => [from.slice(0, 10), service, at, category, billedCost])).toEqual([
      ['2026-01-01', 'EC2', 'ap-northeast-2', 'usage', 2.36], ['2026-01-02', 'EC2', 'ap-northeast-2', 'usage', 1.18], ['2026-01-01', 'S3', 'us-east-1', 'usage', 1.5], ['2026-01-01', 'Tax', undefined, 'tax', 0.7], ['2026-01-01', 'EC2', undefined, 'credit', -3],
    ]);
    expect(rows[0]).toEqual({
      from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', billedCost: 2.36, effectiveCost: 1.18, currency: 'USD', category: 'usage', service: 'EC2', region: 'ap-northeast-2', sku: 'APN2-BoxUsage:m5.large', usageQuantity: 20, usageUnit: 'Hrs', tags: {}, estimated: true,
    });
    expect(await read(1)).toEqual(rows);
    expect(asked.filter(({ operation }) => operation === 'GetCostAndUsage')[0]?.input).toMatchObject({ TimePeriod: { Start: '2026-01-01', End: '2026-01-03' }, Granularity: 'DAILY', GroupBy: [{ Key: 'SERVICE' }, { Key: 'USAGE_TYPE' }] });
    await expect(cloud.charge.list({ ...request, from: '2026-01-02T10:00:00Z', to: '2026-01-02T12:00:00Z' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'to' } });
  });

  it('tells what was done to a resource, by whom, and whether it was refused', async () => {
    const request = { region, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', resourceId: 'i-1' };
    const first = await cloud.event.list(request, signal());
    expect(first.items).toEqual([{ id: 'e1', region, at: '2026-01-01T10:00:00.000Z', type: 'RunInstances', kind: 'vm', resourceId: 'i-1', actor: 'builder', failed: false }]);
    const second = await cloud.event.list({ ...request, pageToken: first.nextPageToken! }, signal());
    expect(second.items).toMatchObject([{ id: 'e2', failed: true, message: 'Client.UnauthorizedOperation: no' }, { id: 'e3', failed: false }]);
    expect(second.nextPageToken).toBeUndefined();
    await cloud.event.list({ region, from: request.from, to: request.to }, signal());
    expect(asked.filter(({ operation }) => operation === 'LookupEvents').at(-1)?.input).toMatchObject({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }] });
  });
});
