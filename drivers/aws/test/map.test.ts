import { describe, expect, it } from '@jest/globals';
import type { Instance } from '@aws-sdk/client-ec2';
import { newest, toImage } from '../src/image.js';
import { byToken, filter, isRootVolume, marked, narrow, stateOf, tagged, tagsOf, toDisk, toNetwork, toVm, vmStateOf } from '../src/map.js';
import { readPage, readPageOfIds } from '../src/pages.js';
import { pricesOf } from '../src/price.js';
import { quotaOfSpec } from '../src/quota-table.js';
import { difference, permissionOf, rulesOf, single } from '../src/rules.js';
import { toSpec } from '../src/spec.js';
import { overlap } from '../src/subnet.js';

const instance = (state: string, more: Partial<Instance> = {}): Instance => ({ InstanceId: 'i-1', State: { Name: state as 'running' }, ...more });

describe('VM states', () => {
  const at = (second: number): Date => new Date(1_700_000_000_000 + second * 1000);
  const root = (second: number): Instance['BlockDeviceMappings'] => [{ Ebs: { AttachTime: at(second) } }];
  it.each([
    ['creating', instance('pending')],
    ['creating', instance('pending', { LaunchTime: at(0), BlockDeviceMappings: root(2) })],
    ['resuming', instance('pending', { LaunchTime: at(600), BlockDeviceMappings: root(2) })],
    ['running', instance('running')],
    ['suspending', instance('stopping')],
    ['suspended', instance('stopped')],
    ['terminating', instance('shutting-down')],
    ['terminated', instance('terminated', { StateReason: { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' } })],
    ['terminated', instance('terminated')],
    ['failed', instance('terminated', { StateReason: { Code: 'Server.InternalError', Message: 'Internal error on launch' } })],
    ['pending', instance('a-new-word')],
  ])('%s', (state, given) => expect(vmStateOf(given)).toBe(state));

  it('says why a VM failed, and whether for want of room', () => {
    const failed = (Code: string): unknown => toVm(instance('terminated', { StateReason: { Code, Message: 'why' } }), 'eu-west-1', 22).failure;
    expect(failed('Server.InsufficientInstanceCapacity')).toEqual({ providerCode: 'Server.InsufficientInstanceCapacity', message: 'why', outOfCapacity: true });
    expect(failed('Client.VolumeLimitExceeded')).toEqual({ providerCode: 'Client.VolumeLimitExceeded', message: 'why' });
  });

  it('gives plain data without holes', () => {
    const vm = toVm(instance('running', { PublicIpAddress: '1.2.3.4', NetworkInterfaces: [{ Groups: [{ GroupId: 'sg-1' }] }], Tags: [{ Key: 'Name', Value: 'web' }, { Key: 'a', Value: 'b' }, { Key: 'mcmp-token', Value: 't' }] }), 'eu-west-1', 2222);
    expect(vm).toStrictEqual({ id: 'i-1', name: 'web', region: 'eu-west-1', tags: { a: 'b' }, providerState: 'running', state: 'running', specId: '', imageId: '', securityGroupIds: ['sg-1'], publicIp: '1.2.3.4', sshPort: 2222 });
    expect(toVm(instance('running', { PublicIpAddress: '1.2.3.4' }), 'eu-west-1', 22)).not.toHaveProperty('sshPort');
  });
});

describe('other states', () => {
  it.each([['available', 'available'], ['in-use', 'in-use'], ['deleting', 'deleting'], ['error', 'failed'], ['creating', 'pending'], ['pending', 'pending'], ['a-new-word', 'pending'], [undefined, 'pending']])('%s is %s', (word, state) => expect(stateOf(word)).toBe(state));

  it('knows a root disk by our mark or by its device', () => {
    expect(isRootVolume({ Tags: [{ Key: 'mcmp-role', Value: 'root' }] })).toBe(true);
    expect(['/dev/sda1', '/dev/xvda', '/dev/sdf', '/dev/xvdf'].map((Device) => isRootVolume({ Attachments: [{ Device }] }))).toEqual([true, true, false, false]);
    expect(toDisk({ VolumeId: 'vol-1', State: 'in-use', Size: 8, Attachments: [{ InstanceId: 'i-1', Device: '/dev/sdf', State: 'attached' }] }, 'eu-west-1')).toMatchObject({ name: 'vol-1', state: 'in-use', sizeGiB: 8, vmId: 'i-1', device: '/dev/sdf' });
    expect(toNetwork({ VpcId: 'vpc-1', State: 'pending' }, 'eu-west-1')).toStrictEqual({ id: 'vpc-1', name: 'vpc-1', region: 'eu-west-1', tags: {}, providerState: 'pending', state: 'pending' });
  });
});

describe('tags and filters', () => {
  it('marks by token and hides the mark', () => {
    const tags = marked({ tags: { a: 'b' }, token: 'op-1' });
    expect(tagged('vpc', tags, 'n').Tags).toEqual([{ Key: 'a', Value: 'b' }, { Key: 'mcmp-token', Value: 'op-1' }, { Key: 'Name', Value: 'n' }]);
    expect(tagsOf(tagged('vpc', tags, 'n').Tags)).toEqual({ a: 'b' });
    expect(byToken('op-1')).toEqual({ Name: 'tag:mcmp-token', Values: ['op-1'] });
    expect(byToken('{"op": 1}').Values?.[0]).toMatch(/^[0-9a-f]{64}$/);
  });
  it('takes wildcards in our values for what they are', () => expect(filter('tag:a', 'x*?\\')).toEqual({ Name: 'tag:a', Values: ['x\\*\\?\\\\'] }));
  it('narrows by all tags and any id', () => expect(narrow({ a: '1', b: '2' }, 'vpc-id', ['v1', 'v2'])).toEqual([{ Name: 'tag:a', Values: ['1'] }, { Name: 'tag:b', Values: ['2'] }, { Name: 'vpc-id', Values: ['v1', 'v2'] }]));
});

describe('pages', () => {
  /** A list of AWS with 12 items that gives MaxResults of them, never fewer than 5. */
  const api = async ({ MaxResults, NextToken }: { MaxResults: number; NextToken?: string }): Promise<{ items: number[]; next?: string }> => {
    expect(MaxResults).toBeGreaterThanOrEqual(5);
    const begin = Number(NextToken ?? 0);
    const items = Array.from({ length: 12 }, (_, index) => index).slice(begin, begin + MaxResults);
    return begin + MaxResults < 12 ? { items, next: String(begin + MaxResults) } : { items };
  };
  it.each([1, 2, 5, 7, 12, 1000])('of %i give each item once and in order', async (pageSize) => {
    const items: number[] = [];
    let pageToken: string | undefined;
    do {
      const page = await readPage({ pageSize, ...(pageToken === undefined ? {} : { pageToken }) }, [5, 10], api);
      expect(page.items.length).toBeLessThanOrEqual(pageSize);
      items.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
  it.each(['', 'x', '12', Buffer.from('[]').toString('base64url'), Buffer.from('{"o":-1}').toString('base64url'), Buffer.from('null').toString('base64url')])('refuse the token %j', async (pageToken) => {
    await expect(readPage({ pageToken }, [5, 10], api)).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'pageToken' } });
  });
  it('split many ids, since a filter takes 200 values', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `i-${index}`);
    const asked: number[] = [];
    const found: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await readPageOfIds({ ids, ...(pageToken === undefined ? {} : { pageToken }) }, [5, 1000], async (_query, chunk) => (asked.push(chunk!.length), { items: chunk! }));
      found.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(asked).toEqual([200, 200, 50]);
    expect(found).toEqual(ids);
  });
});

describe('ranges', () => {
  it.each([['10.0.0.0/16', '10.0.1.0/24', true], ['10.0.1.0/24', '10.0.0.0/16', true], ['10.0.1.0/24', '10.0.1.0/24', true], ['10.0.1.0/24', '10.0.2.0/24', false], ['10.0.1.128/25', '10.0.1.0/25', false], ['192.168.0.0/16', '10.0.0.0/8', false], ['0.0.0.0/0', '203.0.113.7/32', true]])('%s and %s', (one, other, both) => {
    expect(overlap(one, other)).toBe(both);
  });
});

describe('security rules', () => {
  it.each([
    [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    [{ direction: 'ingress', protocol: 'udp', fromPort: 1, toPort: 9, cidr: '::/0' }, { IpProtocol: 'udp', FromPort: 1, ToPort: 9, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
    [{ direction: 'egress', protocol: 'icmp', cidr: '10.0.0.0/8' }, { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    [{ direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' }, { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  ] as const)('%j goes there and back', (rule, permission) => {
    expect(permissionOf(rule)).toEqual(permission);
    expect(rulesOf(rule.direction, [permissionOf(rule)])).toEqual([rule]);
  });
  it('tells a protocol without a word as all', () => expect(rulesOf('ingress', [{ IpProtocol: '50', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }])).toEqual([{ direction: 'ingress', protocol: 'all', cidr: '10.0.0.0/8' }]));
  it('finds what is missing and what is too much, rules by group too', () => {
    const now = single([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '1.0.0.0/8', Description: 'kept' }, { CidrIp: '2.0.0.0/8' }], UserIdGroupPairs: [{ GroupId: 'sg-9' }] }]);
    const wanted = ['1.0.0.0/8', '3.0.0.0/8'].map((cidr) => permissionOf({ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr }));
    const { missing, surplus } = difference(now, wanted);
    expect(missing.map(({ IpRanges }) => IpRanges?.[0]?.CidrIp)).toEqual(['3.0.0.0/8']);
    expect(surplus.map(({ IpRanges, UserIdGroupPairs }) => IpRanges?.[0]?.CidrIp ?? UserIdGroupPairs?.[0]?.GroupId)).toEqual(['2.0.0.0/8', 'sg-9']);
  });
});

describe('the catalogue', () => {
  it.each([
    ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261103', 'x86_64', { osFamily: 'ubuntu', osVersion: '24.04', sshUser: 'ubuntu', architecture: 'amd64' }],
    ['debian-12-arm64-20260914-2236', 'arm64', { osFamily: 'debian', osVersion: '12', sshUser: 'admin', architecture: 'arm64' }],
    ['al2023-ami-2023.9.20261020.0-kernel-6.1-x86_64', 'x86_64', { osFamily: 'amazon', osVersion: '2023', sshUser: 'ec2-user' }],
    ['amzn2-ami-kernel-5.10-hvm-2.0.20260427.1-arm64-gp2', 'arm64', { osFamily: 'amazon', osVersion: '2', sshUser: 'ec2-user' }],
    ['Rocky-9-EC2-Base-9.6-20260819.0.x86_64', 'x86_64', { osFamily: 'rocky', osVersion: '9', sshUser: 'rocky' }],
    ['RHEL-9.6.0_HVM-20260805-x86_64-0-Hourly2-GP3', 'x86_64', { osFamily: 'rhel', osVersion: '9.6', sshUser: 'ec2-user' }],
    ['our-own-thing', 'x86_64', { osFamily: 'linux', osVersion: '', sshUser: 'ec2-user' }],
  ])('reads %s', (Name, Architecture, read) => expect(toImage({ ImageId: 'ami-1', Name, Architecture: Architecture as 'x86_64' }, 'eu-west-1')[0]).toMatchObject(read));
  it('leaves out Windows and Macs', () => {
    expect(toImage({ ImageId: 'ami-1', Name: 'Windows_Server', Architecture: 'x86_64', Platform: 'Windows' }, 'eu-west-1')).toEqual([]);
    expect(toImage({ ImageId: 'ami-1', Name: 'macOS', Architecture: 'arm64_mac' }, 'eu-west-1')).toEqual([]);
  });
  it('keeps the newest of each system and all of unknown ones', () => {
    const image = (id: string, Name: string, CreationDate: string) => toImage({ ImageId: id, Name, CreationDate, Architecture: 'x86_64' }, 'eu-west-1');
    const kept = newest([...image('ami-old', 'debian-12-amd64-20260101-1', '2026-01-01T00:00:00.000Z'), ...image('ami-new', 'debian-12-amd64-20260201-1', '2026-02-01T00:00:00.000Z'), ...image('ami-x', 'ours', '2026-03-01T00:00:00.000Z'), ...image('ami-y', 'ours', '2025-03-01T00:00:00.000Z')]);
    expect(kept.map(({ id }) => id)).toEqual(['ami-x', 'ami-new', 'ami-y']);
  });
  it('reads a type with its GPUs and its local disk', () => {
    expect(toSpec({
      InstanceType: 'g4dn.12xlarge', ProcessorInfo: { SupportedArchitectures: ['x86_64'] }, VCpuInfo: { DefaultVCpus: 48 }, MemoryInfo: { SizeInMiB: 196608 }, InstanceStorageInfo: { TotalSizeInGB: 900 },
      GpuInfo: { Gpus: [{ Count: 4, Name: 'T4', Manufacturer: 'NVIDIA' }], TotalGpuMemoryInMiB: 65536 }, NetworkInfo: { NetworkPerformance: '50 Gigabit' },
    }, 'eu-west-1', ['eu-west-1a'])).toStrictEqual([{
      id: 'g4dn.12xlarge', region: 'eu-west-1', vcpu: 48, memoryMiB: 196608, architecture: 'amd64', gpuCount: 4, gpuModel: 'NVIDIA T4', gpuMemoryMiB: 65536, localDiskGiB: 838, networkPerformance: '50 Gigabit', zones: ['eu-west-1a'],
    }]);
    expect(toSpec({ InstanceType: 'mac2.metal', ProcessorInfo: { SupportedArchitectures: ['arm64_mac'] }, VCpuInfo: { DefaultVCpus: 8 }, MemoryInfo: { SizeInMiB: 16384 } }, 'eu-west-1', undefined)).toEqual([]);
  });
  it('reads the hourly price of a document of the price list', () => {
    const document = (unit: string, USD: string): string => JSON.stringify({
      product: { attributes: { instanceType: 'm7g.large', regionCode: 'eu-west-1' } }, publicationDate: '2026-11-01T10:00:00Z',
      terms: { OnDemand: { 'K.T': { effectiveDate: '2026-10-01T00:00:00Z', priceDimensions: { 'K.T.D': { unit, pricePerUnit: { USD } } } } } },
    });
    expect(pricesOf(document('Hrs', '0.0911000000'), 'eu-west-1', 'AWS Price List API')).toStrictEqual([{
      specId: 'm7g.large', region: 'eu-west-1', purchase: 'on-demand', osFamily: 'linux', currency: 'USD', perHour: 0.0911, source: 'AWS Price List API', asOf: '2026-11-01T10:00:00.000Z', simulated: false,
    }]);
    expect(pricesOf(document('Hrs', '0.0000000000'), 'eu-west-1', 's')).toEqual([]);
    expect(pricesOf(document('Quantity', '4500'), 'eu-west-1', 's')).toEqual([]);
  });
  it.each([['m7g.large', 'L-1216C47A'], ['is4gen.large', 'L-1216C47A'], ['g4dn.xlarge', 'L-DB2E81BA'], ['vt1.3xlarge', 'L-DB2E81BA'], ['p5.48xlarge', 'L-417A185B'], ['inf2.xlarge', 'L-1945791B'], ['u-6tb1.metal', 'L-43DA4232'], ['x2idn.32xlarge', 'L-7295265B'], ['trn1.2xlarge', 'L-2C3B7624'], ['hpc7g.4xlarge', 'L-F7808C92'], ['im4gn.large', 'L-1216C47A'], ['dl1.24xlarge', 'L-6E869C2A'], ['u7i-12tb.224xlarge', 'L-43DA4232'], ['mac2.metal', undefined]])('%s counts under %s', (specId, quotaId) => {
    expect(quotaOfSpec(specId)?.id).toBe(quotaId);
  });
});
