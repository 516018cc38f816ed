import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DriverChange } from '../../src/connector/host/index.js';
import { type Rig, eventually, play, rig } from './fixtures/rig.js';

let stage: Rig;
afterEach(() => stage.stop());

const second: [string, string] = ["version: () => told('1.0.0')", "version: () => told('2.0.0')"];
const started = async (options?: Parameters<typeof rig>[0], ...folders: string[]): Promise<DriverChange[]> => {
  stage = rig(options);
  for (const folder of folders) stage.drop(folder);
  const changes: DriverChange[] = [];
  stage.host.onChange((change) => changes.push(change));
  await stage.host.start();
  return changes;
};
const why = (folder: string): Promise<string> => eventually(() => stage.host.list().find((driver) => driver.folder === folder && driver.state === 'failed')?.why);

describe('the folder of the drivers', () => {
  it('is read at start: good ones are ready, broken ones say why', async () => {
    stage = rig();
    stage.drop('good');
    stage.drop('no-json', { json: '{ "name": ' });
    stage.drop('many', { manifest: { name: 'X', sdk: 2, capabilities: ['region', 'teleport'], limits: [{ methods: ['vm.fly'], scope: 'moon', burst: 0, perSecond: 0 }] } });
    stage.drop('lost', { manifest: { name: 'lost', entry: 'dist/gone.js' } });
    stage.drop('out', { manifest: { name: 'out', entry: '../good/index.mjs' } });
    stage.drop('throws', { manifest: { name: 'throws' }, entry: [['const counts', "throw new Error('not today'); const counts"]] });
    stage.drop('syntax', { manifest: { name: 'syntax' }, entry: [['const counts', 'const = counts']] });
    stage.drop('no-default', { manifest: { name: 'no-default' }, entry: [['export default', 'export const driver =']] });
    stage.drop('short', { manifest: { name: 'short', capabilities: ['account', 'region', 'spec', 'network', 'vm', 'disk'] } });
    stage.drop('long', { manifest: { name: 'long', capabilities: ['account', 'region', 'spec', 'network'] } });
    stage.drop('poor', { manifest: { name: 'poor' }, entry: [['stop: async () => undefined,', '']] });
    stage.drop('dies', { manifest: { name: 'dies' }, entry: [['const counts', 'process.exit(4); const counts']] });
    stage.drop('reads', { manifest: { name: 'reads' }, entry: [['const counts', "readFileSync('/etc/hostname'); const counts"]] });
    stage.drop('.hidden', { manifest: { name: 'hidden' } });
    stage.drop('.real', { manifest: { name: 'real' } });
    symlinkSync(join(stage.driversDir, '.real'), join(stage.driversDir, 'link'));
    stage.drop('links', { manifest: { name: 'links' } });
    symlinkSync('/etc/passwd', join(stage.driversDir, 'links', 'data.json'));
    mkdirSync(join(stage.driversDir, 'no-driver'));
    writeFileSync(join(stage.driversDir, 'README.md'), 'no driver either');
    await stage.host.start();
    const told = Object.fromEntries(stage.host.list().map((driver) => [driver.folder, driver.why ?? driver.state]));
    expect(told).toEqual({
      good: 'ready',
      'no-json': expect.stringContaining('driver.json is no JSON'),
      many: expect.stringMatching(/^driver\.json: name: must be .*; sdk: only driver SDK 1 is known here; the driver asks for 2; capabilities\[1\]: "teleport" is not a capability.*; limits\[0\]\.methods\[0\]: "vm\.fly" fits no method.*; limits\[0\]\.scope: must be account or region; limits\[0\]\.burst: .*; limits\[0\]\.perSecond: must be above 0$/),
      lost: 'the entry dist/gone.js is missing',
      out: expect.stringContaining('entry: must be the path of a .js or .mjs file within the folder'),
      throws: expect.stringContaining('the entry cannot be imported: not today'),
      syntax: expect.stringContaining('the entry cannot be imported: SyntaxError'),
      'no-default': expect.stringContaining('no default export'),
      short: 'the manifest declares disk, but connect() does not give it',
      long: 'connect() gives vm, but the manifest does not declare it',
      poor: 'the handler group vm lacks stop',
      dies: expect.stringContaining('status 4'),
      reads: expect.stringContaining('the entry cannot be imported'),
      link: 'the folder is a link; a driver is a plain folder',
      links: expect.stringContaining('data.json is a link'),
    });
    expect(stage.host.find('good')).toBeUndefined();
    expect(stage.host.find('actor')).toMatchObject({ version: '1.0.0', folder: 'good', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is watched: a driver dropped in serves calls, also when its files come one after another, and one taken out does not', async () => {
    const changes = await started();
    stage.drop('whole');
    await eventually(() => stage.host.find('actor'));
    expect(await play(stage.session(), 'plain')).toEqual(['one']);

    const folder = join(stage.driversDir, 'parts');
    const text = readFileSync(join(stage.driversDir, 'whole', 'index.mjs'), 'utf8');
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'driver.json'), readFileSync(join(stage.driversDir, 'whole', 'driver.json'), 'utf8').replace('"actor"', '"parts"').replace('index.mjs', 'dist/index.js'));
    expect(await why('parts')).toBe('the entry dist/index.js is missing');
    writeFileSync(join(folder, 'dist', 'index.js'), text.slice(0, 2000));
    expect(await eventually(() => stage.host.list().find((driver) => driver.folder === 'parts' && driver.why?.includes('cannot be imported')))).toBeTruthy();
    writeFileSync(join(folder, 'dist', 'index.js'), text);
    await eventually(() => stage.host.find('parts'));
    expect(stage.host.list().map(({ name, state }) => [name, state])).toEqual([['actor', 'ready'], ['parts', 'ready']]);
    expect(await play(stage.session('parts'), 'plain')).toEqual(['one']);

    rmSync(join(stage.driversDir, 'whole'), { recursive: true });
    await eventually(() => !stage.host.find('actor'));
    await expect(play(stage.session(), 'plain')).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'driver "actor" is not installed' });
    expect(changes.map(({ added, removed }) => [added.map(({ name }) => name), removed.map(({ name }) => name)]).filter(([added, removed]) => (added?.length ?? 0) + (removed?.length ?? 0) > 0))
      .toEqual([[['actor'], []], [['parts'], []], [[], ['actor']]]);
  });

  it('gives a newer version to new calls, while a call under way ends on the former one', async () => {
    await started({}, 'actor');
    const session = stage.session();
    const [before] = await play(session, 'pid');
    const underWay = play(session, 'wait-1500');
    const hash = stage.host.find('actor')?.hash;
    stage.drop('actor', { manifest: { version: '2.0.0' }, entry: [second] });
    await eventually(() => stage.host.find('actor')?.version === '2.0.0');
    expect(stage.host.find('actor')?.hash).not.toBe(hash);
    expect(await play(session, 'version')).toEqual(['2.0.0']);
    expect(stage.host.stats().map(({ version, state }) => [version, state])).toEqual([['2.0.0', 'running'], ['1.0.0', 'draining']]);
    expect(await underWay).toEqual([before]);
    await eventually(() => stage.host.stats().length === 1);
    expect(() => process.kill(Number(before), 0)).toThrow('ESRCH');
  });

  it('keeps the good version when a broken one is put over it, also after its process ended', async () => {
    await started({}, 'actor');
    const session = stage.session();
    const [pid] = await play(session, 'pid');
    stage.drop('actor', { json: 'nonsense' });
    expect(await why('actor')).toContain('no JSON');
    stage.drop('actor', { manifest: { version: '2.0.0' }, entry: [["import { readFileSync } from 'node:fs';", "import 'not-there';"]] });
    await eventually(() => stage.host.list().some((driver) => driver.why?.includes('not-there')));
    process.kill(Number(pid), 'SIGKILL');
    expect(await play(session, 'version')).toEqual(['1.0.0']);
    stage.drop('actor', { manifest: { version: '3.0.0' }, entry: [second] });
    await eventually(() => stage.host.find('actor')?.version === '3.0.0');
    expect(stage.host.list()).toHaveLength(1);
  });

  it('lets one folder have a name, and the other take over when it goes', async () => {
    await started({}, 'actor');
    stage.drop('twin', { manifest: { version: '9.0.0' } });
    expect(await why('twin')).toBe('the name "actor" is taken by the driver in the folder actor');
    rmSync(join(stage.driversDir, 'actor'), { recursive: true });
    await eventually(() => stage.host.find('actor')?.folder === 'twin');
  });

  it('may appear after the start', async () => {
    stage = rig();
    stage.drop('actor');
    const aside = `${stage.driversDir}-aside`;
    renameSync(stage.driversDir, aside);
    await stage.host.start();
    expect(stage.host.list()).toEqual([]);
    cpSync(aside, stage.driversDir, { recursive: true });
    await eventually(() => stage.host.find('actor'));
    rmSync(aside, { recursive: true });
  });
});

describe('the process of a driver', () => {
  it('is not there before the first call, ends when idle, and comes back', async () => {
    await started({ idleMs: 300 }, 'actor');
    expect(stage.host.stats()).toMatchObject([{ state: 'idle', calls: 0 }]);
    const [pid] = await play(stage.session(), 'pid');
    expect(stage.host.stats()).toMatchObject([{ state: 'running', pid: Number(pid), calls: 1, errors: 0 }]);
    await eventually(() => stage.host.stats()[0]?.state === 'idle');
    await eventually(() => { try { return !process.kill(Number(pid), 0); } catch { return true; } });
    expect(await play(stage.session(), 'pid')).not.toEqual([pid]);
    expect(stage.host.stats()[0]?.restarts).toBe(0);
  });

  it('waits between starts when it crashes again and again, and says so', async () => {
    await started({}, 'actor');
    for (let times = 0; times < 5; times += 1) await expect(play(stage.session(), 'crash', { retries: false })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(play(stage.session(), 'plain', { deadlineMs: 100, retries: false })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('crashed 5 times within 30 s'), detail: { retryAfterMs: expect.any(Number) } });
    expect(await play(stage.session(), 'plain')).toEqual(['one']);
  });

  it('does not run files that were changed behind the host', async () => {
    await started({}, 'actor');
    const store = join(stage.driversDir, '..', 'store', 'actor');
    const [copy] = readdirSync(store);
    const entry = join(store, copy ?? '', 'index.mjs');
    writeFileSync(entry, readFileSync(entry, 'utf8').replace(...second));
    expect(await play(stage.session(), 'version')).toEqual(['1.0.0']);
    expect(readFileSync(entry, 'utf8')).not.toContain('2.0.0');
  });
});

it.each(['ever', 'block'])('no driver outlives a server that was killed, also in the part "%s"', async (part) => {
  stage = rig();
  stage.drop('actor');
  const server = spawn(process.execPath, ['test/connector/fixtures/parent.mjs', stage.driversDir, join(stage.driversDir, '..', 'store'), part], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((done, failed) => {
    server.stdout.once('data', (chunk: Buffer) => done(Number(chunk.toString())));
    server.once('exit', (code) => failed(new Error(`ended with ${code}`)));
  });
  process.kill(pid, 0);
  server.kill('SIGKILL');
  await eventually(() => { try { return !process.kill(pid, 0); } catch { return true; } });
});

it('a folder anywhere can be looked at before it is installed', async () => {
  await started();
  stage.drop('.draft', { manifest: { name: 'draft' } });
  stage.drop('.wrong', { manifest: { name: 'wrong', capabilities: [] } });
  expect(await stage.host.verifyDriver(join(stage.driversDir, '.draft'))).toMatchObject({ manifest: { name: 'draft' } });
  expect(await stage.host.verifyDriver(join(stage.driversDir, '.wrong'))).toEqual({ why: 'driver.json: capabilities: must name one or more' });
  expect(stage.host.list()).toEqual([]);
});
