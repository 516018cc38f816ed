import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestBox, startBox } from '../support/box.js';
import { type TestServer, startServer } from '../support/server.js';

interface Part { kind: string; name: string; state: string; detail: string; since: string | null; help: string | null; facts: Record<string, unknown>; target: { type: string; id: string } | null }

const SECRET_KEY = Buffer.alloc(32, 5).toString('base64');
let box: TestBox;
let server: TestServer;
let second: TestServer | undefined;
const folder = mkdtempSync(join(tmpdir(), 'mcmp-second-'));

beforeAll(async () => {
  [box, server] = await Promise.all([startBox(), startServer({ MCMP_SERVER_NAME: 'first', MCMP_SECRET_KEY: SECRET_KEY })]);
});
afterAll(async () => {
  await second?.kill();
  await server?.stop();
  await box?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const look = async (): Promise<{ state: string; counts: Record<string, number>; parts: Part[] }> => (await server.call('GET', '/v1/platform/health')).body as never;
const part = async (kind: string, name: string): Promise<Part | undefined> => (await look()).parts.find((each) => each.kind === kind && each.name === name);
/** Looks until it is so, or half a minute has passed. */
async function eventually(kind: string, name: string, so: (found: Part | undefined) => boolean): Promise<Part | undefined> {
  for (const until = Date.now() + 30_000; ; await delay(200)) {
    const found = await part(kind, name);
    if (so(found) || Date.now() > until) return found;
  }
}
async function connect(name: string, secretKey?: string): Promise<void> {
  const credential = await box.credential('gcp', name);
  const { status, body } = await server.call('POST', '/v1/connections', { body: { name, driver: 'simulator', endpoint: box.wires.plain, credential: { ...credential, ...(secretKey && { secretKey }) }, options: { cloud: 'gcp' }, sync: false } });
  expect([status, body.detail]).toEqual([201, undefined]);
}

describe('the health of the platform', () => {
  it('is told to administrators alone', async () => {
    await server.call('POST', '/v1/users', { body: { username: 'olga', password: 'a-long-password', role: 'operator', workspaceIds: [] } });
    const token = (await server.call('POST', '/v1/auth/token', { token: null, body: { username: 'olga', password: 'a-long-password' } })).body.accessToken as string;
    expect((await server.call('GET', '/v1/platform/health', { token })).status).toBe(403);
    expect((await server.call('GET', '/v1/platform/health', { token: null })).status).toBe(401);
  });

  it('knows server, database, work and drivers, with their figures', async () => {
    const { parts } = await look();
    expect(parts.find(({ kind }) => kind === 'server')).toMatchObject({ name: 'first', state: 'ok', facts: { version: expect.stringMatching(/^\d+\.\d+/), node: process.version, pid: server.process.pid, memoryMiB: expect.any(Number) } });
    expect(parts.find(({ kind }) => kind === 'database')).toMatchObject({ facts: { version: expect.stringMatching(/^\d+/), connections: expect.any(Number) } });
    expect(parts.find(({ kind }) => kind === 'work')).toMatchObject({ state: 'ok', facts: { serversAtWork: 1, failing: 0 } });
    expect(parts.find(({ kind, name }) => kind === 'driver' && name === 'simulator')).toMatchObject({ state: 'ok', target: { type: 'driver', id: 'simulator' } });
  });

  it('tells a connection that its cloud refuses, why, since when and what helps; and that it is well again', async () => {
    await connect('good');
    expect((await server.call('POST', '/v1/connections/good/verify')).status).toBe(200);
    expect(await part('connection', 'good')).toMatchObject({ state: 'ok', facts: { cloud: 'gcp' } });
    await box.setFaults([{ cloud: 'gcp', account: 'good', effect: { type: 'error', code: 'UNAUTHENTICATED' } } as never]);
    await server.call('POST', '/v1/connections/good/verify');
    const broken = await part('connection', 'good');
    await box.setFaults();
    expect(broken).toMatchObject({ state: 'down', detail: expect.stringContaining('UNAUTHENTICATED'), since: expect.any(String), help: expect.stringContaining('credential') });
    expect((await look()).state).toBe('down');
    await server.call('POST', '/v1/connections/good/verify');
    expect(await part('connection', 'good')).toMatchObject({ state: 'ok' });
  });

  it('tells a driver that does not serve and what needs it', async () => {
    expect((await server.call('POST', '/v1/drivers/simulator/deactivate')).status).toBe(200);
    expect(await part('driver', 'simulator')).toMatchObject({ state: 'down', detail: expect.stringContaining('1 connections need it'), help: expect.stringContaining('Activate') });
    expect(await part('connection', 'good')).toMatchObject({ state: 'down', detail: 'Its driver "simulator" does not serve.' });
    expect((await server.call('POST', '/v1/drivers/simulator/activate', { body: { version: '0.1.0' } })).status).toBe(200);
    expect(await part('driver', 'simulator')).toMatchObject({ state: 'ok' });
  });

  it('tells the process of a driver once it is called', async () => {
    await server.call('POST', '/v1/connections/good/verify');
    expect(await part('driver', 'simulator')).toMatchObject({ facts: { processes: 1, crashes: 0 } });
  });

  it('tells another server on the database, and that it was killed', async () => {
    second = await startServer({ MCMP_SERVER_NAME: 'second', MCMP_SECRET_KEY: SECRET_KEY }, { databaseUrl: server.databaseUrl, dataDir: folder });
    expect(await eventually('server', 'second', (found) => found?.facts.pid !== null && found !== undefined)).toMatchObject({ state: 'ok', facts: { pid: second.process.pid } });
    await second.kill('SIGKILL');
    expect(await eventually('server', 'second', (found) => found?.state !== 'ok')).toMatchObject({ state: 'down', help: expect.stringContaining('Start it again') });
    // Soon its work is taken over, and nobody waits for it any more.
    expect(await eventually('server', 'second', (found) => found === undefined)).toBeUndefined();
  });
});
