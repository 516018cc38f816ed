import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import driver from '../src/index.js';
import { PUBLIC_KEY } from './tiny.js';

interface Box { control: string; wires: Record<string, string>; pid: number }
const folder = mkdtempSync(join(tmpdir(), 'mcmp-box-'));
const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the built program. @throws Error with what it said where it ends instead. */
async function start(...flags: string[]): Promise<Box & { end(signal: NodeJS.Signals): Promise<number | null> }> {
  const child = spawn(process.execPath, ['dist/drivers/simulator/main.js', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } });
  running.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const line = await new Promise<string>((done, failed) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString()));
    child.once('exit', () => failed(new Error(said)));
  });
  return { ...(JSON.parse(line) as Box), end: (signal) => (child.kill(signal), ended) };
}

const json = async (url: string, init?: RequestInit): Promise<Record<string, unknown>> => (await (await fetch(url, init)).json()) as Record<string, unknown>;
const never = new AbortController().signal;

async function session({ control, wires }: Box) {
  const credential = (await json(`${control}/control/credential?cloud=gcp&account=acme`)) as Record<string, string>;
  const made = await driver.connect({ credential, endpoint: wires.plain as string, options: { cloud: 'gcp' } });
  return made as Required<typeof made>;
}

/** What an SSH server says first; undefined where nobody listens. */
const banner = (host: string, port: number): Promise<string | undefined> =>
  new Promise((done) => {
    const socket = connect(port, host);
    socket.once('data', (chunk) => { socket.destroy(); done(chunk.toString('latin1')); });
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let left = 1500; left > 0; left--) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('not within thirty seconds');
}

it('keeps its clouds, addresses, keys, tokens and faults over ends of either kind', async () => {
  const flags = ['--state', join(folder, 'box.json'), '--time-scale', '0', '--seed', '42'];
  const first = await start(...flags);
  const cloud = await session(first);
  const place = { region: 'asia-northeast3', tags: { 'mcmp-project': 'p' } };
  const network = await cloud.network.create({ ...place, name: 'net', token: 'n', cidr: '10.0.0.0/16' }, never);
  const subnet = await cloud.subnet.create({ ...place, name: 'sub', token: 's', networkId: network.id, cidr: '10.0.1.0/24' }, never);
  const group = await cloud['security-group'].create({ ...place, name: 'sg', token: 'g', networkId: network.id, description: '', rules: [] }, never);
  const key = await cloud['key-pair'].create({ ...place, name: 'key', token: 'k', publicKey: PUBLIC_KEY }, never);
  const [image] = (await cloud.image.list({ region: place.region }, never)).items.filter(({ architecture }) => architecture === 'amd64');
  const request = {
    ...place, names: ['one', 'two'], token: 'v', specId: 'e2-standard-2', imageId: image?.id ?? '', networkId: network.id, subnetId: subnet.id, securityGroupIds: [group.id], keyPairId: key.id, publicKey: PUBLIC_KEY, sshUser: 'ubuntu', publicAddress: true,
  };
  const made = await cloud.vm.create(request, never);
  await json(`${first.control}/control/faults`, { method: 'POST', body: JSON.stringify({ id: 'kept', method: 'nothing', effect: { type: 'lost-answer' } }) });
  const vm = await cloud.vm.get({ region: place.region, id: made.items[0]?.id ?? '' }, never);
  expect(vm).toMatchObject({ state: 'running', sshPort: 2222, sshHost: expect.stringMatching(/^127\./) });
  const ssh = (): Promise<string> => until(() => banner(vm.sshHost ?? '', vm.sshPort ?? 0));
  expect(await ssh()).toMatch(/^SSH-2\.0-/);

  expect(await first.end('SIGTERM')).toBe(0);
  expect(await banner(vm.sshHost ?? '', vm.sshPort ?? 0)).toBeUndefined();
  const second = await start(...flags.slice(0, 2));
  expect([second.control, second.wires]).toEqual([first.control, first.wires]);
  // The settings and the seed were kept too, and the session goes on as if nothing had been.
  expect((await cloud.vm.create(request, never)).items.map(({ id }) => id)).toEqual(made.items.map(({ id }) => id));
  expect(await json(`${second.control}/control/resources?tag.mcmp-project=p`)).toMatchObject({ byKind: { network: 1, subnet: 1, 'security-group': 1, 'key-pair': 1, vm: 2 } });
  expect(await json(`${second.control}/control/faults`)).toMatchObject([{ id: 'kept' }]);
  expect(await json(`${second.control}/control/settings`)).toMatchObject({ timeScale: 0, seed: 42 });
  expect(await ssh()).toMatch(/^SSH-2\.0-/);

  await cloud.vm.stop({ region: place.region, id: vm.id }, never);
  await until(async () => ((await banner(vm.sshHost ?? '', vm.sshPort ?? 0)) === undefined ? true : undefined));
  await until(async () => (readFileSync(flags[1] as string, 'utf8').includes('"suspended"') ? true : undefined));
  await second.end('SIGKILL');
  const third = await start(...flags.slice(0, 2));
  expect((await cloud.vm.get({ region: place.region, id: vm.id }, never)).state).toBe('suspended');
  await cloud.close();
  expect(await third.end('SIGINT')).toBe(0);
});

it('mounts the wires that are there, by their names', async () => {
  const { wires, control } = await start('--port', '0', '--no-throttle', '--time-scale', '0.5');
  expect(wires).toHaveProperty('plain');
  for (const url of [control, ...Object.values(wires)]) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await json(`${control}/control/health`)).toMatchObject({ status: 'ok' });
  expect(await json(`${control}/control/settings`)).toEqual({ timeScale: 0.5, throttling: false, seed: 1, skewMs: 0 });
  expect(await json(`${control}/control/clouds`)).toHaveLength(10);
});

it('says what is wrong with its flags and its state', async () => {
  const broken = join(folder, 'broken.json');
  await expect(start('--time-scale', 'fast')).rejects.toThrow(/--time-scale is a number from 0 to 100, not 'fast'/);
  await expect(start('--tim-scale', '1')).rejects.toThrow(/Unknown option '--tim-scale'[^]*\nUsage: npm run cloud/);
  for (const text of ['{"half', '{}', 'null', '{"world":{"version":1}}']) {
    writeFileSync(broken, text);
    await expect(start('--state', broken)).rejects.toThrow(/holds no state of the box/);
  }
});
