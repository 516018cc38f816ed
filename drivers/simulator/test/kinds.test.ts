import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAPABILITY_METHODS, isDriverError, RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { Capability, DriverErrorDetail, ResourceKind } from '@mcmp/driver-sdk';
import { personalities } from '../personalities/index.js';
import plain from '../wire/index.js';
import { createWorld } from '../world/index.js';
import { ACCOUNT } from './kit-stage.js';
import { connect, makeAll, never } from './offer.js';
import type { Stage, Whole } from './offer.js';

const world = createWorld({ personalities, timeScale: 0, throttling: false });
let server: Awaited<ReturnType<typeof plain.start>>;
beforeAll(async () => {
  server = await plain.start(world, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await world.close();
});

/** The refusal of a call: its code, and what field or provider's code it names. */
async function refused(call: Promise<unknown>): Promise<[string, DriverErrorDetail['field']]> {
  const error: unknown = await call.then((answer) => new Error(`it was answered: ${JSON.stringify(answer)}`), (reason: unknown) => reason);
  if (!isDriverError(error)) throw error;
  return [error.code, error.detail.field];
}

// Four unlike ones: zones and tokens, names, a network of all regions, and the one that lacks most.
describe.each(['aws', 'azure', 'gcp', 'kt'])('every kind that %s has', (cloud) => {
  const personality = personalities.find((each) => each.cloud === cloud) ?? personalities[0]!;
  const { lacks } = personality.services;
  const kinds = RESOURCE_KINDS.filter((kind) => !lacks.includes(kind));
  let session: Whole;
  let stage: Stage;
  beforeAll(async () => {
    session = await connect(world, server.port, cloud, ACCOUNT);
    stage = await makeAll(session, personality);
  });
  afterAll(() => session.close());
  /** Where a kind is asked for: node groups within their cluster. */
  const at = (kind: ResourceKind) => ({ region: stage.region, ...(kind === 'node-group' && { clusterId: stage.ids.cluster ?? '' }) });
  const group = (kind: ResourceKind) => session[kind] as unknown as Record<'create' | 'get' | 'list' | 'delete', (request: object, signal: AbortSignal) => Promise<unknown>>;

  it.each(kinds)('%s is got and listed, by id and tags, and counted', async (kind) => {
    const id = stage.ids[kind];
    const thing = await group(kind).get({ ...at(kind), id }, never);
    expect(thing).toMatchObject({ id, region: stage.region, tags: { 'mcmp-project': 'stage' } });
    const list = async (narrow: object) => ((await group(kind).list({ ...at(kind), ...narrow }, never)) as { items: { id: string }[] }).items.map((each) => each.id);
    expect(await list({ ids: [id, 'unknown'] })).toEqual([id]);
    expect(await list({ tags: { 'mcmp-project': 'stage' } })).toContain(id);
    expect(await list({ ids: [id], tags: { 'mcmp-project': 'another' } })).toEqual([]);
    expect(await refused(group(kind).get({ ...at(kind), id: 'unknown' }, never))).toEqual(['NOT_FOUND', undefined]);
    expect(world.truth({ cloud, kind, tags: { 'mcmp-project': 'stage' } }).length).toBeGreaterThan(0);
  });

  const tokens = kinds.filter((kind) => personality.idempotencyToken.includes(kind));
  if (tokens.length > 0) it.each(tokens)('%s is made once for a token', async (kind) => {
    const before = world.truth({ cloud, kind }).length;
    const answer = (await group(kind).create(kind === 'subnet' ? { ...stage.request(kind, 'stage'), cidr: '10.20.1.0/24', zone: personality.regions[0]?.zones[0] } : stage.request(kind, 'stage'), never)) as { id: string; items?: { id: string }[] };
    expect([answer.items?.[0]?.id ?? answer.id, world.truth({ cloud, kind }).length]).toEqual([stage.ids[kind], before]);
  });

  it.each(kinds.filter((kind) => personality.uniqueName.includes(kind)))('%s is refused under a name that is taken', async (kind) => {
    expect((await refused(group(kind).create({ ...stage.request(kind, 'stage'), token: 'another' }, never)))[0]).toBe('ALREADY_EXISTS');
  });

  it('says UNSUPPORTED, in its traits and to every call, for what it lacks', async () => {
    expect(session.traits.lacks).toEqual(lacks);
    for (const capability of lacks) {
      for (const name of CAPABILITY_METHODS[capability].map((method) => method.replace('?', ''))) {
        const call = (session[capability] as unknown as Record<string, ((request: object, signal: AbortSignal) => Promise<unknown>) | undefined> | undefined)?.[name];
        if (!call) continue;
        const request = { region: stage.region, id: 'x', name: 'x', key: 'x', bucketId: 'x', zoneId: 'x', clusterId: 'x', tags: {} };
        const error: unknown = await call(request, never).catch((reason: unknown) => reason);
        expect(isDriverError(error) && [capability as Capability, error.code, error.detail.providerCode]).toEqual([capability, 'UNSUPPORTED', 'NotOffered']);
      }
    }
  });

  it('goes in the other order, each refused while something stands on it', async () => {
    const HELD: Partial<Record<ResourceKind, ResourceKind>> = {
      network: 'subnet', subnet: 'vm', 'security-group': 'vm', 'placement-group': 'vm', cluster: 'node-group', 'vpn-gateway': 'vpn-connection',
    };
    for (const [kind, holder] of Object.entries(HELD) as [ResourceKind, ResourceKind][]) {
      const together = kind === 'cluster' && session.traits.clusterNeedsNodes;
      if (stage.ids[kind] && stage.ids[holder] && !together) expect([kind, (await refused(group(kind).delete({ ...at(kind), id: stage.ids[kind] }, never)))[0]]).toEqual([kind, 'IN_USE']);
    }
    const left = [...world.truth({ cloud, account: ACCOUNT })].reverse().filter((thing) => !(thing.attributes as { owner?: unknown }).owner);
    const order = [...RESOURCE_KINDS].reverse().flatMap((kind) => left.flatMap(({ kind: each, id }) => (each === kind ? [{ kind, id }] : [])));
    for (const { kind, id } of order.sort((one, other) => Number(other.kind === 'vm') - Number(one.kind === 'vm'))) await group(kind).delete({ ...at(kind), id }, never);
    for (const { kind, id } of order) await group(kind).delete({ ...at(kind), id }, never);
    expect(world.truth({ cloud, account: ACCOUNT })).toEqual([]);
  });
});

describe('what managed things do', () => {
  let session: Whole;
  let stage: Stage;
  const personality = personalities.find((each) => each.cloud === 'aws')!;
  beforeAll(async () => {
    session = await connect(world, server.port, 'aws', '111122223333');
    stage = await makeAll(session, personality);
  });
  afterAll(() => session.close());
  const on = (kind: ResourceKind) => ({ region: stage.region, id: stage.ids[kind] ?? '' });

  it('keeps objects, and gives them by signed URLs until they expire', async () => {
    const key = { region: stage.region, bucketId: stage.ids.bucket ?? '', key: 'a folder/ümlaut.txt' };
    const write = await session.object.sign({ ...key, access: 'write', expiresSeconds: 60 }, never);
    expect((await fetch(write.url, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } })).status).toBe(200);
    expect(await session.object.get(key, never)).toMatchObject({ sizeBytes: 5, contentType: 'text/plain' });
    expect(Buffer.from((await session.object.read(key, never)).contentBase64, 'base64').toString()).toBe('hello');
    const read = await session.object.sign({ ...key, access: 'read', expiresSeconds: 1 }, never);
    expect(await (await fetch(read.url)).text()).toBe('hello');
    expect((await fetch(read.url, { method: 'PUT', body: 'no' })).status).toBe(403);
    expect((await fetch(read.url.replace('folder', 'fodder'))).status).toBe(403);
    expect(await refused(session.bucket.delete({ region: stage.region, id: key.bucketId }, never))).toEqual(['IN_USE', undefined]);
    await session.object.put({ ...key, key: 'b', contentBase64: '' }, never);
    const { items, nextPageToken } = await session.object.list({ ...key, pageSize: 1 }, never);
    expect([items.map((each) => each.key), (await session.object.list({ ...key, pageSize: 1, pageToken: nextPageToken ?? '' }, never)).items.map((each) => each.key)]).toEqual([['a folder/ümlaut.txt'], ['b']]);
    expect((await session.object.list({ ...key, prefix: 'b' }, never)).items).toHaveLength(1);
    await session.object.delete(key, never);
    await session.object.delete(key, never);
    expect((await refused(session.object.read(key, never)))[0]).toBe('NOT_FOUND');
    await session.object.delete({ ...key, key: 'b' }, never);
  });

  it('has one book of bucket names for all accounts of a cloud', async () => {
    const other = await connect(world, server.port, 'aws', '444455556666');
    expect(await refused(other.bucket.create({ region: stage.region, name: stage.ids.bucket ?? '', token: 't', tags: {} }, never))).toEqual(['ALREADY_EXISTS', 'name']);
    await other.close();
  });

  it('gives a kubeconfig that opens the cluster of the box, and none before it is ready', async () => {
    const { kubeconfig } = await session.cluster.kubeconfig(on('cluster'), never);
    const [, url = ''] = /server: (\S+)/.exec(kubeconfig) ?? [], [, token = ''] = /token: (\S+)/.exec(kubeconfig) ?? [];
    expect(url).toBe((await session.cluster.get(on('cluster'), never)).endpoint);
    const nodes = (await (await fetch(`${url}/api/v1/nodes`, { headers: { authorization: `Bearer ${token}` } })).json()) as { items: { metadata: { labels: object } }[] };
    expect(nodes.items.map(({ metadata }) => metadata.labels)).toMatchObject([{ pool: 'a' }]);
    expect((await fetch(`${url}/version`, { headers: { authorization: `Bearer ${token}x` } })).status).toBe(401);
  });

  it('upgrades a cluster by one version, and resizes node groups within their bounds', async () => {
    const versions = (await session.cluster.versions({ region: stage.region }, never)).items.map(({ version }) => version);
    const { version } = await session.cluster.get(on('cluster'), never);
    expect(version).toBe(versions[1]);
    expect(await refused(session.cluster.upgrade({ ...on('cluster'), version: versions[3] ?? '' }, never))).toEqual(['INVALID_REQUEST', 'version']);
    await session.cluster.upgrade({ ...on('cluster'), version: versions[0] ?? '' }, never);
    expect(await session.cluster.get(on('cluster'), never)).toMatchObject({ version: versions[0], state: 'available' });
    const nodes = { ...on('node-group'), clusterId: stage.ids.cluster ?? '' };
    expect(await session['node-group'].resize({ ...nodes, size: 2, minSize: 0, maxSize: 5 }, never)).toMatchObject({ size: 2, maxSize: 5 });
    expect(await refused(session['node-group'].resize({ ...nodes, size: 9, minSize: 0, maxSize: 5 }, never))).toEqual(['INVALID_REQUEST', 'size']);
    await session['node-group'].upgrade?.({ ...nodes, version: versions[0] ?? '' }, never);
  });

  it('keeps DNS records, with weights', async () => {
    const zone = { region: stage.region, zoneId: stage.ids['dns-zone'] ?? '' };
    const record = { name: 'www.aws.example.org', type: 'A' as const, ttlSeconds: 60, values: ['192.0.2.1'] };
    for (const [setId, weight] of [['one', 90], ['two', 10]] as const) await session['dns-record'].set({ ...zone, ...record, setId, weight }, never);
    await session['dns-record'].set({ ...zone, ...record, setId: 'one', weight: 50 }, never);
    const kept = (await session['dns-record'].list(zone, never)).items;
    expect(kept.filter(({ type }) => type === 'A').map(({ setId, weight }) => [setId, weight])).toEqual([['one', 50], ['two', 10]]);
    expect(kept.map(({ type }) => type)).toEqual(['NS', 'SOA', 'A', 'A']);
    expect(await refused(session['dns-record'].set({ ...zone, ...record }, never))).toEqual(['INVALID_REQUEST', 'setId']);
    expect(await refused(session['dns-record'].set({ ...zone, ...record, name: 'www.example.com' }, never))).toEqual(['INVALID_REQUEST', 'name']);
    expect((await refused(session['dns-zone'].delete(on('dns-zone'), never)))[0]).toBe('IN_USE');
    for (const setId of ['one', 'two', 'two']) await session['dns-record'].delete({ ...zone, name: record.name, type: 'A', setId }, never);
  });

  it('tells the health of targets, stops and grows databases, and takes a VM out of what it was in when it goes', async () => {
    expect((await session['load-balancer'].health(on('load-balancer'), never)).items).toMatchObject([{ vmId: stage.ids.vm, port: 8080, state: 'healthy' }]);
    await session.vm.stop(on('vm'), never);
    expect((await session['load-balancer'].health(on('load-balancer'), never)).items).toMatchObject([{ state: 'unhealthy' }]);
    await session.database.stop?.(on('database'), never);
    expect((await session.database.get(on('database'), never)).state).toBe('suspended');
    await session.database.start?.(on('database'), never);
    expect(await session.database.resize?.({ ...on('database'), storageGiB: 40 }, never)).toMatchObject({ storageGiB: 40 });
    expect(await refused(session.database.resize?.({ ...on('database'), storageGiB: 30 }, never) as Promise<unknown>)).toEqual(['INVALID_REQUEST', 'storageGiB']);
    expect(JSON.stringify(world.snapshot())).not.toContain('correct-horse');
    await session['network-interface'].attach({ ...on('network-interface'), vmId: stage.ids.vm ?? '' }, never);
    expect((await session['placement-group'].get(on('placement-group'), never)).vmIds).toEqual([stage.ids.vm]);
    await session.vm.delete(on('vm'), never);
    expect(await session['network-interface'].get(on('network-interface'), never)).toMatchObject({ state: 'available' });
    expect(await session['load-balancer'].get(on('load-balancer'), never)).toMatchObject({ vmIds: [], state: 'available' });
    expect((await session['placement-group'].get(on('placement-group'), never)).vmIds).toEqual([]);
  });

  it('makes a VM of a custom image and a disk of a snapshot, also when what they were made of has gone', async () => {
    const image = stage.ids['custom-image'] ?? '';
    expect((await session.image.list({ region: stage.region, ids: [image] }, never)).items).toMatchObject([{ id: image, publisher: 'self', sshUser: 'ubuntu' }]);
    const { items: [vm] } = await session.vm.create({ ...(stage.request('vm', 'of-image') as unknown as Parameters<Whole['vm']['create']>[0]), imageId: image }, never);
    expect(vm).toMatchObject({ imageId: image });
    await session.disk.delete(on('disk'), never);
    const disk = { ...(stage.request('disk', 'of-snapshot') as unknown as Parameters<Whole['disk']['create']>[0]), snapshotId: stage.ids.snapshot ?? '' };
    expect(await refused(session.disk.create({ ...disk, sizeGiB: 10, token: 'small' }, never))).toEqual(['INVALID_REQUEST', 'sizeGiB']);
    expect(await session.disk.create(disk, never)).toMatchObject({ sizeGiB: 20 });
  });

  it('sets routes and tables of subnets exactly', async () => {
    const table = on('route-table');
    const routes = [{ cidr: '0.0.0.0/0', target: 'nat-gateway' as const, targetId: stage.ids['nat-gateway'] ?? '' }];
    for (let times = 0; times < 2; times++) expect((await session['route-table'].setRoutes({ ...table, routes }, never)).routes).toEqual([{ cidr: '10.20.0.0/16', target: 'local' }, ...routes]);
    expect((await refused(session['route-table'].setRoutes({ ...table, routes: [{ cidr: '0.0.0.0/0', target: 'nat-gateway', targetId: 'none' }] }, never)))[0]).toBe('NOT_FOUND');
    const second = await session['route-table'].create(stage.request('route-table', 'second') as unknown as Parameters<Whole['route-table']['create']>[0], never);
    const subnetIds = [stage.ids.subnet ?? ''];
    await session['route-table'].setSubnets({ ...table, subnetIds }, never);
    expect(await refused(session['route-table'].delete(table, never))).toEqual(['IN_USE', undefined]);
    expect(await session['route-table'].setSubnets({ region: stage.region, id: second.id, subnetIds }, never)).toMatchObject({ subnetIds });
    expect(await session['route-table'].get(table, never)).toMatchObject({ subnetIds: [] });
    const gateway = on('internet-gateway');
    for (let times = 0; times < 2; times++) expect(await session['internet-gateway'].attach({ ...gateway, networkId: stage.ids.network ?? '' }, never)).toMatchObject({ networkId: stage.ids.network });
    expect((await refused(session['internet-gateway'].delete(gateway, never)))[0]).toBe('IN_USE');
    for (let times = 0; times < 2; times++) expect((await session['internet-gateway'].detach(gateway, never)).networkId).toBeUndefined();
  });

  it('brings up tunnels of which both ends know the same key, across clouds', async () => {
    const azure = personalities.find((each) => each.cloud === 'azure')!;
    const other = await connect(world, server.port, 'azure', 'partner');
    const there = await makeAll(other, azure);
    const here = await session['vpn-gateway'].get(on('vpn-gateway'), never), far = await other['vpn-gateway'].get({ region: there.region, id: there.ids['vpn-gateway'] ?? '' }, never);
    const join = (from: Whole, region: string, gatewayId: string, peerAddress: string, preSharedKey: string, name: string) =>
      from['vpn-connection'].create({ region, name, token: name, tags: {}, vpnGatewayId: gatewayId, peerAddress, peerCidrs: ['10.30.0.0/16'], localCidrs: ['10.20.0.0/16'], preSharedKey }, never);
    const ours = await join(session, stage.region, here.id, far.addresses[0] ?? '', 'both_know_this.1', 'ours');
    await join(other, there.region, far.id, here.addresses[1] ?? '', 'both_know_that.2', 'theirs');
    const up = async () => (await session['vpn-connection'].get({ region: stage.region, id: ours.id }, never)).tunnels.map((tunnel) => tunnel.up);
    expect(await up()).toEqual([false, false]);
    await join(other, there.region, far.id, here.addresses[1] ?? '', 'both_know_this.1', 'right');
    expect(await up()).toEqual([false, true]);
    await other.close();
  });

  it('gives a user keys of its own and a role keys for a while, tells each secret once, and takes them back', async () => {
    const user = on('iam-user');
    const key = await session['iam-user'].createKey(user, never);
    expect(await session['iam-user'].get(user, never)).toMatchObject({ keyIds: [key.keyId] });
    expect(JSON.stringify([await session['iam-user'].list({ region: stage.region }, never), world.snapshot()])).not.toContain(key.secret);
    expect(world.accountOf('aws', key.keyId)).toEqual({ account: '111122223333', principal: 'user/stage', secretKey: key.secret });
    await session['iam-user'].setPolicies({ ...user, policyIds: ['ReadOnly'] }, never);
    await session['iam-user'].deleteKey({ ...user, keyId: key.keyId }, never);
    expect(world.accountOf('aws', key.keyId)).toBeUndefined();
    const taken = await session['iam-role'].assume?.({ ...on('iam-role'), durationSeconds: 900, sessionName: 'us' }, never);
    expect(world.accountOf('aws', taken?.credential.accessKeyId ?? '')).toMatchObject({ account: '111122223333', secretKey: taken?.credential.secretKey });
  });
});
