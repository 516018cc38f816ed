import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ApiClient } from '../../src/cli/client.js';
import { type Load, connect, flood, sample, vmMaker } from './budget-load.js';
import { type Stage, openStage, round } from './stage.js';

/**
 * `npm run bench:budget`: servers that have more to send than the cloud in a box allows, by real drivers. For one and for two servers on one database: `used` is the part of what the cloud's buckets
 * would have given that was used, `throttled` the part of the calls that it refused, for a read of AWS (20/s), its creation of VMs (2/s), and a cloud that publishes no limit (20/s, to be found out).
 * Then, while one server floods: how long a person waits on each server, and how long another workspace with the same purpose. Ends with one line of JSON; exits 0 where the limits hold.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, servers: { type: 'string', default: '1,2' } } });
const SECONDS = Number(values.seconds);
const LIMITS = { used: 0.9, throttled: 0.01, personP95Ms: 1000, workspaceP95Ms: 1000, statementsPerSecond: 20 };
const REGION = 'us-east-1';

/** `callers` at once on each server: more than the limit lets through, and not so many that they would wait out their deadlines. */
interface Case { name: string; callers: number; load: Load; account: string; api: string; burst: number; perSecond: number }
interface Flow { used: number; throttled: number; calls: number }

const accountOf = (servers: number, index: number): string => `${servers}2345678900${index}`;
const list = (connection: string, purpose: Load['purpose'], region = REGION): Load => ({ connection, method: 'vm.list', request: () => ({ region, pageSize: 5 }), purpose });

/** Exchanges with the database so far, over all servers. */
async function statements(servers: ApiClient[]): Promise<number> {
  const texts = await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  return texts.reduce((sum, text) => sum + Number(/mcmp_budget_exchanges_total\{outcome="ok"\} (\d+)/.exec(text)?.[1] ?? 0), 0);
}

/** Floods all cases at once, and counts by the cloud's own log. */
async function flows(stage: Stage, servers: ApiClient[], cases: Case[]): Promise<Record<string, Flow>> {
  const after = await stage.lastCall();
  const from = Date.now();
  const floods = cases.map(({ load, callers }) => flood(servers, load, callers));
  await delay(SECONDS * 1000);
  const until = Date.now();
  await Promise.all(floods.map((one) => one.stop()));
  const calls = (await stage.calls(after)).filter(({ at }) => Date.parse(at) <= until);
  return Object.fromEntries(cases.map(({ name, account, api, burst, perSecond }) => {
    const mine = calls.filter((call) => call.account === account && call.api === api);
    const refused = mine.filter(({ outcome }) => outcome === 'RATE_LIMITED').length;
    return [name, { used: round((mine.length - refused) / (burst + (perSecond * (until - from)) / 1000)), throttled: Math.round((refused / mine.length) * 10_000) / 10_000, calls: mine.length }];
  }));
}

async function measure(stage: Stage, servers: ApiClient[]): Promise<Record<string, unknown>> {
  const count = servers.length;
  const [mine, other] = (await stage.api.get<{ items: { id: string }[] }>('/v1/workspaces')).items.map(({ id }) => id) as [string, string];
  const named = (name: string): string => `${name}-${count}`;
  await connect(stage, named('describe'), 'aws', accountOf(count, 1), mine);
  await connect(stage, named('create'), 'aws', accountOf(count, 2), mine);
  await connect(stage, named('learned'), 'unpublished', named('learned'), mine);
  await connect(stage, named('flood'), 'aws', accountOf(count, 3), mine);
  await connect(stage, named('quiet'), 'aws', accountOf(count, 3), other);
  const vm = await vmMaker(stage.api, named('create'), REGION);
  const before = await statements(servers);
  const result = await flows(stage, servers, [
    { name: 'describe', callers: 48, load: list(named('describe'), 'inventory'), account: accountOf(count, 1), api: 'DescribeInstances', burst: 100, perSecond: 20 },
    { name: 'create', callers: 8, load: { connection: named('create'), method: 'vm.create', request: vm, purpose: 'provisioning' }, account: accountOf(count, 2), api: 'RunInstances', burst: 5, perSecond: 2 },
    { name: 'learned', callers: 48, load: list(named('learned'), 'inventory', 'RegionOne'), account: named('learned'), api: 'vm.list', burst: 60, perSecond: 20 },
  ]);
  const statementsPerSecond = round((await statements(servers)) - before) / SECONDS;
  const waits: Record<string, number> = {};
  const first = servers.slice(0, 1);
  for (const [who, floodPurpose, load] of [['person', 'inventory', list(named('flood'), 'person')], ['workspace', 'provisioning', list(named('quiet'), 'provisioning')]] as const) {
    const flooding = flood(first, list(named('flood'), floodPurpose), 60);
    await delay(6000);
    for (const [index, api] of servers.entries()) {
      const took = await sample(api, load, 40, 150);
      waits[`${who}P95Ms${index === 0 ? '' : 'OtherServer'}`] = took[Math.floor(took.length * 0.95)] as number;
    }
    await flooding.stop();
  }
  return { ...result, ...waits, statementsPerSecond: round(statementsPerSecond) };
}

/** A copy of the drivers, and the simulator's once more without its limits. */
function driversWithout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-bench-drivers-'));
  const copy = (from: string, to: string): void => {
    for (const part of ['driver.json', 'dist']) cpSync(join('drivers', from, part), join(folder, to, part), { recursive: true });
  };
  copy('aws', 'aws');
  copy('simulator', 'unpublished');
  const file = join(folder, 'unpublished', 'driver.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), name: 'unpublished', limits: [] }));
  return folder;
}

const drivers = driversWithout();
const figures: Record<string, Record<string, unknown>> = {};
const stage = await openStage(['--time-scale', '0.2', '--seed', '1'], { MCMP_DRIVERS_DIR: drivers });
try {
  await stage.api.post('/v1/workspaces', { name: 'other' });
  const servers = [stage.api];
  for (const count of values.servers.split(',').map(Number)) {
    while (servers.length < count) servers.push(await stage.another());
    // Each logs in once, instead of all callers together.
    for (const api of servers) await api.get('/v1/workspaces');
    figures[`servers${count}`] = await measure(stage, servers);
    process.stderr.write(`${count}: ${JSON.stringify(figures[`servers${count}`])}\n`);
  }
} finally {
  await stage.end();
  rmSync(drivers, { recursive: true, force: true });
}
const broken = Object.entries(figures).flatMap(([name, one]) => [
  ...Object.entries(one).flatMap(([key, value]) => {
    if (typeof value === 'object') return (value as Flow).used >= LIMITS.used && (value as Flow).throttled < LIMITS.throttled ? [] : [`${name}.${key}: ${JSON.stringify(value)}`];
    const limit = LIMITS[key.replace('OtherServer', '') as keyof typeof LIMITS];
    return (value as number) <= limit ? [] : [`${name}.${key} > ${limit}`];
  }),
]);
process.stdout.write(`${JSON.stringify({ bench: 'budget', seconds: SECONDS, limits: LIMITS, ...figures, broken })}\n`);
process.exit(broken.length === 0 ? 0 : 1);
