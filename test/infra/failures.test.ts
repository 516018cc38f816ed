import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../drivers/simulator/world/types.js';
import { MCIS, Stage, countBy, regionOf, specsOf, zonesOf } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start(['aws', 'gcp', 'openstack']);
});
afterAll(async () => {
  await stage?.stop();
});
afterEach(async () => {
  await stage.box.setFaults();
  await stage.expectNothingLeft();
});

const full = (cloud: string, more: Partial<Fault> = {}): Fault => ({ cloud, effect: { type: 'out-of-capacity' }, ...more });
const states = async (mci: string) => countBy(await stage.vms(mci), ({ cloud, state }) => `${cloud} ${state}`);
const counted = async () => countBy(await stage.box.things({ kind: 'vm' }), ({ cloud }) => cloud);

describe('a cloud that shows its VMs later than it says', () => {
  const late = (ms: number): Fault => ({ cloud: 'openstack', method: 'vm.create', effect: { type: 'unseen', ms }, times: 1 });

  it('is waited for', async () => {
    await stage.box.setFaults([late(4000)]);
    expect(await stage.made('slow', [stage.group('openstack', 1)])).toMatchObject({ state: 'succeeded', result: { reached: 1 } });
    await stage.delete('slow');
  });

  it('keeps a VM that ran, though it was denied once, until it is not wanted', async () => {
    await stage.made('denied', [stage.group('openstack', 2)]);
    await stage.database.query(`UPDATE infra.vm SET state = 'failed', cloud_id = NULL WHERE name = 'openstack-1' AND mci_id = (SELECT id FROM infra.mci WHERE name = 'denied')`);
    expect((await stage.ended(await stage.post('denied/actions', { action: 'reboot', vms: ['openstack-2'] }))).state).toBe('succeeded');
    expect(await counted()).toEqual({ openstack: 2 });
    await stage.delete('denied');
    await stage.expectNothingLeft();
  });

  it('keeps no VM that was given up before it was seen', async () => {
    await stage.box.setFaults([late(8000), { cloud: 'openstack', method: 'vm.create', effect: { type: 'lost-answer' }, times: 1 }]);
    await stage.create('lost', [stage.group('openstack', 1)]);
    for (const limit = Date.now() + 30_000; (await stage.box.things({ kind: 'vm' })).length === 0;) expect(Date.now()).toBeLessThan(limit);
    await stage.delete('lost');
    await stage.expectNothingLeft();
  });
});

describe('VMs that cannot be made', () => {
  it('continue: the others run, and the failed ones say why and what would help', async () => {
    await stage.box.setFaults([full('openstack')]);
    const operation = await stage.made('keep', [stage.group('aws', 2), stage.group('openstack', 2)]);
    expect(operation).toMatchObject({ state: 'succeeded', progress: { done: 2, failed: 2, total: 4 }, result: { vms: 4, reached: 2, failed: 2 }, errors: [{ code: 'OUT_OF_CAPACITY', count: 2, help: expect.stringContaining('replace'), targets: ['openstack-1', 'openstack-2'] }] });
    expect(await stage.get('keep')).toMatchObject({ status: 'partly-running', counts: { running: 2, failed: 2 } });
    expect((await stage.vms('keep')).find(({ name }) => name === 'openstack-1')).toMatchObject({ cloudId: null, failure: { code: 'OUT_OF_CAPACITY' } });
    expect(await counted()).toEqual({ aws: 2 });
    await stage.box.setFaults();
    expect((await stage.ended(await stage.post('keep/groups/openstack/scale', { size: 2 }))).state).toBe('succeeded');
    expect(await states('keep')).toEqual({ 'aws running': 2, 'openstack running': 2 });
    await stage.delete('keep');
  });

  it('continue: where none can be made the operation failed', async () => {
    await stage.box.setFaults([full('openstack')]);
    expect(await stage.made('none', [stage.group('openstack', 2)])).toMatchObject({ state: 'failed', progress: { done: 0, failed: 2 } });
    await stage.delete('none');
  });

  it('rollback: all is taken back, the MCI too', async () => {
    await stage.box.setFaults([full('openstack')]);
    const operation = await stage.made('back', [stage.group('aws', 2), stage.group('openstack', 1)], { onPartialFailure: 'rollback' });
    expect(operation).toMatchObject({ state: 'failed', message: expect.stringContaining('1 of 3'), errors: [{ code: 'OUT_OF_CAPACITY', count: 1, targets: ['openstack-1'] }] });
    expect(await stage.server.call('GET', `${MCIS}/back`)).toMatchObject({ status: 404 });
  });

  it('rollback: also where a place was left long before the others were done', async () => {
    await stage.box.setFaults([full('openstack'), { cloud: 'aws', method: 'vm.create', effect: { type: 'latency', ms: 6000 }, times: 1 }]);
    const asked = await stage.create('late', [stage.group('aws', 1), stage.group('openstack', 1)], { onPartialFailure: 'rollback' });
    await stage.untilRows(({ place }) => place === 1);
    expect(await stage.vms('late')).toContainEqual(expect.objectContaining({ name: 'aws-1', state: 'creating' }));
    expect(await stage.ended(asked)).toMatchObject({ state: 'failed', message: expect.stringContaining('1 of 2') });
  });

  it('cancel: also where a place was left long before', async () => {
    await stage.box.setFaults([full('openstack'), { cloud: 'aws', method: 'vm.create', effect: { type: 'latency', ms: 6000 }, times: 1 }]);
    const { body } = await stage.create('stopped', [stage.group('aws', 1), stage.group('openstack', 1)]);
    await stage.untilRows(({ place }) => place === 1);
    expect(await stage.post(`/v1/operations/${String(body.id)}/cancel`, undefined)).toMatchObject({ status: 202 });
    await stage.until('stopped/vms?pageSize=200', ({ items }: { items: unknown[] }) => items.length === 0);
    await stage.delete('stopped');
  });

  it('rollback of a scale-out takes back the new VMs only', async () => {
    await stage.made('grown', [stage.group('openstack', 1)], { onPartialFailure: 'rollback' });
    const [old] = await stage.vms('grown');
    await stage.box.setFaults([{ cloud: 'openstack', method: 'vm.create', effect: { type: 'error', code: 'OUT_OF_CAPACITY' }, skip: 1, times: 1 }]);
    expect(await stage.ended(await stage.post('grown/groups/openstack/scale', { size: 3 }))).toMatchObject({ kind: 'mci.scale-out', state: 'failed' });
    expect((await stage.vms('grown')).map(({ id, state }) => ({ id, state }))).toEqual([{ id: old?.id, state: 'running' }]);
    expect(await stage.get('grown')).toMatchObject({ groups: [{ size: 1 }], activeOperationIds: [] });
    expect(await counted()).toEqual({ openstack: 1 });
    await stage.delete('grown');
  });

  it('refine: the failed ones are dropped and their groups shrink', async () => {
    await stage.box.setFaults([full('openstack'), { cloud: 'aws', method: 'vm.create', effect: { type: 'half-made' }, times: 1 }]);
    const operation = await stage.made('fewer', [stage.group('aws', 3), stage.group('openstack', 2)], { onPartialFailure: 'refine' });
    expect(operation).toMatchObject({ state: 'succeeded', result: { vms: 5, reached: 2, failed: 3 }, message: expect.stringContaining('dropped') });
    expect(await stage.get('fewer')).toMatchObject({ status: 'running', groups: [{ name: 'aws', size: 2 }, { name: 'openstack', size: 0 }] });
    expect(await counted()).toEqual({ aws: 2 });
    await stage.delete('fewer');
  });

  it('replace: another zone of the region first', async () => {
    const [first, second] = zonesOf('aws') as [string, string];
    await stage.box.setFaults([full('aws', { zone: first })]);
    expect(await stage.made('zones', [stage.group('aws', 3)], { onPartialFailure: 'replace' })).toMatchObject({ state: 'succeeded', progress: { done: 3, failed: 0 } });
    expect(countBy(await stage.vms('zones'), ({ zone, state }) => `${zone} ${state}`)).toEqual({ [`${second} running`]: 3 });
    await stage.delete('zones');
  });

  it('replace: then the alternatives in their order: region, spec, cloud', async () => {
    const [spec, other] = specsOf('openstack') as [string, string];
    const group = (more: object) => ({ ...stage.group('openstack', 2, { spec, name: 'web' }), ...more });
    const away = { connection: 'gcp', region: regionOf('gcp'), spec: specsOf('gcp')[0] };

    await stage.box.setFaults([full('openstack', { effect: { type: 'out-of-capacity', specPrefixes: [spec] } })]);
    await stage.made('spec', [group({ alternatives: [{ spec: other }, away] })], { onPartialFailure: 'replace' });
    expect(countBy(await stage.vms('spec'), (vm) => `${vm.cloud} ${vm.specId} ${vm.state}`)).toEqual({ [`openstack ${other} running`]: 2 });
    await stage.delete('spec');

    await stage.box.setFaults([full('gcp', { region: regionOf('gcp') })]);
    await stage.made('region', [stage.group('gcp', 2, { alternatives: [{ region: regionOf('gcp', 1) }] })], { onPartialFailure: 'replace' });
    expect(countBy(await stage.vms('region'), ({ region, state }) => `${region} ${state}`)).toEqual({ [`${regionOf('gcp', 1)} running`]: 2 });
    await stage.delete('region');

    await stage.box.setFaults([full('openstack')]);
    const operation = await stage.made('cloud', [group({ alternatives: [{ spec: other }, away] })], { onPartialFailure: 'replace' });
    expect(operation).toMatchObject({ state: 'succeeded', errors: [] });
    expect(await states('cloud')).toEqual({ 'gcp running': 2 });
    expect(await stage.get('cloud')).toMatchObject({ status: 'running' });
    await stage.delete('cloud');
  });

  it('replace: with no place left the VMs fail', async () => {
    await stage.box.setFaults([full('openstack'), full('gcp')]);
    const group = stage.group('openstack', 2, { alternatives: [{ connection: 'gcp', region: regionOf('gcp'), spec: specsOf('gcp')[0] }] });
    expect(await stage.made('nowhere', [group], { onPartialFailure: 'replace' })).toMatchObject({ state: 'failed', errors: [{ code: 'OUT_OF_CAPACITY', count: 2 }] });
    await stage.delete('nowhere');
  });

  it.each([['continue', { running: 2, failed: 1 }, 2], ['replace', { running: 3 }, 3]] as const)('half-made ones are removed from the cloud (%s)', async (onPartialFailure, counts, inCloud) => {
    await stage.box.setFaults([{ cloud: 'aws', effect: { type: 'half-made' }, times: 1 }]);
    await stage.made('half', [stage.group('aws', 3)], { onPartialFailure });
    expect(await stage.get('half')).toMatchObject({ counts });
    expect(await stage.box.things({ kind: 'vm' })).toHaveLength(inCloud);
    expect((await stage.vms('half')).filter(({ state, cloudId }) => state === 'failed' && cloudId !== null)).toEqual([]);
    await stage.delete('half');
  });

  it('a quota that is reached is told by its id', async () => {
    await stage.box.setFaults([{ cloud: 'aws', effect: { type: 'quota', quotaId: 'L-1216C47A', limit: 5 } }]);
    const operation = await stage.made('quota', [stage.group('aws', 3), stage.group('gcp', 1)]);
    expect(operation).toMatchObject({ state: 'succeeded', errors: [{ code: 'QUOTA_EXCEEDED', count: 3, help: expect.stringContaining('quota') }] });
    expect((await stage.vms('quota')).find(({ cloud }) => cloud === 'aws')?.failure).toMatchObject({ code: 'QUOTA_EXCEEDED', providerCode: 'VcpuLimitExceeded' });
    await stage.delete('quota');
  });

  it('a network that cannot be made fails the VMs on it, and a later scale-out makes it anew', async () => {
    await stage.box.setFaults([{ cloud: 'openstack', method: 'network.create', effect: { type: 'error', code: 'QUOTA_EXCEEDED' }, times: 1 }]);
    expect(await stage.made('net', [stage.group('openstack', 2)])).toMatchObject({ state: 'failed', errors: [{ code: 'QUOTA_EXCEEDED', count: 2 }] });
    expect((await stage.ended(await stage.post('net/groups/openstack/scale', { size: 1 }))).state).toBe('succeeded');
    await stage.delete('net');
  });
});

describe('answers that do not come', () => {
  it('are looked for: each kind of create loses its first two everywhere, and each thing is made once', async () => {
    const kinds = ['network', 'subnet', 'security-group', 'key-pair', 'vm'];
    await stage.box.setFaults(['aws', 'gcp', 'openstack'].flatMap((cloud) => kinds.map((kind): Fault => ({ cloud, method: `${kind}.create`, effect: { type: 'lost-answer' }, times: 2 }))));
    expect(await stage.made('lost', [stage.group('aws', 3), stage.group('gcp', 2), stage.group('openstack', 2)])).toMatchObject({ state: 'succeeded', progress: { done: 7, failed: 0 } });
    const things = await stage.box.things();
    expect(countBy(things.filter(({ kind, name }) => !['internet-gateway', 'route-table'].includes(kind) && name !== 'default'), ({ kind }) => kind)).toEqual({ vm: 7, network: 3, subnet: 3, 'security-group': 3, 'key-pair': 3 });
    for (const vm of await stage.vms('lost')) expect(things.find(({ id }) => id === vm.cloudId)?.name).toMatch(new RegExp(`^lost-${vm.name}-`));
    expect(new Set((await stage.vms('lost')).map(({ cloudId }) => cloudId))).toEqual(new Set(things.filter(({ kind }) => kind === 'vm').map(({ id }) => id)));
    await stage.box.setFaults([{ method: '*.delete', effect: { type: 'lost-answer' }, probability: 0.3 }]);
    await stage.delete('lost');
  });

  it('are waited for: throttling and outages slow it down and break nothing', async () => {
    await stage.box.setFaults([{ effect: { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 50 }, probability: 0.15 }, { effect: { type: 'error', code: 'UNAVAILABLE' }, probability: 0.05 }]);
    expect(await stage.made('slow', [stage.group('aws', 3), stage.group('gcp', 2), stage.group('openstack', 2)])).toMatchObject({ state: 'succeeded', progress: { done: 7, failed: 0 } });
    await stage.delete('slow');
  });
});
