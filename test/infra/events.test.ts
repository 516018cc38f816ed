import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROJECT, Stage, regionOf } from './stage.js';

interface Told { id: string; type: string; subject: { type: string; id: string; name?: string }; data: { state?: string; status?: string; mci?: string; counts?: Record<string, number>; progress?: { done: number; total: number } } }
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start(['aws', 'openstack']);
});
afterAll(async () => {
  await stage?.stop();
});

/** Reads a project's stream until an event for which `last` holds; `meanwhile` begins once the stream stands. */
async function follow(last: (event: Told) => boolean, options: { after?: string; path?: string; token?: string; meanwhile?: () => Promise<unknown> } = {}): Promise<Told[]> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), 20_000);
  const response = await fetch(stage.server.url + (options.path ?? `${PROJECT}/events`), { signal: end.signal, headers: { authorization: `Bearer ${options.token ?? stage.server.token}`, ...(options.after && { 'last-event-id': options.after }) } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: Told[] = [];
  const work = options.meanwhile?.();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const block = text.slice(0, at);
      text = text.slice(at + 2);
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data) as Told;
      expect(/^id: (.*)$/m.exec(block)?.[1]).toBe(event.id);
      expect(/^event: (.*)$/m.exec(block)?.[1]).toBe(event.type);
      events.push(event);
      if (!last(event)) continue;
      await work;
      clearTimeout(timer);
      return events;
    }
  }
  throw new Error(`the stream ended: ${JSON.stringify(events.at(-1))}`);
}
const ended = (kind: string) => (event: Told) => event.type === 'operation.changed' && event.subject.name === kind && event.data.state === 'succeeded';
/** States that a VM went through; one is told again where an address became known in it. */
const statesOf = (events: Told[], name: string) => events.filter(({ type, subject }) => type === 'vm.changed' && subject.name === name).map(({ data }) => data.state).filter((state, index, all) => state !== all[index - 1]);

describe('the event stream of a project', () => {
  let events: Told[];

  it('tells every change of MCI, VMs and operation of a create, so that nobody has to ask', async () => {
    events = await follow(ended('mci.create'), { meanwhile: () => stage.create('told', [stage.group('aws', 2), stage.group('openstack', 1)]) });
    const { id } = await stage.get<{ id: string }>('told');
    const operations = events.filter(({ type }) => type === 'operation.changed');
    expect(operations[0]?.data.state).toBe('queued');
    expect(operations.at(-1)?.data).toMatchObject({ state: 'succeeded', progress: { done: 3, total: 3 } });
    for (const name of ['aws-1', 'aws-2', 'openstack-1']) {
      expect(statesOf(events, name)).toEqual(['planned', 'creating', 'running']);
    }
    const mci = events.filter(({ type }) => type === 'mci.changed');
    expect(new Set(mci.map(({ subject }) => subject.id))).toEqual(new Set([id]));
    expect(mci[0]?.data.status).toBe('creating');
  });

  it('tells that all of it runs', async () => {
    const all = await follow((event) => event.type === 'mci.changed' && event.data.status === 'running', { after: events[0]?.id as string });
    expect(all.at(-1)?.data.counts).toEqual({ running: 3 });
  });

  it('is read on after any event without gap or twin', async () => {
    const last = events.at(-1) as Told;
    for (const index of [0, 1, Math.floor(events.length / 2), events.length - 2]) {
      const again = await follow(({ id }) => id === last.id, { after: (events[index] as Told).id });
      expect(again.map(({ id }) => id)).toEqual(events.slice(index + 1).map(({ id }) => id));
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('tells suspend, and the end of it all', async () => {
    const suspended = await follow(ended('mci.suspend'), { meanwhile: () => stage.post('told/actions', { action: 'suspend', groups: ['openstack'] }) });
    expect(statesOf(suspended, 'openstack-1').at(-1)).toBe('suspended');
    const gone = await follow((event) => event.type === 'mci.deleted', { meanwhile: () => stage.delete('told') });
    expect(gone.filter(({ type, data }) => type === 'vm.changed' && data.state === 'terminated').map(({ subject }) => subject.name).sort()).toEqual(['aws-1', 'aws-2', 'openstack-1']);
    expect(gone.filter(({ type }) => type === 'vm.deleted').map(({ subject }) => subject.name).sort()).toEqual(['aws-1', 'aws-2', 'openstack-1']);
    expect(gone.some(({ type, data }) => type === 'mci.changed' && data.status === 'deleting')).toBe(true);
    await stage.expectNothingLeft();
  });

  it('tells VMs that are dropped, so that nothing stays on a page', async () => {
    await stage.box.setFaults([{ cloud: 'openstack', effect: { type: 'out-of-capacity' } }]);
    const dropped = await follow(ended('mci.create'), { meanwhile: () => stage.create('drop', [stage.group('aws', 1), stage.group('openstack', 1)], { onPartialFailure: 'refine' }) });
    expect(statesOf(dropped, 'openstack-1')).toEqual(['planned', 'creating', 'failed']);
    expect(dropped.filter(({ type }) => type === 'vm.deleted').map(({ subject }) => subject.name)).toEqual(['openstack-1']);
    await stage.box.setFaults();
    await stage.delete('drop');
  });

  it('of an operation begins with its beginning and ends with it', async () => {
    const operation = await stage.made('one', [stage.group('openstack', 1)]);
    const told = await follow(({ data }) => data.state === 'succeeded', { path: `/v1/operations/${operation.id}/events` });
    expect(told.map(({ data }) => data.state).filter((state, index, all) => state !== all[index - 1])).toEqual(['queued', 'running', 'succeeded']);
    await stage.delete('one');
  });

  it('goes on while another request waits for a slow cloud', async () => {
    await stage.box.setFaults([{ cloud: 'aws', region: regionOf('aws', 1), method: 'spec.list', effect: { type: 'latency', ms: 6000 }, times: 1 }]);
    let answered = false;
    const slow = stage.create('slow', [stage.group('aws', 1, { region: regionOf('aws', 1) })], {}, { key: 'slow-1' }).finally(() => { answered = true; });
    await follow(ended('mci.create'), { meanwhile: () => stage.create('quick', [stage.group('openstack', 1)]) });
    expect(answered).toBe(false);
    await stage.ended(await slow);
    await stage.box.setFaults();
    await Promise.all([stage.delete('slow'), stage.delete('quick')]);
  });

  it('is not for who is in another workspace, nor for an id that it never gave', async () => {
    const password = 'a-password-for-tests';
    await stage.post('/v1/users', { username: 'stranger', password, role: 'operator', workspaceIds: [] });
    const token = String((await stage.server.call('POST', '/v1/auth/token', { token: null, body: { username: 'stranger', password } })).body.accessToken);
    expect((await stage.server.call('GET', `${PROJECT}/events`, { token })).status).toBe(404);
    expect(await stage.server.call('GET', `${PROJECT}/events`, { headers: { 'last-event-id': 'yesterday' } })).toMatchObject({ status: 400, body: { errors: [{ field: 'Last-Event-ID' }] } });
    await stage.expectNothingLeft();
  });
});
