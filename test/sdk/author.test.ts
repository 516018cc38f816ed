import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readBundle } from '@mcmp/driver-sdk/bundle';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, rig } from '../connector/fixtures/rig.js';

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
    expect(() => npmRun('test')).toThrow();
    writeFileSync(client, text);
  });

  it('is packed, signed, verified, and served by a host', async () => {
    tool('keygen', '--out', 'key.pem');
    tool('pack', 'tide-pool', '--key', 'key.pem');
    expect(tool('verify', 'tide-pool-0.1.0.mcmp', '--key', 'key.pem.pub')).toContain('as it must be');
    const { files } = await readBundle(readFileSync(join(root, 'tide-pool-0.1.0.mcmp')));
    expect(files.map(({ path }) => path)).toEqual(['LICENSE', 'dist/LICENSES.txt', 'dist/index.js', 'driver.json']);

    const cloud = spawn('npm', ['run', '--silent', 'cloud'], { cwd: folder, env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const endpoint = await new Promise<string>((done, failed) => {
      cloud.stdout.on('data', (chunk: Buffer) => {
        const found = /listens at (\S+);/.exec(chunk.toString())?.[1];
        if (found) done(found);
      });
      cloud.once('exit', (code) => failed(new Error(`the cloud ended with ${code}`)));
    });
    const stage = rig();
    try {
      for (const { path, content } of files) {
        mkdirSync(dirname(join(stage.driversDir, 'any', path)), { recursive: true });
        writeFileSync(join(stage.driversDir, 'any', path), content);
      }
      await stage.host.start();
      expect(stage.host.list()).toMatchObject([{ name: 'tide-pool', state: 'ready' }]);
      const session = stage.host.open({ key: 'c1', driver: 'tide-pool', credential: { apiToken: 'open-sesame' }, endpoint, options: {}, revision: '1' });
      expect(await session.call('account.verify', {})).toEqual({ accountId: 'my-account' });
      const network = await session.call('network.create', { region: 'north', name: 'net', token: 't', tags: { 'mcmp-project': 'author' }, cidr: '10.1.0.0/16' });
      expect(await eventually(async () => (await session.call('network.list', { region: 'north', tags: { 'mcmp-project': 'author' } })).items.map(({ id }) => id))).toEqual([network.id]);
    } finally {
      await stage.stop();
      process.kill(-(cloud.pid as number), 'SIGTERM');
    }
  });
});
