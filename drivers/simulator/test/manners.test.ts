import { describe, expect, it } from '@jest/globals';
import { LostAnswer } from '../world/index.js';
import type { Fault, Personality } from '../world/index.js';
import { asker, ground, refusal, seconds, tinyWorld, vmsOf } from './tiny.js';

describe('manners', () => {
  it('shows new things late, to every caller alike, but knows them at once', async () => {
    const personality: Partial<Personality> = { consistencyWindowMs: 10 * seconds, latency: [], uniqueName: ['network'] };
    const { world, clock, ask } = tinyWorld({ timeScale: 1, personality });
    const make = () => ask('network.create', (view) => view.create('network', { name: 'net', tags: { a: 'b' }, attributes: { cidr: '10.0.0.0/16' } }));
    const network = await make();
    expect(network.visibleAt - world.now()).toBeGreaterThan(0);
    expect(network.visibleAt - world.now()).toBeLessThanOrEqual(10 * seconds);
    const looks = [(): Promise<unknown> => ask('network.list', (view) => view.list('network')), () => ask('network.list', (view) => view.list('network', { tags: { a: 'b' } })), () => ask('network.list', (view) => view.list('network', { ids: [network.id] }))];
    for (const look of looks) expect(await look()).toEqual([]);
    expect((await refusal(ask('network.get', (view) => view.get('network', network.id)))).code).toBe('NOT_FOUND');
    expect((await refusal(make())).code).toBe('ALREADY_EXISTS');
    expect(world.truth()).toHaveLength(1);
    expect(world.truth({ hidden: false })).toHaveLength(0);
    await clock.advance(10 * seconds);
    for (const look of looks) expect(await look()).toMatchObject([{ id: network.id }]);
  });

  it('throttles by token buckets that fill by fractions, and says when to come again', async () => {
    const { world, clock, ask } = tinyWorld({ throttling: true });
    const base = await ground(ask);
    const create = (name: string) => ask('vm.create', (view) => view.createVms(vmsOf(base, name)));
    await create('a');
    await create('b');
    const error = await refusal(create('c'));
    expect([error.code, error.detail.retryAfterMs]).toEqual(['RATE_LIMITED', 2_000]);
    await clock.advance(500);
    expect((await refusal(create('c'))).detail.retryAfterMs).toBe(1_500);
    await clock.advance(1_500);
    await create('c');
    expect(world.log.summary()).toMatchObject({ throttled: 2 });
    expect(world.log.after(0, 99).filter((call) => call.outcome === 'RATE_LIMITED')).toHaveLength(2);
  });

  it('weighs the things of a request where the limit says so', async () => {
    const limits: Personality['limits'] = [{ methods: ['vm.create'], scope: 'region', burst: 5, perSecond: 1, weight: 'things', source: 'test' }, { methods: ['*'], scope: 'region', burst: 100, perSecond: 1, source: 'test' }];
    const { ask } = tinyWorld({ throttling: true, personality: { limits } });
    const base = await ground(ask);
    const create = (...names: string[]) => ask('vm.create', (view) => view.createVms(vmsOf(base, ...names)), { count: names.length });
    await create('a', 'b', 'c');
    expect((await refusal(create('d', 'e', 'f'))).detail.retryAfterMs).toBe(1_000);
    await create('d', 'e');
  });

  it('repeats itself by its seed', async () => {
    const run = async (seed: number) => {
      const { ask } = tinyWorld({ seed, personality: { consistencyWindowMs: 1 } });
      return Object.values(await ground(ask)).flat();
    };
    expect(await run(7)).toEqual(await run(7));
    expect(await run(7)).not.toEqual(await run(8));
  });

  it('knows the account of a key, and of no other', () => {
    const { world } = tinyWorld();
    for (const account of ['a', 'acme-1', '123456789012', '000000000042', 'x'.repeat(32), 'abcde']) {
      const { accessKeyId, secretKey } = world.credential('aws', account);
      expect(world.accountOf('aws', accessKeyId)).toEqual({ account, secretKey });
      expect(world.accountOf('gcp', accessKeyId)).toBeUndefined();
      expect(tinyWorld({ seed: 2 }).world.accountOf('aws', accessKeyId)).toBeUndefined();
    }
    expect(world.credential('aws', '123456789012').accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(world.accountOf('aws', 'AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
    expect(() => world.credential('aws', 'A_B')).toThrow(/account/);
  });
});

describe('faults', () => {
  const set = (world: ReturnType<typeof tinyWorld>['world'], effect: Fault['effect'], more: Partial<Fault> = {}): void => void world.faults.add({ effect, ...more });

  it('loses answers after the work, and requests before it', async () => {
    const { world, ask } = tinyWorld();
    const make = (token: string) => ask('network.create', (view) => view.create('network', { name: 'n', tags: {}, token, attributes: { cidr: '10.0.0.0/16' } }));
    set(world, { type: 'lost-answer' }, { method: 'network.create', times: 1 });
    await expect(make('a')).rejects.toThrow(LostAnswer);
    expect(world.truth()).toHaveLength(1);
    expect((await make('a')).id).toBe(world.truth()[0]?.id);
    set(world, { type: 'dropped-request' }, { method: 'network.*', times: 1 });
    await expect(make('b')).rejects.toThrow(LostAnswer);
    expect(world.truth()).toHaveLength(1);
    expect(world.log.after(0, 9).map((call) => [call.outcome, call.ids.length])).toEqual([['lost-answer', 1], ['ok', 1], ['dropped-request', 0]]);
  });

  it('refuses with any code, by chance as seeded, as often as told', async () => {
    const { world, ask } = tinyWorld();
    set(world, { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 70 }, { method: 'DescribeThings', times: 2 });
    const look = () => world.call({ cloud: 'tiny', account: 'acme', region: 'r1', method: 'vm.list', api: 'DescribeThings' }, () => 1);
    expect((await refusal(look())).detail.retryAfterMs).toBe(70);
    await refusal(look());
    expect(await look()).toBe(1);
    set(world, { type: 'error', code: 'UNAVAILABLE' }, { method: '*.list', probability: 0.5 });
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => ask('vm.list', () => 1).then(() => 0, () => 1)));
    const failed = outcomes.reduce<number>((total, each) => total + each, 0);
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(130);
    world.faults.remove();
    expect(await look()).toBe(1);
  });

  it('takes zones out, moves a free choice elsewhere, and tells the zones', async () => {
    const { world, ask } = tinyWorld({ personality: { subnetScope: 'region' } });
    const base = await ground(ask);
    const create = (change: object) => ask('vm.create', (view) => view.createVms({ ...vmsOf(base, 'v'), ...change }));
    set(world, { type: 'out-of-capacity' }, { zone: 'r1a' });
    set(world, { type: 'out-of-capacity', specPrefixes: ['s.large'] });
    expect((await refusal(create({ zone: 'r1a' }))).code).toBe('OUT_OF_CAPACITY');
    expect((await create({}))[0]?.attributes.zone).toBe('r1b');
    expect((await refusal(create({ zone: 'r1b', specId: 's.large' }))).code).toBe('OUT_OF_CAPACITY');
    expect(await ask('region.listZones', (view) => view.zones())).toEqual([{ id: 'r1a', available: false }, { id: 'r1b', available: true }]);
  });

  it('makes VMs by half, one of a batch where told once', async () => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    set(world, { type: 'half-made' }, { times: 1 });
    await ask('vm.create', (view) => view.createVms(vmsOf(base, 'a', 'b', 'c')));
    const vms = await ask('vm.list', (view) => view.list('vm'));
    expect(vms.map((vm) => [vm.state, vm.attributes.failure !== undefined])).toEqual([['failed', true], ['running', false], ['running', false]]);
    await ask('vm.delete', (view) => view.delete('vm', vms[0]?.id ?? ''));
    expect(world.truth({ kind: 'vm' })).toHaveLength(2);
  });

  it('delays answers, ends and sight, and lowers quotas', async () => {
    const { world, clock, ask } = tinyWorld();
    const base = await ground(ask);
    set(world, { type: 'latency', ms: 400 }, { method: 'vm.list', times: 1 });
    let answered = false;
    const look = ask('vm.list', (view) => view.list('vm')).then(() => (answered = true));
    await clock.advance(399);
    expect(answered).toBe(false);
    await clock.advance(1);
    await look;
    set(world, { type: 'unseen', ms: 5_000 }, { method: 'vm.create', times: 1 });
    const made = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'a', 'b')));
    await clock.advance(4_999);
    expect(await ask('vm.list', (view) => view.list('vm'))).toHaveLength(0);
    await clock.advance(1);
    expect(await ask('vm.list', (view) => view.list('vm'))).toHaveLength(2);
    set(world, { type: 'slow-delete', ms: 9_000 }, { method: 'vm.delete', times: 1 });
    await ask('vm.delete', (view) => view.delete('vm', made[0]?.id ?? ''));
    await clock.advance(8_999);
    expect(world.truth({ kind: 'vm' }).map((vm) => vm.state)).toEqual(['terminating', 'running']);
    await clock.advance(1);
    expect(world.truth({ kind: 'vm' })).toHaveLength(1);
    set(world, { type: 'quota', quotaId: 'vcpu', limit: 2 });
    expect((await refusal(ask('vm.create', (view) => view.createVms(vmsOf(base, 'c'))))).detail.quotaId).toBe('vcpu');
    expect((await ask('quota.list', (view) => view.quotas()))[0]).toMatchObject({ limit: 2, used: 2 });
  });
});

describe('a world that spans regions', () => {
  it('keeps networks of all regions once, and counts subnets of each as their users', async () => {
    const { world, ask } = tinyWorld({ personality: { networkScope: 'global', subnetScope: 'region' } });
    const network = await ask('network.create', (view) => view.create('network', { name: 'net', tags: {}, attributes: {} }));
    expect(network.region).toBe('global');
    const inTwo = asker(world, { region: 'r2' });
    const subnet = await inTwo('subnet.create', (view) => view.create('subnet', { name: 's', tags: {}, attributes: { networkId: network.id, cidr: '10.2.0.0/24', publicAddresses: true } }));
    expect((await refusal(ask('network.delete', (view) => view.delete('network', network.id)))).code).toBe('IN_USE');
    expect((await refusal(ask('subnet.get', (view) => view.get('subnet', subnet.id)))).code).toBe('NOT_FOUND');
    await inTwo('subnet.delete', (view) => view.delete('subnet', subnet.id));
    await inTwo('network.delete', (view) => view.delete('network', network.id));
    expect(world.truth()).toEqual([]);
  });
});
