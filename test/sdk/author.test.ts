import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readBundle } from '@mcmp/driver-sdk/bundle';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';

/** The program as npm links it. */
const PROGRAM = resolve('src/driver-sdk/bin/mcmp-driver.js');
const root = mkdtempSync(join(tmpdir(), 'mcmp-author-'));
const folder = join(root, 'tide-pool');
const tool = (...args: string[]): string => execFileSync(process.execPath, [PROGRAM, ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
/** Runs a script of the driver's package.json with the programs of this repository. */
const npmRun = (script: string): string => execFileSync('npm', ['run', '--silent', script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  tool('create', 'tide-pool');
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a driver that is begun with mcmp-driver create', () => {
  it('bears its name everywhere, and no other', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules')).map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(12);
    expect(files.filter((path) => /my-?cloud/i.test(readFileSync(path, 'utf8').replaceAll('my-account', '')))).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'driver.json'), 'utf8'))).toMatchObject({ name: 'tide-pool', title: { en: 'Tide Pool' } });
    expect(existsSync(join(folder, '.gitignore'))).toBe(true);
  });

  it('is never made in a folder that holds something, nor under a name that is none', () => {
    const said = (...args: string[]): { status: number; stderr: string } => {
      try {
        return { status: 0, stderr: tool(...args) };
      } catch (error) {
        return error as { status: number; stderr: string };
      }
    };
    const before = readdirSync(root);
    expect(said('create', 'tide-pool')).toMatchObject({ status: 1, stderr: expect.stringContaining('is not empty; nothing in it is overwritten') });
    expect(said('create', 'Tide_Pool')).toMatchObject({ status: 2, stderr: expect.stringContaining('"Tide_Pool" is no name of a driver') });
    expect(said('create', 'rock', '--sdk', '/no/such')).toMatchObject({ status: 1, stderr: expect.stringContaining('there is no SDK at /no/such') });
    expect(readdirSync(root)).toEqual(before);
  });

  it('passes its own test at once: the compiler, and the kit against its imaginary cloud', () => {
    const report = npmRun('test');
    expect(Number(/^# pass (\d+)$/m.exec(report)?.[1])).toBeGreaterThan(150);
    expect(report).toMatch(/^# fail 0$/m);
  });

  it('fails its test where its code is wrong', () => {
    const client = join(folder, 'src/client.ts');
    const text = readFileSync(client, 'utf8');
    writeFileSync(client, text.replace("BAD_CURSOR: 'INVALID_REQUEST'", "BAD_CURSOR: 'UNKNOWN'"));
    const report = ((): string => {
      try {
        return npmRun('test');
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    })();
    expect([...report.matchAll(/^ +not ok \d+ - (\S+):/gm)].map(([, id]) => id)).toContain('vm.page-token');
    writeFileSync(client, text);
  });

  it('is graded as a bundle, against its imaginary cloud', async () => {
    tool('pack', 'tide-pool', '--out', 'graded.mcmp');
    const cloud = await startCloud({ SETTLE_MS: '20' });
    try {
      const connect = JSON.parse(readFileSync(join(folder, 'wire/connect.json'), 'utf8')) as object;
      writeFileSync(join(root, 'connect.json'), JSON.stringify({ ...connect, endpoint: cloud.url, pollMs: 5 }));
      tool('test', 'graded.mcmp', '--connect', 'connect.json', '--proof', 'simulator', '--against', 'the imaginary cloud', '--out', 'report.json');
    } finally {
      cloud.stop();
    }
    const { driver, contentHash, counts } = JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')) as { driver: string; contentHash: string; counts: { passed: number; failed: number } };
    expect([driver, contentHash, counts.failed]).toEqual(['tide-pool', (await readBundle(readFileSync(join(root, 'graded.mcmp')))).contentHash, 0]);
    expect(counts.passed).toBeGreaterThan(150);
  });

  it('is packed, signed and verified; a server that trusts its key takes it and makes an MCI with it at once', async () => {
    const { keyId } = JSON.parse(tool('keygen', '--out', 'key.pem', '--json')) as { keyId: string };
    tool('pack', 'tide-pool', '--key', 'key.pem');
    expect(tool('verify', 'tide-pool-0.1.0.mcmp', '--key', 'key.pem.pub')).toContain('as it must be');
    const bytes = readFileSync(join(root, 'tide-pool-0.1.0.mcmp'));
    expect((await readBundle(bytes)).files.map(({ path }) => path)).toEqual(['LICENSE', 'dist/LICENSES.txt', 'dist/index.js', 'driver.json']);

    const [cloud, server] = await Promise.all([startCloud(), startServer()]);
    try {
      const post = async (path: string, body: object) => (await server.call('POST', path, { body })).body;
      expect(await post('/v1/driver-keys', { title: 'Tide Pool', publicKey: readFileSync(join(root, 'key.pem.pub'), 'utf8') })).toMatchObject({ keyId });
      const installed = await fetch(`${server.url}/v1/drivers`, { method: 'POST', body: new Uint8Array(bytes), headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/vnd.mcmp.bundle' } });
      expect([installed.status, await installed.json()]).toMatchObject([201, { name: 'tide-pool', state: 'ready', version: '0.1.0' }]);
      expect(await post('/v1/connections', { name: 'pool', driver: 'tide-pool', endpoint: cloud.url, regions: ['north', 'south'], credential: { apiToken: 'open-sesame' }, sync: false })).toMatchObject({ name: 'pool' });
      // The report was of the same content before it was signed.
      const report = JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')) as object;
      expect(await post('/v1/drivers/tide-pool/reports', { origin: 'claimed', report })).toMatchObject({ driver: 'tide-pool', counts: { failed: 0 } });
      const { letter, capabilities } = (await server.call('GET', '/v1/drivers/tide-pool/grade')).body as { letter: string; capabilities: { best: string }[] };
      expect([letter, new Set(capabilities.map(({ best }) => best))]).toEqual(['C', new Set(['simulator'])]);
      const groups = ['north', 'south'].map((region) => ({ name: region, size: 2, connection: 'pool', region, spec: 'small', image: { osFamily: 'ubuntu' } }));
      const ended = async ({ id }: Record<string, unknown>): Promise<Record<string, unknown>> => {
        for (const limit = Date.now() + 90_000; ; await delay(100)) {
          const { body } = await server.call('GET', `/v1/operations/${String(id)}`);
          if (['succeeded', 'failed'].includes(String(body.state)) || Date.now() > limit) return body;
        }
      };
      expect(await ended(await post('/v1/projects/default/mcis', { name: 'shoal', groups }))).toMatchObject({ state: 'succeeded', errors: [], result: { vms: 4, reached: 4 } });
      expect(await ended((await server.call('DELETE', '/v1/projects/default/mcis/shoal')).body)).toMatchObject({ state: 'succeeded', errors: [] });
    } finally {
      await server.stop();
      cloud.stop();
    }
  });
});

/** The driver's own imaginary cloud, as its author starts it. */
async function startCloud(environment: Record<string, string> = {}): Promise<{ url: string; stop(): void }> {
  const cloud = spawn('npm', ['run', '--silent', 'cloud'], { cwd: folder, env: { ...process.env, PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const url = await new Promise<string>((done, failed) => {
    cloud.stdout.on('data', (chunk: Buffer) => {
      const found = /listens at (\S+);/.exec(chunk.toString())?.[1];
      if (found) done(found);
    });
    cloud.once('exit', (code) => failed(new Error(`the cloud ended with ${code}`)));
  });
  return { url, stop: () => void process.kill(-(cloud.pid as number), 'SIGTERM') };
}
