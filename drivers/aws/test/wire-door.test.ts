import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EC2 } from '@aws-sdk/client-ec2';
import { Pricing } from '@aws-sdk/client-pricing';
import { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import { STS } from '@aws-sdk/client-sts';
import { connectTo, signal } from './session.js';
import { ACCOUNT, Box, refused, REGION, ZONE } from './wire-box.js';

/** The part of a price document that a reader needs. */
interface PriceDocument { product: { attributes: Record<string, string> }; terms: { OnDemand: Record<string, { priceDimensions: Record<string, { pricePerUnit: Record<string, string> }> }> } }

let box: Box;
beforeAll(async () => { box = await Box.start(); });
afterAll(() => box.close());

describe('signatures', () => {
  it('refuses a wrong secret, an unknown key, an unknown region and a request that is not signed', async () => {
    const good = box.settings();
    const send = (change: object): Promise<unknown> => new EC2({ ...good, ...change }).describeVpcs({});
    await expect(send({ credentials: { ...good.credentials, secretAccessKey: 'wrong' } })).rejects.toEqual(refused('SignatureDoesNotMatch'));
    await expect(send({ credentials: { ...good.credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } })).rejects.toEqual(refused('AuthFailure'));
    await expect(send({ credentials: { ...good.credentials, sessionToken: 'nobody-gave-this' } })).rejects.toEqual(refused('AuthFailure'));
    await expect(send({ region: 'xx-nowhere-1' })).rejects.toEqual(refused('AuthFailure'));
    const bare = await fetch(good.endpoint, { method: 'POST', body: 'Action=DescribeVpcs&Version=2016-11-15' });
    expect([bare.status, await bare.text()]).toEqual([403, expect.stringContaining('<Code>MissingAuthenticationToken</Code>')]);
  });

  it('refuses a clock that is more than five minutes off', async () => {
    await expect(new EC2({ ...box.settings(), systemClockOffset: 6 * 60_000 }).describeVpcs({})).rejects.toEqual(refused('RequestExpired'));
    await expect(new EC2({ ...box.settings(), systemClockOffset: -4 * 60_000 }).describeVpcs({})).resolves.toMatchObject({ Vpcs: [] });
  });

  it('tells a session that has ended from a key that no longer holds, each service in its own words, and the driver says UNAUTHENTICATED', async () => {
    const place = { cloud: 'aws', account: ACCOUNT, region: REGION };
    const key = await box.world.call({ ...place, method: 'iam-role.assume', api: 'AssumeRole' }, (view) => {
      const role = view.create('iam-role', { name: 'reader', tags: {}, attributes: { policyIds: [], trust: 'anybody', description: '' } });
      const taken = view.assume(role.id, 3_600_000, 'session');
      view.delete('iam-role', role.id);
      return taken;
    });
    const lasting = box.settings().credentials, session = { accessKeyId: key.keyId, secretAccessKey: key.secret, sessionToken: 'a-token' };
    const codes = async (credentials: object): Promise<string[]> => {
      const settings = { ...box.settings(), credentials: credentials as typeof lasting };
      const named = (error: unknown): string => (error as Error).name;
      const cloud = await connectTo(settings.endpoint, {}, settings.credentials);
      const ours = await cloud.network.list({ region: REGION }, signal()).then(() => '', (error: { code: string }) => error.code);
      return [
        await new EC2(settings).describeVpcs({}).then(() => '', named), await new STS(settings).getCallerIdentity({}).then(() => '', named),
        await new ServiceQuotas(settings).listServiceQuotas({ ServiceCode: 'ec2' }).then(() => '', named), ours,
      ];
    };
    expect(await codes(session)).toEqual(['', '', '', '']);
    for (const { accessKeyId } of [session, lasting]) box.world.expire('aws', accessKeyId, 0);
    expect(await codes(session)).toEqual(['RequestExpired', 'ExpiredToken', 'ExpiredTokenException', 'UNAUTHENTICATED']);
    expect(await codes(lasting)).toEqual(['AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClientException', 'UNAUTHENTICATED']);
    box.world.expire('aws', lasting.accessKeyId, undefined);
  });

  it('keeps accounts and regions apart', async () => {
    const ours = await box.place();
    for (const other of [new EC2(box.settings('us-east-1')), new EC2(box.settings(REGION, '210987654321'))]) {
      expect((await other.describeVpcs({})).Vpcs).toEqual([]);
      await expect(other.describeVpcs({ VpcIds: [ours.vpcId] })).rejects.toEqual(refused('InvalidVpcID.NotFound'));
    }
    await box.clear(ours);
  });
});

describe('the SDK\'s model decides what a request may hold', () => {
  it.each([
    ['an unknown parameter', '&Colour=blue', 'UnknownParameter', 'Colour'],
    ['an unknown member deep inside', '&Filter.1.Name=vpc-id&Filter.1.Valeu.1=x', 'UnknownParameter', 'Filter.1.Valeu.1'],
    ['a list that is not numbered', '&Filter.x.Name=vpc-id', 'UnknownParameter', 'Filter.x.Name'],
    ['a number that is none', '&MaxResults=many', 'InvalidParameterValue', 'MaxResults'],
    ['a boolean that is none', '&DryRun=perhaps', 'InvalidParameterValue', 'DryRun'],
    ['a parameter given twice', '&MaxResults=5&MaxResults=6', 'InvalidParameterValue', 'MaxResults'],
    ['a name of a language', '&__proto__.polluted=1', 'UnknownParameter', '__proto__'],
  ])('refuses %s', async (_, addition, code, words) => {
    const answer = await box.sendRaw((body) => body + addition);
    expect(answer).toEqual({ status: 400, code, message: expect.stringContaining(words) });
  });

  it('refuses unknown actions, those that are not played, other versions, and missing members', async () => {
    const action = (name: string) => (body: string): string => body.replace('DescribeVpcs', name);
    expect((await box.sendRaw(action('DescribeUnicorns'))).code).toBe('InvalidAction');
    expect((await box.sendRaw(action('toString'))).code).toBe('InvalidAction');
    expect((await box.sendRaw(action('CreateFleet'))).code).toBe('UnsupportedOperation');
    expect((await box.sendRaw((body) => body.replace('2016-11-15', '2014-01-01'))).code).toBe('NoSuchVersion');
    expect(await box.sendRaw(action('DeleteVpc'))).toMatchObject({ code: 'MissingParameter', message: expect.stringContaining('VpcId') });
  });

  it('says what it does not play instead of passing it over', async () => {
    const ours = await box.place();
    await expect(box.launch(ours, { InstanceMarketOptions: { MarketType: 'spot' } })).rejects.toEqual(refused('UnsupportedOperation'));
    await box.clear(ours);
  });

  it('honours DryRun without doing anything', async () => {
    const dry = box.ec2.createVpc({ CidrBlock: '10.9.0.0/16', DryRun: true });
    await expect(dry).rejects.toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
    expect((await box.ec2.describeVpcs({})).Vpcs).toEqual([]);
  });
});

describe('regions and offers', () => {
  it('lists regions and zones', async () => {
    const { Regions } = await box.ec2.describeRegions({ AllRegions: true, Filters: [{ Name: 'region-name', Values: ['ap-northeast-?'] }] });
    expect(Regions).toContainEqual({ RegionName: REGION, Endpoint: `ec2.${REGION}.amazonaws.com`, OptInStatus: 'opt-in-not-required' });
    const zones = (await box.ec2.describeAvailabilityZones({})).AvailabilityZones!;
    expect(zones[0]).toMatchObject({ ZoneName: ZONE, ZoneId: 'apne2-az1', RegionName: REGION, State: 'available' });
    await expect(box.ec2.describeRegions({ RegionNames: ['mars-1'] })).rejects.toEqual(refused('InvalidParameterValue'));
  });

  it('pages instance types by the API\'s own bounds and meets each once', async () => {
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await box.ec2.describeInstanceTypes({ MaxResults: 20, NextToken, Filters: [{ Name: 'processor-info.supported-architecture', Values: ['arm64'] }] });
      expect(page.InstanceTypes!.length).toBeLessThanOrEqual(20);
      seen.push(...page.InstanceTypes!.map((type) => type.InstanceType!));
      NextToken = page.NextToken;
    } while (NextToken);
    const expected = box.world.personalities.get('aws')!.specs(REGION).filter((spec) => spec.architecture === 'arm64').map((spec) => spec.id);
    expect(seen.length).toBeGreaterThan(40);
    expect(seen).toEqual([...expected].sort());
    await expect(box.ec2.describeInstanceTypes({ MaxResults: 101 })).rejects.toEqual(refused('InvalidParameterValue'));
    await expect(box.ec2.describeInstanceTypes({ MaxResults: 5, InstanceTypes: ['t3.micro'] })).rejects.toEqual(refused('InvalidParameterCombination'));
    await expect(box.ec2.describeInstanceTypes({ NextToken: 'nonsense' })).rejects.toEqual(refused('InvalidPaginationToken'));
    await expect(box.ec2.describeInstanceTypes({ InstanceTypes: ['t3.gigantic' as 't3.micro'] })).rejects.toEqual(refused('InvalidInstanceType'));
  });

  it('tells types, offerings by zone, images and spot prices', async () => {
    const { InstanceTypes } = await box.ec2.describeInstanceTypes({ InstanceTypes: ['t3.micro'] });
    expect(InstanceTypes![0]).toMatchObject({ VCpuInfo: { DefaultVCpus: 2 }, MemoryInfo: { SizeInMiB: 1024 }, ProcessorInfo: { SupportedArchitectures: ['x86_64'] } });
    const offers = await box.ec2.describeInstanceTypeOfferings({ LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }] });
    expect(offers.InstanceTypeOfferings!.map((offer) => offer.Location)).toContain(ZONE);
    const { Images } = await box.ec2.describeImages({ ImageIds: [box.imageId] });
    expect(Images![0]).toMatchObject({ OwnerId: '099720109477', Architecture: 'x86_64', RootDeviceName: '/dev/sda1', State: 'available' });
    await expect(box.ec2.describeImages({ ImageIds: ['ami-00000000000000000'] })).rejects.toEqual(refused('InvalidAMIID.NotFound'));
    const spot = await box.ec2.describeSpotPriceHistory({ InstanceTypes: ['t3.micro'], ProductDescriptions: ['Linux/UNIX'] });
    expect(Number(spot.SpotPriceHistory![0]!.SpotPrice)).toBeGreaterThan(0);
    expect((await box.ec2.describeAccountAttributes({ AttributeNames: ['default-vpc'] })).AccountAttributes).toEqual([{ AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] }]);
  });
});

describe('the services beside EC2', () => {
  it('says who the key is', async () => {
    expect(await new STS(box.settings('us-east-1')).getCallerIdentity({})).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/cloud-in-a-box` });
    const wrong = { ...box.settings('us-east-1'), credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } };
    await expect(new STS(wrong).getCallerIdentity({})).rejects.toEqual(refused('InvalidClientTokenId'));
    await expect(new ServiceQuotas(wrong).listServiceQuotas({ ServiceCode: 'ec2' })).rejects.toEqual(refused('UnrecognizedClientException'));
  });

  it('lists quotas by service and pages', async () => {
    const quotas = new ServiceQuotas(box.settings());
    const first = await quotas.listServiceQuotas({ ServiceCode: 'ec2', MaxResults: 2 });
    const rest = await quotas.listServiceQuotas({ ServiceCode: 'ec2', MaxResults: 100, NextToken: first.NextToken });
    expect([...first.Quotas!, ...rest.Quotas!].map((quota) => quota.QuotaCode)).toEqual(['L-0263D0A3', 'L-1216C47A', 'L-417A185B', 'L-DB2E81BA']);
    expect((await quotas.getServiceQuota({ ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' })).Quota).toMatchObject({ Value: 5, QuotaName: 'VPCs per Region' });
    expect((await quotas.listAWSDefaultServiceQuotas({ ServiceCode: 'vpc' })).Quotas!.length).toBe(3);
    await expect(quotas.getServiceQuota({ ServiceCode: 'vpc', QuotaCode: 'L-00000000' })).rejects.toEqual(refused('NoSuchResourceException'));
    await expect(quotas.listServiceQuotas({ ServiceCode: 'bakery' })).rejects.toEqual(refused('NoSuchResourceException'));
  });

  it('gives price documents in the shape of the real list', async () => {
    const pricing = new Pricing(box.settings('us-east-1'));
    const match = (Field: string, Value: string) => ({ Type: 'TERM_MATCH' as const, Field, Value });
    const { PriceList } = await pricing.getProducts({ ServiceCode: 'AmazonEC2', Filters: [match('regionCode', REGION), match('instanceType', 't3.micro'), match('operatingSystem', 'Linux'), match('tenancy', 'Shared')] });
    const [product] = (PriceList as string[]).map((text) => JSON.parse(text) as PriceDocument);
    const price = box.world.personalities.get('aws')!.prices(REGION).find((each) => each.specId === 't3.micro' && each.purchase === 'on-demand')!;
    expect(product!.product.attributes).toMatchObject({ instanceType: 't3.micro', regionCode: REGION, vcpu: '2', memory: '1 GiB', capacitystatus: 'Used' });
    expect(Number(Object.values(Object.values(product!.terms.OnDemand)[0]!.priceDimensions)[0]!.pricePerUnit.USD)).toBe(price.perHour);
    const page = await pricing.getProducts({ ServiceCode: 'AmazonEC2', Filters: [match('regionCode', REGION)], MaxResults: 10 });
    const next = await pricing.getProducts({ ServiceCode: 'AmazonEC2', Filters: [match('regionCode', REGION)], MaxResults: 10, NextToken: page.NextToken });
    expect(new Set([...page.PriceList!, ...next.PriceList!].map(String)).size).toBe(20);
    await expect(new Pricing(box.settings(REGION)).getProducts({ ServiceCode: 'AmazonEC2' })).rejects.toEqual(refused('InvalidParameterException'));
  });
});
