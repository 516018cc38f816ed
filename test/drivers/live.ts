import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generateKeys, packBundle } from '@mcmp/driver-sdk/bundle';
import { type ApiClient, watchOperation } from '../../src/cli/client.js';
import { type Stage, openStage, round } from '../bench/stage.js';
import type { MemoryInUse } from './memory-probe.js';

/**
 * `npm run driver:live -- --rounds 100`: upgrades and rolls back the simulator's driver again and again on a running server, while readers ask its cloud without a pause and MCIs are made and deleted.
 * The last line is JSON; status 0 only where no request failed, no operation was lost, nothing was left in the cloud, each switch took less than two seconds, and memory in use (garbage not counted) and processes are as after the warm-up.
 * Resident memory is held too, by halves: its highest point in the second half of the rounds against that of the first, since V8 and the allocator take what they like early on and only what nobody frees goes on growing.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' }, readers: { type: 'string', default: '8' }, makers: { type: 'string', default: '2' } } });
for (const name of ['rounds', 'readers', 'makers'] as const) {
  if (/^[1-9]\d*$/.test(values[name])) continue;
  process.stderr.write(`--${name} must be a whole number from 1, not "${values[name]}"\n`);
  process.exit(2);
}
const LIMITS = { failedRequests: 0, lostOperations: 0, switchMs: 2000, memoryGrowth: 0.05, residentGrowth: 0.15 };
const WARM_UP_ROUNDS = 20;
const QUIET_MS = 15_000;
const MCIS = '/v1/projects/default/mcis';

const folder = mkdtempSync(join(tmpdir(), 'mcmp-driver-live-'));
/** Where the server writes what it has in use. */
const probe = `${folder}.memory`;

/** The simulator's driver as a signed bundle of this version. */
async function bundleOf(version: string, privateKey: string): Promise<Uint8Array<ArrayBuffer>> {
  const manifest = { ...(JSON.parse(readFileSync(resolve('drivers/simulator/driver.json'), 'utf8')) as object), version, limits: [{ methods: ['*'], scope: 'account', burst: 10_000, perSecond: 10_000 }] };
  return new Uint8Array(await packBundle([{ path: 'driver.json', content: Buffer.from(JSON.stringify(manifest)) }, { path: 'dist/index.js', content: readFileSync(resolve('drivers/simulator/dist/index.js')) }], { privateKey }));
}

const MiB = (bytes: number): number => Math.round((bytes / 1024 / 1024) * 10) / 10;
const children = (pid: number): number => execFileSync('ps', ['-o', 'args=', '--ppid', String(pid)], { encoding: 'utf8' }).split('\n').filter((line) => line.includes('child.js')).length;

/** What is in use right now, garbage not counted. */
async function memory(pid: number): Promise<MemoryInUse> {
  rmSync(probe, { force: true });
  process.kill(pid, 'SIGUSR2');
  const until = Date.now() + 30_000;
  while (!existsSync(probe)) {
    if (Date.now() > until) throw new Error('the server did not tell its memory within 30 s');
    await delay(100);
  }
  await delay(100); // until it is written
  return JSON.parse(readFileSync(probe, 'utf8')) as MemoryInUse;
}

/** Memory and driver processes after a quiet while, in which drained processes end and what is kept for seconds goes. */
async function quiet(pid: number): Promise<MemoryInUse & { processes: number }> {
  await delay(QUIET_MS);
  return { ...(await memory(pid)), processes: children(pid) };
}

/** Readers and makers that go on until they are stopped; what fails is kept. */
class Load {
  requests = 0;
  operations = 0;
  readonly failures: string[] = [];
  readonly lost: string[] = [];
  private stopping = false;
  private running: Promise<void>[] = [];
  private made = 0;
  constructor(private readonly api: ApiClient, private readonly connectionId: string, private readonly group: { region: string } & Record<string, unknown>) {}

  start(readers: number, makers: number): void {
    this.stopping = false;
    this.running = [...Array.from({ length: readers }, () => this.read()), ...Array.from({ length: makers }, () => this.make())];
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  /** Asks the cloud for the VMs of the region; gives the version of the driver that did it. */
  async version(): Promise<string> {
    return (await this.api.post<{ version: string }>(`/v1/connections/${this.connectionId}/calls`, { method: 'vm.list', request: { region: this.group.region, pageSize: 20 } })).version;
  }

  private async ask<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.requests += 1;
    try {
      return await work();
    } catch (error) {
      this.failures.push((error as Error).message);
      return undefined;
    }
  }

  private async read(): Promise<void> {
    for (let turn = 0; !this.stopping; turn += 1) {
      if (turn % 10 === 0) await this.ask(() => this.api.get(`/v1/connections/${this.connectionId}/regions?live=true`));
      else await this.ask(() => this.version());
      await delay(20);
    }
  }

  private async make(): Promise<void> {
    while (!this.stopping) {
      const name = `live-${(this.made += 1)}`;
      const created = await this.ask(() => this.api.post<{ id: string }>(MCIS, { name, groups: [this.group] }));
      await this.end(created, name);
      await this.end(await this.ask(() => this.api.call<{ id: string }>('DELETE', `${MCIS}/${name}`)), name);
    }
  }

  private async end(begun: { id: string } | undefined, name: string): Promise<void> {
    if (!begun) return;
    this.operations += 1;
    const ended = await this.ask(() => watchOperation(this.api, begun.id, () => undefined, 50));
    if (ended?.state !== 'succeeded') this.lost.push(`${name}: ${JSON.stringify(ended?.errors ?? 'never ended')}`);
  }
}

async function main(stage: Stage): Promise<void> {
  const { api, control, wires, pid } = stage;
  const keys = generateKeys();
  await api.post('/v1/driver-keys', { title: 'live', publicKey: keys.publicKey });
  await api.upload('/v1/drivers', await bundleOf('1.0.0', keys.privateKey));
  const { accessKeyId, secretKey } = (await (await fetch(`${control}/control/credential?cloud=alibaba&account=live`)).json()) as Record<string, string>;
  const { id } = await api.post<{ id: string }>('/v1/connections', { name: 'live', driver: 'simulator', endpoint: wires.plain, sync: false, credential: { accessKeyId, secretKey }, options: { cloud: 'alibaba' } });
  const region = (await api.get<{ items: { id: string }[] }>(`/v1/connections/${id}/regions`)).items[0]?.id as string;
  await watchOperation(api, (await api.post<{ id: string }>(`/v1/connections/${id}/sync`, { regions: [region] })).id, () => undefined, 50);
  const pick = async (path: string): Promise<string> => ((await api.get<{ items: { id: string }[] }>(`/v1/${path}connection=live&region=${region}&architecture=amd64&pageSize=1`)).items[0] as { id: string }).id;
  const load = new Load(api, id, { name: 'web', size: 3, connection: 'live', region, spec: await pick('specs?vcpu=2&'), image: await pick('images?') });
  await api.upload('/v1/drivers?activate=false', await bundleOf('1.1.0', keys.privateKey));
  const switches: number[] = [];
  let resident: number[] = [];
  const play = async (rounds: number): Promise<void> => {
    load.start(Number(values.readers), Number(values.makers));
    for (let round = 0; round < rounds; round += 1) {
      for (const [path, body, version] of [['activate', { version: '1.1.0' }, '1.1.0'], ['rollback', undefined, '1.0.0']] as const) {
        const from = performance.now();
        const driver = await api.post<{ version: string }>(`/v1/drivers/simulator/${path}`, body);
        switches.push(performance.now() - from);
        const serving = await load.version();
        if (driver.version !== version || serving !== version) load.failures.push(`after ${path} the driver is served by ${driver.version}, and a call by ${serving}`);
        await delay(100);
      }
      if (round % 10 !== 9) continue;
      const now = await memory(pid);
      resident.push(now.resident);
      process.stderr.write(`round ${round + 1}: ${load.requests} requests, ${load.operations} operations, ${load.failures.length + load.lost.length} failed, ${MiB(now.used)} MiB in use, ${MiB(now.resident)} MiB resident\n`);
    }
    await load.stop();
  };
  await play(WARM_UP_ROUNDS);
  const before = await quiet(pid);
  switches.length = 0;
  resident = [];
  await play(Number(values.rounds));
  const after = await quiet(pid);
  const left = ((await (await fetch(`${control}/control/resources?kind=vm`)).json()) as { count: number }).count;
  switches.sort((a, b) => a - b);
  const growth = after.used / before.used - 1;
  const peak = (samples: number[]): number => (samples.length > 0 ? Math.max(...samples) : after.resident);
  const [firstHalf, secondHalf] = [peak(resident.slice(0, resident.length >> 1)), peak(resident.slice(resident.length >> 1))];
  const residentGrowth = secondHalf / firstHalf - 1;
  const figures = {
    program: 'driver:live', rounds: Number(values.rounds), switches: switches.length, requests: load.requests, failedRequests: load.failures.length, operations: load.operations, lostOperations: load.lost.length, vmsLeft: left,
    switchMedianMs: Math.round(switches[switches.length >> 1] ?? 0), switchMaxMs: Math.round(switches.at(-1) ?? 0), usedMiB: { before: MiB(before.used), after: MiB(after.used) }, residentMiB: { firstHalf: MiB(firstHalf), secondHalf: MiB(secondHalf) }, memoryGrowth: round(growth), residentGrowth: round(residentGrowth), processes: { before: before.processes, after: after.processes },
  };
  const ok = load.failures.length === 0 && load.lost.length === 0 && left === 0 && figures.switchMaxMs < LIMITS.switchMs && growth <= LIMITS.memoryGrowth && residentGrowth <= LIMITS.residentGrowth && after.processes <= before.processes;
  for (const failure of [...load.failures, ...load.lost].slice(0, 10)) process.stderr.write(`${failure}\n`);
  console.log(JSON.stringify({ ...figures, ok, limits: LIMITS }));
  process.exitCode = ok ? 0 : 1;
}

const stage = await openStage(['--time-scale', '0.05', '--no-throttle'], { MCMP_DRIVERS_DIR: folder, MEMORY_PROBE: probe, NODE_OPTIONS: `--expose-gc --import ${new URL('./memory-probe.js', import.meta.url).href}` });
try {
  await main(stage);
} finally {
  await stage.end();
  rmSync(folder, { recursive: true, force: true });
  rmSync(probe, { force: true });
}
