import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeAddressesCommand, DescribeInstancesCommand, DescribeInternetGatewaysCommand, DescribeKeyPairsCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVolumesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Disk, HandlerGroups, KeyPair, Network, Page, PageRequest, PublicIp, SecurityGroup, SecurityRule, Session, Subnet, Vm } from '@mcmp/driver-sdk';
import driver from '../src/index.js';
import { motoNeeded, motoServer, startMoto } from './moto.js';

const region = 'ap-northeast-2';
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfAdxAUvYPjGUjZAIyTe4yYKmQ7hPFXxw1WxMi8Ocho mcmp';
const tags = { 'mcmp-project': 'p1', 'mcmp-mci': 'm1' };
const owned = (id: string) => ({ ...tags, 'mcmp-id': id });
const signal = (): AbortSignal => AbortSignal.timeout(30_000);
const rule = (direction: SecurityRule['direction'], port: number): SecurityRule => ({ direction, protocol: 'tcp', fromPort: port, toPort: port, cidr: '0.0.0.0/0' });
const byText = <T>(items: T[]): string[] => items.map((item) => JSON.stringify(item)).sort();

type Connected = { [C in keyof HandlerGroups]: Required<HandlerGroups[C]> } & Pick<Session, 'traits' | 'close'>;

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;
if (motoServer === undefined) console.warn("moto_server is not in PATH: the life of AWS resources is not tested here. pip install 'moto[server]'");

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>, pageSize: number): Promise<T[]> {
  const items: T[] = [];
  for (let pageToken: string | undefined, pages = 0; pages < 200; pages += 1) {
    const page = await list({ pageSize, ...(pageToken === undefined ? {} : { pageToken }) });
    expect(page.items.length).toBeLessThanOrEqual(pageSize);
    items.push(...page.items);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return items;
  }
  throw new Error('The list has no end.');
}

run('the AWS driver against moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let cloud: Connected;
  let network: Network;
  let subnet: Subnet;
  let group: SecurityGroup;
  let key: KeyPair;
  let vms: Vm[] = [];
  let disk: Disk;
  let address: PublicIp;
  const credential = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any-secret-will-do' };
  const of = (id: string) => ({ region, id });

  beforeAll(async () => {
    moto = await startMoto();
    cloud = await driver.connect({ credential, endpoint: moto.url, options: { sshPort: '2222' } }) as Connected;
  });
  afterAll(async () => {
    await cloud?.close?.();
    await moto?.close();
  });

  it('tells who it is, where, and what is offered', async () => {
    expect(await cloud.account.verify({}, signal())).toMatchObject({ accountId: expect.stringMatching(/^\d{12}$/) as unknown, principal: expect.stringMatching(/^arn:aws:/) as unknown });
    const regions = await all((page) => cloud.region.list(page, signal()), 7);
    expect(regions).toContainEqual({ id: region, name: 'Asia Pacific (Seoul)', latitude: 37.36, longitude: 126.78, enabled: true });
    expect(new Set(regions.map(({ id }) => id)).size).toBe(regions.length);
    const zones = await cloud.region.listZones({ region }, signal());
    expect(zones.items).toContainEqual({ id: `${region}a`, region, available: true });
  });

  it('hands pages of specs through and keeps what they say', async () => {
    const first = await cloud.spec.list({ region, pageSize: 3 }, signal());
    const second = await cloud.spec.list({ region, pageSize: 3, pageToken: first.nextPageToken! }, signal());
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    expect(first.items[0]).toMatchObject({ id: expect.stringMatching(/^\w+\.\w+$/) as unknown, region, architecture: expect.stringMatching(/^(amd|arm)64$/) as unknown, gpuCount: 0 });
    expect(first.items[0]!.vcpu).toBeGreaterThan(0);
    expect(first.items[0]!.memoryMiB).toBeGreaterThan(0);
    await expect(cloud.spec.list({ region, pageToken: 'not-ours' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'pageToken' } });
  });

  it('offers images that a person would start from, each once', async () => {
    const { items } = await cloud.image.list({ region }, signal());
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(50);
    expect(items.find(({ osFamily }) => osFamily === 'ubuntu')).toMatchObject({ sshUser: 'ubuntu', architecture: 'amd64', osVersion: expect.stringMatching(/^\d\d\.\d\d$/) as unknown });
    const kinds = items.map(({ osFamily, osVersion, architecture }) => `${osFamily} ${osVersion} ${architecture}`);
    expect(new Set(kinds).size).toBe(kinds.length);
    const one = await cloud.image.list({ region, ids: [items[0]!.id, 'ami-00000000000000000'] }, signal());
    expect(one.items).toEqual([items[0]]);
  });

  it('falls back to the price book and the published limits where the endpoint has no such API', async () => {
    const prices = await cloud.price.list({ region, purchase: 'on-demand', pageSize: 300 }, signal());
    const further = await cloud.price.list({ region, purchase: 'on-demand', pageSize: 300, pageToken: prices.nextPageToken! }, signal());
    expect([...prices.items, ...further.items]).toContainEqual({
      specId: 'm5.large', region, purchase: 'on-demand', osFamily: 'linux', currency: 'USD', perHour: 0.118, source: 'EC2 on-demand Linux list prices in Apache Libcloud 3.9.1', asOf: '2025-03-02T00:00:00.000Z', simulated: false,
    });
    const spot = await cloud.price.list({ region, purchase: 'spot', pageSize: 5 }, signal());
    expect(spot.items[0]).toMatchObject({ purchase: 'spot', currency: 'USD', zone: expect.stringMatching(/^ap-northeast-2/) as unknown });
    const quotas = await cloud.quota.list({ region }, signal());
    expect(quotas.items).toContainEqual(expect.objectContaining({ id: 'L-1216C47A', measure: 'vcpu', source: 'default', specPrefixes: expect.arrayContaining(['m5', 't3']) as unknown }));
  });

  it('makes a network that reaches the internet, once for one token', async () => {
    const request = { region, name: 'n1', token: 'token-n1', tags: owned('n1'), cidr: '10.7.0.0/16' };
    network = await cloud.network.create(request, signal());
    expect(network).toMatchObject({ name: 'n1', region, tags: owned('n1'), cidr: '10.7.0.0/16' });
    expect(await cloud.network.create(request, signal())).toEqual(network);
    expect((await cloud.network.list({ region, tags }, signal())).items).toEqual([network]);
    const ec2 = new EC2Client({ region, endpoint: moto.url, credentials: credential });
    const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [network.id] }] }));
    expect(InternetGateways).toHaveLength(1);
    ec2.destroy();
  });

  it('makes subnet, security group and key pair, and finds its own again', async () => {
    const zone = `${region}a`;
    const subnetRequest = { region, name: 's1', token: 'token-s1', tags: owned('s1'), networkId: network.id, cidr: '10.7.1.0/24', zone };
    subnet = await cloud.subnet.create(subnetRequest, signal());
    expect(subnet).toMatchObject({ name: 's1', networkId: network.id, cidr: '10.7.1.0/24', zone, tags: owned('s1') });
    expect((await cloud.subnet.create(subnetRequest, signal())).id).toBe(subnet.id);
    await expect(cloud.subnet.create({ ...subnetRequest, token: 'other' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { providerCode: 'InvalidSubnet.Conflict', field: 'cidr' } });

    const groupRequest = { region, name: 'sg-web', token: 'token-g1', tags: owned('g1'), networkId: network.id, description: 'web – ssh', rules: [rule('ingress', 22), rule('egress', 443)] };
    group = await cloud['security-group'].create(groupRequest, signal());
    expect(group).toMatchObject({ name: 'sg-web', networkId: network.id, tags: owned('g1') });
    expect((await cloud['security-group'].create(groupRequest, signal())).id).toBe(group.id);
    await expect(cloud['security-group'].create({ ...groupRequest, token: 'other' }, signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(byText((await cloud['security-group'].get(of(group.id), signal())).rules)).toEqual(byText(groupRequest.rules));
    const wanted = [rule('ingress', 80), rule('ingress', 22), { direction: 'ingress', protocol: 'icmp', cidr: '10.0.0.0/8' }, { direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' }] satisfies SecurityRule[];
    for (let time = 1; time <= 2; time += 1) await cloud['security-group'].setRules({ ...of(group.id), rules: wanted }, signal());
    expect(byText((await cloud['security-group'].get(of(group.id), signal())).rules)).toEqual(byText(wanted));

    const keyRequest = { region, name: 'k1', token: 'token-k1', tags: owned('k1'), publicKey };
    key = await cloud['key-pair'].create(keyRequest, signal());
    expect(key).toMatchObject({ name: 'k1', tags: owned('k1'), fingerprint: expect.any(String) as unknown });
    expect((await cloud['key-pair'].create(keyRequest, signal())).id).toBe(key.id);
    await expect(cloud['key-pair'].create({ ...keyRequest, token: 'other' }, signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect((await cloud['key-pair'].list({ region, tags: owned('k1') }, signal())).items).toEqual([await cloud['key-pair'].get(of(key.id), signal())]);
  });

  it('makes three VMs by one call, in batch order, and lists them two by two', async () => {
    const image = (await cloud.image.list({ region }, signal())).items.find(({ osFamily }) => osFamily === 'ubuntu')!;
    const { items } = await cloud.vm.create({
      region, names: ['v1', 'v2', 'v3'], token: 'token-v', tags: { ...tags, 'mcmp-batch': 'b1' }, zone: subnet.zone!, specId: 't3.small', imageId: image.id, networkId: network.id, subnetId: subnet.id,
      securityGroupIds: [group.id], keyPairId: key.id, publicKey, sshUser: 'ubuntu', rootDiskGiB: 30, userData: '#cloud-config\n', publicAddress: true,
    }, signal());
    vms = items;
    expect(items.map(({ batchIndex }) => batchIndex)).toEqual([0, 1, 2]);
    for (const [index, { id }] of items.entries()) await cloud.tag.set({ region, kind: 'vm', id, tags: { role: 'web' }, name: `v${index + 1}` }, signal());
    const listed = await all((page) => cloud.vm.list({ region, tags: { 'mcmp-batch': 'b1' }, ...page }, signal()), 2);
    expect(listed.map(({ name }) => name).sort()).toEqual(['v1', 'v2', 'v3']);
    expect(listed[0]).toMatchObject({
      state: 'running', tags: { 'mcmp-batch': 'b1', role: 'web' }, specId: 't3.small', imageId: image.id, networkId: network.id, subnetId: subnet.id, securityGroupIds: [group.id], zone: subnet.zone,
      publicIp: expect.any(String) as unknown, privateIp: expect.stringMatching(/^10\.7\.1\./) as unknown, sshPort: 2222,
    });
    expect((await cloud.vm.list({ region, ids: [items[1]!.id, 'i-00000000000000000'] }, signal())).items.map(({ id }) => id)).toEqual([items[1]!.id]);
    expect((await cloud.disk.list({ region, tags }, signal())).items).toEqual([]);
    await cloud.tag.remove({ region, kind: 'vm', id: items[0]!.id, keys: ['role'] }, signal());
    expect((await cloud.vm.get(of(items[0]!.id), signal())).tags).toEqual({ ...tags, 'mcmp-batch': 'b1' });
  });

  it('stops, resizes, starts and reboots, and may be asked twice', async () => {
    const [{ id }] = vms as [Vm];
    for (let time = 1; time <= 2; time += 1) await cloud.vm.stop(of(id), signal());
    expect(await cloud.vm.get(of(id), signal())).toMatchObject({ state: 'suspended', providerState: 'stopped' });
    await cloud.vm.resize({ ...of(id), specId: 't3.large' }, signal());
    for (let time = 1; time <= 2; time += 1) await cloud.vm.start(of(id), signal());
    expect(await cloud.vm.get(of(id), signal())).toMatchObject({ state: 'running', specId: 't3.large' });
    await cloud.vm.reboot(of(id), signal());
  });

  it('makes, grows, attaches and detaches a disk', async () => {
    disk = await cloud.disk.create({ region, name: 'd1', token: 'token-d1', tags: owned('d1'), sizeGiB: 10, zone: subnet.zone! }, signal());
    expect(disk).toMatchObject({ name: 'd1', tags: owned('d1'), sizeGiB: 10, type: 'gp3', zone: subnet.zone });
    for (let time = 1; time <= 2; time += 1) expect(await cloud.disk.attach({ ...of(disk.id), vmId: vms[1]!.id }, signal())).toMatchObject({ state: 'in-use', vmId: vms[1]!.id, device: '/dev/sdf' });
    await expect(cloud.disk.delete(of(disk.id), signal())).rejects.toMatchObject({ code: 'IN_USE' });
    for (let time = 1; time <= 2; time += 1) expect((await cloud.disk.detach(of(disk.id), signal())).vmId).toBeUndefined();
    expect(await cloud.disk.resize({ ...of(disk.id), sizeGiB: 20 }, signal())).toMatchObject({ sizeGiB: 20 });
    expect((await cloud.disk.list({ region, tags: owned('d1') }, signal())).items).toMatchObject([{ id: disk.id, state: 'available' }]);
  });

  it('allocates an address once for one token and moves it on and off', async () => {
    const request = { region, name: 'a1', token: 'token-a1', tags: owned('a1') };
    address = await cloud['public-ip'].create(request, signal());
    expect(await cloud['public-ip'].create(request, signal())).toEqual(address);
    for (let time = 1; time <= 2; time += 1) expect(await cloud['public-ip'].associate({ ...of(address.id), vmId: vms[2]!.id }, signal())).toMatchObject({ state: 'in-use', vmId: vms[2]!.id });
    expect((await cloud.vm.get(of(vms[2]!.id), signal())).publicIp).toBe(address.address);
    for (let time = 1; time <= 2; time += 1) expect(await cloud['public-ip'].disassociate(of(address.id), signal())).toMatchObject({ state: 'available' });
  });

  it('says NOT_FOUND with the code of AWS, UNAVAILABLE without a server, TIMEOUT when stopped', async () => {
    await expect(cloud.vm.get(of('i-0123456789abcdef0'), signal())).rejects.toMatchObject({ name: 'DriverError', code: 'NOT_FOUND', detail: { providerCode: 'InvalidInstanceID.NotFound', httpStatus: 400 } });
    const kinds = ['network', 'subnet', 'security-group', 'key-pair', 'disk', 'public-ip'] as const;
    for (const kind of kinds) await expect(cloud[kind].get(of('nothing'), signal())).rejects.toMatchObject({ code: 'NOT_FOUND', detail: { providerCode: expect.any(String) as unknown } });
    const nowhere = await driver.connect({ credential, endpoint: 'http://127.0.0.1:9', options: {} }) as Connected;
    await expect(nowhere.vm.list({ region }, signal())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(cloud.vm.list({ region }, AbortSignal.abort())).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(cloud.vm.list({ region: 'mars' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'region' } });
  });

  it('refuses to take a network apart that is in use', async () => {
    await expect(cloud.network.delete(of(network.id), signal())).rejects.toMatchObject({ code: 'IN_USE' });
    const ec2 = new EC2Client({ region, endpoint: moto.url, credentials: credential });
    expect((await ec2.send(new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [network.id] }] }))).InternetGateways).toHaveLength(1);
    ec2.destroy();
  });

  it('deletes all of it, twice, and nothing is left', async () => {
    for (let time = 1; time <= 2; time += 1) {
      for (const { id } of vms) await cloud.vm.delete(of(id), signal());
      await cloud.disk.delete(of(disk.id), signal());
      await cloud['public-ip'].delete(of(address.id), signal());
      await cloud['key-pair'].delete(of(key.id), signal());
      await cloud['security-group'].delete(of(group.id), signal());
      await cloud.subnet.delete(of(subnet.id), signal());
      await cloud.network.delete(of(network.id), signal());
    }
    expect((await cloud.vm.list({ region, tags }, signal())).items).toEqual([]);
    const ec2 = new EC2Client({ region, endpoint: moto.url, credentials: credential });
    const Filters = [{ Name: 'tag:mcmp-project', Values: ['p1'] }];
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
    expect(Reservations.flatMap(({ Instances = [] }) => Instances).filter(({ State }) => State?.Name !== 'terminated')).toEqual([]);
    const left = await Promise.all([
      ec2.send(new DescribeVpcsCommand({ Filters })).then(({ Vpcs }) => Vpcs),
      ec2.send(new DescribeSubnetsCommand({ Filters })).then(({ Subnets }) => Subnets),
      ec2.send(new DescribeInternetGatewaysCommand({ Filters })).then(({ InternetGateways }) => InternetGateways),
      ec2.send(new DescribeSecurityGroupsCommand({ Filters })).then(({ SecurityGroups }) => SecurityGroups),
      ec2.send(new DescribeKeyPairsCommand({ Filters })).then(({ KeyPairs }) => KeyPairs),
      ec2.send(new DescribeVolumesCommand({})).then(({ Volumes }) => Volumes),
      ec2.send(new DescribeAddressesCommand({ Filters })).then(({ Addresses }) => Addresses),
    ]);
    expect(left.map((items) => items ?? [])).toEqual([[], [], [], [], [], [], []]);
    ec2.destroy();
  });
});
