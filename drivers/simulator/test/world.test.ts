import { describe, expect, it } from '@jest/globals';
import { ground, refusal, seconds, tinyWorld, vmsOf } from './tiny.js';

describe('life of a VM', () => {
  it('goes through its states in the times of its cloud, each counted from the answer', async () => {
    const { world, clock, ask } = tinyWorld();
    const base = await ground(ask);
    world.change({ timeScale: 1 });
    const making = ask('vm.create', (view) => view.createVms(vmsOf(base, 'one')));
    await clock.advance(1 * seconds);
    const [vm] = await making;
    const state = async (): Promise<string> => world.truth({ kind: 'vm' })[0]?.state ?? 'gone';
    expect(vm).toMatchObject({ state: 'creating', name: 'one', attributes: { privateIp: '10.0.1.4', sshUser: 'ubuntu', rootDiskGiB: 8, zone: 'r1a' } });
    await clock.advance(9.9 * seconds);
    expect(await state()).toBe('creating');
    await clock.advance(0.1 * seconds);
    expect(await state()).toBe('running');
    const steps: [string, (id: string) => Promise<unknown>, string, number, string][] = [
      ['reboot', (id) => ask('vm.reboot', (view) => view.reboot(id)), 'rebooting', 3, 'running'],
      ['stop', (id) => ask('vm.stop', (view) => view.stop(id)), 'suspending', 6, 'suspended'],
      ['start', (id) => ask('vm.start', (view) => view.start(id)), 'resuming', 5, 'running'],
      ['delete', (id) => ask('vm.delete', (view) => view.delete('vm', id)), 'terminating', 8, 'gone'],
    ];
    for (const [, step, during, lastsSeconds, after] of steps) {
      const call = step(vm?.id ?? '');
      await clock.advance(0.1 * seconds);
      await call;
      expect(await state()).toBe(during);
      await clock.advance((lastsSeconds - 0.1) * seconds);
      expect(await state()).toBe(during);
      await clock.advance(0.1 * seconds);
      expect(await state()).toBe(after);
    }
    expect(world.log.after(0, 100).filter((call) => call.method.startsWith('vm.')).map(({ method, latencyMs, settleMs }) => [method, latencyMs, settleMs])).toEqual([
      ['vm.create', 1_000, 10_000], ['vm.reboot', 100, 3_000], ['vm.stop', 100, 6_000], ['vm.start', 100, 5_000], ['vm.delete', 100, 8_000],
    ]);
  });

  it('takes repeats, and refuses what does not fit its state', async () => {
    const { ask } = tinyWorld({ timeScale: 0 });
    const base = await ground(ask);
    const [vm] = await ask('vm.create', (view) => {
      const made = view.createVms(vmsOf(base, 'one'));
      const id = made[0]?.id ?? '';
      for (const act of [view.stop, view.start, view.reboot]) expect(() => act(id)).toThrow(/is creating/);
      return made;
    });
    const id = vm?.id ?? '';
    expect((await ask('vm.start', (view) => view.start(id))).state).toBe('running');
    expect((await refusal(ask('vm.resize', (view) => view.resize(id, 's.large')))).code).toBe('CONFLICT');
    await ask('vm.stop', (view) => [view.stop(id), view.stop(id)]);
    expect((await ask('vm.stop', (view) => view.stop(id))).state).toBe('suspended');
    expect((await refusal(ask('vm.reboot', (view) => view.reboot(id)))).code).toBe('CONFLICT');
    expect((await refusal(ask('vm.resize', (view) => view.resize(id, 'a.small')))).detail.field).toBe('specId');
    expect((await ask('vm.resize', (view) => view.resize(id, 's.large'))).attributes.specId).toBe('s.large');
    await ask('vm.delete', (view) => [view.delete('vm', id), view.delete('vm', id)]);
    expect((await refusal(ask('vm.get', (view) => view.get('vm', id)))).code).toBe('NOT_FOUND');
  });

  it('shows a terminated VM as long as its cloud does, and frees its addresses at once', async () => {
    const { world, clock, ask } = tinyWorld({ timeScale: 1, personality: { terminatedShownMs: 60 * seconds, latency: [] } });
    const base = await ground(ask);
    const [vm] = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'one')));
    await clock.advance(10 * seconds);
    await ask('vm.delete', (view) => view.delete('vm', vm?.id ?? ''));
    expect((await refusal(ask('subnet.delete', (view) => view.delete('subnet', base.subnetId)))).code).toBe('IN_USE');
    await clock.advance(8 * seconds);
    const shown = await ask('vm.list', (view) => view.list('vm'));
    expect(shown).toMatchObject([{ state: 'terminated' }]);
    expect(shown[0]?.attributes.publicIp).toBeUndefined();
    expect(world.truth({ kind: 'vm' })).toEqual([]);
    await ask('subnet.delete', (view) => view.delete('subnet', base.subnetId));
    await clock.advance(60 * seconds);
    expect(await ask('vm.list', (view) => view.list('vm'))).toEqual([]);
  });
});

describe('checks', () => {
  const subnetRefusals: [cidr: string, field: string, reason: string][] = [
    ['10.0.2.1/24', 'cidr', 'host-bits'], ['10.1.0.0/24', 'cidr', 'outside'], ['10.0.1.128/25', 'cidr', 'overlap'], ['10.0.0.0/16', 'cidr', 'overlap'], ['10.0.9.0/30', 'cidr', 'size'],
    ['10.0.300.0/24', 'cidr', 'form'], ['fe80::/64', 'cidr', 'form'],
  ];
  it.each(subnetRefusals)('refuses the subnet %s', async (cidr, field, reason) => {
    const { ask } = tinyWorld();
    const { networkId } = await ground(ask);
    const error = await refusal(ask('subnet.create', (view) => view.create('subnet', { name: 'b', tags: {}, attributes: { networkId, cidr, publicAddresses: true } })));
    expect([error.code, error.detail.field, error.detail.reason]).toEqual(['INVALID_REQUEST', field, reason]);
  });

  const vmRefusals: [what: string, change: object, code: string, field: string | undefined][] = [
    ['an unknown spec', { specId: 'none' }, 'INVALID_REQUEST', 'specId'], ['an unknown image', { imageId: 'none' }, 'INVALID_REQUEST', 'imageId'],
    ['a spec of another architecture', { specId: 'a.small' }, 'INVALID_REQUEST', 'specId'], ['an unknown zone', { zone: 'r9z' }, 'INVALID_REQUEST', 'zone'],
    ['another zone than the subnet', { zone: 'r1b' }, 'INVALID_REQUEST', 'zone'], ['an unknown subnet', { subnetId: 'subnet-none' }, 'NOT_FOUND', undefined],
    ['an unknown group', { securityGroupIds: ['sg-none'] }, 'NOT_FOUND', undefined], ['a root disk below the image', { rootDiskGiB: 4 }, 'INVALID_REQUEST', 'rootDiskGiB'],
    ['no VM', { names: [] }, 'INVALID_REQUEST', 'names'], ['more than a batch', { names: Array.from({ length: 11 }, (_, index) => `n${index}`) }, 'INVALID_REQUEST', 'names'],
  ];
  it.each(vmRefusals)('refuses %s and makes nothing', async (_what, change, code, field) => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    const error = await refusal(ask('vm.create', (view) => view.createVms({ ...vmsOf(base, 'a', 'b'), ...change })));
    expect([error.code, error.detail.field]).toEqual([code, field]);
    expect(world.truth({ kind: 'vm' })).toEqual([]);
  });

  it('counts quotas, all or none, and frees them', async () => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    const names = Array.from({ length: 10 }, (_, index) => `v${index}`);
    const made = await ask('vm.create', (view) => view.createVms(vmsOf(base, ...names)));
    expect(made.map((vm) => vm.attributes.batchIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const error = await refusal(ask('vm.create', (view) => view.createVms(vmsOf(base, 'more'))));
    expect([error.code, error.detail.quotaId]).toEqual(['QUOTA_EXCEEDED', 'vcpu']);
    await ask('vm.delete', (view) => view.delete('vm', made[0]?.id ?? ''));
    await ask('vm.create', (view) => view.createVms(vmsOf(base, 'more')));
    const quotas = await ask('quota.list', (view) => view.quotas());
    expect(quotas.map(({ id, limit, used }) => [id, limit, used])).toEqual([['vcpu', 20, 20], ['nets', 3, 1]]);
    expect(world.truth({ kind: 'vm' })).toHaveLength(10);
  });

  it('gives out addresses of the subnet until there are none, and gives back those of a failed request', async () => {
    const { ask } = tinyWorld({ personality: { quotas: [] } });
    const base = await ground(ask);
    const small = await ask('subnet.create', (view) => view.create('subnet', { name: 'tight', tags: {}, attributes: { networkId: base.networkId, cidr: '10.0.9.0/29', publicAddresses: true } }));
    const error = await refusal(ask('vm.create', (view) => view.createVms({ ...vmsOf(base, 'a', 'b', 'c', 'd'), subnetId: small.id })));
    expect([error.code, error.detail.reason]).toEqual(['QUOTA_EXCEEDED', 'no-free-addresses']);
    const made = await ask('vm.create', (view) => view.createVms({ ...vmsOf(base, 'a', 'b', 'c'), subnetId: small.id }));
    expect(made.map((vm) => vm.attributes.privateIp).sort()).toEqual(['10.0.9.4', '10.0.9.5', '10.0.9.6']);
  });

  it('keeps names unique where its cloud does, within the network for subnets', async () => {
    const { ask } = tinyWorld();
    const { networkId } = await ground(ask);
    const subnet = (network: string, cidr: string) => ask('subnet.create', (view) => view.create('subnet', { name: 'sub', tags: {}, attributes: { networkId: network, cidr, publicAddresses: true } }));
    expect((await refusal(subnet(networkId, '10.0.7.0/24'))).code).toBe('ALREADY_EXISTS');
    const other = await ask('network.create', (view) => view.create('network', { name: 'net', tags: {}, attributes: { cidr: '10.0.0.0/16' } }));
    await subnet(other.id, '10.0.1.0/24');
  });

  it('refuses to delete what is used, in every order but the right one', async () => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    const [vm] = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'one')));
    const kinds = [['network', base.networkId], ['subnet', base.subnetId], ['security-group', base.securityGroupIds[0] ?? '']] as const;
    for (const [kind, id] of kinds) expect((await refusal(ask(`${kind}.delete`, (view) => view.delete(kind, id)))).code).toBe('IN_USE');
    await ask('vm.delete', (view) => view.delete('vm', vm?.id ?? ''));
    for (const [kind, id] of [...kinds].reverse()) await ask(`${kind}.delete`, (view) => view.delete(kind, id));
    await ask('key-pair.delete', (view) => view.delete('key-pair', base.keyPairId));
    expect(world.truth()).toEqual([]);
  });
});

describe('disks and public IPs', () => {
  it('ties them to VMs and lets them go, by itself when the VM ends', async () => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    const [one, two] = await ask('vm.create', (view) => view.createVms(vmsOf(base, 'one', 'two')));
    const [oneId, twoId] = [one?.id ?? '', two?.id ?? ''];
    const disk = await ask('disk.create', (view) => view.create('disk', { name: 'd', tags: {}, attributes: { sizeGiB: 10 } }));
    expect(await ask('disk.attach', (view) => view.attachDisk(disk.id, oneId))).toMatchObject({ state: 'in-use', attributes: { vmId: oneId, device: '/dev/sdf' } });
    expect((await refusal(ask('disk.attach', (view) => view.attachDisk(disk.id, twoId)))).code).toBe('IN_USE');
    expect((await refusal(ask('disk.delete', (view) => view.delete('disk', disk.id)))).code).toBe('IN_USE');
    expect((await refusal(ask('disk.resize', (view) => view.resizeDisk(disk.id, 5)))).code).toBe('INVALID_REQUEST');
    expect((await ask('disk.resize', (view) => view.resizeDisk(disk.id, 20))).attributes.sizeGiB).toBe(20);
    const elsewhere = await ask('disk.create', (view) => view.create('disk', { name: 'e', tags: {}, attributes: { sizeGiB: 10, zone: 'r1b' } }));
    expect((await refusal(ask('disk.attach', (view) => view.attachDisk(elsewhere.id, oneId)))).detail.field).toBe('zone');

    const ip = await ask('public-ip.create', (view) => view.create('public-ip', { name: 'p', tags: {}, attributes: { address: '' } }));
    await ask('public-ip.associate', (view) => view.associate(ip.id, oneId));
    const addressOf = async (id: string) => (await ask('vm.get', (view) => view.get('vm', id))).attributes.publicIp;
    expect(await addressOf(oneId)).toBe(ip.attributes.address);
    expect((await refusal(ask('public-ip.delete', (view) => view.delete('public-ip', ip.id)))).code).toBe('IN_USE');
    await ask('public-ip.associate', (view) => view.associate(ip.id, twoId));
    expect(await addressOf(oneId)).toBe(one?.attributes.publicIp);
    await ask('vm.delete', (view) => [view.delete('vm', oneId), view.delete('vm', twoId)]);
    expect(await ask('disk.get', (view) => view.get('disk', disk.id))).toMatchObject({ state: 'available', attributes: { sizeGiB: 20 } });
    await ask('public-ip.delete', (view) => view.delete('public-ip', ip.id));
    expect(world.truth({ kind: 'public-ip' })).toEqual([]);
    const addresses = [one, two].map((vm) => vm?.attributes.publicIp ?? '').concat(ip.attributes.address);
    expect(new Set(addresses).size).toBe(3);
    for (const address of addresses) expect(address).toMatch(/^127\.(?!0\.)\d+\.\d+\.\d+$/);
  });
});

describe('tokens', () => {
  it('gives the same things to the same request, also to two at once and after their end', async () => {
    const { world, ask } = tinyWorld();
    const base = await ground(ask);
    const request = { ...vmsOf(base, 'one', 'two'), token: 't1' };
    const [first, second] = await Promise.all([ask('vm.create', (view) => view.createVms(request)), ask('vm.create', (view) => view.createVms(request))]);
    expect(second.map((vm) => vm.id)).toEqual(first.map((vm) => vm.id));
    expect(world.truth({ kind: 'vm' })).toHaveLength(2);
    const error = await refusal(ask('vm.create', (view) => view.createVms({ ...request, specId: 's.large' })));
    expect([error.code, error.detail.reason]).toEqual(['INVALID_REQUEST', 'token-mismatch']);
    await ask('vm.delete', (view) => first.forEach((vm) => view.delete('vm', vm.id)));
    expect((await ask('vm.create', (view) => view.createVms(request))).map((vm) => vm.state)).toEqual(['terminated', 'terminated']);
    expect(world.truth({ kind: 'vm' })).toEqual([]);
  });

  it('ignores tokens of kinds for which its cloud has none, and still tells them in the log and the truth', async () => {
    const { world, ask } = tinyWorld();
    const make = () => ask('disk.create', (view) => view.create('disk', { name: 'd', tags: {}, token: 't', attributes: { sizeGiB: 1 } }), { token: 't' });
    expect((await make()).id).not.toBe((await make()).id);
    expect(world.truth({ kind: 'disk' }).map((disk) => disk.token)).toEqual(['t', 't']);
    expect(world.log.after(0, 10).map((call) => call.token)).toEqual(['t', 't']);
  });
});
