import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded.js';
import { type TestServer, startServer } from '../support/server.js';
import { startWorkServer } from './work-program.js';

const home = mkdtempSync(join(tmpdir(), 'mcmp-embedded-'));
let running: TestServer | undefined;
/** The built server with its own PostgreSQL in `home`. */
const start = async (): Promise<TestServer> => (running = await startServer({ DATABASE_URL: '' }, { databaseUrl: '', dataDir: home }));
const postmaster = (folder = home): number => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
async function gone(pid: number): Promise<void> {
  while (lives(pid)) await delay(10);
}
const workspaces = async (server: TestServer): Promise<string[]> => ((await server.call('GET', '/v1/workspaces')).body.items as { name: string }[]).map(({ name }) => name);
/** Starts a server that cannot start, to its end. */
const refused = (dataDir: string): { status: number | null; said: string } => {
  const { status, stderr } = spawnSync(process.execPath, ['dist/src/main.js'], { env: { PATH: process.env.PATH, MCMP_PORT: '0', MCMP_DATA_DIR: dataDir, MCMP_LOG_LEVEL: 'silent' }, encoding: 'utf8' });
  return { status, said: stderr };
};

afterEach(() => running?.kill());
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the PostgreSQL of its own', () => {
  it('is made on the first start, stops with the server and keeps its data', async () => {
    const first = await start();
    expect((await first.call('POST', '/v1/workspaces', { body: { name: 'kept' } })).status).toBe(201);
    const pid = postmaster();
    await first.kill();
    expect(lives(pid)).toBe(false);
    expect(await workspaces(await start())).toEqual(['default', 'kept']);
  });

  it('survives a hard kill of the server, and the next start takes it over', async () => {
    const first = await start();
    const pid = postmaster();
    await first.kill('SIGKILL');
    expect(lives(pid)).toBe(true);
    expect(await workspaces(await start())).toContain('kept');
    expect(postmaster()).toBe(pid);
  });

  it('is started again when it is killed under the server, which goes on by itself', async () => {
    const server = await start();
    const pid = postmaster();
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    while ((await server.call('POST', '/v1/workspaces', { body: { name: 'after' } })).status !== 201) await delay(100);
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect(postmaster()).not.toBe(pid);
  });

  it('recovers from the lock that a killed PostgreSQL leaves', async () => {
    const first = await start();
    const pid = postmaster();
    await first.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    expect(postmaster()).toBe(pid);
    expect(await workspaces(await start())).toEqual(['default', 'kept', 'after']);
  });

  it('is not shared: a second server on the folder is refused, and the first is not harmed', async () => {
    const first = await start();
    const { status, said } = refused(home);
    expect([status, said]).toEqual([1, expect.stringContaining(`Another server runs on the data folder ${home}`)]);
    expect(await workspaces(first)).toContain('kept');
  });

  it('is made anew where the first start was killed while it was made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcmp-embedded-'));
    try {
      const server = spawn(process.execPath, ['dist/src/main.js'], { env: { PATH: process.env.PATH, MCMP_PORT: '0', MCMP_DATA_DIR: folder }, stdio: 'ignore' });
      const half = (): string | undefined => readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => basename(path) === 'PG_VERSION');
      while (half() === undefined) await delay(10);
      server.kill('SIGKILL');
      expect(half()).toMatch(/^postgres\.new-/);
      await (await startEmbeddedPostgres(folder)).stop();
      expect(readdirSync(folder).filter((name) => name.startsWith('postgres')).sort()).toEqual(['postgres', 'postgres.json', 'postgres.log']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends with a server that is stopped in the middle of its start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcmp-embedded-'));
    try {
      const server = spawn(process.execPath, ['dist/src/main.js'], { env: { PATH: process.env.PATH, MCMP_PORT: '0', MCMP_DATA_DIR: folder }, stdio: 'ignore' });
      while (!existsSync(join(folder, 'postgres', 'postmaster.pid'))) await delay(5);
      server.kill('SIGTERM');
      expect(await new Promise((done) => server.once('exit', done))).toBe(0);
      expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says what is wrong with its folder', async () => {
    const file = join(home, 'a-file');
    writeFileSync(file, '');
    expect(refused(join(file, 'data'))).toEqual({ status: 1, said: expect.stringMatching(/data folder .*a-file\/data cannot be written \(ENOTDIR\).*MCMP_DATA_DIR/) });
    chmodSync(join(home, 'postgres'), 0o777);
    expect(refused(home)).toEqual({ status: 1, said: expect.stringMatching(/PostgreSQL ended at start.*permissions/is) });
    chmodSync(join(home, 'postgres'), 0o700);
  });
});

describe('work', () => {
  it('goes on when PostgreSQL was killed and is back, with what was queued and what ran', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcmp-embedded-'));
    const postgres = await startEmbeddedPostgres(folder);
    const signal = AbortSignal.timeout(40_000);
    const server = await startWorkServer({ DATABASE_URL: postgres.url, MCMP_SERVER_NAME: 'alone' });
    const count = async (key: string): Promise<number> => (await server.database.dataSource.query<{ n: number }[]>('SELECT count(*)::integer AS n FROM public.note WHERE key = $1 AND ended IS NOT NULL', [key]).catch(() => []))[0]?.n ?? 0;
    try {
      await server.work.wake(undefined, 'note', 'take-1500-a');
      await server.work.wake(undefined, 'note', 'queued', { inMs: 1000 });
      await delay(200);
      const pid = postmaster(folder);
      process.kill(pid, 'SIGKILL');
      await gone(pid);
      for (const key of ['take-1500-a', 'queued']) while ((await count(key)) === 0) await delay(50, undefined, { signal });
      await server.work.wake(undefined, 'note', 'new');
      while ((await count('new')) === 0) await delay(50, undefined, { signal });
    } finally {
      await server.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
