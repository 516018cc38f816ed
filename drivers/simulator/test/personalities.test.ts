import { describe, expect, it } from '@jest/globals';
import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { personalities } from '../personalities/index.js';
import type { Kind, Personality, Span } from '../world/types.js';

const KINDS: readonly Kind[] = RESOURCE_KINDS;
/** Kinds of the main job, whose manners are told one by one below. */
const FIRST: Kind[] = ['network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip'];
const MEASURES = [...KINDS, 'vcpu', 'disk-gib', 'node', 'other'];
const of = (cloud: string): Personality => {
  const found = personalities.find((personality) => personality.cloud === cloud);
  if (!found) throw new Error(`no personality ${cloud}`);
  return found;
};
/** The violations of a rule, so that a failing test names them all. */
const broken = <T>(things: T[], rule: (thing: T) => boolean): T[] => things.filter((thing) => !rule(thing));
const twins = (ids: string[]): string[] => ids.filter((id, index) => ids.indexOf(id) !== index);
/** A repeatable stand-in for the box's random hex digits. */
function dice(): (digits: number) => string {
  let state = 1;
  return (digits) => Array.from({ length: digits }, () => { state = (state * 48_271) % 2_147_483_647; return (state % 16).toString(16); }).join('');
}

describe('the ten personalities', () => {
  it('are the ten clouds, with all their regions', () => {
    expect(Object.fromEntries(personalities.map(({ cloud, regions }) => [cloud, regions.length]))).toEqual({
      aws: 33, azure: 48, gcp: 43, alibaba: 32, tencent: 17, ibm: 13, ncp: 3, nhn: 4, kt: 1, openstack: 1,
    });
  });

  describe.each(personalities.map((personality) => [personality.cloud, personality] as const))('%s', (_cloud, personality) => {
    const { regions, images } = personality;

    it('has regions with a name, real coordinates and zones', () => {
      expect(broken(regions, (region) => region.name.length > 0 && Math.abs(region.latitude) <= 90 && Math.abs(region.longitude) <= 180 && (region.latitude !== 0 || region.longitude !== 0))).toEqual([]);
      expect(broken(regions, (region) => region.zones.length > 0 && region.zones.every((zone) => zone !== '' && zone === zone.trim()))).toEqual([]);
      expect(twins(regions.map((region) => region.id))).toEqual([]);
      expect(regions.flatMap((region) => twins(region.zones))).toEqual([]);
    });

    it('offers sound specs in every region, and nothing in an unknown one', () => {
      for (const region of regions) {
        const specs = personality.specs(region.id);
        expect(specs.length).toBeGreaterThanOrEqual(10);
        expect(twins(specs.map((spec) => spec.id))).toEqual([]);
        expect(broken(specs, (spec) => Number.isInteger(spec.vcpu) && spec.vcpu >= 1 && spec.vcpu <= 448 && Number.isInteger(spec.memoryMiB) && spec.memoryMiB >= 512)).toEqual([]);
        expect(broken(specs, (spec) => Number.isInteger(spec.gpuCount) && (spec.gpuCount > 0) === (spec.gpuModel !== undefined && (spec.gpuMemoryMiB ?? 0) > 0))).toEqual([]);
        // What the demonstration asks for: 2 vCPU and at least 4 GiB on amd64.
        expect(specs.some((spec) => spec.vcpu === 2 && spec.memoryMiB >= 4096 && spec.architecture === 'amd64')).toBe(true);
      }
      expect(personality.specs('nowhere')).toEqual([]);
      expect(personality.prices('nowhere')).toEqual([]);
      expect(personality.specs(regions[0]?.id ?? '')).toBe(personality.specs(regions[0]?.id ?? ''));
    });

    it('prices every spec once on demand, with source and date, and says which price is invented', () => {
      for (const region of regions) {
        const ids = new Set(personality.specs(region.id).map((spec) => spec.id));
        const prices = personality.prices(region.id);
        expect(broken(prices, (price) => ids.has(price.specId))).toEqual([]);
        expect(broken(prices, (price) => price.perHour > 0 && price.perHour < 200 && price.currency === 'USD')).toEqual([]);
        expect(broken(prices, (price) => price.source.length > 0 && /^\d{4}-\d{2}-\d{2}$/.test(price.asOf))).toEqual([]);
        expect(broken(prices, (price) => price.simulated === price.source.startsWith('simulated:'))).toEqual([]);
        const onDemand = prices.filter((price) => price.purchase === 'on-demand').map((price) => price.specId);
        expect([...onDemand].sort()).toEqual([...ids].sort());
        const dearest = new Map(prices.filter((price) => price.purchase === 'on-demand').map((price) => [price.specId, price.perHour]));
        expect(broken(prices, (price) => price.perHour <= (dearest.get(price.specId) ?? 0))).toEqual([]);
        expect(twins(prices.filter((price) => price.purchase === 'spot').map((price) => price.specId))).toEqual([]);
      }
    });

    it('has images whose ids are unique and stay the same', () => {
      for (const region of regions) {
        const ids = images.map((image) => `${image.id(region.id)} ${image.architecture}`);
        expect(twins(ids)).toEqual([]);
        expect(images.map((image) => `${image.id(region.id)} ${image.architecture}`)).toEqual(ids);
      }
      expect(broken(images, (image) => /^[a-z][a-z0-9-]*$/.test(image.sshUser) && image.name !== '' && image.publisher !== '' && image.minDiskGiB > 0 && !Number.isNaN(Date.parse(image.createdAt)))).toEqual([]);
      expect(images.filter((image) => image.osFamily === 'ubuntu' && image.architecture === 'amd64').map((image) => image.osVersion).sort()).toEqual(['22.04', '24.04']);
      const architectures = new Set(regions.flatMap((region) => personality.specs(region.id).map((spec) => spec.architecture)));
      expect(broken([...architectures], (architecture) => images.some((image) => image.architecture === architecture))).toEqual([]);
    });

    it('behaves by spans, limits and quotas that hold together', () => {
      const spans: Span[] = [...Object.values(personality.delays), ...personality.latency.map(([, span]) => span)];
      expect(broken(spans, ([least, most]) => least >= 0 && most >= least && most <= 600_000)).toEqual([]);
      expect(personality.latency.at(-1)?.[0]).toBe('*');
      expect(personality.limits.some((limit) => limit.methods.includes('*'))).toBe(true);
      expect(broken(personality.limits, (limit) => limit.methods.length > 0 && limit.burst >= 1 && limit.perSecond > 0 && limit.source !== '')).toEqual([]);
      expect(broken(personality.quotas, (quota) => MEASURES.includes(quota.measure) && quota.limit > 0 && quota.source !== '')).toEqual([]);
      expect(twins(personality.quotas.map((quota) => quota.id))).toEqual([]);
      // Room for 10 VMs of 2 vCPU in a region.
      expect(broken(personality.quotas, (quota) => !(quota.measure === 'vcpu' && !quota.specPrefixes) || quota.limit >= 20)).toEqual([]);
      expect(broken(personality.quotas, (quota) => quota.measure !== 'vm' || quota.limit >= 10)).toEqual([]);
      expect(broken(Object.values(personality.vmStates), (word) => word !== '')).toEqual([]);
    });

    it('draws ids that do not meet', () => {
      const random = dice();
      const ids = Array.from({ length: 1000 }, () => personality.newId('vm', random));
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  it.each([
    ['aws', 'us-east-1', 'm5.large', 0.096],
    ['aws', 'us-east-1', 't3.micro', 0.0104],
    ['aws', 'ap-northeast-2', 'm5.large', 0.118],
    ['azure', 'koreacentral', 'Standard_D2s_v3', 0.123],
    ['azure', 'eastus', 'Standard_B2s', 0.0416],
    ['gcp', 'us-central1', 'e2-micro', 0.008376],
    ['gcp', 'us-central1', 'n1-standard-1', 0.0475],
  ])('%s in %s sells %s at the published price of %d USD an hour', (cloud, region, specId, perHour) => {
    const price = of(cloud).prices(region).find((each) => each.specId === specId && each.purchase === 'on-demand');
    expect(price).toMatchObject({ perHour, simulated: false, asOf: '2025-03-02' });
  });

  it('does not pass off an invented price as published', () => {
    const published = personalities.filter(({ regions, prices }) => regions.some((region) => prices(region.id).some((price) => !price.simulated))).map(({ cloud }) => cloud);
    expect(published).toEqual(['aws', 'azure', 'gcp']);
    // The table has no price of this size in this region; real AWS sells it.
    expect(of('aws').prices('us-east-1').find((price) => price.specId === 't3.medium')).toMatchObject({ perHour: 0.044, simulated: true });
    expect(broken(of('aws').prices('ap-east-2'), (price) => price.simulated)).toEqual([]);
    expect(broken(of('aws').prices('us-east-1').filter((price) => price.purchase === 'spot'), (price) => price.simulated)).toEqual([]);
    expect(of('gcp').prices('us-central1').find((price) => price.specId === 'e2-standard-2' && price.purchase === 'spot')?.simulated).toBe(false);
  });

  it.each([
    ['aws', 'vm', /^i-0[0-9a-f]{16}$/], ['aws', 'network', /^vpc-0[0-9a-f]{16}$/], ['aws', 'public-ip', /^eipalloc-0[0-9a-f]{16}$/],
    ['azure', 'vm', /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\/[^/]+$/],
    ['azure', 'subnet', /\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/],
    ['gcp', 'vm', /^[1-9]\d{18}$/], ['alibaba', 'vm', /^i-bp1[0-9a-z]{17}$/], ['alibaba', 'subnet', /^vsw-bp1[0-9a-z]{17}$/], ['tencent', 'vm', /^ins-[0-9a-z]{8}$/],
    ['ibm', 'vm', /^0717_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/], ['ncp', 'vm', /^[1-9]\d{10}$/],
    ...(['nhn', 'kt', 'openstack'] as const).flatMap((cloud) => KINDS.map((kind) => [cloud, kind, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/] as const)),
  ] as const)('%s numbers a %s in its own way', (cloud, kind, format) => {
    expect(of(cloud).newId(kind, dice())).toMatch(format);
  });

  it.each([
    ['aws', 100, 'region', 'zone', ['vm', 'disk']], ['azure', 1, 'region', 'region', []], ['gcp', 20, 'global', 'region', ['network', 'subnet', 'security-group', 'vm', 'disk', 'public-ip']],
    ['alibaba', 100, 'region', 'zone', ['network', 'subnet', 'security-group', 'vm', 'disk', 'public-ip']], ['tencent', 100, 'region', 'zone', ['vm', 'disk', 'public-ip']], ['ibm', 1, 'region', 'zone', []],
    ['ncp', 20, 'region', 'zone', []], ['nhn', 10, 'region', 'region', []], ['kt', 1, 'region', 'zone', []], ['openstack', 1, 'region', 'region', []],
  ])('%s: %d VMs a request, networks per %s, subnets per %s, tokens on %j', (cloud, vmBatch, networkScope, subnetScope, tokens) => {
    const personality = of(cloud);
    expect(personality).toMatchObject({ vmBatch, networkScope, subnetScope });
    expect(personality.idempotencyToken.filter((kind) => FIRST.includes(kind)).sort()).toEqual([...tokens].sort());
    // A second twin is caught by a token, by a unique name, or must be looked for by its tag first.
    if (tokens.length === 0) expect(personality.consistencyWindowMs).toBeGreaterThan(0);
  });

  it('limits EC2 as AWS documents it: each API has a bucket of its own', () => {
    const limitOf = (api: string) => of('aws').limits.find((limit) => (limit.weight ?? 'call') === 'call' && limit.methods.includes(api));
    expect(limitOf('RunInstances')).toMatchObject({ burst: 5, perSecond: 2 });
    expect(limitOf('TerminateInstances')).toMatchObject({ burst: 100, perSecond: 5 });
    expect(limitOf('DescribeInstances')).toMatchObject({ burst: 100, perSecond: 20 });
    expect(limitOf('CreateVpc')).toMatchObject({ burst: 50, perSecond: 5 });
    expect(limitOf('DescribeInstances')).not.toBe(limitOf('DescribeVpcs'));
  });
});
