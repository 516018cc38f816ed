import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { contentHashOf, packBundle, readBundle } from '@mcmp/driver-sdk/bundle';
import { afterAll, describe, expect, it } from '@jest/globals';
import { main } from '../../src/driver-sdk/tool/main.js';
import type { RepositoryIndex } from '../../src/driver-sdk/tool/repository.js';
import { driverFiles, manifest } from './bundles.js';

const root = mkdtempSync(join(tmpdir(), 'mcmp-tool-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const fresh = (): string => {
  const folder = join(root, String((folders += 1)));
  mkdirSync(folder);
  return folder;
};

/** Runs the tool; gives what it wrote, and the exit code. */
async function tool(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const lines = { out: [] as string[], error: [] as string[] };
  const code = await main(args, { out: (line) => lines.out.push(line), error: (line) => lines.error.push(line) });
  return { code, out: lines.out.join('\n'), error: lines.error.join('\n') };
}
const asJson = async (...args: string[]): Promise<Record<string, unknown>> => JSON.parse((await tool(...args, '--json')).out) as Record<string, unknown>;

/** Writes a driver's project with one library, installed at `modules`. */
function project(modules: string, folder = fresh(), changes: Record<string, string> = {}): string {
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'demo-project', version: '0.0.1' }),
    'driver.json': JSON.stringify(manifest()),
    'src/index.ts': "import { hello } from 'greeter';\nimport { late } from './late.js';\nexport default [hello(), late as string];\nexport const later = () => import('./later.js');\nexport const last = () => import('greeter/last.js');\n",
    'src/later.ts': "import { shared } from 'greeter/shared.js';\nexport const answer = shared + 1;\n",
    'src/late.ts': "import old from 'elder';\nexport const late: string = old.word;\n",
    LICENSE: 'Mine.\n',
    'README.md': 'For people.\n',
    ...changes,
  };
  const libraries: Record<string, string> = {
    'greeter/package.json': JSON.stringify({ name: 'greeter', version: '2.0.0', license: 'MIT', type: 'module', main: 'index.js' }),
    'greeter/index.js': "/*! Greeter */\nexport const hello = () => 'hello';\nexport const never = () => 'never';\n",
    'greeter/shared.js': 'export const shared = 41;\n',
    'greeter/last.js': "import { shared } from './shared.js';\nexport default [shared];\n",
    'greeter/LICENSE': 'MIT, by Greeter.\n',
    'elder/package.json': JSON.stringify({ name: 'elder', version: '1.0.0', license: 'ISC' }),
    'elder/index.js': "exports.word = require('./word.js');\n",
    'elder/word.js': "module.exports = 'word';\n",
    'unused/package.json': JSON.stringify({ name: 'unused', version: '1.0.0' }),
  };
  const write = (under: string, texts: Record<string, string>): void => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(under, path)), { recursive: true });
      writeFileSync(join(under, path), text);
    }
  };
  write(folder, files);
  write(join(folder, modules), libraries);
  return folder;
}

describe('mcmp-driver', () => {
  it('tells its commands, and each of them its usage', async () => {
    const help = await tool('--help');
    expect(help.code).toBe(0);
    const commands = [...help.out.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name as string);
    expect(commands).toEqual(expect.arrayContaining(['pack', 'keygen', 'verify', 'repository']));
    for (const command of commands) expect(await tool(command, '--help')).toMatchObject({ code: 0, out: expect.stringMatching(new RegExp(`^Usage: mcmp-driver ${command}`)) });
  });

  it.each([
    [['pak'], 2, 'there is no command "pak"; there are'],
    [['pack'], 2, 'it takes FOLDER'],
    [['pack', 'a', 'b'], 2, 'it takes FOLDER'],
    [['keygen'], 2, '--out FILE is needed'],
    [['pack', '.', '--colour'], 2, "Unknown option '--colour'"],
    [['verify', '/no/such.mcmp'], 1, 'there is no such file'],
    [['pack', '/no/such'], 1, 'there is no driver.json in /no/such'],
  ])('answers %j with %i', async (args, code, error) => {
    expect(await tool(...args)).toMatchObject({ code, error: expect.stringContaining(error) });
  });
});

describe('mcmp-driver pack', () => {
  const packed = async (folder: string, ...args: string[]): Promise<Buffer> => {
    const out = join(fresh(), 'out.mcmp');
    expect(await tool('pack', folder, '--out', out, ...args)).toMatchObject({ code: 0, error: '' });
    return readFileSync(out);
  };

  it('gives the same bytes twice, and in another folder whose libraries lie elsewhere', async () => {
    const here = project('node_modules');
    const bytes = await packed(here);
    expect((await packed(here)).equals(bytes)).toBe(true);
    const above = fresh();
    const there = project('../../node_modules', join(above, 'deep/down/there'));
    expect(existsSync(join(above, 'deep/node_modules/elder'))).toBe(true);
    expect((await packed(there)).equals(bytes)).toBe(true);
    const linked = fresh();
    cpSync(here, linked, { recursive: true, filter: (path) => !path.includes('node_modules') });
    symlinkSync(join(here, 'node_modules'), join(linked, 'node_modules'));
    expect((await packed(linked)).equals(bytes)).toBe(true);
  });

  it('packs what the entry imports, what it loads later beside it, the manifest as it is, and the licences of what it holds', async () => {
    const folder = project('node_modules');
    const { files } = await readBundle(await packed(folder));
    const texts = Object.fromEntries(files.map(({ path, content }) => [path, content.toString()]));
    expect(Object.keys(texts)).toEqual(['LICENSE', 'dist/LICENSES.txt', 'dist/index.js', 'dist/last.js', 'dist/later.js', 'dist/shared-2.js', 'dist/shared.js', 'driver.json']);
    expect(texts).toMatchObject({ LICENSE: 'Mine.\n', 'driver.json': JSON.stringify(manifest()) });
    expect(texts['dist/LICENSES.txt']).toMatch(/^This bundle holds code of these packages\.\n\n-+\nelder 1\.0\.0 \(ISC\)\n-+\n\n\(The package holds no text of its licence; its package\.json says ISC\.\)\n\n-+\ngreeter 2\.0\.0 \(MIT\)\n-+\n\nMIT, by Greeter\.\n$/);
    expect(texts['dist/index.js']).not.toContain('never');
    expect(texts['dist/index.js']).not.toContain(root);
    const unpacked = fresh();
    for (const { path, content } of files) {
      mkdirSync(dirname(join(unpacked, path)), { recursive: true });
      writeFileSync(join(unpacked, path), content);
    }
    const program = "const driver = await import(process.argv[1]); console.log(JSON.stringify([driver.default, (await driver.later()).answer, (await driver.last()).default]))";
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program, join(unpacked, 'dist/index.js')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('[["hello","word"],42,[41]]\n');
  });

  it('is one content with the folder that holds the same files', async () => {
    const { contentHash, files } = await readBundle(await packed(resolve('drivers/simulator')));
    expect(files.map(({ path }) => path)).toEqual(['dist/LICENSES.txt', 'dist/index.js', 'driver.json']);
    expect(contentHash).toBe(contentHashOf(files.map(({ path }) => ({ path, content: readFileSync(join('drivers/simulator', path)) }))));
  });

  it.each<[string, Record<string, string>, string | RegExp]>([
    ['a manifest that breaks a rule', { 'driver.json': JSON.stringify(manifest({ sdk: 2, endpoint: 'maybe' })) }, 'driver.json: sdk: only driver SDK 1 is known here; the driver asks for 2; endpoint: must be optional, required or none'],
    ['a wire', { 'src/index.ts': "import { x } from '../wire/index.js';\nexport default x;\n", 'wire/index.ts': 'export const x = 1;\n' }, 'the driver imports wire/index.ts'],
    ['a test', { 'src/index.ts': "import { x } from '../test/stage.js';\nexport default x;\n", 'test/stage.ts': 'export const x = 1;\n' }, 'the driver imports test/stage.ts'],
    ['a library that is not installed', { 'src/index.ts': "import x from 'missing';\nexport default x;\n" }, 'src/index.ts:1:15: Could not resolve "missing"'],
    ['a mistake', { 'src/index.ts': 'export default (;\n' }, 'src/index.ts:1:17: Unexpected ";"'],
  ])('refuses %s', async (_what, changes, why) => {
    expect(await tool('pack', project('node_modules', fresh(), changes), '--out', join(fresh(), 'x.mcmp'))).toMatchObject({ code: 1, error: expect.stringContaining(why as string) });
  });

  it('leaves nothing behind where it cannot write', async () => {
    const folder = fresh();
    expect(await tool('pack', project('node_modules'), '--out', join(folder, 'no/x.mcmp'))).toMatchObject({ code: 1, error: expect.stringContaining('its folder does not exist') });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('mcmp-driver keygen and verify', () => {
  it('makes a pair of which the private key is for its owner only, and never overwrites', async () => {
    const key = join(fresh(), 'key.pem');
    const { keyId } = await asJson('keygen', '--out', key);
    expect(keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const before = readFileSync(key, 'utf8');
    expect(await tool('keygen', '--out', key)).toMatchObject({ code: 1, error: expect.stringContaining('never overwritten') });
    rmSync(`${key}.pub`);
    expect((await tool('keygen', '--out', key)).code).toBe(1);
    expect([readFileSync(key, 'utf8'), existsSync(`${key}.pub`)]).toEqual([before, false]);
    const other = join(fresh(), 'other.pem');
    writeFileSync(`${other}.pub`, 'mine');
    expect((await tool('keygen', '--out', other)).code).toBe(1);
    expect([readFileSync(`${other}.pub`, 'utf8'), existsSync(other)]).toEqual(['mine', false]);
  });

  it('tells whose a bundle is, and refuses that of another key or of nobody', async () => {
    const folder = fresh();
    for (const key of ['mine', 'other']) await tool('keygen', '--out', join(folder, key));
    const bundle = join(folder, 'x.mcmp');
    const { keyId } = await asJson('pack', project('node_modules'), '--out', bundle, '--key', join(folder, 'mine'));
    expect(await asJson('verify', bundle, '--key', join(folder, 'mine.pub'))).toMatchObject({ ok: true, name: 'demo', version: '1.2.3', keyId });
    expect(await tool('verify', bundle)).toMatchObject({ code: 0, out: expect.stringContaining(`signed with the key ${keyId as string}; whether that key is to be trusted was not asked`) });
    expect(await tool('verify', bundle, '--key', join(folder, 'other.pub'))).toMatchObject({ code: 1, error: expect.stringContaining('not among the trusted keys') });
    expect(await tool('verify', bundle, '--key', join(folder, 'mine'))).toMatchObject({ code: 1, error: expect.stringContaining('this is a private key') });
    writeFileSync(bundle, await packBundle(driverFiles()));
    expect(await tool('verify', bundle)).toMatchObject({ code: 0, out: expect.stringContaining('not signed') });
    expect(await tool('verify', bundle, '--key', join(folder, 'mine.pub'))).toMatchObject({ code: 1, error: expect.stringContaining('is not signed') });
    writeFileSync(bundle, Buffer.from(await packBundle(driverFiles())).fill(0, 300, 301));
    expect(await asJson('verify', bundle)).toMatchObject({ ok: false, rule: expect.any(String), error: expect.any(String) });
  });
});

describe('mcmp-driver repository', () => {
  const bundleOf = async (changes: Record<string, unknown>, entry = 'export default 1;\n'): Promise<Buffer> => packBundle(driverFiles({ 'driver.json': JSON.stringify(manifest(changes)), 'dist/index.js': entry }));

  it('lists drivers by name and versions from the newest, with the truth about each file', async () => {
    const [folder, out] = [fresh(), fresh()];
    for (const version of ['1.9.0', '1.10.0', '2.0.0-rc.1', '2.0.0']) writeFileSync(join(folder, `any-${version}.mcmp`), await bundleOf({ version, title: { en: `Demo ${version}` }, description: { en: 'For tests.' }, keywords: ['tests'] }));
    writeFileSync(join(folder, 'z.mcmp'), await bundleOf({ name: 'alpha' }));
    writeFileSync(join(folder, 'README.txt'), 'no bundle');
    expect(await tool('repository', folder, '--out', out)).toMatchObject({ code: 0 });
    const index = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')) as RepositoryIndex;
    expect(index.drivers.map(({ name, versions }) => [name, versions.map(({ version }) => version)])).toEqual([['alpha', ['1.2.3']], ['demo', ['2.0.0', '2.0.0-rc.1', '1.10.0', '1.9.0']]]);
    expect(index).toMatchObject({ format: 1, drivers: [{ cloud: 'demo' }, { title: { en: 'Demo 2.0.0' }, description: { en: 'For tests.' }, keywords: ['tests'] }] });
    for (const { versions } of index.drivers) {
      for (const { file, size, sha256, contentHash, ...rest } of versions) {
        const bytes = readFileSync(join(out, decodeURIComponent(file)));
        expect(await readBundle(bytes)).toMatchObject({ archiveSha256: sha256, contentHash });
        expect([bytes.length, rest]).toEqual([size, { version: expect.any(String), keyId: null, sdk: 1, capabilities: ['account'], publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }]);
      }
    }
  });

  it('keeps the time at which a version was first published', async () => {
    const [folder, out] = [fresh(), fresh()];
    writeFileSync(join(folder, 'a.mcmp'), await bundleOf({}));
    await tool('repository', folder, '--out', out);
    const path = join(out, 'index.json');
    const index = JSON.parse(readFileSync(path, 'utf8')) as RepositoryIndex;
    index.drivers[0]!.versions[0]!.publishedAt = '2020-02-02T02:02:02Z';
    writeFileSync(path, JSON.stringify(index));
    writeFileSync(join(folder, 'b.mcmp'), await bundleOf({ version: '1.3.0' }));
    await tool('repository', folder, '--out', out);
    const times = (JSON.parse(readFileSync(path, 'utf8')) as RepositoryIndex).drivers[0]!.versions.map(({ publishedAt }) => publishedAt);
    expect(times[1]).toBe('2020-02-02T02:02:02Z');
    expect(times[0]).not.toBe(times[1]);
  });

  it('signs what nobody signed, and holds all to a key that is asked for', async () => {
    const [folder, out] = [fresh(), fresh()];
    for (const key of ['mine', 'other']) await tool('keygen', '--out', join(folder, key));
    writeFileSync(join(folder, 'a.mcmp'), await bundleOf({}));
    expect(await tool('repository', folder, '--out', out, '--trust', join(folder, 'mine.pub'))).toMatchObject({ code: 1, error: expect.stringContaining('a.mcmp: the bundle is not signed') });
    expect(existsSync(join(out, 'index.json'))).toBe(false);
    expect((await tool('repository', folder, '--out', out, '--key', join(folder, 'mine'), '--trust', join(folder, 'mine.pub'))).code).toBe(0);
    expect((await tool('verify', join(out, 'demo/demo-1.2.3.mcmp'), '--key', join(folder, 'mine.pub'))).code).toBe(0);
    expect((await tool('repository', folder, '--out', out, '--key', join(folder, 'mine'), '--trust', join(folder, 'other.pub'))).code).toBe(1);
  });

  it('refuses two bundles of one version, a broken one, and a folder without any, by the file\'s name', async () => {
    const [folder, out] = [fresh(), fresh()];
    expect(await tool('repository', folder, '--out', out)).toMatchObject({ code: 1, error: expect.stringContaining('there is no *.mcmp') });
    writeFileSync(join(folder, 'a.mcmp'), await bundleOf({}));
    writeFileSync(join(folder, 'b.mcmp'), await bundleOf({}, 'export default 2;\n'));
    expect(await tool('repository', folder, '--out', out)).toMatchObject({ code: 1, error: expect.stringContaining('a.mcmp and b.mcmp are both demo 1.2.3, with different bytes') });
    writeFileSync(join(folder, 'b.mcmp'), 'no bundle');
    expect(await tool('repository', folder, '--out', out)).toMatchObject({ code: 1, error: expect.stringContaining('b.mcmp: the archive is not packed with gzip') });
    expect(readdirSync(out)).toEqual([]);
  });
});
