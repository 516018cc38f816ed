import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Fault } from '../../drivers/simulator/world/types.js';
import { Box, type BoxThing } from './box.js';
import { count, isEnding } from './count.js';
import { BASE, VMS, listVms, prepare, weather } from './journey.js';
import { sequence } from './random.js';
import { Target, embeddedUrl, postmasterPid } from './target.js';

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' }, 'time-scale': { type: 'string', default: '0.02' }, keep: { type: 'boolean', default: false },
    /** What is killed: the server, PostgreSQL, a driver child, one server of two for good; `control` switches tokens and tags off and must show leaks. */
    victim: { type: 'string', default: 'server' }, quiet: { type: 'boolean', default: false },
  },
});
/** The control run never finds what it lost, so waiting for it is in vain. */
const LIMIT_MS = values.victim === 'control' ? 20_000 : 180_000;
const points = Number(values.points);
if (!Number.isInteger(points) || points < 1) {
  process.stderr.write(`--points must be a whole number from 1, not "${values.points}"\n`);
  process.exit(2);
}
const random = sequence(Number(values.seed));
const folder = mkdtempSync(join(tmpdir(), 'mcmp-crash-'));
const figures = { victim: values.victim, points, kills: 0, orphans: 0, duplicates: 0, missing: 0, unfinished: 0, vms: 0, failedVms: 0, resumeMs: [] as number[] };
const say = (text: string): void => { if (!values.quiet) process.stderr.write(`${text}\n`); };

/** A drivers folder whose simulator driver forgets tokens and never finds anything by tag. */
function forgetfulDrivers(): string {
  const drivers = join(folder, 'forgetful'); // the server keeps its checked copies in 'drivers'
  for (const name of ['aws', 'simulator']) {
    mkdirSync(join(drivers, name), { recursive: true });
    for (const part of ['driver.json', 'dist']) cpSync(join('drivers', name, part), join(drivers, name, part), { recursive: true });
    renameSync(join(drivers, name, 'dist/index.js'), join(drivers, name, 'dist/real.js'));
    writeFileSync(join(drivers, name, 'dist/index.js'), readFileSync(resolve('test/crash/forgetful.mjs'), 'utf8'));
  }
  return drivers;
}

class Harness {
  private readonly password = randomBytes(12).toString('base64url');
  private readonly environment: Record<string, string> = { MCMP_SECRET_KEY: randomBytes(32).toString('base64') };
  readonly servers: Target[] = [];
  constructor(readonly box: Box) {
    if (values.victim === 'control') this.environment.MCMP_DRIVERS_DIR = forgetfulDrivers();
    this.servers.push(new Target({ folder, password: this.password, environment: this.environment }, 'one'));
  }

  /** The server to talk to: the first that lives; the only one is started again. */
  async server(): Promise<Target> {
    const living = this.servers.find((server) => server.alive);
    if (living) return living;
    const [server] = this.servers as [Target];
    const before = await this.box.lastCall();
    await server.start();
    void this.measureResume(before, server.startedAt);
    return server;
  }

  /** Restart to the first new call in the clouds. */
  private async measureResume(before: number, startedAt: number): Promise<void> {
    for (const limit = Date.now() + 30_000; Date.now() < limit; await delay(50)) {
      const [first] = await this.box.calls(before).catch(() => []);
      if (first) return void figures.resumeMs.push(Date.parse(first.at) - startedAt);
    }
  }

  async second(): Promise<Target> {
    const server = new Target({ folder: mkdtempSync(join(folder, 'second-')), password: this.password, environment: { ...this.environment, DATABASE_URL: embeddedUrl(folder) } }, `two-${this.servers.length}`);
    await server.start();
    this.servers.push(server);
    return server;
  }

  /** Whom a kill at the next call would meet. */
  victims(): number[] {
    const [first] = this.servers as [Target];
    if (values.victim === 'postgres') return [postmasterPid(folder)];
    if (values.victim === 'driver') return first.driverPids();
    return [(this.servers.find((server) => server.alive) as Target).pid];
  }
}

/** Sends a request until it is accepted, over restarts, and waits until its operation has ended. */
async function carry(harness: Harness, send: (server: Target) => Promise<{ id: string }>): Promise<string> {
  let operationId: string | undefined;
  for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await delay(100)) {
    try {
      const server = await harness.server();
      operationId ??= (await send(server)).id;
      const { state } = await server.api.get<{ state: string }>(`/v1/operations/${operationId}`);
      if (['succeeded', 'failed', 'cancelled'].includes(state)) return state;
    } catch (error) {
      const status = (error as { status?: number }).status;
      if (status === 404 && operationId === undefined) return 'gone';
      if (status !== undefined && status < 500) throw error;
    }
  }
  figures.unfinished += 1;
  return 'unfinished';
}

/** Runs `work` with a kill at the `at`-th call from now on, after the cloud did it and before it answers. */
async function withKill<T>(harness: Harness, at: number, work: () => Promise<T>): Promise<T> {
  const kills: Fault[] = harness.victims().slice(0, 1).map((pid) => ({ effect: { type: 'signal', pid, signal: 'SIGKILL' }, skip: at, times: 1 }));
  await harness.box.setFaults([...kills, ...weather()]);
  const result = await work();
  if (kills.length > 0 && (await harness.box.faults()).some((fault) => fault.effect.type === 'signal' && fault.times === 0)) figures.kills += 1;
  await harness.box.setFaults([]);
  return result;
}

/** What is left once the clouds have ended what they are at work to end. */
async function ended(box: Box): Promise<BoxThing[]> {
  for (const limit = Date.now() + 10_000; ; await delay(100)) {
    const things = await box.things();
    if (things.length === 0 || Date.now() > limit || !things.every(isEnding)) return things;
  }
}

async function main(): Promise<void> {
  const box = await Box.start(join(folder, 'box.log'), { timeScale: Number(values['time-scale']), seed: Number(values.seed) });
  const harness = new Harness(box);
  const stop = async (): Promise<void> => {
    for (const server of harness.servers) await server.stop();
    await box.running.stop();
  };
  // They are process groups of their own, so nobody else ends them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    await harness.servers[0]?.start();
    const body = await prepare((await harness.server()).api, box);
    const span = { create: 90, delete: 60 };
    for (let point = 0; point < points; point += 2) {
      const name = `crash-${point}`;
      if (values.victim === 'two-servers') await harness.second();
      const before = await box.lastCall();
      const atCreate = Math.floor(((point / 2 + random()) / Math.ceil(points / 2)) * span.create);
      const created = await withKill(harness, atCreate, () => carry(harness, (server) => server.api.post<{ id: string }>(BASE, { ...body, name }, { 'idempotency-key': name })));
      const vms = await listVms((await harness.server()).api, name);
      const afterCreate = count(await box.things(), vms);
      const middle = await box.lastCall();
      span.create = Math.max(20, Math.round(0.7 * span.create + 0.3 * (middle - before)));
      if (values.victim === 'two-servers') await harness.second();
      const atDelete = Math.floor(random() * span.delete);
      const deleted = await withKill(harness, atDelete, () => carry(harness, (server) => server.api.call<{ id: string }>('DELETE', `${BASE}/${name}`)));
      const afterDelete = count(await ended(box), []);
      span.delete = Math.max(20, Math.round(0.7 * span.delete + 0.3 * ((await box.lastCall()) - middle)));
      figures.vms += vms.length;
      figures.failedVms += vms.filter((vm) => vm.state === 'failed').length;
      for (const found of [afterCreate, afterDelete]) for (const key of ['orphans', 'duplicates', 'missing'] as const) figures[key] += found[key].length;
      if (vms.length !== VMS) figures.missing += VMS - vms.length;
      say(`${name}: killed at call ${atCreate} of create (${created}, ${vms.filter((vm) => vm.state === 'running').length}/${VMS} run) and ${atDelete} of delete (${deleted}); ${JSON.stringify({ create: afterCreate, delete: afterDelete })}`);
      if (afterDelete.orphans.length > 0 && values.victim !== 'control') break;
    }
  } finally {
    await stop();
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
    else say(`kept: ${folder}`);
  }
}

await main();
const sorted = figures.resumeMs.sort((a, b) => a - b);
const rest = Object.fromEntries(Object.entries(figures).filter(([key]) => key !== 'resumeMs'));
const leaks = figures.orphans + figures.duplicates + figures.missing;
const good = values.victim === 'control' ? leaks > 0 : leaks === 0 && figures.unfinished === 0 && figures.kills > 0 && (sorted.at(-1) ?? 0) < 10_000;
process.stdout.write(`${JSON.stringify({ ...rest, resumeMsP50: sorted[Math.floor(sorted.length / 2)] ?? null, resumeMsMax: sorted.at(-1) ?? null, good })}\n`);
process.exit(good ? 0 : 1);
