import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createPipe } from 'node:net';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type TestServer, startServer } from '../support/server.js';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'mcmp-isolation-'));
const KEY = 'villain-key-that-nobody-may-find-0451';
const run = (driver: string, name: string, input: object): Promise<Answer> => server.call('POST', `/v1/drivers/${driver}/functions/${name}`, { body: { connection: driver, region: 'here', input } });
const act = (part: string, more: object = {}): Promise<Answer> => run('villain', 'act', { part, ...more });

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

describe('the network of a driver', () => {
  const barred = (what: RegExp): object => ({ status: 422, body: { cloud: { code: 'INVALID_REQUEST', providerCode: 'EACCES' }, detail: expect.stringMatching(new RegExp(`^A driver may not connect to .*${what.source}`)) } });

  it.each([
    'http://169.254.169.254/latest/meta-data/', 'http://[::ffff:169.254.169.254]/', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://169.254.170.2/', 'http://100.100.100.200/', 'http://168.63.129.16/',
    'http://192.0.0.192/', 'http://[fd00:ec2::254]/', 'http://[fe80::1]/', 'http://[fd20:ce::254]/', 'http://[64:ff9b::a9fe:a9fe]/',
  ])('does not lead to %s', async (url) => {
    expect(await act('reach', { url })).toMatchObject(barred(/metadata/));
  });

  it('leads to no port of M-CMP or of its database, by whatever address of this machine', async () => {
    const { port } = new URL(server.url);
    for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '127.1.2.3', '[::ffff:127.0.0.1]', '[::1]']) expect(await act('reach', { url: `http://${host}:${port}/health/ready` })).toMatchObject(barred(/M-CMP's own/));
    expect(await act('reach', { url: `http://127.0.0.1:${new URL(server.databaseUrl).port}/` })).toMatchObject(barred(/M-CMP's own/));
  });

  it('leads to what else listens here, but not by a redirect to metadata', async () => {
    const cloud = createHttp((request, response) => response.writeHead(request.url === '/away' ? 302 : 200, request.url === '/away' ? { location: 'http://169.254.169.254/' } : {}).end()).listen(0, '127.0.0.1');
    await new Promise((done) => cloud.once('listening', done));
    const url = `http://localhost:${(cloud.address() as AddressInfo).port}`;
    expect((await act('reach', { url })).body.output).toEqual({ status: 200 });
    expect(await act('reach', { url: `${url}/away` })).toMatchObject(barred(/metadata/));
    cloud.close();
  });

  it('has no way below what libraries call, and no second fence', async () => {
    const { writable, configurable, code } = (await act('handle', { host: '169.254.169.254', port: 80 })).body.output as Record<string, unknown>;
    expect([writable, configurable]).toEqual([false, false]);
    expect(code).toBeLessThan(0);
    expect(String((await act('again')).body.detail)).toMatch(/the fence stands/);
  });

  it('has no listener, no socket in the file system and no datagram', async () => {
    const path = join(folder, 'pipe');
    const pipe = createPipe((socket) => socket.destroy()).listen(path);
    await new Promise((done) => pipe.once('listening', done));
    expect(await act('listen')).toMatchObject(barred(/a port to listen on/));
    expect(await act('pipe', { path })).toMatchObject(barred(/a socket in the file system/));
    expect(await act('datagram')).toMatchObject(barred(/datagrams/));
    pipe.close();
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
