import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeys, readBundle } from '@mcmp/driver-sdk/bundle';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Answer, type TestServer, startServer } from '../support/server.js';
import { type Packed, filesOf, packed } from './fixtures/packed.js';
import { eventually } from './fixtures/rig.js';

const keys = generateKeys();
const stranger = generateKeys();
let server: TestServer;
let drivers: string;

const upload = async (bytes: Buffer, query = '', more: { token?: string; type?: string } = {}): Promise<Answer> => {
  const response = await fetch(`${server.url}/v1/drivers${query}`, { method: 'POST', body: new Uint8Array(bytes), headers: { authorization: `Bearer ${more.token ?? server.token}`, 'content-type': more.type ?? 'application/vnd.mcmp.bundle' } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, headers: response.headers };
};
const signed = (of: Packed) => packed({ ...of, privateKey: keys.privateKey });
const post = (path: string, body?: unknown) => server.call('POST', path, { ...(body !== undefined && { body }) });
const get = async (path: string) => (await server.call('GET', path)).body;
const deeds = async (name: string) => ((await get(`/v1/drivers/${name}/audit`)).items as { what: string }[]).map(({ what }) => what);
const copies = (name: string): string[] => { try { return readdirSync(join(server.dataDir, 'drivers', name)); } catch { return []; } };
const connect = (name: string, driver = 'tiny') => post('/v1/connections', { name, driver, credential: { key: 'the-key' }, sync: false });
const region = async (connection: string) => ((await get(`/v1/connections/${connection}/regions`)).items as { name: string }[])[0]?.name;

beforeAll(async () => {
  drivers = mkdtempSync(join(tmpdir(), 'mcmp-drivers-'));
  server = await startServer({ MCMP_DRIVERS_DIR: drivers, MCMP_LOG_LEVEL: 'info' });
});
afterAll(async () => {
  await server?.stop();
  rmSync(drivers, { recursive: true, force: true });
});

describe('a bundle is refused with the reason, and nothing of it is left', () => {
  const tampered = async (): Promise<Buffer> => {
    const whole = await packed({ version: '1.0.0' });
    const tar = gunzipSync(whole);
    tar[tar.indexOf('a-')] = 'b'.charCodeAt(0);
    return Buffer.concat([whole.subarray(0, 10), gzipSync(tar).subarray(10)]);
  };
  it.each<[string, () => Promise<Buffer> | Buffer, number, RegExp]>([
    ['without a signature', () => packed({ version: '1.0.0' }), 422, /not signed.*allowUnsigned=true/],
    ['with the signature of a stranger', () => packed({ version: '1.0.0', privateKey: stranger.privateKey }), 422, /not among the trusted keys.*driver-keys/],
    ['with one byte changed', tampered, 422, /index\.mjs/],
    ['that is cut', async () => (await packed({ version: '1.0.0' })).subarray(0, 200), 422, /bundle is refused/],
    ['that is empty', () => Buffer.alloc(0), 422, /bundle is refused/],
    ['that is too large', () => Buffer.alloc(33 * 1024 * 1024), 413, /32 MiB/],
    ['that does not load', () => signed({ version: '1.0.0', top: "throw new Error('not today');" }), 422, /not today/],
    ['that gives less than it declares', () => signed({ version: '1.0.0', manifest: { capabilities: ['account', 'region', 'vm'] } }), 422, /declares vm/],
  ])('%s', async (_what, bytes, status, why) => {
    if (!((await get('/v1/driver-keys')).items as unknown[]).length) await post('/v1/driver-keys', { title: 'ours', publicKey: keys.publicKey });
    const answer = await upload(await bytes());
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(why)]);
    expect((await get('/v1/drivers')).items).toEqual([]);
    expect(copies('tiny')).toEqual([]);
  });

  it('where its sender goes away in the middle, whether the length was told or not, and the log tells no error of ours', async () => {
    const bytes = await signed({ version: '1.0.0' });
    for (const length of [`content-length: ${bytes.length}`, 'transfer-encoding: chunked']) {
      const socket = connectTo(Number(new URL(server.url).port), '127.0.0.1');
      await new Promise((done) => socket.once('connect', done));
      socket.write(`POST /v1/drivers HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${server.token}\r\ncontent-type: application/vnd.mcmp.bundle\r\n${length}\r\n\r\n`);
      const half = bytes.subarray(0, bytes.length / 2);
      socket.write(length.startsWith('content') ? half : Buffer.concat([Buffer.from(`${half.length.toString(16)}\r\n`), half, Buffer.from('\r\n')]));
      await new Promise((done) => setTimeout(done, 200));
      socket.destroy();
    }
    await new Promise((done) => setTimeout(done, 300));
    expect([(await get('/v1/drivers')).items, copies('tiny')]).toEqual([[], []]);
    expect(server.log()).not.toContain('aborted');
  });

  it('as JSON, or on a route that takes JSON', async () => {
    expect((await post('/v1/drivers', { some: 'thing' })).body).toMatchObject({ status: 415, detail: expect.stringContaining('octet-stream') });
    const wrong = await fetch(`${server.url}/v1/connections`, { method: 'POST', body: 'bytes', headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/octet-stream' } });
    expect(wrong.status).toBe(415);
  });

  it('by one who is no administrator', async () => {
    for (const role of ['operator', 'viewer']) {
      await post('/v1/users', { username: `${role}-one`, password: 'a-long-password-1', role });
      const token = (await server.call('POST', '/v1/auth/token', { body: { username: `${role}-one`, password: 'a-long-password-1' } })).body.accessToken as string;
      expect((await upload(await signed({ version: '1.0.0' }), '', { token })).status).toBe(403);
      for (const [method, path] of [['POST', 'drivers/tiny/rollback'], ['POST', 'drivers/tiny/deactivate'], ['DELETE', 'drivers/tiny'], ['DELETE', `driver-keys/${keys.keyId}`], ['DELETE', 'drivers/tiny/versions/1.0.0']] as const) expect([path, (await server.call(method, `/v1/${path}`, { token })).status]).toEqual([path, 403]);
      expect((await server.call('GET', '/v1/drivers', { token })).status).toBe(200);
    }
  });
});

describe('a driver lives while the server runs', () => {
  it('is installed by upload and used at once; the same again changes nothing', async () => {
    const bytes = await signed({ version: '1.0.0' });
    const first = await upload(bytes);
    const hash = (await readBundle(bytes)).contentHash;
    expect([first.status, first.headers.get('location')]).toEqual([201, '/v1/drivers/tiny']);
    expect(first.body).toMatchObject({ name: 'tiny', state: 'ready', version: '1.0.0', hash, source: 'bundle', previous: null, versions: [{ version: '1.0.0', hash, state: 'active', source: 'upload', signature: { keyId: keys.keyId, trusted: true }, allowedBy: null }], servers: [{ hash, state: 'ready', why: null }] });
    expect((await connect('one')).status).toBe(201);
    expect(await region('one')).toBe('Region of 1.0.0');
    const again = await upload(bytes, '', { type: 'application/octet-stream' });
    expect([again.status, again.body.versions]).toEqual([200, first.body.versions]);
    expect(await deeds('tiny')).toEqual(['activated', 'installed']);
  });

  it('refuses other content under a version that is there, with both hashes', async () => {
    const other = await signed({ version: '1.0.0', top: '// other' });
    const { status, body } = await upload(other);
    expect([status, body.code]).toEqual([409, 'ALREADY_EXISTS']);
    expect(body).toMatchObject({ installedHash: (await get('/v1/drivers/tiny')).hash, givenHash: (await readBundle(other)).contentHash });
  });

  it('is upgraded under calls, rolled back, and activated again', async () => {
    let failed = 0;
    let asked = 0;
    const stop = new AbortController();
    const load = Promise.all([0, 1, 2, 3].map(async () => { while (!stop.signal.aborted) { asked += 1; if ((await server.call('GET', '/v1/connections/one/regions')).status !== 200) failed += 1; } }));
    expect((await upload(await signed({ version: '1.1.0' }))).body).toMatchObject({ version: '1.1.0', previous: '1.0.0', connections: 1 });
    expect(await region('one')).toBe('Region of 1.1.0');
    expect((await post('/v1/drivers/tiny/rollback')).body).toMatchObject({ version: '1.0.0', previous: null });
    expect(await region('one')).toBe('Region of 1.0.0');
    expect((await post('/v1/drivers/tiny/rollback')).body).toMatchObject({ status: 409, detail: expect.stringContaining('activate names a version') });
    expect((await post('/v1/drivers/tiny/activate', { version: '1.1.0' })).body).toMatchObject({ version: '1.1.0' });
    stop.abort();
    await load;
    expect([failed, asked > 20]).toEqual([0, true]);
    expect((await post('/v1/drivers/tiny/activate', { version: '7.0.0' })).status).toBe(404);
    expect((await post('/v1/drivers/none/rollback')).status).toBe(404);
  });

  it('keeps the version that serves when the new one fails its trial against the cloud of a connection', async () => {
    const answer = await upload(await signed({ version: '1.2.0', verify: "return { account: 'wrong' };" }));
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringMatching(/account\.verify with a connection that works failed.*wrong shape/)]);
    expect(await get('/v1/drivers/tiny')).toMatchObject({ version: '1.1.0', versions: [{ version: '1.1.0' }, { version: '1.0.0' }] });
    // A refusal of the cloud speaks of the account, not of the driver.
    const refusing = await upload(await signed({ version: '1.2.1', verify: "const error = new Error('no'); error.name = 'DriverError'; error.code = 'FORBIDDEN'; throw error;" }), '?activate=true');
    expect([refusing.status, refusing.body.version]).toEqual([201, '1.2.1']);
    await post('/v1/drivers/tiny/rollback');
  });

  it('is rolled back by itself when it fails by its own fault', async () => {
    const wrong = await signed({ version: '1.3.0', list: "return { items: [{ id: 5 }] };" });
    expect((await upload(wrong)).body).toMatchObject({ version: '1.3.0', previous: '1.1.0' });
    for (let times = 0; times < 30; times += 1) await get('/v1/connections/one/regions');
    await eventually(async () => (await get('/v1/drivers/tiny')).version === '1.1.0');
    expect(await region('one')).toBe('Region of 1.1.0');
    expect((await get('/v1/drivers/tiny/audit')).items).toEqual(expect.arrayContaining([expect.objectContaining({ what: 'rolled-back-by-itself', who: null, version: '1.1.0', detail: expect.objectContaining({ calls: expect.any(Number), faults: expect.any(Number) }) })]));
  });

  it('is not rolled back for what its cloud refuses', async () => {
    const refusing = await signed({ version: '1.3.1', list: "const error = new Error('no'); error.name = 'DriverError'; error.code = 'FORBIDDEN'; throw error;" });
    await upload(refusing);
    for (let times = 0; times < 40; times += 1) expect((await server.call('GET', '/v1/connections/one/regions')).status).toBe(422);
    expect(await get('/v1/drivers/tiny')).toMatchObject({ version: '1.3.1' });
    await post('/v1/drivers/tiny/activate', { version: '1.1.0' });
  });

  it('keeps within its pin', async () => {
    expect((await server.call('PUT', '/v1/drivers/tiny/pin', { body: { range: '^2.0.0' } })).status).toBe(409);
    expect((await server.call('PUT', '/v1/drivers/tiny/pin', { body: { range: 'no range' } })).status).toBe(400);
    expect((await server.call('PUT', '/v1/drivers/tiny/pin', { body: { range: '~1.1' } })).body).toMatchObject({ pinned: '~1.1', version: '1.1.0' });
    expect((await upload(await signed({ version: '2.0.0' }))).body).toMatchObject({ status: 409, detail: expect.stringContaining('pinned to ~1.1') });
    expect((await upload(await signed({ version: '2.0.0' }), '?activate=false')).body).toMatchObject({ version: '1.1.0' });
    expect((await post('/v1/drivers/tiny/activate', { version: '2.0.0' })).status).toBe(409);
    expect((await server.call('PUT', '/v1/drivers/tiny/pin', { body: { range: null } })).body).toMatchObject({ pinned: null });
  });

  it('is deactivated and comes back', async () => {
    expect((await post('/v1/drivers/tiny/deactivate')).body).toMatchObject({ state: 'inactive', version: null, connections: 1 });
    expect((await server.call('GET', '/v1/connections/one/regions')).body).toMatchObject({ status: 409, detail: expect.stringContaining('deactivated') });
    expect((await connect('two')).body).toMatchObject({ status: 422, detail: expect.stringContaining('deactivated') });
    await post('/v1/drivers/tiny/activate', { version: '1.1.0' });
    expect(await region('one')).toBe('Region of 1.1.0');
  });

  it('lets a sync wait while it is deactivated, without an error, and go on afterwards', async () => {
    await post('/v1/drivers/tiny/deactivate');
    const { status, body: { id } } = await post('/v1/connections/one/sync', {});
    expect(status).toBe(202);
    await eventually(async () => /Waiting for the driver\. .*deactivated/.test(String((await get(`/v1/operations/${String(id)}`)).message)));
    expect(await get(`/v1/operations/${String(id)}`)).toMatchObject({ state: 'running', errors: [] });
    await post('/v1/drivers/tiny/activate', { version: '1.1.0' });
    await eventually(async () => (await get(`/v1/operations/${String(id)}`)).state === 'succeeded');
    expect(server.log()).not.toMatch(/work failed/);
  });

  it('is not deleted while it serves, nor while connections stand on it', async () => {
    expect((await server.call('DELETE', '/v1/drivers/tiny/versions/1.1.0')).body).toMatchObject({ status: 409, code: 'IN_USE', usedBy: ['connection "one"'] });
    expect((await server.call('DELETE', '/v1/drivers/tiny')).body).toMatchObject({ code: 'IN_USE', usedBy: ['connection "one"'] });
    expect((await server.call('DELETE', '/v1/drivers/tiny/versions/1.0.0')).status).toBe(204);
    expect((await server.call('DELETE', '/v1/drivers/tiny/versions/1.0.0')).status).toBe(404);
    expect((await server.call('DELETE', `/v1/driver-keys/${keys.keyId}`)).body).toMatchObject({ code: 'IN_USE', usedBy: expect.arrayContaining(['tiny@1.1.0']) });
    await server.call('DELETE', '/v1/connections/one');
    expect((await server.call('DELETE', '/v1/drivers/tiny')).status).toBe(204);
    expect((await get('/v1/drivers')).items).toEqual([]);
    expect((await server.call('DELETE', '/v1/drivers/tiny')).status).toBe(404);
    expect((await deeds('tiny'))[0]).toBe('deleted');
  });

  it('stands on an administrator’s word where nobody signed it; a key that lost its trust activates nothing', async () => {
    expect((await upload(await packed({ version: '3.0.0' }), '?allowUnsigned=true')).body).toMatchObject({ version: '3.0.0', versions: [{ signature: null, allowedBy: expect.any(String) }] });
    await upload(await signed({ version: '3.1.0' }), '?activate=false');
    expect((await server.call('DELETE', `/v1/driver-keys/${keys.keyId}?revoke=true`)).status).toBe(204);
    expect((await post('/v1/drivers/tiny/activate', { version: '3.1.0' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('trusted no more') });
    expect((await post('/v1/drivers/tiny/activate', { version: '3.1.0', allowUnsigned: true })).body).toMatchObject({ version: '3.1.0', versions: [{ version: '3.1.0', signature: { trusted: false } }, {}] });
    await server.call('DELETE', '/v1/drivers/tiny');
  });
});

it('a bundle goes before the folder once it is activated; both are listed', async () => {
  const folder = join(drivers, 'tiny');
  mkdirSync(folder);
  for (const { path, content } of filesOf({ version: '0.9.0' })) writeFileSync(join(folder, path), content);
  await eventually(async () => (await get('/v1/drivers/tiny')).source === 'folder');
  await upload(await packed({ version: '4.0.0' }), '?allowUnsigned=true&activate=false');
  expect(await get('/v1/drivers/tiny')).toMatchObject({ version: '0.9.0', source: 'folder', versions: [{ version: '4.0.0', state: 'installed' }, { version: '0.9.0', state: 'active', source: 'folder' }] });
  expect((await post('/v1/drivers/tiny/activate', { version: '4.0.0' })).body).toMatchObject({ version: '4.0.0', source: 'bundle', previous: '0.9.0', versions: [{ state: 'active' }, { state: 'installed', source: 'folder' }] });
  // What happens in the folder does not matter while the bundle serves.
  for (const { path, content } of filesOf({ version: '0.9.5' })) writeFileSync(join(folder, path), content);
  await eventually(async () => ((await get('/v1/drivers/tiny')).versions as { version: string }[]).some(({ version }) => version === '0.9.5'));
  expect((await get('/v1/drivers/tiny')).version).toBe('4.0.0');
  expect((await post('/v1/drivers/tiny/rollback')).body).toMatchObject({ version: '0.9.5', source: 'folder' });
  await post('/v1/drivers/tiny/activate', { version: '4.0.0' });
  expect((await server.call('DELETE', '/v1/drivers/tiny')).status).toBe(204);
  expect(await get('/v1/drivers/tiny')).toMatchObject({ version: '0.9.5', source: 'folder' });
  expect((await server.call('DELETE', '/v1/drivers/tiny')).body).toMatchObject({ code: 'CONFLICT', detail: expect.stringContaining('folder') });
});
