import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { newId } from '../../src/kernel/ids.js';
import { Database, Events, Logger, type NewOperation, Operations, platformEntities } from '../../src/platform/index.js';
import { type TestServer, startServer } from '../support/server.js';

let server: TestServer;
let second: TestServer;
let database: Database;
let events: Events;
let operations: Operations;
let workspaceId: string;
let projectId: string;
let stranger: string;

beforeAll(async () => {
  server = await startServer();
  second = await startServer({ MCMP_SERVER_NAME: 'second' }, server);
  // A domain within the server would call this; here the test does, on the same database.
  database = await Database.open({ databaseUrl: server.databaseUrl, dataDir: '', entities: platformEntities, migrations });
  events = new Events(database, new Logger('silent'));
  operations = new Operations(database, events);
  const project = (await server.call('GET', '/v1/projects/default')).body as { id: string; workspaceId: string };
  ({ id: projectId, workspaceId } = project);
  const other = (await server.call('POST', '/v1/workspaces', { body: { name: 'other' } })).body;
  await server.call('POST', '/v1/users', { body: { username: 'mina', password: 'a-long-password', role: 'operator', workspaceIds: [other.id] } });
  stranger = (await server.call('POST', '/v1/auth/token', { token: null, body: { username: 'mina', password: 'a-long-password' } })).body.accessToken as string;
});
afterAll(async () => {
  await second?.kill();
  await database?.close();
  await server?.stop();
});

const start = (more: Partial<NewOperation> = {}) =>
  database.transaction((manager) => operations.start(manager, { kind: 'thing.make', workspaceId, projectId, target: { type: 'thing', id: newId(), name: 'it' }, total: 3, createdBy: newId(), ...more }));

interface Sent { id: string; event: string; data: { data: { state: string; progress: { done: number } }; id: string } }
/** Reads a stream of server-sent events to its end, or until `enough` holds. */
async function read(from: TestServer, path: string, options: { lastEventId?: string; token?: string; enough?: (sent: Sent[]) => boolean } = {}): Promise<{ sent: Sent[]; text: string; ended: boolean }> {
  const stop = new AbortController();
  const response = await fetch(from.url + path, { signal: stop.signal, headers: { authorization: `Bearer ${options.token ?? from.token}`, ...(options.lastEventId && { 'last-event-id': options.lastEventId }) } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const sent: Sent[] = [];
  let text = '';
  let parsed = 0;
  const parse = (): Sent[] => {
    for (let end = text.indexOf('\n\n', parsed); end >= 0; parsed = end + 2, end = text.indexOf('\n\n', parsed)) {
      const [, id, event, data] = /^id: (\S+)\nevent: (\S+)\ndata: (.*)$/.exec(text.slice(parsed, end)) ?? [];
      if (data !== undefined) sent.push({ id: id as string, event: event as string, data: JSON.parse(data) as Sent['data'] });
    }
    return sent;
  };
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { sent: parse(), text, ended: true };
    text += Buffer.from(value).toString();
    if (options.enough?.(parse())) break;
  }
  stop.abort();
  return { sent: parse(), text, ended: false };
}

describe('an operation', () => {
  it('is started, progresses and is settled once', async () => {
    const { id } = await start();
    expect((await server.call('GET', `/v1/operations/${id}`)).body).toMatchObject({ id, state: 'queued', progress: { done: 0, failed: 0, total: 3 }, finishedAt: null });
    await operations.progress(undefined, id, { done: 1, message: 'one is there' });
    await operations.progress(undefined, id, { failed: 1 });
    expect(await operations.find(id)).toMatchObject({ state: 'running', progress: { done: 1, failed: 1, total: 3 }, message: 'one is there' });
    const errors = [{ code: 'QUOTA_EXCEEDED', count: 1, message: 'no more vCPUs', targets: ['vm-2'] }];
    await operations.finish(undefined, id, { state: 'failed', errors });
    await operations.finish(undefined, id, { state: 'succeeded' });
    await operations.progress(undefined, id, { done: 3 });
    expect((await server.call('GET', `/v1/operations/${id}`)).body).toMatchObject({ state: 'failed', progress: { done: 1, failed: 1, total: 3 }, errors, finishedAt: expect.any(String) });
  });

  it('is listed by project, kind, state and target, the newest first, and pages', async () => {
    const target = { type: 'thing', id: newId(), name: 'listed' };
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await start({ kind: 'thing.list', target })).id);
    await operations.finish(undefined, ids[0] as string, { state: 'succeeded' });
    const list = async (query: string): Promise<string[]> => ((await server.call('GET', `/v1/operations?${query}`)).body.items as { id: string }[]).map(({ id }) => id);
    expect(await list('kind=thing.list')).toEqual(ids);
    expect(await list(`target=${target.id}&state=queued`)).toEqual(ids.slice(1));
    expect(await list(`project=${newId()}`)).toEqual([]);
    expect(await list('kind=thing.list&target=LIST')).toEqual(ids);
    expect(await list('kind=thing.list&target=nothing')).toEqual([]);
    const since = (await operations.find(ids[1] as string))?.createdAt as string;
    expect(await list(`kind=thing.list&since=${since}`)).toEqual(ids.slice(0, 2));
    expect((await server.call('GET', '/v1/operations?since=yesterday')).body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ field: 'since' }] });
    const page = (await server.call('GET', `/v1/operations?kind=thing.list&project=${projectId}&pageSize=2`)).body;
    expect(await list(`kind=thing.list&pageToken=${String(page.nextPageToken)}`)).toEqual(ids.slice(2));
  });

  it('is not there for those outside its workspace', async () => {
    const { id } = await start();
    for (const [method, path] of [['GET', ''], ['POST', '/cancel'], ['GET', '/events'], ['GET', '/parts']] as const) expect((await server.call(method, `/v1/operations/${id}${path}`, { token: stranger })).status).toBe(404);
    expect((await server.call('GET', '/v1/operations', { token: stranger })).body.items).toEqual([]);
  });

  it('tells its parts page by page, as its domain reads them', async () => {
    const scope = { userId: newId(), expiresAt: new Date(Date.now() + 60_000), whileOpen: () => () => undefined, workspaceIds: async () => 'all' as const };
    const { id } = await start({ kind: 'thing.parts' });
    expect(await operations.parts(scope, id, { pageSize: 2 })).toEqual({ items: [], nextPageToken: null });
    const all = ['a', 'b', 'c'].map((name) => ({ name, place: 'here', state: 'done' as const, detail: null, attempts: 1, startedAt: null, finishedAt: null, error: null }));
    operations.onParts('thing.parts', async (operation, { after, limit }) => (operation.id === id ? all.filter(({ name }) => after === undefined || name > after).slice(0, limit) : []));
    const first = await operations.parts(scope, id, { pageSize: 2 });
    const second = await operations.parts(scope, id, { pageSize: 2, pageToken: first.nextPageToken as string });
    expect([first.items, second]).toEqual([all.slice(0, 2), { items: all.slice(2), nextPageToken: null }]);
    await expect(operations.parts({ ...scope, workspaceIds: async () => [newId()] }, id, { pageSize: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is cancelled by its domain, once; not after its end, and not where the domain cannot', async () => {
    const scope = { userId: newId(), expiresAt: new Date(Date.now() + 60_000), whileOpen: () => () => undefined, workspaceIds: async () => 'all' as const };
    let asked = 0;
    operations.onCancel('thing.cancel', async () => { asked++; });
    const { id } = await start({ kind: 'thing.cancel' });
    for (let i = 0; i < 2; i++) expect(await operations.cancel(scope, id)).toMatchObject({ state: 'cancelling' });
    expect(asked).toBe(1);
    await operations.finish(undefined, id, { state: 'cancelled' });
    await expect(operations.cancel(scope, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await start();
    expect((await server.call('POST', `/v1/operations/${other.id}/cancel`)).body).toMatchObject({ code: 'UNSUPPORTED', operationId: other.id });
  });
});

describe('streams', () => {
  it('tell an operation from its beginning and end with it, and go on at another server after the last event seen', async () => {
    const { id } = await start();
    await operations.progress(undefined, id, { done: 1 });
    const before = await read(server, `/v1/operations/${id}/events`, { enough: (sent) => sent.length === 2 });
    expect(before.text).toMatch(/^retry: \d+\nid: 0-0\n\n/);
    const reading = read(second, `/v1/operations/${id}/events`, { lastEventId: before.sent.at(-1)?.id as string });
    await operations.progress(undefined, id, { done: 2 });
    await operations.finish(undefined, id, { state: 'succeeded' });
    const after = await reading;
    expect([...before.sent, ...after.sent].map(({ event, data }) => [event, data.data.state, data.data.progress.done])).toEqual([
      ['operation.changed', 'queued', 0], ['operation.changed', 'running', 1], ['operation.changed', 'running', 2], ['operation.changed', 'succeeded', 2]]);
    expect(after.ended).toBe(true);
    const whole = await read(second, `/v1/operations/${id}/events`);
    expect(whole.sent).toEqual([...before.sent, ...after.sent]);
  });

  it('tell what happens in a project from now on, to any server', async () => {
    const reading = read(second, '/v1/projects/default/events', { enough: (sent) => sent.length === 2 });
    await new Promise((done) => setTimeout(done, 200));
    const { id } = await start();
    await start({ projectId: newId() });
    await operations.progress(undefined, id, { done: 1 });
    expect((await reading).sent.map(({ data }) => data.data)).toMatchObject([{ id, state: 'queued' }, { id, state: 'running' }]);
  });

  it.each([['a project that is not there', '/v1/projects/nowhere/events', {}, 404], ['an id that no stream gave', '/v1/projects/default/events', { 'last-event-id': 'yesterday' }, 400]])('refuse %s with a problem', async (_name, path, headers, status) => {
    const answer = await server.call('GET', path, { headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, expect.stringContaining('application/problem+json')]);
  });

  it('cut a reader that does not read, who then goes on where it was', async () => {
    const { port, hostname } = new URL(server.url);
    const id = newId();
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(`GET /v1/projects/default/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.token}\r\n\r\n`));
    await new Promise<void>((done) => socket.on('data', (chunk) => { text += String(chunk); }).once('data', () => done()));
    socket.pause();
    for (let n = 0; n < 24; n++) await database.transaction((manager) => events.publish(manager, { workspaceId, projectId, type: 'thing.changed', subject: { type: 'thing', id }, data: { n, filling: 'x'.repeat(500_000) } }));
    const cut = new Promise<void>((done) => socket.once('close', () => done()).on('error', () => undefined));
    socket.resume();
    await cut;
    const numbers = [...text.matchAll(/^data: .*"n":(\d+)[,}]/gm)].map(([, n]) => Number(n));
    expect(numbers.length).toBeLessThan(24);
    const whole = [...text.matchAll(/^id: (\S+)\n(?:event.*\ndata: .*\n)?\n/gm)].map(([, place]) => place as string);
    const rest = await read(second, '/v1/projects/default/events', { lastEventId: whole.at(-1) as string, enough: (sent) => (sent.at(-1)?.data.data as unknown as { n: number })?.n === 23 });
    expect(rest.sent.map(({ data }) => (data.data as unknown as { n: number }).n)).toEqual(Array.from({ length: 24 - (whole.length - 1) }, (_none, at) => at + whole.length - 1));
  });

  it('end with the token, and at once when the server stops', async () => {
    const short = await startServer({ MCMP_TOKEN_TTL_SECONDS: '2', MCMP_SERVER_NAME: 'short' }, server);
    expect((await read(short, '/v1/projects/default/events')).ended).toBe(true);
    const reading = read(short, '/v1/projects/default/events', { token: server.token });
    await new Promise((done) => setTimeout(done, 200));
    await short.kill();
    expect((await reading).ended).toBe(true);
  });
});
