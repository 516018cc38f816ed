import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase } from '../support/database.js';
import { type Answer, type TestServer, startServer } from '../support/server.js';
import { type Packed, packed } from './fixtures/packed.js';
import { eventually } from './fixtures/rig.js';

const root = mkdtempSync(join(tmpdir(), 'mcmp-servers-'));
const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');
let database: Awaited<ReturnType<typeof freshDatabase>>;
const servers = new Map<string, TestServer>();

/** A server of this name on the one database, with a data folder of its own. */
async function start(name: string): Promise<TestServer> {
  const server = await startServer({ MCMP_SERVER_NAME: name, MCMP_SECRET_KEY: SECRET_KEY, MCMP_DRIVERS_DIR: join(root, 'none'), MCMP_LOG_LEVEL: 'info' }, { databaseUrl: database.url, dataDir: join(root, name) });
  servers.set(name, server);
  return server;
}
const on = (name: string): TestServer => servers.get(name) as TestServer;
async function upload(name: string, of: Packed | Buffer, query = ''): Promise<Answer> {
  const bytes = Buffer.isBuffer(of) ? of : await packed(of);
  const response = await fetch(`${on(name).url}/v1/drivers?allowUnsigned=true${query}`, { method: 'POST', body: new Uint8Array(bytes), headers: { authorization: `Bearer ${on(name).token}`, 'content-type': 'application/octet-stream' } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, headers: response.headers };
}
const driver = async (name: string, of = 'tiny') => (await on(name).call('GET', `/v1/drivers/${of}`)).body;
const region = async (name: string) => ((await on(name).call('GET', '/v1/connections/one/regions')).body.items as { name: string }[] | undefined)?.[0]?.name;
const deeds = async (name: string, of = 'tiny') => ((await on(name).call('GET', `/v1/drivers/${of}/audit`)).body.items as { what: string; who: string | null }[]);

beforeAll(async () => {
  database = await freshDatabase();
  await start('a');
  await start('b');
});
afterAll(async () => {
  for (const server of servers.values()) await server.kill();
  await database?.drop();
  rmSync(root, { recursive: true, force: true });
});

describe('two servers on one database', () => {
  it('serve what was installed on either, and what is activated later', async () => {
    expect((await upload('a', { version: '1.0.0' })).status).toBe(201);
    await eventually(async () => (await driver('b')).state === 'ready');
    expect((await on('b').call('POST', '/v1/connections', { body: { name: 'one', driver: 'tiny', credential: { key: 'the-key' }, sync: false } })).status).toBe(201);
    expect([await region('a'), await region('b')]).toEqual(['Region of 1.0.0', 'Region of 1.0.0']);
    expect((await upload('b', { version: '1.1.0' })).status).toBe(201);
    await eventually(async () => (await region('a')) === 'Region of 1.1.0');
    await eventually(async () => ((await driver('a')).servers as object[]).length === 2);
    const { hash } = await driver('a');
    await eventually(async () => ((await driver('a')).servers as { hash: string }[]).every((server) => server.hash === hash));
    expect((await driver('a')).servers).toMatchObject([{ name: 'a', hash, state: 'ready', why: null }, { name: 'b', hash, state: 'ready', why: null }]);
    await on('a').call('POST', '/v1/drivers/tiny/rollback');
    await eventually(async () => (await region('b')) === 'Region of 1.0.0');
  });

  it('tell which of them cannot use a version; that one keeps what it has', async () => {
    // The copy of a bundle lies in the data folder, by which this one tells the servers apart.
    const top = `if (import.meta.url.includes('${join(root, 'b')}/')) throw new Error('not on this server');`;
    expect((await upload('a', { version: '1.2.0', top })).body).toMatchObject({ version: '1.2.0' });
    await eventually(async () => ((await driver('a')).servers as { state: string }[]).some(({ state }) => state === 'failed'));
    expect((await driver('a')).servers).toMatchObject([{ name: 'a', state: 'ready' }, { name: 'b', state: 'failed', why: expect.stringContaining('not on this server') }]);
    expect([await region('a'), await region('b')]).toEqual(['Region of 1.2.0', 'Region of 1.0.0']);
    await on('b').call('POST', '/v1/drivers/tiny/activate', { body: { version: '1.1.0' } });
    await eventually(async () => (await region('a')) === 'Region of 1.1.0');
    expect((await driver('a')).servers).toMatchObject([{ state: 'ready' }, { state: 'ready', why: null }]);
  });

  it('roll back once, whoever sees that a version is at fault', async () => {
    await upload('a', { version: '1.3.0', list: 'return { items: 5 };' });
    await eventually(async () => (await driver('b')).version === '1.3.0');
    await Promise.all(['a', 'b'].map(async (name) => { for (let times = 0; times < 30; times += 1) await region(name); }));
    await eventually(async () => (await region('a')) === 'Region of 1.1.0' && (await region('b')) === 'Region of 1.1.0');
    expect((await deeds('a')).filter(({ what }) => what === 'rolled-back-by-itself')).toEqual([expect.objectContaining({ who: null, version: '1.1.0' })]);
  });

  it('take two uploads at once as one where they are the same, and one of two where they are not', async () => {
    const same = await packed({ version: '2.0.0' });
    const both = await Promise.all([upload('a', same), upload('b', same)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    const other = await Promise.all([upload('a', { version: '2.1.0', top: '// one' }), upload('b', { version: '2.1.0', top: '// other' })]);
    expect(other.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(((await driver('a')).versions as { version: string }[]).map(({ version }) => version)).toEqual(['2.1.0', '2.0.0', '1.3.0', '1.2.0', '1.1.0', '1.0.0']);
    const hash = other.find(({ status }) => status === 201)?.body.hash;
    await eventually(async () => (await driver('a')).hash === hash && (await driver('b')).hash === hash);
  });

  it('forget a driver that was deleted on either', async () => {
    await on('a').call('DELETE', '/v1/connections/one');
    expect((await on('b').call('DELETE', '/v1/drivers/tiny')).status).toBe(204);
    await eventually(async () => (await on('a').call('GET', '/v1/drivers/tiny')).status === 404);
    expect((await on('a').call('GET', '/v1/drivers')).body.items).toEqual([]);
  });
});

it('a server that is killed in the middle of an installation leaves nothing, and one that starts serves what was activated', async () => {
  await upload('b', { version: '1.0.0', name: 'other' });
  // Slow to load, so that the kill comes while it is tried.
  const slow: Packed = { version: '5.0.0', name: 'slow', top: 'await new Promise((done) => setTimeout(done, 3000));' };
  const cut = upload('a', slow).catch((error: Error) => error);
  await eventually(() => readdirSync(join(root, 'a', 'drivers')).includes('slow'));
  await delay(300);
  await on('a').kill('SIGKILL');
  expect(await cut).toMatchObject({ message: 'fetch failed' });
  await start('a');
  expect(((await on('a').call('GET', '/v1/drivers')).body.items as { name: string; state: string }[]).map(({ name, state }) => [name, state])).toEqual([['other', 'ready']]);
  expect(readdirSync(join(root, 'a', 'drivers', 'slow'))).toEqual([]);
  expect(await on('a').call('GET', '/v1/drivers/slow/audit')).toMatchObject({ status: 404 });
  expect((await upload('a', slow)).status).toBe(201);
  await eventually(async () => (await driver('b', 'slow')).version === '5.0.0');
}, 60_000);
