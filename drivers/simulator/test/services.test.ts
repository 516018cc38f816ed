import { describe, expect, it } from '@jest/globals';
import { servicesOf } from '../personalities/services.js';
import { suspects } from '../wire/truth.js';
import { ground, refusal, seconds, tinyWorld, vmsOf } from './tiny.js';

const MINUTE = 60 * seconds;
const listeners = [{ protocol: 'tcp' as const, port: 80, targetPort: 8080, healthCheck: { protocol: 'tcp' as const, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 2 } }];

/** A world at the pace of real clouds, whose hidden interfaces linger two minutes, with a network. */
async function slow() {
  const made = tinyWorld({ timeScale: 0, personality: { latency: [], services: servicesOf({ linger: [2 * MINUTE, 2 * MINUTE] }) } });
  const base = await ground(made.ask);
  made.world.change({ timeScale: 1 });
  const balance = (vmIds: string[] = []) => made.ask('load-balancer.create', (view) => view.create('load-balancer', {
    name: 'lb', tags: {}, attributes: { networkId: base.networkId, subnetIds: [base.subnetId], securityGroupIds: base.securityGroupIds, addresses: {}, type: 'network', scheme: 'internal', address: '', listeners, vmIds, registeredAt: {} },
  }));
  return { ...made, base, balance };
}

describe('hidden network interfaces', () => {
  it('outlive what they belonged to, hold its subnet and group until they go, and give their address back', async () => {
    const { world, clock, ask, base, balance } = await slow();
    const balancer = await balance();
    await clock.advance(3 * MINUTE);
    const cards = () => ask('network-interface.list', (view) => view.list('network-interface'));
    const [card] = await cards();
    expect(suspects(world, new URLSearchParams()).orphans).toEqual([]);
    expect(card).toMatchObject({ state: 'in-use', tags: {}, attributes: { subnetId: base.subnetId, securityGroupIds: base.securityGroupIds, owner: { kind: 'load-balancer', id: balancer.id }, privateIp: '10.0.1.4' } });
    expect((await refusal(ask('network-interface.delete', (view) => view.delete('network-interface', card?.id ?? '')))).code).toBe('IN_USE');
    await ask('load-balancer.delete', (view) => view.delete('load-balancer', balancer.id));
    await clock.advance(31 * seconds);
    expect(world.truth({ kind: 'load-balancer' })).toEqual([]);
    expect(suspects(world, new URLSearchParams()).orphans).toMatchObject([{ id: card?.id, owner: { id: balancer.id } }]);
    const held = async () => [(await refusal(ask('subnet.delete', (view) => view.delete('subnet', base.subnetId)))).message, (await refusal(ask('security-group.delete', (view) => view.delete('security-group', base.securityGroupIds[0] ?? '')))).message];
    for (const message of await held()) expect(message).toContain(`network-interface '${card?.id ?? ''}'`);
    await clock.advance(88 * seconds);
    expect(await cards()).toHaveLength(1);
    await clock.advance(31 * seconds);
    expect(await cards()).toEqual([]);
    await ask('subnet.delete', (view) => view.delete('subnet', base.subnetId));
    await ask('security-group.delete', (view) => view.delete('security-group', base.securityGroupIds[0] ?? ''));
  });

  it('are made with their owner or not at all, where a subnet has no address left', async () => {
    const { world, ask, base } = await slow();
    const tight = await ask('subnet.create', (view) => view.create('subnet', { name: 'tight', tags: {}, attributes: { networkId: base.networkId, cidr: '10.0.9.0/29', publicAddresses: true } }));
    const fill = () => ask('network-interface.create', (view) => view.create('network-interface', { name: 'n', tags: {}, attributes: { networkId: '', subnetId: tight.id, securityGroupIds: [], privateIp: '', macAddress: '' } }));
    for (let filled = 0; filled < 3; filled++) await fill();
    const error = await refusal(ask('nat-gateway.create', (view) => view.create('nat-gateway', { name: 'nat', tags: {}, attributes: { networkId: '', subnetId: tight.id, publicIp: '' } })));
    expect([error.code, error.detail.reason, world.truth({ kind: 'nat-gateway' })]).toEqual(['QUOTA_EXCEEDED', 'no-free-addresses', []]);
  });
});

describe('managed things take their time', () => {
  const pace: [kind: 'nat-gateway' | 'cluster' | 'database' | 'load-balancer', least: number, most: number][] = [['nat-gateway', 1, 2], ['load-balancer', 1, 3], ['database', 4, 6], ['cluster', 8, 12]];
  it.each(pace)('a %s is ready after %d to %d minutes at time scale 1', async (kind, least, most) => {
    const { world, clock, ask, base, balance } = await slow();
    const place = { networkId: base.networkId, subnetIds: [base.subnetId], securityGroupIds: [], addresses: {} };
    const input = { name: 'one', tags: {} };
    const make = {
      'load-balancer': () => balance(), 'nat-gateway': () => ask('x', (view) => view.create('nat-gateway', { ...input, attributes: { networkId: '', subnetId: base.subnetId, publicIp: '' } })),
      cluster: () => ask('x', (view) => view.create('cluster', { ...input, attributes: { ...place, version: '1.34' } })),
      database: () => ask('x', (view) => view.create('database', { ...input, attributes: { ...place, engine: 'postgres', version: '', specId: 'db', storageGiB: 20, user: 'u', public: false, port: 0 } })),
    };
    await make[kind]();
    const state = () => world.truth({ kind })[0]?.state;
    await clock.advance(least * MINUTE - seconds);
    expect(state()).toBe('pending');
    await clock.advance((most - least) * MINUTE + seconds);
    expect(state()).toBe('available');
  });

  it('a cluster takes node groups when it is ready, and changes one at a time', async () => {
    const { clock, ask, base } = await slow();
    const cluster = await ask('cluster.create', (view) => view.create('cluster', { name: 'c', tags: {}, attributes: { networkId: base.networkId, subnetIds: [base.subnetId], securityGroupIds: [], addresses: {}, version: '1.34' } }));
    const nodes = () => ask('node-group.create', (view) => view.createNodes({ name: 'n', tags: {}, attributes: { clusterId: cluster.id, specId: 's.small', size: 1, minSize: 1, maxSize: 3, subnetIds: [], version: '' } }));
    expect((await refusal(nodes())).code).toBe('CONFLICT');
    await clock.advance(12 * MINUTE);
    const group = await nodes();
    expect((await refusal(nodes())).code).toBe('ALREADY_EXISTS');
    await clock.advance(5 * MINUTE);
    const resize = (size: number) => ask('node-group.resize', (view) => view.change('node-group', group.id, { attributes: { size } }));
    await resize(3);
    expect((await refusal(resize(2))).code).toBe('CONFLICT');
    expect((await refusal(ask('cluster.delete', (view) => view.delete('cluster', cluster.id)))).code).toBe('IN_USE');
  });
});

describe('health of a load balancer', () => {
  it('is pending until so many good answers, healthy then, and unhealthy after so many bad ones', async () => {
    const { world, clock, ask, base, balance } = await slow();
    world.change({ timeScale: 0 });
    const [vm] = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'one')));
    world.change({ timeScale: 1 });
    const balancer = await balance([vm?.id ?? '']);
    const states = async () => (await ask('load-balancer.health', (view) => view.health(balancer.id))).map(({ state }) => state);
    await clock.advance(29 * seconds);
    expect(await states()).toEqual(['pending']);
    await clock.advance(seconds);
    expect(await states()).toEqual(['healthy']);
    await ask('vm.stop', (view) => view.stop(vm?.id ?? ''));
    await clock.advance(26 * seconds);
    expect(await states()).toEqual(['unhealthy']);
    await ask('load-balancer.setTargets', (view) => view.change('load-balancer', balancer.id, { attributes: { vmIds: [] } }));
    expect(await states()).toEqual([]);
  });
});

describe('what a restart keeps', () => {
  it('objects, keys, addresses of managed things and their hidden interfaces', async () => {
    const { world, ask, base, balance } = await slow();
    world.change({ timeScale: 0 });
    await balance();
    await ask('bucket.create', (view) => view.create('bucket', { name: 'kept', tags: {}, attributes: { versioning: false } }));
    await ask('object.put', (view) => view.objects('kept').put('a', Buffer.from('hello'), 'text/plain').etag);
    const user = await ask('iam-user.create', (view) => view.create('iam-user', { name: 'u', tags: {}, attributes: { policyIds: [], keyIds: [] } }));
    const key = await ask('iam-user.createKey', (view) => view.createKey(user.id));
    const next = tinyWorld();
    next.world.restore(JSON.parse(JSON.stringify(world.snapshot())) as ReturnType<typeof world.snapshot>);
    expect(await next.ask('object.read', (view) => view.objects('kept').get('a').bytes.toString())).toBe('hello');
    expect(next.world.accountOf('tiny', key.keyId)).toEqual({ account: 'acme', principal: 'user/u', secretKey: key.secret });
    expect((await refusal(next.ask('subnet.delete', (view) => view.delete('subnet', base.subnetId)))).code).toBe('IN_USE');
    const [vm] = await next.ask('vm.create', (view) => view.createVms(vmsOf(base, 'late')));
    expect(vm?.attributes.privateIp).not.toBe(world.truth({ kind: 'network-interface' }).map((card) => (card.attributes as { privateIp: string }).privateIp)[0]);
  });
});
