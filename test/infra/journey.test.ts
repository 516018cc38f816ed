import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MCIS, Stage, countBy, regionOf, specsOf } from './stage.js';

const CLOUDS = ['aws', 'azure', 'gcp', 'alibaba', 'openstack'];
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start(CLOUDS);
});
afterAll(async () => {
  await stage?.stop();
});

const groups = () => [
  stage.group('aws', 3), stage.group('azure', 2), stage.group('gcp', 2), stage.group('gcp', 1, { name: 'gcp-two', region: regionOf('gcp', 1) }), stage.group('alibaba', 2, { labels: { tier: 'db' } }), stage.group('openstack', 1),
];
interface PlanBody { vms: number; resources: { step: number; kind: string; cloud: string; region: string; count: number; exists: boolean; name: string; cidr?: string; zone?: string }[]; price: { currency: string; perHour: number; perMonth: number; asOf: string; sources: string[]; simulated: boolean }[]; unpricedVms: number; findings: { severity: string; code: string; group?: string; message: string; help?: string }[]; estimateBasis: string }
const plan = async (body: object) => (await stage.post('plan', body)).body as unknown as PlanBody;
const runningOf = (vms: { state: string }[]) => countBy(vms, (vm) => vm.state);

describe('an MCI over five clouds', () => {
  it('is planned: what is made in which order, price, quotas; and nothing is made', async () => {
    const planned = await plan({ name: 'shop', groups: groups(), networks: [{ connection: 'aws', region: regionOf('aws'), cidr: '10.77.0.0/16' }] });
    expect(planned.vms).toBe(11);
    expect(countBy(planned.resources, ({ step, kind }) => `${step} ${kind}`)).toEqual({ '1 network': 5, '1 key-pair': 6, '2 subnet': 6, '2 security-group': 6, '3 vm': 6 });
    expect(planned.resources.map(({ step }) => step)).toEqual([...planned.resources.map(({ step }) => step)].sort());
    expect(planned.resources.find(({ kind, cloud }) => kind === 'network' && cloud === 'aws')).toMatchObject({ exists: false, cidr: '10.77.0.0/16' });
    expect(planned.unpricedVms).toBe(0);
    expect(planned.price.length).toBeGreaterThan(0);
    for (const { perHour, perMonth, sources, asOf } of planned.price) {
      expect(perHour).toBeGreaterThan(0);
      expect(perMonth).toBeCloseTo(perHour * 730, 0);
      expect(sources.length).toBeGreaterThan(0);
      expect(Date.parse(asOf)).not.toBeNaN();
    }
    expect(planned.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    await stage.expectNothingLeft();
  });

  it('is told of quotas that would bite, with what would help', async () => {
    await stage.box.setFaults([{ cloud: 'aws', account: '333344445555', effect: { type: 'quota', quotaId: 'L-1216C47A', limit: 5 } }]);
    await stage.connect('aws', 'aws-poor', '333344445555');
    const { findings } = await plan({ name: 'shop', groups: [stage.group('aws', 3, { connection: 'aws-poor', name: 'web' })] });
    expect(findings).toContainEqual({ severity: 'error', code: 'QUOTA_EXCEEDED', group: 'web', message: expect.stringContaining('6 needed, 5 left of 5'), help: expect.stringContaining('1 more'), values: expect.objectContaining({ needed: 6, left: 5, limit: 5, excess: 1 }) });
    await stage.box.setFaults();
    expect((await stage.server.call('DELETE', '/v1/connections/aws-poor')).status).toBe(204);
  });

  it('is made: every VM runs, with addresses, SSH user and name; labels and owners are tags in the clouds', async () => {
    const operation = await stage.made('shop', groups(), { labels: { team: 'store' }, networks: [{ connection: 'aws', region: regionOf('aws'), cidr: '10.77.0.0/16' }] });
    expect(operation).toMatchObject({ kind: 'mci.create', state: 'succeeded', progress: { done: 11, failed: 0, total: 11 }, errors: [], result: { vms: 11, reached: 11, failed: 0 } });
    const parts = (await stage.server.call('GET', `/v1/operations/${String(operation.id)}/parts`)).body.items as { state: string; place: string }[];
    expect(countBy(parts, ({ state, place }) => `${place.split(' ')[0]} ${state}`)).toEqual({ 'aws done': 3, 'azure done': 2, 'gcp done': 3, 'alibaba done': 2, 'openstack done': 1 });
    const vms = await stage.vms('shop');
    expect(vms.map(({ name }) => name).sort()).toEqual(['alibaba-1', 'alibaba-2', 'aws-1', 'aws-2', 'aws-3', 'azure-1', 'azure-2', 'gcp-1', 'gcp-2', 'gcp-two-1', 'openstack-1']);
    for (const vm of vms) {
      expect(vm).toMatchObject({ state: 'running', failure: null, ssh: { host: expect.stringMatching(/^127\./), port: 2222, user: expect.stringMatching(/^[a-z]/) }, publicIp: expect.any(String), privateIp: expect.stringMatching(/^10\./), cloudId: expect.any(String) });
    }
    expect(new Set(vms.map((vm) => vm.cloudId)).size).toBe(11);
    expect(vms.filter(({ cloud }) => cloud === 'aws').every(({ privateIp }) => privateIp?.startsWith('10.77.'))).toBe(true);

    const mci = await stage.get<{ id: string; projectId: string; status: string }>('shop');
    expect(mci).toMatchObject({ status: 'running', counts: { running: 11 }, vms: 11, activeOperationIds: [], labels: { team: 'store' } });
    const things = await stage.box.things({ 'tag.mcmp-mci': mci.id });
    expect(countBy(things, ({ kind }) => kind)).toEqual({ vm: 11, 'security-group': 6, 'key-pair': 6 });
    const machines = things.filter(({ kind }) => kind === 'vm');
    expect(new Set(machines.map(({ id }) => id))).toEqual(new Set(vms.map(({ cloudId }) => cloudId)));
    for (const vm of machines) expect(vm.tags).toMatchObject({ team: 'store', 'mcmp-project': mci.projectId, 'mcmp-mci': mci.id, ...(vm.cloud === 'alibaba' && { tier: 'db' }) });
    for (const vm of machines) expect(vm.name).toMatch(/^shop-/);
    const shared = (await stage.box.things({ 'tag.mcmp-project': mci.projectId })).filter(({ tags }) => tags['mcmp-mci'] === undefined);
    expect(countBy(shared, ({ kind }) => kind)).toEqual({ network: 5, subnet: 6, 'internet-gateway': 1 });
  });

  it('shares its networks with the next MCI of the project, and with no other project', async () => {
    const planned = await plan({ name: 'second', groups: [stage.group('aws', 1), stage.group('gcp', 1)] });
    expect(countBy(planned.resources, ({ kind, exists }) => `${kind} ${exists}`)).toEqual({ 'network true': 2, 'subnet true': 2, 'key-pair false': 2, 'security-group false': 2, 'vm false': 2 });
    expect((await stage.made('second', [stage.group('aws', 1), stage.group('gcp', 1)])).state).toBe('succeeded');
    expect(await stage.box.things({ kind: 'network' })).toHaveLength(5);

    const workspaceId = (await stage.get<{ items: { id: string }[] }>('/v1/workspaces')).items[0]?.id;
    expect((await stage.post('/v1/projects', { name: 'other', workspaceId })).status).toBe(201);
    const base = '/v1/projects/other/mcis';
    expect((await stage.ended(await stage.create('shop', [stage.group('aws', 1)], {}, { base }))).state).toBe('succeeded');
    expect(await stage.box.things({ kind: 'network', cloud: 'aws' })).toHaveLength(2);
    await stage.delete('shop', base);
    expect(await stage.box.things({ kind: 'network', cloud: 'aws' })).toHaveLength(1);
  });
});

describe('its life', () => {
  const act = async (body: object) => stage.ended(await stage.post('shop/actions', body));

  it('suspends and resumes a group, a VM, all', async () => {
    expect(await act({ action: 'suspend', groups: ['aws'] })).toMatchObject({ kind: 'mci.suspend', state: 'succeeded', progress: { done: 3, total: 3 } });
    expect((await stage.box.things({ kind: 'vm', 'tag.mcmp-mci': (await stage.get<{ id: string }>('shop')).id })).filter(({ state }) => state === 'suspended')).toHaveLength(3);
    expect(await stage.get('shop')).toMatchObject({ status: 'partly-running', counts: { running: 8, suspended: 3 } });
    expect(await act({ action: 'suspend', vms: ['gcp-1'] })).toMatchObject({ state: 'succeeded', progress: { total: 1 } });
    expect(await act({ action: 'suspend' })).toMatchObject({ state: 'succeeded', progress: { total: 7 } });
    expect(await stage.get('shop')).toMatchObject({ status: 'suspended' });
    expect(await act({ action: 'resume' })).toMatchObject({ state: 'succeeded', progress: { total: 11 } });
    expect(runningOf(await stage.vms('shop'))).toEqual({ running: 11 });
  });

  it('reboots, and each cloud is asked once', async () => {
    const before = await stage.box.lastCall();
    expect(await act({ action: 'reboot', groups: ['aws', 'openstack'] })).toMatchObject({ state: 'succeeded', progress: { total: 4 } });
    expect((await stage.box.calls(before)).filter(({ method }) => method === 'vm.reboot')).toHaveLength(4);
    expect(runningOf(await stage.vms('shop'))).toEqual({ running: 11 });
  });

  it('refuses what no chosen VM can do', async () => {
    expect(await stage.post('shop/actions', { action: 'resume' })).toMatchObject({ status: 422, body: { code: 'UNPROCESSABLE', detail: expect.stringContaining('suspended') } });
    const unknown = await stage.post('shop/actions', { action: 'suspend', groups: ['nobody'], vms: ['aws-1', 'aws-99'] });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', errors: [{ field: 'groups[0]', rule: expect.any(String), help: expect.stringContaining('aws') }, { field: 'vms[1]', rule: expect.any(String), help: expect.any(String) }] } });
  });

  it('scales a group out, in, to nothing and back; names are never used twice', async () => {
    const scale = async (size: number) => stage.ended(await stage.post('shop/groups/azure/scale', { size }));
    const names = async () => (await stage.vms('shop')).filter(({ group }) => group === 'azure').map(({ name, state }) => `${name} ${state}`).sort();
    expect(await scale(4)).toMatchObject({ kind: 'mci.scale-out', state: 'succeeded', progress: { done: 2, total: 2 } });
    expect(await scale(3)).toMatchObject({ kind: 'mci.scale-in', state: 'succeeded', progress: { done: 1, total: 1 } });
    expect(await names()).toEqual(['azure-1 running', 'azure-2 running', 'azure-3 running']);
    expect(await stage.post('shop/groups/azure/scale', { size: 3 })).toMatchObject({ status: 422, body: { errors: [{ field: 'size' }] } });
    expect((await scale(0)).state).toBe('succeeded');
    expect(await names()).toEqual([]);
    expect(await stage.box.things({ kind: 'vm', cloud: 'azure' })).toEqual([]);
    expect((await scale(1)).state).toBe('succeeded');
    expect(await names()).toEqual(['azure-5 running']);
    expect(await stage.post('shop/groups/none/scale', { size: 1 })).toMatchObject({ status: 404 });
  });

  it('terminates one VM; it stays listed as terminated and nothing of it is in the cloud', async () => {
    const [vm] = (await stage.vms('shop')).filter(({ name }) => name === 'alibaba-2');
    expect(await act({ action: 'terminate', vms: ['alibaba-2'] })).toMatchObject({ state: 'succeeded', progress: { done: 1, total: 1 } });
    expect(await stage.get('shop/vms/alibaba-2')).toMatchObject({ state: 'terminated', cloudId: null });
    expect((await stage.box.things({ kind: 'vm' })).map(({ id }) => id)).not.toContain(vm?.cloudId);
  });

  it('is refused to a connection to go while it is in use, naming the MCI', async () => {
    expect(await stage.server.call('DELETE', '/v1/connections/gcp')).toMatchObject({ status: 409, body: { code: 'IN_USE', detail: expect.stringContaining('shop') } });
  });

  it('ends with all that it stood on; shared networks go with the last MCI', async () => {
    await stage.delete('shop');
    expect(await stage.server.call('GET', `${MCIS}/shop`)).toMatchObject({ status: 404 });
    expect(countBy(await stage.box.things({ kind: 'network' }), ({ cloud }) => cloud)).toEqual({ aws: 1, gcp: 1 });
    expect(countBy(await stage.box.things({ kind: 'subnet' }), ({ cloud, region }) => `${cloud} ${region}`)).toEqual({ [`aws ${regionOf('aws')}`]: 1, [`gcp ${regionOf('gcp')}`]: 1 });
    await stage.delete('second');
    await stage.expectNothingLeft();
    expect((await stage.server.call('DELETE', '/v1/connections/gcp')).status).toBe(204);
  });

  it('takes another spec of the cloud by its own id', async () => {
    const spec = specsOf('openstack').at(-1) as string;
    await stage.made('spec', [stage.group('openstack', 1, { spec })]);
    expect((await stage.vms('spec')).map(({ specId }) => specId)).toEqual([spec]);
    await stage.delete('spec');
    await stage.expectNothingLeft();
  });
});
