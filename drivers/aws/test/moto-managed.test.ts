import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { SecurityGroup, Subnet } from '@mcmp/driver-sdk';
import { motoNeeded, motoServer, startMoto } from './moto.js';
import { asked, type Connected, connectTo, credential, region, signal } from './session.js';

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;

run('file systems, databases, metrics and functions of AWS, against moto', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let cloud: Connected;
  let networkId = '';
  let subnets: Subnet[];
  let group: SecurityGroup;
  beforeAll(async () => {
    // The roles of EKS have policies of AWS.
    moto = await startMoto({ MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
    cloud = await connectTo(moto.url);
    networkId = (await cloud.network.create({ ...asked('net'), cidr: '10.9.0.0/16' }, signal())).id;
    subnets = [];
    for (const [index, zone] of ['a', 'c'].entries()) subnets.push(await cloud.subnet.create({ ...asked(`sub-${zone}`), networkId, cidr: `10.9.${index}.0/24`, zone: `${region}${zone}` }, signal()));
    group = await cloud['security-group'].create({ ...asked('group'), networkId, description: 'g', rules: [] }, signal());
  });
  afterAll(async () => {
    await cloud?.close?.();
    await moto?.close();
  });

  it('makes a file system with a mount target in each zone, once per token, and takes all away', async () => {
    const request = { ...asked('files'), networkId, subnetIds: subnets.map(({ id }) => id), securityGroupIds: [group.id], protocol: 'nfs' as const };
    await expect(cloud['file-system'].create({ ...request, protocol: 'smb' }, signal())).rejects.toMatchObject({ code: 'UNSUPPORTED', detail: { field: 'protocol' } });
    const made = await cloud['file-system'].create(request, signal());
    expect(made).toMatchObject({ name: 'files', tags: request.tags, state: 'available', protocol: 'nfs' });
    expect(made.mounts.map(({ subnetId }) => subnetId).sort()).toEqual(subnets.map(({ id }) => id).sort());
    for (const { target } of made.mounts) expect(target).toMatch(/^10\.9\.[01]\.\d+:\/$/);
    expect((await cloud['file-system'].create(request, signal())).id).toBe(made.id);
    expect((await cloud['file-system'].list({ region, tags: request.tags }, signal())).items.map(({ id }) => id)).toEqual([made.id]);
    await cloud.tag.set({ region, kind: 'file-system', id: made.id, tags: { role: 'home' } }, signal());
    expect((await cloud['file-system'].get({ region, id: made.id }, signal())).tags).toEqual({ ...request.tags, role: 'home' });
    for (let time = 1; time <= 2; time += 1) await cloud['file-system'].delete({ region, id: made.id }, signal());
    await expect(cloud['file-system'].get({ region, id: made.id }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes a database with its subnet group, suspends, resumes, grows and deletes it', async () => {
    const password = 'a-Secret-of-nobody-1';
    const request = { ...asked('orders'), engine: 'postgres', specId: 'db.t3.micro', storageGiB: 20, networkId, subnetIds: subnets.map(({ id }) => id), securityGroupIds: [group.id], user: 'kituser', password, public: false };
    const made = await cloud.database.create(request, signal());
    expect(made).toMatchObject({ id: 'orders', name: 'orders', engine: 'postgres', specId: 'db.t3.micro', storageGiB: 20, user: 'kituser', public: false });
    expect(JSON.stringify(made)).not.toContain(password);
    expect((await cloud.database.create(request, signal())).id).toBe(made.id);
    await expect(cloud.database.create({ ...request, token: 'another' }, signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const at = { region, id: made.id };
    expect(await cloud.database.get(at, signal())).toMatchObject({ state: 'available', host: expect.any(String) as unknown, port: 5432, tags: request.tags });
    expect((await cloud.database.list({ region, tags: request.tags }, signal())).items.map(({ id }) => id)).toEqual([made.id]);
    for (let time = 1; time <= 2; time += 1) await cloud.database.stop(at, signal());
    expect(await cloud.database.get(at, signal())).toMatchObject({ state: 'suspended', providerState: 'stopped' });
    for (let time = 1; time <= 2; time += 1) await cloud.database.start(at, signal());
    await cloud.database.resize({ ...at, storageGiB: 30 }, signal());
    expect(await cloud.database.get(at, signal())).toMatchObject({ state: 'available', storageGiB: 30 });
    await cloud.tag.set({ region, kind: 'database', id: made.id, tags: { role: 'main' } }, signal());
    expect((await cloud.database.get(at, signal())).tags).toEqual({ ...request.tags, role: 'main' });
    for (let time = 1; time <= 2; time += 1) await cloud.database.delete(at, signal());
    await expect(cloud.database.get(at, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cloud.database.stop(at, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes a cluster with node groups, which keeps what it holds, and gives a kubeconfig', async () => {
    const request = { ...asked('kube'), networkId, subnetIds: subnets.map(({ id }) => id) };
    const made = await cloud.cluster.create(request, signal());
    expect(made).toMatchObject({ id: 'kube', tags: request.tags });
    expect((await cloud.cluster.create(request, signal())).id).toBe('kube');
    await expect(cloud.cluster.create({ ...request, token: 'another' }, signal())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    const nodes = { ...asked('workers'), clusterId: 'kube', subnetIds: request.subnetIds, specId: 'm7g.large', size: 1, minSize: 1, maxSize: 2 };
    const group = await cloud['node-group'].create(nodes, signal());
    expect(group).toMatchObject({ id: 'kube/workers', name: 'workers', clusterId: 'kube', specId: 'm7g.large', size: 1, minSize: 1, maxSize: 2 });
    const key = { region, clusterId: 'kube', id: group.id };
    for (let time = 1; time <= 2; time += 1) expect(await cloud['node-group'].resize({ ...key, size: 2, minSize: 1, maxSize: 3 }, signal())).toMatchObject({ size: 2 });
    await expect(cloud['node-group'].resize({ ...key, size: 5, minSize: 1, maxSize: 3 }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'size' } });
    expect((await cloud['node-group'].list({ region, clusterId: 'kube', tags: nodes.tags }, signal())).items).toMatchObject([{ id: group.id, size: 2, maxSize: 3 }]);
    await expect(cloud.cluster.delete({ region, id: 'kube' }, signal())).rejects.toMatchObject({ code: 'IN_USE' });
    const { kubeconfig, expiresAt } = await cloud.cluster.kubeconfig({ region, id: 'kube' }, signal());
    expect(kubeconfig).toContain(`server: ${made.endpoint}`);
    expect(Date.parse(expiresAt!)).toBeGreaterThan(Date.now());
    const url = new URL(Buffer.from(/k8s-aws-v1\.(\S+)/.exec(kubeconfig)![1]!, 'base64url').toString());
    expect(url.host).toBe(`sts.${region}.amazonaws.com`);
    expect([...url.searchParams.keys()].sort()).toEqual(['Action', 'Version', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-Signature', 'X-Amz-SignedHeaders']);
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    for (let time = 1; time <= 2; time += 1) await cloud['node-group'].delete(key, signal());
    for (let time = 1; time <= 2; time += 1) await cloud.cluster.delete({ region, id: 'kube' }, signal());
    await expect(cloud.cluster.get({ region, id: 'kube' }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('reads what CloudWatch holds, and nothing for what it does not know', async () => {
    const cloudwatch = new CloudWatchClient({ region, endpoint: moto.url, credentials: credential });
    const to = Math.floor(Date.now() / 300_000) * 300_000, from = to - 3_600_000;
    const point = (minutes: number, Value: number) => ({ MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }], Timestamp: new Date(from + minutes * 60_000), Value });
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData: [point(1, 10), point(2, 30), point(6, 50)] }));
    cloudwatch.destroy();
    const ask = { region, kind: 'vm' as const, ids: ['i-1', 'i-2'], name: 'cpu-percent', from: new Date(from).toISOString(), to: new Date(to).toISOString(), periodSeconds: 300, statistic: 'average' as const };
    expect((await cloud.metric.read(ask, signal())).items).toEqual([{ id: 'i-1', points: [{ at: new Date(from).toISOString(), value: 20 }, { at: new Date(from + 300_000).toISOString(), value: 50 }] }, { id: 'i-2', points: [] }]);
    await expect(cloud.metric.read({ ...ask, name: 'mood' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'name' } });
    expect((await cloud.metric.list({ region, kind: 'vm' }, signal())).items.map(({ name }) => name)).toContain('network-in-bytes');
  });

  it('tells limits of every service, and counts what is in use of each', async () => {
    const used = async () => new Map((await cloud.quota.list({ region }, signal())).items.map(({ name, used: count }) => [name, count]));
    const before = await used();
    const at = { networkId, subnetIds: subnets.map(({ id }) => id), securityGroupIds: [group.id] };
    await cloud['file-system'].create({ ...asked('counted'), ...at, protocol: 'nfs' }, signal());
    await cloud.database.create({ ...asked('counted'), ...at, engine: 'postgres', specId: 'db.t3.micro', storageGiB: 20, user: 'kituser', password: 'a-Secret-of-nobody-1', public: false }, signal());
    await cloud.cluster.create({ ...asked('counted'), networkId, subnetIds: at.subnetIds }, signal());
    await cloud.bucket.create(asked('counted-bucket'), signal());
    await cloud['iam-role'].create({ ...asked('counted'), trust: '{"Version":"2012-10-17","Statement":[]}' }, signal());
    const healthCheck = { protocol: 'tcp' as const, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 3 };
    await cloud['load-balancer'].create({ ...asked('counted'), ...at, type: 'network', scheme: 'internal', listeners: [{ protocol: 'tcp', port: 80, targetPort: 80, healthCheck }], vmIds: [] }, signal());
    const after = await used();
    const more = Object.fromEntries([...after].filter(([name, count]) => count !== before.get(name)).map(([name, count = 0]) => [name, count - (before.get(name) ?? NaN)]));
    expect(more).toEqual({ 'Network Load Balancers per Region': 1, 'Target Groups per Region': 1, Clusters: 1, 'DB instances': 1, 'Total storage for all DB instances, in GiB': 20, 'File systems per account': 1, 'General purpose buckets': 1, 'Roles per account': expect.any(Number) });
    expect(before.get('Application Load Balancers per Region')).toBe(0);
  });

  it('calls its own functions', async () => {
    expect(await cloud.function.call({ region, name: 'listScheduledEvents', input: {} }, signal())).toEqual({ output: { items: [] } });
    // Moto has no DescribeReservedInstances.
    await expect(cloud.function.call({ region, name: 'getConsoleOutput', input: { vmId: 'i-0123456789abcdef0' } }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cloud.function.call({ region, name: 'toString', input: {} }, signal())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
