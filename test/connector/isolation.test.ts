import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type TestServer, startServer } from '../support/server.js';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'mcmp-isolation-'));
const KEY = 'villain-key-that-nobody-may-find-0451';
const run = (driver: string, name: string, input: object): Promise<Answer> => server.call('POST', `/v1/drivers/${driver}/functions/${name}`, { body: { connection: driver, region: 'here', input } });
const act = (part: string): Promise<Answer> => run('villain', 'act', { part });

/** Calls another driver all the while `work` runs, and tells how many calls there were and which failed. */
async function bystander<T>(work: () => Promise<T>): Promise<{ value: T; calls: number; failed: Answer[] }> {
  let over = false;
  let calls = 0;
  const failed: Answer[] = [];
  const watch = (async () => {
    while (!over) {
      const answer = await run('teller', 'fortune', { stars: [1] });
      calls += 1;
      if (answer.status !== 200) failed.push(answer);
      await new Promise((done) => setTimeout(done, 20));
    }
  })();
  const value = await work();
  over = true;
  await watch;
  return { value, calls, failed };
}

beforeAll(async () => {
  for (const name of ['villain', 'teller']) cpSync(join(process.cwd(), 'test/connector/fixtures', name), join(folder, name), { recursive: true });
  server = await startServer({ MCMP_DRIVERS_DIR: folder });
  for (const driver of ['villain', 'teller']) expect((await server.call('POST', '/v1/connections', { body: { name: driver, driver, credential: { key: KEY }, sync: false } })).status).toBe(201);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a driver that', () => {
  it.each([
    ['throws in a timer', 'timer', 'UNAVAILABLE', /ended by itself/],
    ['leaves a rejection unheard', 'rejection', 'UNAVAILABLE', /ended by itself/],
    ['exits', 'exit', 'UNAVAILABLE', /ended by itself \(status 3\)/],
    ['exits as if all were well', 'quit', 'UNAVAILABLE', /ended by itself \(status 0\)/],
    ['writes garbage into the channel', 'garbage', 'UNAVAILABLE', /no message of the host's channel/],
    ['announces a message of 4 GB', 'giant', 'UNAVAILABLE', /a message of 4294967295 bytes/],
    ['answers what nobody asked', 'forged', 'UNAVAILABLE', /an answer to no call/],
    ['blocks for ever', 'block', 'UNAVAILABLE', /event loop is blocked/],
    ['eats its heap', 'memory', 'UNAVAILABLE', /ran out of memory/],
    ['eats memory outside its heap', 'buffers', 'UNAVAILABLE', /MiB of memory/],
    ['reads /etc/passwd', 'passwd', 'UNKNOWN', /restricted/],
    ['writes into its own folder', 'write', 'UNKNOWN', /restricted/],
    ['spawns a process', 'spawn', 'UNKNOWN', /restricted/],
    ['starts a thread', 'worker', 'UNKNOWN', /restricted/],
    ['loads machine code', 'addon', 'UNKNOWN', /disabled|restricted|not allowed|Cannot load/i],
    ['kills its parent', 'kill', 'UNKNOWN', /restricted/],
    ['opens the debugger of its parent', 'debugger', 'UNKNOWN', /restricted/],
    ['slows its parent down', 'renice', 'UNKNOWN', /restricted/],
    ['makes V8 write files', 'flags', 'UNKNOWN', /restricted/],
    ['makes V8 write files, by another name', 'flag', 'UNKNOWN', /restricted/],
    ['makes Node write files', 'trace', 'UNKNOWN', /restricted/],
    ['answers little that unfolds to very much', 'laughs', 'UNKNOWN', /above the limit of .* when written out/],
    ['answers one text very often', 'heavy', 'UNKNOWN', /above the limit of .* when written out/],
    ['answers an array of nothing', 'sparse', 'UNKNOWN', /above the limit of .* when written out/],
    ['answers levels without end', 'deep', 'UNKNOWN', /levels deep/],
    ['answers a BigInt', 'big', 'UNKNOWN', /BigInt/],
    ['answers a number without end', 'infinite', 'UNKNOWN', /Infinity/],
    ['answers a time that is none', 'date', 'UNKNOWN', /a Date/],
    ['answers 100 MB', 'huge', 'UNKNOWN', /above the limit of/],
    ['answers a wrong shape', 'shape', 'UNKNOWN', /wrong shape: output/],
    ['answers what is no plain data', 'cycle', 'UNKNOWN', /not plain data/],
  ])('%s harms nobody, and its caller learns why', async (_what, part, code, why) => {
    const { value, calls, failed } = await bystander(() => act(part));
    expect(value).toMatchObject({ status: 424, body: { cloud: { code } } });
    expect(String(value.body.detail)).toMatch(why);
    expect(failed).toEqual([]);
    expect(calls).toBeGreaterThan(0);
    expect((await server.call('GET', '/health/ready', { token: null })).status).toBe(200);
    expect(await act('tell')).toMatchObject({ status: 200, body: { output: { sent: 'undefined' } } });
  });

  it('speaks Node\'s own words on its channel, prints a flood, or answers texts that are none, harms nobody', async () => {
    expect((await act('internal')).body.output).toEqual({ sent: 'undefined' });
    expect((await act('texts')).body.output).toEqual({ nul: 'a\ufffdb', half: 'a\ufffdb' });
    expect((await act('group')).status).toBe(200);
    const { value, calls, failed } = await bystander(() => act('flood'));
    expect([value.status, failed]).toEqual([200, []]);
    expect(calls).toBeGreaterThan(20);
  });

  (process.platform === 'win32' ? it.skip : it)('sends the server the signal by which Node opens its debugger, opens none', async () => {
    server.process.kill('SIGUSR1');
    await new Promise((done) => setTimeout(done, 500));
    expect(server.log()).not.toMatch(/Debugger listening/);
    expect((await server.call('GET', '/health/ready', { token: null })).status).toBe(200);
  });

  it('looks around finds neither environment nor channel', async () => {
    expect((await act('tell')).body.output).toEqual({ environment: [], argv: expect.any(Number), sent: 'undefined' });
    expect((await act('channel')).body.output).toEqual({ sent: 'undefined' });
  });
});

/** What a file holds; nothing where it went away or may not be read. */
function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

it('a credential is written nowhere in the clear', () => {
  const files = (readdirSync(server.dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.filter((file) => readFileSync(file).includes(KEY))).toEqual([]);
  expect(server.log()).not.toContain(KEY);
  const shown = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]) : [];
  expect(shown.filter((file) => contents(file).includes(KEY))).toEqual([]);
});
