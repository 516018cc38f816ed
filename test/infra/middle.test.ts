import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../drivers/simulator/world/types.js';
import { MCIS, type Operation, Stage, countBy } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start(['aws', 'openstack']);
});
afterAll(async () => {
  await stage?.stop();
});
afterEach(async () => {
  await stage.box.setFaults();
  await stage.expectNothingLeft();
});

/** Holds calls of a method back long enough to ask for something else meanwhile. */
const slow = (method: string, cloud = 'openstack', ms = 1500): Fault => ({ cloud, method, effect: { type: 'latency', ms } });
const delay = (ms: number) => new Promise((done) => setTimeout(done, ms));
/** Waits until the box has taken a call of this method. */
async function called(method: string, after: number): Promise<void> {
  for (const limit = Date.now() + 10_000; Date.now() < limit; await delay(20)) if ((await stage.box.calls(after)).some((call) => call.method === method)) return;
  throw new Error(`no call of ${method}`);
}
const groups = () => [stage.group('aws', 2), stage.group('openstack', 2)];
const idOf = (answer: { body: Record<string, unknown> }): string => String(answer.body.id);

describe('in the middle of a create', () => {
  it('what its operation works on is busy: 409 with the operation', async () => {
    await stage.box.setFaults([slow('vm.create')]);
    const create = await stage.create('busy', groups());
    expect(create.headers.get('location')).toBe(`/v1/operations/${idOf(create)}`);
    const conflict = { status: 409, body: { code: 'CONFLICT', operationId: idOf(create) } };
    expect(await stage.post('busy/actions', { action: 'terminate' })).toMatchObject(conflict);
    expect(await stage.post('busy/groups/openstack/scale', { size: 0 })).toMatchObject(conflict);
    expect(await stage.get('busy')).toMatchObject({ status: 'creating', activeOperationIds: [idOf(create)] });
    await stage.ended(create);
    await stage.delete('busy');
  });

  it('a scale-out joins it', async () => {
    await stage.box.setFaults([slow('vm.create')]);
    const create = await stage.create('join', [stage.group('openstack', 1)]);
    const scale = await stage.post('join/groups/openstack/scale', { size: 3 });
    expect(await stage.ended(create)).toMatchObject({ state: 'succeeded', progress: { done: 1, total: 1 } });
    expect(await stage.ended(scale)).toMatchObject({ state: 'succeeded', progress: { done: 2, total: 2 } });
    expect(await stage.box.things({ kind: 'vm' })).toHaveLength(3);
    await stage.delete('join');
  });

  it.each([['at once', 0], ['while VMs are made', 1]])('a delete (%s) ends it and leaves nothing', async (_name, wait) => {
    await stage.box.setFaults([slow('vm.create')]);
    const before = await stage.box.lastCall();
    const create = await stage.create('gone', groups());
    if (wait) await called('subnet.create', before);
    await stage.delete('gone');
    expect(await stage.ended(create)).toMatchObject({ state: 'cancelled' });
    expect(await stage.server.call('GET', `${MCIS}/gone`)).toMatchObject({ status: 404 });
  });

  it('a delete while an answer is lost finds what was made', async () => {
    await stage.box.setFaults([{ method: 'vm.create', effect: { type: 'lost-answer' } }]);
    const before = await stage.box.lastCall();
    const create = await stage.create('lost', groups());
    await called('vm.create', before);
    await stage.delete('lost');
    expect((await stage.ended(create)).state).toBe('cancelled');
  });

  it('a cancel keeps what runs and takes back the rest', async () => {
    await stage.box.setFaults([slow('vm.create', 'openstack', 2500)]);
    const create = await stage.create('cancel', groups());
    await stage.until('cancel', (mci: { counts?: Record<string, number> }) => mci.counts?.running === 2);
    expect(await stage.post(`/v1/operations/${idOf(create)}/cancel`, undefined)).toMatchObject({ status: 202, body: { state: 'cancelled' } });
    await stage.until('cancel', (mci: { vms?: number }) => mci.vms === 2);
    expect(await stage.get('cancel')).toMatchObject({ status: 'running', groups: [{ name: 'aws', size: 2 }, { name: 'openstack', size: 0 }] });
    expect(countBy(await stage.box.things({ kind: 'vm' }), ({ cloud }) => cloud)).toEqual({ aws: 2 });
    expect(await stage.post(`/v1/operations/${idOf(create)}/cancel`, undefined)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await stage.box.setFaults();
    expect((await stage.ended(await stage.post('cancel/groups/openstack/scale', { size: 1 }))).state).toBe('succeeded');
    await stage.delete('cancel');
  });

  it('a connection that it uses is not deleted, nor is one deleted under it', async () => {
    await stage.connect('openstack', 'brief');
    const body = [stage.group('openstack', 1, { connection: 'brief' })];
    await stage.post('plan', { name: 'race', groups: body });
    const [create, removal] = await Promise.all([stage.create('race', body), stage.server.call('DELETE', '/v1/connections/brief')]);
    if (create.status === 202) {
      expect(removal).toMatchObject({ status: 409, body: { code: 'IN_USE' } });
      await stage.ended(create);
      await stage.delete('race');
      expect((await stage.server.call('DELETE', '/v1/connections/brief')).status).toBe(204);
    } else {
      expect(removal.status).toBe(204);
      expect([400, 409]).toContain(create.status);
    }
  });
});

describe('in the middle of other work', () => {
  it('a suspend makes its VMs busy for others, and not the rest', async () => {
    await stage.made('work', [...groups(), stage.group('openstack', 1, { name: 'spare' })]);
    await stage.box.setFaults([slow('vm.stop')]);
    const suspend = await stage.post('work/actions', { action: 'suspend', groups: ['openstack'] });
    expect(await stage.post('work/actions', { action: 'reboot' })).toMatchObject({ status: 409, body: { operationId: idOf(suspend) } });
    expect(await stage.post(`/v1/operations/${idOf(suspend)}/cancel`, undefined)).toMatchObject({ status: 422, body: { code: 'UNSUPPORTED' } });
    const reboot = await stage.post('work/actions', { action: 'reboot', groups: ['aws', 'spare'] });
    expect(await stage.ended(reboot)).toMatchObject({ state: 'succeeded', progress: { done: 3 } });
    expect(await stage.ended(suspend)).toMatchObject({ state: 'succeeded', progress: { done: 2 } });
    await stage.delete('work');
  });

  it('a delete in the middle of a suspend, a resume and a scale-out ends them all', async () => {
    await stage.made('mix', [stage.group('openstack', 1), stage.group('openstack', 1, { name: 'two' }), stage.group('aws', 1)]);
    await stage.ended(await stage.post('mix/actions', { action: 'suspend', groups: ['two'] }));
    await stage.box.setFaults([slow('vm.stop'), slow('vm.start'), slow('vm.create', 'aws')]);
    const work = await Promise.all([
      stage.post('mix/actions', { action: 'suspend', groups: ['openstack'] }), stage.post('mix/actions', { action: 'resume', groups: ['two'] }), stage.post('mix/groups/aws/scale', { size: 3 }),
    ]);
    expect(work.map(({ status }) => status)).toEqual([202, 202, 202]);
    await stage.delete('mix');
    expect((await Promise.all(work.map((answer) => stage.ended(answer)))).map(({ state }: Operation) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('deleted twice is one operation; meanwhile the name is taken and nothing else may begin', async () => {
    await stage.made('twice', [stage.group('openstack', 1)]);
    await stage.box.setFaults([slow('vm.delete')]);
    const [first, second] = await Promise.all([stage.server.call('DELETE', `${MCIS}/twice`), stage.server.call('DELETE', `${MCIS}/twice`)]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(idOf(first)).toBe(idOf(second));
    expect(await stage.get('twice')).toMatchObject({ status: 'deleting' });
    expect(await stage.create('twice', [stage.group('openstack', 1)])).toMatchObject({ status: 409, body: { code: 'ALREADY_EXISTS', errors: [{ field: 'name' }] } });
    expect(await stage.post('twice/groups/openstack/scale', { size: 2 })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await stage.post('twice/actions', { action: 'reboot' })).toMatchObject({ status: 409 });
    expect((await stage.ended(first)).state).toBe('succeeded');
    expect(await stage.server.call('DELETE', `${MCIS}/twice`)).toMatchObject({ status: 404 });
  });

  it('a refused stop leaves the VM running and says why', async () => {
    await stage.made('refused', [stage.group('openstack', 2)]);
    await stage.box.setFaults([{ method: 'vm.stop', effect: { type: 'error', code: 'FORBIDDEN', message: 'no right to stop' }, times: 1 }]);
    expect(await stage.ended(await stage.post('refused/actions', { action: 'suspend' }))).toMatchObject({ state: 'succeeded', progress: { done: 1, failed: 1 }, errors: [{ code: 'FORBIDDEN', count: 1, help: expect.any(String) }] });
    expect(await stage.get('refused')).toMatchObject({ counts: { running: 1, suspended: 1 } });
    await stage.delete('refused');
  });
});
