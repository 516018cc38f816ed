import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Answer, type TestServer, startServer } from '../support/server.js';
import { packed } from './fixtures/packed.js';
import { eventually } from './fixtures/rig.js';

/** A door on loopback at which a driver waits until the test opens it. */
class Gate {
  private readonly waiting = new Set<ServerResponse>();
  private constructor(private readonly server: Server) {}
  static async open(): Promise<Gate> {
    const gate = new Gate(createServer((_request, response) => { gate.waiting.add(response); response.once('close', () => gate.waiting.delete(response)); }));
    await new Promise<void>((done) => gate.server.listen(0, '127.0.0.1', done));
    return gate;
  }
  get url(): string { return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`; }
  /** Ends when a driver stands at the gate. */
  arrived(): Promise<boolean> { return eventually(() => this.waiting.size > 0); }
  pass(): void { for (const response of this.waiting) response.end(); }
  close(): void { this.server.close(); this.server.closeAllConnections(); }
}

const driversDir = mkdtempSync(join(tmpdir(), 'mcmp-races-'));
let server: TestServer;
let gate: Gate;
const upload = async (bytes: Buffer, query = ''): Promise<Answer> => {
  const response = await fetch(`${server.url}/v1/drivers?allowUnsigned=true${query}`, { method: 'POST', body: new Uint8Array(bytes), headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/vnd.mcmp.bundle' } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, headers: response.headers };
};
const get = async (path: string) => (await server.call('GET', path)).body;
const region = async () => ((await get('/v1/connections/one/regions')).items as { name: string }[])[0]?.name;
const versions = async () => ((await get('/v1/drivers/tiny')).versions as { version: string; state: string }[]).map(({ version, state }) => `${version} ${state}`);

beforeAll(async () => {
  gate = await Gate.open();
  server = await startServer({ MCMP_DRIVERS_DIR: driversDir });
});
beforeEach(async () => {
  expect((await upload(await packed({ version: '1.0.0' }))).status).toBe(201);
  expect((await server.call('POST', '/v1/connections', { body: { name: 'one', driver: 'tiny', credential: { key: 'the-key' } } })).status).toBe(201);
  await eventually(async () => (await get('/v1/connections/one')).state === 'verified');
});
afterEach(async () => {
  gate.pass();
  await server.call('DELETE', '/v1/connections/one');
  expect((await server.call('DELETE', '/v1/drivers/tiny')).status).toBe(204);
});
afterAll(async () => {
  gate?.close();
  await server?.stop();
  rmSync(driversDir, { recursive: true, force: true });
});

/** A bundle whose trial with a connection waits at the gate. */
const slow = (version: string): Promise<Buffer> => packed({ version, verify: `await fetch('${gate.url}'); return { accountId: 'a-' + credential.key };` });

describe('a version that is deleted while it is being activated', () => {
  it('is activated no more, and the one before serves on', async () => {
    expect((await upload(await slow('1.1.0'), '&activate=false')).status).toBe(201);
    const activating = server.call('POST', '/v1/drivers/tiny/activate', { body: { version: '1.1.0', allowUnsigned: true } });
    await gate.arrived();
    expect((await server.call('DELETE', '/v1/drivers/tiny/versions/1.1.0')).status).toBe(204);
    gate.pass();
    expect((await activating).body).toMatchObject({ status: 409, code: 'CONFLICT', detail: expect.stringMatching(/1\.1\.0 was deleted meanwhile/) });
    expect([await versions(), await region()]).toEqual([['1.0.0 active'], 'Region of 1.0.0']);
    expect((await server.call('POST', '/v1/drivers/tiny/activate', { body: { version: '1.1.0' } })).status).toBe(404);
  });

  it('is either deleted or serves, where both come at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await upload(await packed({ version: '1.2.0' }), '&activate=false');
      const [activated, deleted] = await Promise.all([
        server.call('POST', '/v1/drivers/tiny/activate', { body: { version: '1.2.0', allowUnsigned: true } }),
        new Promise((done) => setTimeout(done, round * 15)).then(() => server.call('DELETE', '/v1/drivers/tiny/versions/1.2.0')),
      ]);
      const serves = activated.status === 200;
      expect([activated.status, deleted.status]).toEqual(serves ? [200, 409] : [expect.any(Number), 204]);
      if (!serves) expect([404, 409]).toContain(activated.status);
      expect([await versions(), await region()]).toEqual(serves ? [['1.2.0 active', '1.0.0 installed'], 'Region of 1.2.0'] : [['1.0.0 active'], 'Region of 1.0.0']);
      if (!serves) continue;
      await server.call('POST', '/v1/drivers/tiny/activate', { body: { version: '1.0.0', allowUnsigned: true } });
      expect((await server.call('DELETE', '/v1/drivers/tiny/versions/1.2.0')).status).toBe(204);
    }
  });
});

describe('a server that is killed while a bundle is uploaded', () => {
  const restart = async (): Promise<void> => {
    await server.kill('SIGKILL');
    const { databaseUrl, dataDir, stop } = server;
    const next = await startServer({ MCMP_DRIVERS_DIR: driversDir }, { databaseUrl, dataDir });
    // The first one's stop removes database and folder, in the end.
    server = { ...next, stop: async () => { await next.kill(); await stop(); } };
  };
  const copies = (): string[] => { const folder = join(server.dataDir, 'drivers', 'tiny'); return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('2.')) : []; };

  it('has nothing of it where half of the bytes had come', async () => {
    const bytes = await packed({ version: '2.0.0' });
    const socket = connectTo(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(`POST /v1/drivers?allowUnsigned=true HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${server.token}\r\ncontent-type: application/vnd.mcmp.bundle\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    await new Promise<void>((done) => socket.write(bytes.subarray(0, bytes.length / 2), () => done()));
    await restart();
    expect([await versions(), copies(), await region()]).toEqual([['1.0.0 active'], [], 'Region of 1.0.0']);
    expect((await upload(bytes)).status).toBe(201);
  });

  it('has nothing of it where it was just tried, and takes it afterwards', async () => {
    const bytes = await slow('2.1.0');
    const lost = upload(bytes).catch(() => undefined);
    await gate.arrived();
    await restart();
    await lost;
    expect([await versions(), await region()]).toEqual([['1.0.0 active'], 'Region of 1.0.0']);
    const again = upload(bytes);
    await gate.arrived();
    gate.pass();
    expect((await again).status).toBe(201);
    expect(await region()).toBe('Region of 2.1.0');
  });

  it('has the whole of it where it was written down', async () => {
    const bytes = await packed({ version: '2.2.0' });
    const database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    const lost = upload(bytes).catch(() => undefined);
    await eventually(async () => (await database.query("SELECT 1 FROM connector.driver_bundle WHERE version = '2.2.0'")).rowCount === 1);
    await database.end();
    await restart();
    await lost;
    expect([await versions(), await region()]).toEqual([['2.2.0 active', '1.0.0 installed'], 'Region of 2.2.0']);
    expect((await upload(bytes)).status).toBe(200);
  });
});
