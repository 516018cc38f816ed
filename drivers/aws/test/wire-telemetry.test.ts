import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { CostExplorer } from '@aws-sdk/client-cost-explorer';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Session } from '@mcmp/driver-sdk';
import type { WorldCharge } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import { ACCOUNT, Box, REGION, type Place, refused } from './wire-box.js';

/** The official clients and our driver on what the world's log and bill hold. */
let box: Box;
let ours: Place;
let vmId: string;
let session: Required<Session>;
let trail: CloudTrail;
let costs: CostExplorer;
const DAY = 86_400_000;
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** Whole days of which the bill knows something. */
let from: number;
let to: number;
const truth = (): Promise<WorldCharge[]> => box.world.call({ cloud: 'aws', account: ACCOUNT, region: REGION, method: 'charge.list', api: 'truth' }, (view) => {
  const bill = view.bill(box.world.date());
  return bill.periods(from, to, 'day').flatMap((begin) => bill.rows(begin, 'day'));
});

beforeAll(async () => {
  box = await Box.start();
  ours = await box.place();
  vmId = (await box.launch(ours)).Instances?.[0]?.InstanceId ?? '';
  await expect(box.ec2.deleteVpc({ VpcId: ours.vpcId })).rejects.toBeDefined();
  [trail, costs] = [new CloudTrail(box.settings()), new CostExplorer(box.settings('us-east-1'))];
  const { accessKeyId, secretAccessKey } = box.settings().credentials;
  session = (await driver.connect({ credential: { accessKeyId, secretAccessKey }, endpoint: box.settings().endpoint, options: {} })) as Required<Session>;
});
afterAll(async () => {
  await box.clear(ours);
  await box.close();
});

describe('CloudTrail', () => {
  it('looks up what was changed, newest first, by one attribute and in pages', async () => {
    const { Events = [] } = await trail.lookupEvents({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }] });
    expect(Events.map(({ EventName }) => EventName)).toEqual(['DeleteVpc', 'RunInstances', 'CreateSecurityGroup', 'CreateSubnet', 'CreateVpc', 'CreateVpc', 'CreateVpc']);
    expect(Events[1]).toMatchObject({ EventSource: 'ec2.amazonaws.com', ReadOnly: 'false', EventTime: expect.any(Date), Resources: [{ ResourceType: 'AWS::EC2::Instance', ResourceName: vmId }] });
    const named = await trail.lookupEvents({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: ours.vpcId }] });
    expect(named.Events?.map(({ EventName }) => EventName)).toEqual(['CreateVpc']);
    const first = await trail.lookupEvents({ MaxResults: 2 });
    const second = await trail.lookupEvents({ MaxResults: 50, NextToken: first.NextToken });
    expect([...(first.Events ?? []), ...(second.Events ?? [])].map(({ EventId }) => EventId)).toEqual(Events.map(({ EventId }) => EventId));
    expect(second.NextToken).toBeUndefined();
    expect((await trail.lookupEvents({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'true' }] })).Events).toEqual([]);
    expect((await new CloudTrail(box.settings('us-east-1')).lookupEvents({})).Events).toEqual([]);
  });

  it('refuses what CloudTrail refuses', async () => {
    const attribute = { AttributeKey: 'EventName' as const, AttributeValue: 'x' };
    await expect(trail.lookupEvents({ LookupAttributes: [attribute, attribute] })).rejects.toEqual(refused('InvalidLookupAttributesException'));
    await expect(trail.lookupEvents({ MaxResults: 51 })).rejects.toEqual(refused('InvalidMaxResultsException'));
    await expect(trail.lookupEvents({ NextToken: 'mine' })).rejects.toEqual(refused('InvalidNextTokenException'));
    await expect(trail.lookupEvents({ StartTime: new Date(2000), EndTime: new Date(1000) })).rejects.toEqual(refused('InvalidTimeRangeException'));
  });

  it('is told by the driver in the SDK’s words, also that a call failed', async () => {
    const now = box.world.date();
    const { items } = await session.event.list({ region: REGION, from: new Date(now - DAY).toISOString(), to: new Date(now + 1000).toISOString() }, signal());
    expect(items.map(({ type, kind, failed }) => [type, kind, failed])).toEqual([
      ['DeleteVpc', undefined, true], ['RunInstances', 'vm', false], ['CreateSecurityGroup', 'security-group', false], ['CreateSubnet', 'subnet', false],
      ['CreateVpc', 'security-group', false], ['CreateVpc', 'route-table', false], ['CreateVpc', 'network', false],
    ]);
    expect(items[0]?.message).toMatch(/^Client\.RequestFailed: ./);
  });
});

describe('Cost Explorer', () => {
  beforeAll(() => {
    from = Math.floor(box.world.date() / DAY) * DAY;
    to = from + 40 * DAY;
    box.world.setDate({ now: to + 10 * DAY });
  });

  it('groups the bill, filters it, and tells no more metrics than were asked', async () => {
    const rows = await truth();
    expect(rows.filter(({ category }) => category === 'usage').length).toBeGreaterThan(30);
    const asked = { TimePeriod: { Start: day(from), End: day(to) }, Granularity: 'DAILY' as const, Metrics: ['UnblendedCost', 'UsageQuantity'] };
    const { ResultsByTime = [] } = await costs.getCostAndUsage({ ...asked, GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }, { Type: 'DIMENSION', Key: 'RECORD_TYPE' }] });
    const total = ResultsByTime.flatMap(({ Groups = [] }) => Groups).reduce((sum, { Metrics }) => sum + Number(Metrics?.UnblendedCost?.Amount), 0);
    expect(total).toBeCloseTo(rows.reduce((sum, { billedCost }) => sum + billedCost, 0), 6);
    expect(Object.keys(ResultsByTime[0]?.Groups?.[0]?.Metrics ?? {})).toEqual(['UnblendedCost', 'UsageQuantity']);
    const tax = await costs.getCostAndUsage({ ...asked, Filter: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Tax'] } } });
    const taxed = (tax.ResultsByTime ?? []).reduce((sum, { Total }) => sum + Number(Total?.UnblendedCost?.Amount), 0);
    expect(taxed).toBeCloseTo(rows.filter(({ category }) => category === 'tax').reduce((sum, { billedCost }) => sum + billedCost, 0), 6);
    expect((await costs.getDimensionValues({ Dimension: 'REGION', TimePeriod: asked.TimePeriod })).DimensionValues?.map(({ Value }) => Value)).toContain(REGION);
  });

  it('refuses what Cost Explorer refuses', async () => {
    const asked = { TimePeriod: { Start: day(from), End: day(to) }, Granularity: 'DAILY' as const, Metrics: ['UnblendedCost'] };
    await expect(costs.getCostAndUsage({ ...asked, TimePeriod: { Start: day(to), End: day(from) } })).rejects.toEqual(refused('ValidationException'));
    await expect(costs.getCostAndUsage({ ...asked, Granularity: 'HOURLY' })).rejects.toEqual(refused('ValidationException'));
    await expect(costs.getCostAndUsage({ ...asked, Filter: { Dimensions: { Key: 'REGION', Values: [] }, Not: {} } })).rejects.toEqual(refused('ValidationException'));
    await expect(costs.getCostAndUsage({ ...asked, NextPageToken: 'mine' })).rejects.toEqual(refused('InvalidNextTokenException'));
  });

  it.each(['day', 'month'] as const)('is told by the driver whole, by the %s', async (granularity) => {
    const begin = granularity === 'day' ? from : Date.UTC(new Date(from).getUTCFullYear(), new Date(from).getUTCMonth());
    const rows = (await box.world.call({ cloud: 'aws', account: ACCOUNT, region: REGION, method: 'charge.list', api: 'truth' }, (view) => {
      const bill = view.bill(box.world.date());
      return bill.periods(begin, to, granularity).flatMap((at) => bill.rows(at, granularity));
    }));
    const told: { billedCost: number; category: string; region?: string }[] = [];
    let pageToken: string | undefined;
    do {
      const page = await session.charge.list({ region: REGION, from: new Date(begin).toISOString(), to: new Date(to).toISOString(), granularity, pageSize: 7, ...(pageToken !== undefined && { pageToken }) }, signal());
      told.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    const sum = (of: { billedCost: number; category: string }[], category?: string): number => of.filter((row) => category === undefined || row.category === category).reduce((total, { billedCost }) => total + billedCost, 0);
    expect(sum(told, 'usage')).toBeGreaterThan(0);
    for (const category of ['usage', 'tax', undefined]) expect(sum(told, category)).toBeCloseTo(sum(rows, category), 6);
    expect(told.some(({ region }) => region === REGION)).toBe(true);
  });
});
