import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { hear } from './mcmp.js';

const folder = mkdtempSync(join(tmpdir(), 'mcmp-pack-'));
const home = join(folder, 'home');
const installed = join(home, 'node_modules/@mcmp/cli');
/** npm asks a registry that is not there, and finds nothing in its cache. */
const environment = { PATH: process.env.PATH ?? '', HOME: home, npm_config_cache: join(folder, 'cache'), npm_config_registry: 'http://127.0.0.1:9/', npm_config_update_notifier: 'false' };
const npm = (args: string[], cwd: string): string => execFileSync('npm', args, { cwd, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const mcmp = (...args: string[]) => hear(join(home, 'node_modules/.bin/mcmp'), args, { PATH: environment.PATH, HOME: home }, '').ended;

beforeAll(() => {
  mkdirSync(home);
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder, './src/cli/mcmp'], process.cwd())) as [{ filename: string }];
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename.replace(/^@/, '').replace('/', '-'))], home);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed command line', () => {
  it('holds what belongs to it and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(installed, join(entry.parentPath, entry.name))).sort();
    expect(files).toEqual(['README.md', 'dist/LICENSES.txt', 'dist/mcmp.mjs', 'examples/three-clouds.yaml', 'examples/web.json', 'examples/web.yaml', 'mci.schema.json', 'package.json']);
    const licences = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
    expect(licences).toContain('Apache License');
    expect(licences).toMatch(/yaml[\s\S]*Permission to use, copy, modify/);
    const texts = files.map((file) => readFileSync(join(installed, file), 'utf8')).join('\n');
    expect(texts).not.toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n/);
    expect(texts).not.toContain(process.cwd());
    expect(statSync(join(installed, 'dist/mcmp.mjs')).mode & 0o111).not.toBe(0);
    // It stands alone: nothing else was installed beside it.
    expect(readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@mcmp']);
  });

  it('runs from where it was installed, with no server and nothing else', async () => {
    const { version } = JSON.parse(readFileSync('src/cli/mcmp/package.json', 'utf8')) as { version: string };
    expect(await mcmp('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await mcmp('completion', 'bash')).toMatchObject({ code: 0, stdout: expect.stringContaining('complete -F _mcmp mcmp') });
    expect(await mcmp('help', 'mci', 'create')).toMatchObject({ code: 0, stdout: expect.stringContaining('mcmp mci create -f web.yaml --watch') });
    // An example is checked against the schema inside before a server is asked.
    const made = await mcmp('mci', 'create', '-f', join(installed, 'examples/web.yaml'), '--url', 'http://127.0.0.1:9');
    expect([made.code, made.stderr]).toEqual([3, expect.stringContaining('mcmp login http://127.0.0.1:9')]);
    expect(existsSync(join(home, '.config'))).toBe(false);
  });

  it('has examples whose editor finds the schema beside them', () => {
    for (const name of ['web.yaml', 'three-clouds.yaml']) {
      const [, schema] = /^# yaml-language-server: \$schema=(\S+)/m.exec(readFileSync(join(installed, 'examples', name), 'utf8')) ?? [];
      expect(JSON.parse(readFileSync(join(installed, 'examples', schema as string), 'utf8'))).toHaveProperty('properties.groups');
    }
  });
});
