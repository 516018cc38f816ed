import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateTargetGroupCommand, DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, UploadServerCertificateCommand } from '@aws-sdk/client-iam';
import type { Listener, Subnet, Vm } from '@mcmp/driver-sdk';
import { motoNeeded, motoServer, startMoto } from './moto.js';
import { asked, type Connected, connectTo, credential, region, signal } from './session.js';

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;
const http = (port: number, targetPort: number, more: Partial<Listener> = {}): Listener => ({ protocol: 'http', port, targetPort, healthCheck: { protocol: 'http', path: '/health', intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 2 }, ...more });

run('load balancers of AWS, against moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let cloud: Connected;
  let elb: ElasticLoadBalancingV2Client;
  let networkId = '';
  let subnets: Subnet[];
  let vms: Vm[];
  let certificateId = '';
  const groups = async (): Promise<string[]> => ((await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? []).map(({ TargetGroupName = '' }) => TargetGroupName);
  const request = (name: string) => ({ ...asked(name), type: 'application' as const, scheme: 'public' as const, networkId, subnetIds: subnets.slice(0, 2).map(({ id }) => id), listeners: [http(80, 8080)], vmIds: [vms[0]!.id] });
  beforeAll(async () => {
    moto = await startMoto();
    cloud = await connectTo(moto.url);
    elb = new ElasticLoadBalancingV2Client({ region, endpoint: moto.url, credentials: credential });
    const iam = new IAMClient({ region, endpoint: moto.url, credentials: credential });
    certificateId = (await iam.send(new UploadServerCertificateCommand({ ServerCertificateName: 'web', CertificateBody: 'a certificate', PrivateKey: 'a key of nobody' }))).ServerCertificateMetadata!.Arn!;
    iam.destroy();
    networkId = (await cloud.network.create({ ...asked('net'), cidr: '10.9.0.0/16' }, signal())).id;
    subnets = [];
    for (const [index, zone] of ['a', 'c', 'a'].entries()) subnets.push(await cloud.subnet.create({ ...asked(`sub-${index}`), networkId, cidr: `10.9.${index}.0/24`, zone: `${region}${zone}` }, signal()));
    const group = await cloud['security-group'].create({ ...asked('group'), networkId, description: 'g', rules: [] }, signal());
    const { items: [image] } = await cloud.image.list({ region, pageSize: 1 }, signal());
    const { name, ...rest } = asked('vms');
    const key = await cloud['key-pair'].create({ ...asked('key'), publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0x3dTzUxBbgbb3Yc5uK+7k3qTQF0Z5kWRBwkbbVgTn' }, signal());
    vms = (await cloud.vm.create({ ...rest, names: [`${name}-0`, `${name}-1`], specId: 't3.small', imageId: image!.id, networkId, subnetId: subnets[0]!.id, securityGroupIds: [group.id], keyPairId: key.id, publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0x3dTzUxBbgbb3Yc5uK+7k3qTQF0Z5kWRBwkbbVgTn', sshUser: 'ubuntu', publicAddress: false }, signal())).items;
  });
  afterAll(async () => {
    elb?.destroy();
    await cloud?.close?.();
    await moto?.close();
  });

  it('makes one that understands HTTP with its health check and certificate, changes it, and takes all of it away', async () => {
    const long = { ...request('a-name-that-is-much-longer-than-aws-allows'), listeners: [http(80, 8080), { ...http(443, 8080), protocol: 'https' as const, certificateId }] };
    const made = await cloud['load-balancer'].create(long, signal());
    expect(made).toMatchObject({ name: long.name, tags: long.tags, type: 'application', scheme: 'public', networkId, vmIds: [vms[0]!.id], address: expect.stringMatching(/^[\w.-]+\.elb\.amazonaws\.com$/) as unknown });
    expect(made.subnetIds.sort()).toEqual(long.subnetIds.sort());
    expect(made.listeners).toEqual([{ ...http(80, 8080), targetProtocol: 'http' }, { ...http(443, 8080), protocol: 'https', targetProtocol: 'http', certificateId }]);
    const at = { region, id: made.id };
    const names = await groups();
    expect(names).toHaveLength(2);
    expect(names.every((name) => /^a-name-that-is-[0-9a-f]{8}-[0-9a-f]{8}$/.test(name) && name.length <= 32)).toBe(true);

    const changed = http(80, 8081, { healthCheck: { ...http(80, 0).healthCheck, path: '/ready', intervalSeconds: 20 } });
    for (let time = 1; time <= 2; time += 1) expect(await cloud['load-balancer'].setListeners({ ...at, listeners: [changed] }, signal())).toMatchObject({ listeners: [{ ...changed, targetProtocol: 'http' }], vmIds: [vms[0]!.id] });
    expect(await groups()).toHaveLength(1);
    for (const vmIds of [vms.map(({ id }) => id), [vms[1]!.id]]) expect((await cloud['load-balancer'].setTargets({ ...at, vmIds }, signal())).vmIds.sort()).toEqual(vmIds.sort());
    expect((await cloud['load-balancer'].health(at, signal())).items).toEqual([{ vmId: vms[1]!.id, port: 8081, state: 'healthy' }]);
    await cloud.vm.stop({ region, id: vms[1]!.id }, signal());
    expect((await cloud['load-balancer'].health(at, signal())).items).toMatchObject([{ state: 'unknown', reason: expect.stringContaining('Target.InvalidState') as unknown }]);
    await expect(cloud['load-balancer'].setTargets({ ...at, vmIds: vms.map(({ id }) => id) }, signal())).resolves.toMatchObject({ id: made.id });
    await cloud.vm.start({ region, id: vms[1]!.id }, signal());
    for (let time = 1; time <= 2; time += 1) await cloud['load-balancer'].delete(at, signal());
    await expect(cloud['load-balancer'].get(at, signal())).rejects.toMatchObject({ code: 'NOT_FOUND', detail: { providerCode: 'LoadBalancerNotFound' } });
    expect(await groups()).toEqual([]);
  });

  it('makes one of a request that is sent again, and goes on where the first was stopped', async () => {
    const first = await cloud['load-balancer'].create({ ...request('again'), listeners: [http(80, 8080)] }, signal());
    const again = await cloud['load-balancer'].create({ ...request('again'), listeners: [http(80, 8080), http(81, 8081)] }, signal());
    expect(again.id).toBe(first.id);
    expect(again.listeners.map(({ port }) => port)).toEqual([80, 81]);
    expect((await cloud['load-balancer'].list({ region, tags: asked('again').tags }, signal())).items.map(({ id }) => id)).toEqual([first.id]);
    await cloud['load-balancer'].delete({ region, id: first.id }, signal());
  });

  it('takes target groups away that a stopped delete left, and no others', async () => {
    const { id } = await cloud['load-balancer'].create(request('stopped'), signal());
    const [name = ''] = await groups();
    await cloud['load-balancer'].setListeners({ region, id, listeners: [] }, signal());
    for (const Name of [name, 'stopped-other']) await elb.send(new CreateTargetGroupCommand({ Name, Protocol: 'HTTP', Port: 1, VpcId: networkId }));
    await cloud['load-balancer'].delete({ region, id }, signal());
    expect(await groups()).toEqual(['stopped-other']);
  });

  it('refuses what AWS would refuse half-way, before anything is made', async () => {
    const refused = async (change: object, field: string) => expect(cloud['load-balancer'].create({ ...request('refused'), ...change }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field } });
    await refused({ subnetIds: [subnets[0]!.id] }, 'subnetIds');
    await refused({ subnetIds: [subnets[0]!.id, subnets[2]!.id] }, 'subnetIds');
    await refused({ subnetIds: ['subnet-0123456789abcdef0'] }, 'subnetIds');
    await refused({ type: 'network' }, 'listeners.0.protocol');
    await refused({ listeners: [http(80, 1, { protocol: 'udp' })] }, 'listeners.0.protocol');
    await refused({ listeners: [http(80, 1), http(80, 2)] }, 'listeners.1.port');
    await refused({ listeners: [http(80, 1, { targetProtocol: 'tcp' })] }, 'listeners.0.targetProtocol');
    await refused({ listeners: [http(443, 1, { protocol: 'https' })] }, 'listeners.0.certificateId');
    await refused({ listeners: [http(80, 1, { healthCheck: { ...http(80, 1).healthCheck, protocol: 'tcp' } })] }, 'listeners.0.healthCheck.protocol');
    await refused({ listeners: [http(80, 1, { healthCheck: { ...http(80, 1).healthCheck, intervalSeconds: 1 } })] }, 'listeners.0.healthCheck.intervalSeconds');
    await refused({ listeners: [http(80, 1, { healthCheck: { ...http(80, 1).healthCheck, timeoutSeconds: 60 } })] }, 'listeners.0.healthCheck.timeoutSeconds');
    expect((await cloud['load-balancer'].list({ region }, signal())).items).toEqual([]);
    expect(await groups()).toEqual(['stopped-other']);
  });
});
