import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { eventually, rig } from '../connector/fixtures/rig.js';

const root = resolve('.');
const guide = readFileSync('drivers/README.md', 'utf8');
/** The files that the guide tells its reader to write: ```language path. */
const files = [...guide.matchAll(/^```\w+ (drivers\/\S+)\n([\s\S]*?)^```$/gm)].map(([, path, text]) => ({ path: path as string, text: text as string }));

/** A test runner in a few lines, in the place of jest. */
const RUNNER = `
const tests = [];
export const describe = (_name, body) => body();
export const it = (name, body) => tests.push([name, body]);
setImmediate(async () => {
  const failed = [];
  for (const [name, body] of tests) await body().catch((error) => failed.push(name + ': ' + error.message));
  console.log(JSON.stringify({ tests: tests.map(([name]) => name), failed }));
});`;

describe('the guide to the first driver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-first-driver-'));
  beforeAll(() => {
    cpSync('drivers/build.mjs', join(folder, 'drivers/build.mjs'));
    cpSync('src/driver-sdk', join(folder, 'src/driver-sdk'), { recursive: true, filter: (path) => !path.endsWith('/dist') });
    for (const file of ['tsconfig.json', 'package.json']) cpSync(file, join(folder, file));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the three files that it speaks of', () => {
    expect(files.map(({ path }) => path)).toEqual(['drivers/first/driver.json', 'drivers/first/src/index.ts', 'drivers/first/test/kit.test.ts']);
  });

  it('gives code that the compiler takes', () => {
    writeFileSync(join(folder, 'tsconfig.first.json'), JSON.stringify({ extends: './tsconfig.json', compilerOptions: { noEmit: true }, include: ['drivers/first/**/*.ts'], exclude: [] }));
    expect(execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.first.json'], { cwd: folder, encoding: 'utf8' })).toBe('');
  });

  it('gives a driver and a test of it that passes', async () => {
    const test = join(folder, 'drivers/first/test');
    writeFileSync(join(test, 'runner.mjs'), RUNNER);
    await build({
      entryPoints: [join(test, 'kit.test.ts')], outfile: join(test, 'kit.mjs'), bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error',
      alias: { '@jest/globals': join(test, 'runner.mjs'), '@mcmp/driver-sdk/testing': join(root, 'src/driver-sdk/testing/index.ts'), '@mcmp/driver-sdk': join(root, 'src/driver-sdk/index.ts') },
    });
    const { tests, failed } = JSON.parse(execFileSync(process.execPath, [join(test, 'kit.mjs')], { encoding: 'utf8' })) as { tests: string[]; failed: string[] };
    expect(failed).toEqual([]);
    expect(tests.filter((name) => name.startsWith('region.')).length).toBeGreaterThanOrEqual(5);
  });

  it('builds what a driver host runs as soon as the folder is there', async () => {
    execFileSync(process.execPath, ['drivers/build.mjs', 'first'], { cwd: folder, stdio: 'pipe' });
    const running = rig();
    try {
      await running.host.start();
      expect(running.host.find('first')).toBeUndefined();
      for (const file of ['driver.json', 'dist/index.js']) cpSync(join(folder, 'drivers/first', file), join(running.driversDir, 'first', file));
      await eventually(() => running.host.find('first'));
      const session = running.host.open({ key: 'c1', driver: 'first', credential: { apiToken: 'open-sesame' }, options: {}, revision: '1' });
      expect((await session.call('region.list', {})).items.map(({ id }) => id)).toEqual(['north', 'south', 'moon']);
      rmSync(join(running.driversDir, 'first'), { recursive: true });
      await eventually(() => running.host.find('first') === undefined);
    } finally {
      await running.stop();
    }
  });
});

describe('the contract in the guide', () => {
  it('names checks that there are', async () => {
    const { ALL_CHECKS } = await import('../../src/driver-sdk/testing/index.js');
    const rows = guide.split('\n').filter((line) => /^\|.*\|.*\|.*\|.*\|$/.test(line)).map((line) => line.split('|').map((cell) => cell.trim()));
    const named = rows.flatMap(([, , , check]) => [...(check as string).matchAll(/`([^`]+)`/g)].map(([, pattern]) => pattern as string)).filter((pattern) => pattern !== 'check');
    expect(named.length).toBeGreaterThan(20);
    const fits = (pattern: string) => ALL_CHECKS.some(({ id }) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[a-z-]+')}(\\.|$)`).test(id));
    expect(named.filter((pattern) => !fits(pattern))).toEqual([]);
  });
});
