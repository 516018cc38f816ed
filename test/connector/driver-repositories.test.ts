import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeys } from '@mcmp/driver-sdk/bundle';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type TestServer, startServer } from '../support/server.js';
import { packed } from './fixtures/packed.js';
import { type Shelf, certificateFor, publish, publishToNpm, shelf } from './fixtures/shelf.js';

const TOKEN = 'a-very-secret-token-4711';
const keys = generateKeys();
const bundle = (version: string, name = 'tiny') => packed({ version, name, privateKey: keys.privateKey });

let server: TestServer;
let drivers: string;
let place: Shelf;
let trusted: ReturnType<typeof certificateFor>;
const call = (method: string, path: string, body?: unknown) => server.call(method, `/v1/${path}`, { ...(body !== undefined && { body }) });
const add = (more: Record<string, unknown> = {}) => call('POST', 'driver-repositories', { name: 'place', url: place.url, ...more });
const install = (body: Record<string, unknown>) => call('POST', 'drivers/install', body);

beforeAll(async () => {
  drivers = mkdtempSync(join(tmpdir(), 'mcmp-drivers-'));
  trusted = certificateFor(drivers, 'trusted');
  server = await startServer({ MCMP_DRIVERS_DIR: drivers, NODE_EXTRA_CA_CERTS: trusted.file });
  await call('POST', 'driver-keys', { title: 'ours', publicKey: keys.publicKey });
});
afterAll(async () => {
  await server?.stop();
  rmSync(drivers, { recursive: true, force: true });
});
beforeEach(async () => { place = await shelf(); });
afterEach(async () => {
  await place.stop();
  for (const { id } of (await call('GET', 'driver-repositories')).body.items as { id: string }[]) await call('DELETE', `driver-repositories/${id}`);
  await call('DELETE', 'drivers/tiny');
});

describe('a static repository', () => {
  it('is searched, installed from by range, and tells updates within the pin', async () => {
    await publish(place, [await bundle('2.0.0'), await bundle('1.3.0'), await bundle('1.2.0')]);
    const added = await add();
    expect([added.status, added.body]).toEqual([201, expect.objectContaining({ name: 'place', kind: 'static', state: 'ready', hasToken: false })]);
    expect((await call('GET', 'driver-repositories/search?keyword=SMALLNESS')).body).toMatchObject({ items: [{ name: 'tiny', source: 'place', versions: ['2.0.0', '1.3.0', '1.2.0'], installed: null }], failed: [] });
    const made = await install({ name: 'tiny@~1.2' });
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ version: '1.2.0', versions: [expect.objectContaining({ source: `${place.url}/tiny/tiny-1.2.0.mcmp`, signature: { keyId: keys.keyId, trusted: true } })] })]);
    expect((await install({ name: 'tiny', range: '~1.2', repository: 'place' })).status).toBe(200);
    await call('PUT', 'drivers/tiny/pin', { range: '^1.0.0' });
    expect((await call('GET', 'drivers/tiny/updates')).body).toMatchObject({ items: [{ version: '2.0.0', withinPin: false }, { version: '1.3.0', withinPin: true, repository: 'place', keyId: keys.keyId }] });
    expect((await install({ name: 'tiny' })).body).toMatchObject({ version: '1.3.0', previous: '1.2.0' });
    expect((await install({ name: 'tiny@9' })).body).toMatchObject({ status: 404, detail: expect.stringContaining('there is 2.0.0, 1.3.0, 1.2.0') });
    const local = (await call('GET', 'driver-repositories/search?keyword=tiny&pageSize=1')).body;
    expect(local).toMatchObject({ items: [{ source: 'local', installed: '1.3.0' }], nextPageToken: expect.any(String) });
    expect((await call('GET', `driver-repositories/search?keyword=tiny&pageSize=1&pageToken=${String(local.nextPageToken)}`)).body).toMatchObject({ items: [{ source: 'place' }], nextPageToken: null });
  });

  it('has its index read again only where it changed', async () => {
    await publish(place, [await bundle('1.0.0')]);
    await add();
    await call('GET', 'driver-repositories/search');
    expect(place.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, expect.stringMatching(/^"/)]);
    await publish(place, [await bundle('1.1.0')]);
    expect((await call('GET', 'driver-repositories/search?source=place')).body).toMatchObject({ items: [{ versions: ['1.1.0'] }] });
  });

  it('gets its token, which is sealed and given to nobody else', async () => {
    await publish(place, [await bundle('1.0.0')]);
    const other = await shelf();
    other.pages.set('/index.json', place.pages.get('/index.json') as Buffer);
    const { body } = await add({ token: TOKEN });
    expect(place.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    place.pages.set('/index.json', { status: 302, headers: { location: `${other.url}/index.json` } });
    await call('GET', 'driver-repositories/search');
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect((await call('PATCH', 'driver-repositories/place', { url: other.url })).body).toMatchObject({ hasToken: false });
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    const database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    const rows = JSON.stringify((await database.query('SELECT * FROM connector.driver_repository, connector.driver_audit')).rows);
    await database.end();
    expect([rows, JSON.stringify(body), server.log()].some((text) => text.includes(TOKEN))).toBe(false);
    await other.stop();
  });
});

describe('a repository over https', () => {
  let safe: Shelf;
  beforeEach(async () => { safe = await shelf(trusted); });
  afterEach(() => safe.stop());

  it('is installed from, also by a redirect to another one of https', async () => {
    const other = await shelf(trusted);
    await publish(other, [await bundle('1.0.0')]);
    for (const path of other.pages.keys()) safe.pages.set(path, { status: 302, headers: { location: `${other.url}${path}` } });
    expect((await add({ url: safe.url })).status).toBe(201);
    expect((await install({ name: 'tiny' })).body).toMatchObject({ version: '1.0.0' });
    await other.stop();
  });

  it.each([['its index', '/index.json'], ['a bundle', '/tiny/tiny-1.0.0.mcmp']])('is not followed to plain http for %s, even on this machine', async (_what, path) => {
    await publish(safe, [await bundle('1.0.0')]);
    place.pages.set(path, safe.pages.get(path) ?? Buffer.alloc(0));
    safe.pages.set(path, { status: 302, headers: { location: `${place.url}${path}` } });
    // "insecure" allows plain http where it is asked for, and never in the place of https.
    const added = await add({ url: safe.url, insecure: true });
    const refused = path === '/index.json' ? added : await install({ name: 'tiny' });
    expect([refused.status, refused.body.detail]).toEqual([424, expect.stringMatching(/redirects from https to http:/)]);
    expect(place.asked).toEqual([]);
    expect((await call('GET', 'drivers')).body.items).toEqual([]);
  });

  it('is refused where nobody vouches for its certificate', async () => {
    const strange = await shelf(certificateFor(drivers, 'stranger'));
    expect(await add({ url: strange.url, insecure: true })).toMatchObject({ status: 424, body: { detail: expect.stringMatching(/cannot be reached: (DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED)/) } });
    expect(strange.asked).toEqual([]);
    await strange.stop();
  });
});

describe('a repository is refused with the reason', () => {
  const circle = () => {
    place.pages.set('/index.json', { status: 302, headers: { location: '/b' } });
    place.pages.set('/b', { status: 301, headers: { location: '/index.json' } });
  };
  const chain = () => { for (const [index, from] of ['/index.json', '/1', '/2', '/3', '/4', '/5'].entries()) place.pages.set(from, { status: 307, headers: { location: `/${index + 1}` } }); };
  it.each<[string, () => void, number, RegExp]>([
    ['that redirects in a circle', circle, 424, /in a circle: .*index\.json → .*\/b → .*index\.json/],
    ['that redirects for ever', chain, 424, /more than 5 times/],
    ['that redirects to a file', () => place.pages.set('/index.json', { status: 302, headers: { location: 'file:///etc/passwd' } }), 424, /neither https nor http/],
    ['that redirects to plain http elsewhere', () => place.pages.set('/index.json', { status: 302, headers: { location: 'http://192.0.2.1/index.json' } }), 424, /insecure/],
    ['that has no index', () => undefined, 424, /status 404/],
    ['that wants a token', () => place.pages.set('/index.json', { status: 401 }), 424, /status 401: check the token/],
    ['whose index is no JSON', () => place.pages.set('/index.json', Buffer.from('<html>')), 422, /no JSON/],
    ['whose index is of a later format', () => place.pages.set('/index.json', Buffer.from('{"format":2,"drivers":[]}')), 422, /format: must be 1/],
    ['whose index never ends', () => place.pages.set('/index.json', Buffer.alloc(17 * 1024 * 1024, ' ')), 424, /more than 16384 KiB/],
  ])('%s', async (_what, prepare, status, why) => {
    prepare();
    const answer = await add();
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(why)]);
    expect((await call('GET', 'driver-repositories')).body.items).toEqual([]);
  });

  it.each([['ftp://127.0.0.1/x', /neither https nor http/], ['http://drivers.example.com', /insecure/], ['https://me:secret@example.com', /no user name/], ['no url', /must be a URL/]])('at %s', async (url, why) => {
    const answer = await add({ url });
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(why)]);
  });

  it('when it lies about hashes: nothing is installed', async () => {
    const bytes = await bundle('1.0.0');
    await publish(place, [bytes], { sha256: 'ab'.repeat(32) });
    await add();
    expect((await install({ name: 'tiny' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('SHA-256 abab'), errors: [{ field: 'repository' }] });
    await publish(place, [bytes], { contentHash: 'cd'.repeat(32) });
    expect((await install({ name: 'tiny' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('with the content cdcd') });
    await publish(place, [bytes], { version: '1.5.0' });
    expect((await install({ name: 'tiny' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('its bundle is tiny 1.0.0') });
    expect((await call('GET', 'drivers')).body.items).toEqual([]);
    await publish(place, [await packed({ version: '1.0.0' })]);
    expect((await install({ name: 'tiny' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('not signed') });
    expect((await install({ name: 'tiny', allowUnsigned: true })).status).toBe(201);
  });

  it('when it went away, without breaking what the others say', async () => {
    await publish(place, [await bundle('1.0.0')]);
    const other = await shelf();
    await publish(other, [await bundle('1.1.0')]);
    await add();
    await add({ name: 'other', url: other.url });
    await place.stop();
    expect((await call('GET', 'driver-repositories/search')).body).toMatchObject({ items: [{ source: 'other' }], failed: [{ repository: 'place', why: expect.stringMatching(/cannot be reached: ECONNREFUSED/) }] });
    expect((await call('GET', 'driver-repositories/place')).body).toMatchObject({ state: 'broken', lastError: expect.stringContaining('ECONNREFUSED') });
    expect((await install({ name: 'tiny', repository: 'place' })).status).toBe(424);
    expect((await install({ name: 'tiny' })).body).toMatchObject({ version: '1.1.0' });
    await other.stop();
    place = await shelf();
  });
});

it('an npm registry serves drivers too: packument, integrity, the bundle in the tarball', async () => {
  await publishToNpm(place, await bundle('1.4.0'));
  place.pages.set('/-/v1/search?text=keywords%3Amcmp-driver&size=50', Buffer.from('{"objects":[{"package":{"name":"tiny"}}]}'));
  expect((await add({ kind: 'npm' })).status).toBe(201);
  expect((await call('GET', 'driver-repositories/search?keyword=tiny&source=place')).body).toMatchObject({ items: [{ name: 'tiny', source: 'place', title: { en: 'A driver on npm' }, versions: ['1.4.0'] }] });
  expect((await install({ name: 'tiny@^1.0.0' })).body).toMatchObject({ version: '1.4.0', versions: [{ source: `${place.url}/tiny/-/tiny-1.4.0.tgz` }] });
  expect((await install({ name: 'unknown-one' })).status).toBe(404);
  await call('DELETE', 'drivers/tiny');
  const tarball = Buffer.from(place.pages.get('/tiny/-/tiny-1.4.0.tgz') as Buffer);
  tarball[tarball.length - 20] = (tarball.at(-20) ?? 0) ^ 1;
  place.pages.set('/tiny/-/tiny-1.4.0.tgz', tarball);
  expect((await install({ name: 'tiny' })).body).toMatchObject({ status: 422, detail: expect.stringContaining('integrity sha512-') });
});
