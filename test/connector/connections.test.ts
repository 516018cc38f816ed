import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Answer, type TestServer, startServer } from '../support/server.js';

const SECRET = 'a-very-secret-value-4711';
const WRONG = 'wrong-secret-0815';

/** A cloud in one file: three regions; its options say what goes wrong where. */
const DRIVER = `
class DriverError extends Error { constructor(code, message, detail) { super(message); this.name = 'DriverError'; this.code = code; this.detail = detail ?? {}; } }
const page = (items, { pageSize = 2, pageToken = '0' } = {}) => {
  const from = Number(pageToken), to = from + Math.min(pageSize, 2);
  return { items: items.slice(from, to), ...(to < items.length && { nextPageToken: String(to) }) };
};
const regions = [['left', 'Left Seoul'], ['right', 'Right Tokyo'], ['shut', 'Shut']].map(([id, name], index) => ({ id, name, latitude: 37 + index, longitude: 127 - index, enabled: id !== 'shut' }));
export default { mcmpDriver: 1, async connect({ credential, options }) {
  const check = async (region) => {
    if (credential.secret !== '${SECRET}') throw new DriverError('UNAUTHENTICATED', (region === 'right' ? 'expired key for ' : 'no such key for ') + credential.secret, { providerCode: 'InvalidKey', providerRequestId: 'req-1', httpStatus: 401 });
    if (region && options.slow === region) await new Promise((done) => setTimeout(done, 400));
    if (region && options.failing === region) throw new DriverError('FORBIDDEN', 'not in this region');
  };
  const traits = { idempotencyToken: [], uniqueName: [], consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'region', vmBatch: 1 };
  return {
    traits,
    account: { async verify() { await check(); return { accountId: credential.keyId, principal: 'user/' + credential.keyId }; } },
    region: { async list(request) { await check(); return page(regions, request); }, async listZones(request) { await check(); return page(['a', 'b', 'c'].map((zone) => ({ id: request.region + '-' + zone, region: request.region, available: zone !== 'c' })), request); } },
    spec: { async list(request) { await check(request.region); return page(['small', 'medium', 'large'].map((id, index) => ({ id: 's1.' + id, region: request.region, vcpu: 2 ** index, memoryMiB: 2048 * 2 ** index, architecture: 'amd64', gpuCount: 0 })), request); } },
    image: { async list(request) { await check(request.region); return page([{ id: 'img-24', region: request.region, name: 'Ubuntu 24.04', osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64', sshUser: 'ubuntu' }], request); } },
    price: { async list(request) { await check(request.region); if (options.unpriced === request.region) throw new DriverError('UNKNOWN', 'no list of prices'); if (request.purchase === 'spot') throw new DriverError('UNSUPPORTED', 'no spot'); return page(['small', 'medium', 'large'].map((id, index) => ({ specId: 's1.' + id, region: request.region, purchase: 'on-demand', osFamily: 'linux', currency: 'USD', perHour: 0.01 * 2 ** index, source: 'fixture', asOf: '2026-11-01T00:00:00Z', simulated: true })), request); } },
    quota: { async list(request) { await check(); return page([{ id: 'vcpu', name: 'vCPUs', region: request.region, measure: 'vcpu', limit: 20, used: 4, source: 'account' }], request); } },
  };
} };`;
const MANIFEST = {
  name: 'small-cloud', version: '1.0.0', sdk: 1, cloud: 'small', title: { en: 'Small cloud' }, entry: 'index.mjs', capabilities: ['account', 'region', 'spec', 'image', 'price', 'quota'], endpoint: 'optional', limits: [],
  credential: [{ name: 'keyId', label: { en: 'Key' }, help: { en: 'Ten digits' }, secret: false, required: true, pattern: '\\d{10}' }, { name: 'secret', label: { en: 'Secret' }, secret: true, required: true }],
  options: [{ name: 'cloud', label: { en: 'Cloud' }, secret: false, required: false, values: ['small', 'tiny'] }, ...['failing', 'slow', 'unpriced'].map((name) => ({ name, label: { en: name }, secret: false, required: false }))],
};
const credential = { keyId: '0123456789', secret: SECRET };

let server: TestServer;
let drivers: string;
let workspaceId: string;
const seen: string[] = [];
const call = async (method: string, path: string, body?: unknown, token?: string): Promise<Answer> => {
  const answer = await server.call(method, path, { ...(body !== undefined && { body }), ...(token !== undefined && { token }) });
  seen.push(JSON.stringify(answer.body));
  return answer;
};
const create = (body: Record<string, unknown>, query = '') => call('POST', `/v1/connections${query}`, { workspaceId, driver: 'small-cloud', credential, ...body });
const names = async (path: string) => ((await call('GET', path)).body.items as { name: string }[]).map(({ name }) => name);

/** The operation when it has ended. */
async function ended(id: unknown): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await call('GET', `/v1/operations/${String(id)}`);
    if (body.finishedAt !== null && body.finishedAt !== undefined) return body;
    await delay(50);
  }
  throw new Error(`operation ${String(id)} does not end`);
}

beforeAll(async () => {
  drivers = mkdtempSync(join(tmpdir(), 'mcmp-drivers-'));
  for (const [folder, manifest] of [['small-cloud', MANIFEST], ['broken-cloud', { ...MANIFEST, name: 'broken-cloud', entry: 'absent.mjs' }]] as const) {
    mkdirSync(join(drivers, folder));
    writeFileSync(join(drivers, folder, 'index.mjs'), DRIVER);
    writeFileSync(join(drivers, folder, 'driver.json'), JSON.stringify(manifest));
  }
  server = await startServer({ MCMP_DRIVERS_DIR: drivers, MCMP_LOG_LEVEL: 'debug' });
  workspaceId = ((await call('GET', '/v1/workspaces')).body.items as { id: string }[])[0]?.id ?? '';
});
afterAll(async () => {
  await server?.stop();
  rmSync(drivers, { recursive: true, force: true });
});

describe('drivers', () => {
  it('are listed with their form; a broken one with the reason', async () => {
    const { body } = await call('GET', '/v1/drivers');
    const items = body.items as Record<string, unknown>[];
    expect(items.find(({ name }) => name === 'small-cloud')).toMatchObject({ state: 'ready', version: '1.0.0', cloud: 'small', endpoint: 'optional', credential: MANIFEST.credential, capabilities: MANIFEST.capabilities });
    expect(items.find(({ state }) => state === 'failed')).toMatchObject({ why: expect.stringMatching(/absent\.mjs/) });
    expect((await call('GET', '/v1/drivers/small-cloud')).body).toMatchObject({ name: 'small-cloud' });
    expect((await call('GET', '/v1/drivers/none')).status).toBe(404);
  });
});

describe('a connection is refused', () => {
  it.each([
    ['an unknown driver', { driver: 'none' }, 400, 'driver', /installed: small-cloud/],
    ['a missing credential field', { credential: { keyId: '0123456789' } }, 400, 'credential.secret', /Secret/],
    ['a credential field against its pattern', { credential: { ...credential, keyId: '123' } }, 400, 'credential.keyId', /Ten digits/],
    ['an unknown credential field', { credential: { ...credential, region: 'x' } }, 400, 'credential.region', /keyId, secret/],
    ['an unknown option', { options: { colour: 'red' } }, 400, 'options.colour', /cloud/],
    ['a value that is not among the allowed', { options: { cloud: 'huge' } }, 400, 'options.cloud', /Cloud/],
    ['an endpoint that is no URL', { endpoint: 'ftp://x' }, 400, 'endpoint', /https/],
    ['an endpoint with a password', { endpoint: `https://user:${SECRET}@x.example` }, 400, 'endpoint', /credential/],
    ['a region that the account does not have', { regions: ['left', 'nowhere'] }, 400, 'regions[1]', /left, right/],
    ['a name against the rule', { name: 'Not Good' }, 400, 'name', undefined],
    ['a field that is not known', { colour: 'red' }, 400, 'colour', undefined],
    ['a workspace that does not exist', { workspaceId: '019a2c00-0000-7000-8000-00000000ffff' }, 404, 'workspaceId', /workspaces/],
  ])('with %s', async (_what, body, status, field, help) => {
    const answer = await create({ name: 'refused', ...body });
    expect([answer.status, (answer.body.errors as { field: string }[])[0]?.field]).toEqual([status, field]);
    if (help) expect((answer.body.errors as { help: string }[])[0]?.help).toMatch(help);
    expect((await call('GET', '/v1/connections')).body).toEqual({ items: [], nextPageToken: null });
  });

  it('with a credential that the cloud does not know, in the cloud’s own words but without the secret', async () => {
    const { status, body } = await create({ name: 'refused', credential: { ...credential, secret: WRONG } });
    expect([status, body.code]).toEqual([422, 'UNPROCESSABLE']);
    expect(body.cloud).toMatchObject({ code: 'UNAUTHENTICATED', providerCode: 'InvalidKey', providerRequestId: 'req-1', httpStatus: 401 });
    expect(body.detail).toMatch(/no such key for \[redacted\]/);
    expect(await names('/v1/connections')).toEqual([]);
  });
});

describe('a connection', () => {
  let id: string;
  it('is proven, written and read into the catalogue', async () => {
    const { status, body, headers } = await create({ name: 'first', options: { cloud: 'tiny' } });
    id = body.id as string;
    expect([status, headers.get('location')]).toEqual([201, `/v1/connections/${id}`]);
    expect(body).toMatchObject({ name: 'first', workspaceId, driver: 'small-cloud', cloud: 'tiny', state: 'verified', accountId: '0123456789', principal: 'user/0123456789', lastError: null, regions: [] });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['credential']));
    const operation = await ended(body.syncOperationId);
    expect(operation).toMatchObject({ kind: 'connection.sync', state: 'succeeded', progress: { done: 2, failed: 0, total: 2 }, target: { type: 'connection', id, name: 'first' }, result: { regions: 2, specs: 6, images: 2, prices: 6 }, errors: [] });
    expect((await call('GET', '/v1/connections/first')).body).toMatchObject({ id, syncedAt: expect.any(String) });
  });

  it('offers its specs with price, source and age, and its images', async () => {
    const { body } = await call('GET', '/v1/specs?q=tiny+seoul&vcpuMax=2&pageSize=1');
    expect(body.items).toEqual([{ connectionId: id, connection: 'first', cloud: 'tiny', region: 'left', id: 's1.small', vcpu: 1, memoryMiB: 2048, architecture: 'amd64', gpuCount: 0, syncedAt: expect.any(String), price: { currency: 'USD', perHour: 0.01, source: 'fixture', asOf: '2026-11-01T00:00:00.000Z', simulated: true, ageDays: expect.any(Number) } }]);
    const next = (await call('GET', `/v1/specs?q=tiny+seoul&vcpuMax=2&pageSize=1&pageToken=${String(body.nextPageToken)}`)).body;
    expect([(next.items as { id: string }[]).map((spec) => spec.id), next.nextPageToken]).toEqual([['s1.medium'], null]);
    expect(await names('/v1/images?q=ubuntu+24.04+tokyo')).toEqual(['Ubuntu 24.04']);
    expect((await call('GET', '/v1/specs?cloud=aws')).body).toEqual({ items: [], nextPageToken: null });
    expect((await call('GET', '/v1/specs?vcpu=many')).status).toBe(400);
  });

  it('tells its regions, live and kept, with zones', async () => {
    const { body } = await call('GET', '/v1/connections/first/regions');
    expect((body.items as object[]).map((region) => (region as { id: string; enabled: boolean }).id)).toEqual(['left', 'right', 'shut']);
    expect((body.items as object[])[0]).toMatchObject({ connection: 'first', latitude: 37, longitude: 127, enabled: true, specCount: 3, imageCount: 1, zones: [{ id: 'left-a', available: true }, { id: 'left-b', available: true }, { id: 'left-c', available: false }] });
    expect((await call('GET', '/v1/regions?q=tiny&enabled=false')).body.items).toMatchObject([{ id: 'shut', zones: [] }]);
    expect((await call('GET', '/v1/connections/first/quotas?region=left')).body.items).toEqual([{ id: 'vcpu', name: 'vCPUs', region: 'left', measure: 'vcpu', limit: 20, used: 4, source: 'account' }]);
  });

  it('keeps its name for itself', async () => {
    const { status, body } = await create({ name: 'first' });
    expect([status, body.code]).toEqual([409, 'ALREADY_EXISTS']);
  });

  it('keeps the former credential where a new one is refused', async () => {
    const { status } = await call('PATCH', '/v1/connections/first', { credential: { ...credential, secret: WRONG } });
    expect(status).toBe(422);
    expect((await call('POST', '/v1/connections/first/verify')).body).toMatchObject({ state: 'verified', lastError: null });
  });

  it('changes name, regions and credential', async () => {
    const changed = await call('PATCH', `/v1/connections/${id}`, { name: 'renamed', regions: ['left'], credential: { ...credential, keyId: '9999999999' } });
    expect([changed.status, changed.body.name, changed.body.regions, changed.body.accountId]).toEqual([200, 'renamed', ['left'], '9999999999']);
    expect((await call('PATCH', '/v1/connections/renamed', { regions: ['nowhere'] })).status).toBe(400);
    expect((await call('PATCH', '/v1/connections/renamed', { driver: 'other' })).status).toBe(400);
    expect((await call('GET', '/v1/regions?enabled=true')).body.items).toMatchObject([{ id: 'left' }]);
  });

  it('is shown as broken once the cloud refuses it', async () => {
    expect((await call('PATCH', '/v1/connections/renamed?verify=false', { credential: { ...credential, secret: WRONG } })).body).toMatchObject({ state: 'unverified', accountId: null });
    expect((await call('POST', '/v1/connections/renamed/verify')).status).toBe(422);
    expect((await call('GET', '/v1/connections/renamed')).body).toMatchObject({ state: 'broken', lastError: { code: 'UNAUTHENTICATED', providerCode: 'InvalidKey' } });
    // The reason is that of the last refusal, not of the first.
    expect((await call('POST', '/v1/connections/renamed/calls', { method: 'spec.list', request: { region: 'right' } })).status).toBe(422);
    const reason = async (): Promise<string> => ((await call('GET', '/v1/connections/renamed')).body.lastError as { message: string }).message;
    for (const limit = Date.now() + 10_000; !(await reason()).includes('expired key'); await delay(20)) expect(Date.now()).toBeLessThan(limit); // written beside the answer
    expect((await call('GET', '/v1/connections/renamed')).body).toMatchObject({ state: 'broken' });
    expect(await names('/v1/connections?state=broken&driver=small-cloud&cloud=tiny&q=RENAM')).toEqual(['renamed']);
    expect(await names('/v1/connections?state=verified')).toEqual([]);
    expect((await call('PATCH', '/v1/connections/renamed', { credential })).body).toMatchObject({ state: 'verified', lastError: null });
  });

  it('is deleted with all that was read for it', async () => {
    expect((await call('DELETE', '/v1/connections/renamed')).status).toBe(204);
    expect((await call('GET', '/v1/connections/renamed')).status).toBe(404);
    for (const list of ['specs', 'images', 'regions']) expect((await call('GET', `/v1/${list}`)).body.items).toEqual([]);
  });
});

describe('a sync', () => {
  it('keeps what it could read where a region fails, and says which', async () => {
    const { body } = await create({ name: 'half', options: { failing: 'right' } });
    expect(await ended(body.syncOperationId)).toMatchObject({ state: 'failed', progress: { done: 1, failed: 1, total: 2 }, errors: [{ code: 'FORBIDDEN', count: 1, message: 'not in this region', targets: ['right'] }], result: { regions: 1, specs: 3 } });
    expect((await call('GET', '/v1/specs?connection=half')).body.items).toHaveLength(3);
    expect((await call('GET', '/v1/regions?connection=half&region=right')).body.items).toMatchObject([{ specCount: 0, lastError: { code: 'FORBIDDEN' } }]);
  });

  it('keeps the specs and images of a region whose prices fail', async () => {
    const { body } = await create({ name: 'unpriced', options: { unpriced: 'left' } });
    expect(await ended(body.syncOperationId)).toMatchObject({ state: 'failed', progress: { done: 1, failed: 1, total: 2 }, errors: [{ code: 'UNKNOWN', count: 1, targets: ['left'] }], result: { regions: 1, specs: 6, images: 2, prices: 3 } });
    expect((await call('GET', '/v1/specs?connection=unpriced&region=left&sort=name')).body.items).toMatchObject([{ id: 's1.large', price: null }, { id: 's1.medium', price: null }, { id: 's1.small', price: null }]);
  });

  it('can be asked for some regions and parts only', async () => {
    await create({ name: 'later', sync: false }, '?verify=false');
    const { status, body, headers } = await call('POST', '/v1/connections/later/sync', { regions: ['right', 'nowhere'], what: ['spec'] });
    expect([status, headers.get('location')]).toEqual([202, `/v1/operations/${String(body.id)}`]);
    expect(await ended(body.id)).toMatchObject({ state: 'failed', errors: [{ code: 'NOT_FOUND', targets: ['nowhere'] }], result: { regions: 1, specs: 3, images: 0, prices: 0 } });
    expect((await call('POST', '/v1/connections/later/sync', { what: [] })).status).toBe(400);
    expect((await call('POST', '/v1/connections/later/sync', { what: ['disk'] })).status).toBe(400);
  });

  it('ends with its connection at whatever moment that is deleted', async () => {
    for (let moment = 0; moment < 24; moment += 1) {
      const name = `short-${moment}`;
      const { body } = await create({ name });
      await new Promise((done) => setTimeout(done, moment * 6));
      if (moment % 3 === 0) void call('POST', `/v1/operations/${String(body.syncOperationId)}/cancel`);
      expect([name, (await call('DELETE', `/v1/connections/${name}`)).status]).toEqual([name, 204]);
      expect(['cancelled', 'succeeded', 'failed']).toContain((await ended(body.syncOperationId)).state);
    }
  });

  it('runs once at a time, ends when cancelled, and with its connection', async () => {
    const { body } = await create({ name: 'slow', options: { slow: 'left' } });
    const again = await call('POST', '/v1/connections/slow/sync');
    expect([again.status, again.body.id]).toEqual([202, body.syncOperationId]);
    expect(await call('POST', '/v1/connections/slow/sync', { what: ['image'] })).toMatchObject({ status: 409, body: { code: 'CONFLICT', operationId: body.syncOperationId } });
    expect((await call('POST', `/v1/operations/${String(body.syncOperationId)}/cancel`)).status).toBe(202);
    expect(await ended(body.syncOperationId)).toMatchObject({ state: 'cancelled' });
    const next = await call('POST', '/v1/connections/slow/sync');
    expect((await call('DELETE', '/v1/connections/slow')).status).toBe(204);
    expect(await ended(next.body.id)).toMatchObject({ state: 'cancelled' });
  });

  it('goes on after the server was killed, without doing again what was done', async () => {
    const { body } = await create({ name: 'durable', options: { slow: 'left' } });
    const database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    const regions = async () => (await database.query<{ region: string; state: string; attempts: number }>('SELECT region, state, attempts FROM connector.sync_region WHERE operation_id = $1 ORDER BY region', [body.syncOperationId])).rows;
    const right = { region: 'right', state: 'done', attempts: 1 };
    for (let tries = 0; tries < 200 && !(await regions()).some((row) => row.region === 'right' && row.state === 'done'); tries++) await delay(20);
    expect(await regions()).toEqual([{ region: 'left', state: 'pending', attempts: 0 }, right]);
    await server.kill('SIGKILL');
    const former = server;
    server = await startServer({ MCMP_DRIVERS_DIR: drivers, MCMP_LOG_LEVEL: 'debug' }, former);
    seen.push(former.log());
    expect(await ended(body.syncOperationId)).toMatchObject({ state: 'succeeded', progress: { done: 2, failed: 0, total: 2 } });
    expect(await regions()).toEqual([{ region: 'left', state: 'done', attempts: 1 }, right]);
    await database.end();
    // The helper that made the first server owns database and folder; let it remove them at the end.
    const second = server;
    server = { ...second, stop: async () => { await second.stop(); await former.stop(); } };
  });
});

describe('scope', () => {
  it('hides the connections and catalogue of other workspaces', async () => {
    const other = (await call('POST', '/v1/workspaces', { name: 'others' })).body;
    await call('POST', '/v1/users', { username: 'mina', password: 'a-long-password', role: 'operator', workspaceIds: [other.id] });
    const token = (await call('POST', '/v1/auth/token', { username: 'mina', password: 'a-long-password' })).body.accessToken as string;
    expect((await names('/v1/connections')).length).toBeGreaterThan(0);
    for (const list of ['connections', 'specs', 'images', 'regions']) expect([list, (await call('GET', `/v1/${list}`, undefined, token)).body.items]).toEqual([list, []]);
    for (const [method, path] of [['GET', ''], ['POST', '/verify'], ['POST', '/sync'], ['GET', '/regions'], ['GET', '/quotas?region=left']] as const) expect([path, (await call(method, `/v1/connections/half${path}`, undefined, token)).status]).toEqual([path, 404]);
    expect((await call('GET', '/v1/specs?connection=half', undefined, token)).body.items).toEqual([]);
    expect((await call('POST', '/v1/connections', { name: 'mine', driver: 'small-cloud', credential }, token)).status).toBe(403);
  });

  it('asks for the workspace where there are several', async () => {
    const { status, body } = await create({ name: 'where', workspaceId: undefined });
    expect([status, (body.errors as { field: string }[])[0]?.field]).toEqual([400, 'workspaceId']);
  });
});

it('shows no secret in any answer or log line', () => {
  const everything = [...seen, server.log()].join('\n');
  expect(everything).toContain('small-cloud');
  for (const secret of [SECRET, WRONG]) expect(everything).not.toContain(secret);
});
