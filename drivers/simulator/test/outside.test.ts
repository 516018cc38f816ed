import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isDriverError } from '@mcmp/driver-sdk';
import { personalities } from '../personalities/index.js';
import plain, { startControl } from '../wire/index.js';
import { createWorld } from '../world/index.js';
import type { BoxWorld } from '../world/index.js';
import { ACCOUNT } from './kit-stage.js';
import { connect, makeAll, never } from './offer.js';
import type { Stage, Whole } from './offer.js';

let world: BoxWorld;
let servers: { port: number; close(): Promise<void> }[];
let session: Whole;
let stage: Stage;
beforeEach(async () => {
  world = createWorld({ personalities, timeScale: 0, throttling: false });
  servers = [await plain.start(world, { host: '127.0.0.1', port: 0 }), await startControl(world, { host: '127.0.0.1', port: 0 })];
  session = await connect(world, servers[0]?.port ?? 0, 'aws', ACCOUNT);
  stage = await makeAll(session, personalities.find(({ cloud }) => cloud === 'aws')!);
});
afterEach(async () => {
  await session.close();
  await Promise.all(servers.map((server) => server.close()));
});
async function control(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${servers[1]?.port}/control/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const codeOf = async (call: Promise<unknown>): Promise<unknown> => call.then(() => 'answered', (error: unknown) => (isDriverError(error) ? [error.code, error.detail.providerCode] : error));
const events = async (more: object = {}) => (await session.event.list({ region: stage.region, from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', ...more }, never)).items;

describe('a person in the cloud\'s console', () => {
  const place = () => ({ cloud: 'aws', account: ACCOUNT, region: stage.region });

  it('makes, changes and deletes, without our tags, and stands in the events, newest first', async () => {
    const calls = world.log.seq;
    const made = (await control('POST', 'outside', { ...place(), action: 'create', kind: 'vm', name: 'stranger', person: 'jane' })).body as { items: { id: string; tags: object }[] };
    const id = made.items[0]?.id ?? '';
    expect(await session.vm.get({ region: stage.region, id }, never)).toMatchObject({ name: 'stranger', tags: {}, state: 'running' });
    await control('POST', 'outside', { ...place(), action: 'change', kind: 'vm', id, verb: 'stop' });
    expect((await session.vm.get({ region: stage.region, id }, never)).state).toBe('suspended');
    await control('POST', 'outside', { ...place(), action: 'change', kind: 'disk', id: stage.ids.disk, tags: { owner: 'jane' } });
    expect((await session.disk.get({ region: stage.region, id: stage.ids.disk ?? '' }, never)).tags).toEqual({ 'mcmp-project': 'stage', owner: 'jane' });
    await control('POST', 'outside', { ...place(), action: 'delete', kind: 'vm', id, person: 'jane' });
    expect(await codeOf(session.vm.get({ region: stage.region, id }, never))).toEqual(['NOT_FOUND', 'vm.NOT_FOUND']);
    const seen = await events({ resourceId: id });
    expect(seen.map(({ type, actor, kind, failed }) => [type, actor, kind, failed])).toEqual([
      ['Console.vm.delete', 'console:jane', 'vm', false], ['Console.vm.stop', 'console:somebody', 'vm', false], ['Console.vm.create', 'console:jane', 'vm', false],
    ]);
    // No call of ours: the log of calls has the looks only.
    expect(world.log.after(calls, 100).every(({ method }) => method.endsWith('.get') || method === 'event.list')).toBe(true);
  });

  it('is refused what the cloud refuses, and what makes no sense', async () => {
    const { status, body } = await control('POST', 'outside', { ...place(), action: 'delete', kind: 'network', id: stage.ids.network });
    expect([status, body.code]).toEqual([409, 'IN_USE']);
    expect(await events({ resourceId: stage.ids.network })).not.toContainEqual(expect.objectContaining({ type: 'Console.network.delete', failed: false }));
    expect((await events())[0]).toMatchObject({ type: 'Console.network.delete', failed: true, kind: 'network' });
    expect((await control('POST', 'outside', { ...place(), action: 'change', kind: 'vm', id: 'x', verb: 'fly' })).status).toBe(400);
    expect((await control('POST', 'outside', { ...place(), action: 'create', kind: 'moon' })).status).toBe(400);
    expect((await control('POST', 'outside', { ...place(), cloud: 'mars', action: 'create', kind: 'vm' })).status).toBe(400);
  });

  it('pages events while new ones come', async () => {
    const all = await events({ pageSize: 1000 });
    const first = await session.event.list({ region: stage.region, from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', pageSize: 5 }, never);
    await control('POST', 'outside', { ...place(), action: 'create', kind: 'public-ip' });
    const second = await session.event.list({ region: stage.region, from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', pageSize: 5, pageToken: first.nextPageToken ?? '' }, never);
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 10));
  });
});

describe('credentials', () => {
  it.each([['aws', 'ExpiredToken'], ['azure', 'ExpiredAuthenticationToken'], ['ncp', '200']])('of %s end when they are told to, with the cloud\'s own code', async (cloud, code) => {
    const other = await connect(world, servers[0]?.port ?? 0, cloud, 'short');
    await other.account.verify({}, never);
    await control('POST', 'credential', { cloud, account: 'short', expiresAt: new Date(world.date() + 3_600_000).toISOString() });
    expect(await codeOf(other.account.verify({}, never))).toBe('answered');
    await control('POST', 'clock', { now: new Date(world.date() + 7_200_000).toISOString() });
    expect(await codeOf(other.account.verify({}, never))).toEqual(['UNAUTHENTICATED', code]);
    await control('POST', 'credential', { cloud, account: 'short', expiresAt: null });
    expect(await codeOf(other.account.verify({}, never))).toBe('answered');
    await other.close();
  });

  it('of a role end by themselves, and act under its name', async () => {
    const taken = await session['iam-role'].assume?.({ region: stage.region, id: stage.ids['iam-role'] ?? '', durationSeconds: 900, sessionName: 'night' }, never);
    const { default: driver } = await import('../src/index.js');
    const as = (await driver.connect({ credential: taken?.credential ?? {}, endpoint: `http://127.0.0.1:${servers[0]?.port}`, options: { cloud: 'aws' } })) as unknown as Whole;
    const { id } = await as['public-ip'].create({ region: stage.region, name: 'theirs', token: 'theirs', tags: {} }, never);
    expect((await events({ resourceId: id }))[0]).toMatchObject({ actor: 'role/stage/night' });
    world.setDate({ now: world.date() + 901_000 });
    expect(await codeOf(as.account.verify({}, never))).toEqual(['UNAUTHENTICATED', 'ExpiredToken']);
    await as.close();
  });

  it('are refused by a wire whose clock is more than five minutes off', async () => {
    const verify = () => codeOf(session.account.verify({}, never));
    for (const [minutes, expected] of [[4, 'answered'], [6, ['UNAUTHENTICATED', 'RequestExpired']], [-6, ['UNAUTHENTICATED', 'RequestExpired']], [0, 'answered']] as const) {
      await control('POST', 'settings', { skewMs: minutes * 60_000 });
      expect([minutes, await verify()]).toEqual([minutes, expected]);
    }
  });
});

describe('the control door', () => {
  it('sets the clouds\' date, which never goes back, and signed URLs expire by it', async () => {
    expect((await control('GET', 'clock')).body).toEqual({ now: expect.stringMatching(/Z$/), rate: 1 });
    const key = { region: stage.region, bucketId: stage.ids.bucket ?? '', key: 'k' };
    await session.object.put({ ...key, contentBase64: Buffer.from('x').toString('base64') }, never);
    const { url, expiresAt } = await session.object.sign({ ...key, access: 'read', expiresSeconds: 600 }, never);
    expect((await fetch(url)).status).toBe(200);
    await control('POST', 'clock', { now: expiresAt });
    expect((await fetch(url)).status).toBe(403);
    expect((await control('POST', 'clock', { now: '2020-01-01T00:00:00Z' })).status).toBe(400);
    expect((await control('POST', 'clock', { rate: -1 })).status).toBe(400);
    expect((await control('POST', 'clock', { rate: 60 })).body).toMatchObject({ rate: 60 });
  });

  it('bills in pages that later use does not move', async () => {
    world.setDate({ now: world.date() + 3 * 86_400_000, rate: 0 });
    const request = { region: stage.region, from: new Date(world.date() - 3 * 86_400_000).toISOString(), to: new Date(world.date()).toISOString(), granularity: 'day' as const };
    const whole = (await session.charge.list({ ...request, pageSize: 1000 }, never)).items;
    expect(new Set(whole.map(({ service }) => service)).size).toBeGreaterThan(4);
    const rows = [];
    let pageToken: string | undefined;
    do {
      const page = await session.charge.list({ ...request, pageSize: 7, ...(pageToken !== undefined && { pageToken }) }, never);
      rows.push(...page.items);
      pageToken = page.nextPageToken;
      world.setDate({ now: world.date() + 3_600_000 });
    } while (pageToken !== undefined);
    expect(rows).toEqual(whole);
    expect(rows.every(({ currency, estimated }) => currency === 'USD' && typeof estimated === 'boolean')).toBe(true);
  });

  it('points at twins', async () => {
    for (const token of ['a', 'b']) await session.bucket.create({ region: stage.region, name: `twin-${token}`, token, tags: { 'mcmp-id': '1' } }, never);
    for (const token of ['a', 'b']) await session['public-ip'].create({ region: stage.region, name: 'twin', token, tags: { 'mcmp-id': '1' } }, never);
    const suspects = (await control('GET', 'resources/suspects?tag.mcmp-id=1')).body as { duplicates: { kind: string }[][]; orphans: unknown[] };
    expect(suspects.duplicates.map((group) => group.map(({ kind }) => kind))).toEqual([['public-ip', 'public-ip']]);
  });
});
