/**
 * `npm run bench:api`: the open API under load, with 100,000 specs in the catalogue of a server with its own PostgreSQL.
 * The last line is JSON; status 0 only where the server-side query time of spec search stays below its limit at the 95th percentile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Price, Spec } from '@mcmp/driver-sdk';
import { DataSource } from 'typeorm';
import { SpecQuery, specStatement } from '../../src/connector/catalogue/spec-search.js';
import { replaceContents, replaceRegions } from '../../src/connector/catalogue/store.js';
import { connectorEntities } from '../../src/connector/connector.entities.js';
import { newId } from '../../src/kernel/ids.js';

const SPECS = 100_000;
const QUERY_P95_LIMIT_MS = 50;
const LOAD_LIMIT_S = 60;
const PASSWORD = 'bench-administrator-1';
const CLOUDS = ['aws', 'azure', 'gcp', 'alibaba', 'tencent', 'ibm', 'ncp', 'nhn', 'kt', 'openstack'];
const PLACES = ['Seoul', 'Tokyo', 'Singapore', 'Sydney', 'Mumbai', 'Frankfurt', 'Ireland', 'London', 'Paris', 'Virginia', 'Ohio', 'Oregon', 'Toronto', 'Sao Paulo', 'Cape Town', 'Dubai', 'Osaka', 'Hong Kong', 'Jakarta', 'Milan'];

/** What people ask, as they ask it. */
const SEARCHES: Record<string, string>[] = [
  {}, { sort: 'name' }, { sort: '-vcpu' }, { q: 'aws seoul' }, { q: 'm5' }, { q: 'xlarge tokyo arm64' }, { vcpuMin: '4', memoryMiBMin: '16384' }, { vcpu: '96', sort: 'price' }, { gpuCountMin: '1', sort: 'price' },
  { gpuModel: 'H100' }, { region: 'ap-*', vcpuMin: '8', sort: '-memory' }, { cloud: 'gcp', sort: 'vcpu' }, { architecture: 'arm64', priceMax: '0.1' }, { priceMax: '0.5', memoryMiBMin: '65536', sort: 'memory' },
  { purchase: 'spot', vcpuMin: '32' }, { currency: 'KRW', vcpuMin: '16' }, { q: 'nhn c4', sort: 'memory' }, { q: 'amd64', region: '*-3', sort: '-vcpu', pageSize: '200' }, { vcpu: '3' }, { id: 'r7*', region: 'eu-*' },
];

/** Figures of a list of times. */
function percentiles(timesMs: number[]): { p50Ms: number; p95Ms: number; p99Ms: number } {
  const sorted = [...timesMs].sort((one, other) => one - other);
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

/** Specs as clouds have them: families by size, some with GPUs, two in three priced, one cloud in three in won. */
function offer(cloud: number, region: number, count: number): { specs: Spec[]; prices: { 'on-demand': Price[]; spot: Price[] } } {
  const specs: Spec[] = [];
  const prices = { 'on-demand': [] as Price[], spot: [] as Price[] };
  for (let index = 0; index < count; index++) {
    const size = index % 10;
    const vcpu = [1, 2, 2, 4, 8, 16, 32, 48, 64, 96][size] as number;
    const family = `${'mcrtgp'[index % 6]}${4 + (Math.floor(index / 10) % 5)}${['', 'a', 'g', 'n'][Math.floor(index / 50) % 4]}`;
    const gpu = 'gp'.includes(family[0] as string) && size > 4;
    const id = `${family}.${['nano', 'small', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'][size]}-${index}`;
    specs.push({ id, region: '', vcpu, memoryMiB: vcpu * 1024 * [2, 4, 8][index % 3]!, architecture: family.endsWith('g') ? 'arm64' : 'amd64', gpuCount: gpu ? size - 4 : 0, ...(gpu && { gpuModel: index % 4 === 0 ? 'NVIDIA H100' : 'NVIDIA T4', gpuMemoryMiB: 16_384 }), networkPerformance: 'Up to 10 Gigabit' });
    const won = cloud % 3 === 2;
    const perHour = Number((vcpu * (0.02 + ((index * 7 + region * 3) % 50) / 1000) * (won ? 1400 : 1)).toFixed(5));
    const price = { specId: id, region: '', osFamily: 'linux', currency: won ? 'KRW' : 'USD', source: 'bench', asOf: '2026-11-01', simulated: true };
    if (index % 3 !== 0) prices['on-demand'].push({ ...price, purchase: 'on-demand', perHour });
    if (index % 4 === 0) prices.spot.push({ ...price, purchase: 'spot', perHour: perHour / 3, zone: 'a' });
  }
  return { specs, prices };
}

/** Fills the catalogue through the code that a sync uses. */
async function load(database: DataSource, workspaceId: string): Promise<number> {
  const started = performance.now();
  const perRegion = SPECS / (CLOUDS.length * PLACES.length);
  for (const [cloudIndex, cloud] of CLOUDS.entries()) {
    const connectionId = newId();
    await database.query(`INSERT INTO connector.connection (id, workspace_id, name, driver, cloud, options, regions, sealed, state, created_by) VALUES ($1, $2, $3, 'bench', $3, '{}', '{}', 'x', 'unverified', $4)`, [connectionId, workspaceId, cloud, newId()]);
    const regions = PLACES.map((name, index) => ({ id: `${['ap', 'eu', 'us', 'me'][index % 4]}-${name.toLowerCase().replace(' ', '')}-${index % 5}`, name, enabled: true }));
    await database.transaction((manager) => replaceRegions(manager, { connectionId, cloud }, regions));
    for (const [regionIndex, { id: region }] of regions.entries()) await database.transaction((manager) => replaceContents(manager, { connectionId, cloud, region }, offer(cloudIndex, regionIndex, perRegion)));
  }
  await database.query('VACUUM ANALYZE connector.spec');
  return (performance.now() - started) / 1000;
}

/** Time that PostgreSQL itself takes for each search, asked one at a time, `rounds` times over. */
async function queryTimes(database: DataSource, rounds: number): Promise<{ times: number[]; slowest: string }> {
  const connections = (await database.query('SELECT id, cloud FROM connector.connection')) as { id: string; cloud: string }[];
  const times: number[] = [];
  let slowest = { ms: 0, search: '' };
  for (let round = 0; round < rounds; round++) for (const search of SEARCHES) {
    const ids = connections.filter(({ cloud }) => search.cloud === undefined || cloud === search.cloud).map(({ id }) => id);
    const { sql, values } = specStatement(ids, SpecQuery.parse(search));
    const [{ 'QUERY PLAN': [plan] }] = (await database.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`, values)) as [{ 'QUERY PLAN': [{ 'Execution Time': number; 'Planning Time': number }] }];
    const ms = plan['Execution Time'] + plan['Planning Time'];
    times.push(ms);
    if (ms > slowest.ms) slowest = { ms, search: JSON.stringify(search) };
  }
  return { times, slowest: `${slowest.search} ${slowest.ms.toFixed(1)} ms` };
}

/** Asks one request after another on `clients` connections until `count` are answered. */
async function ask(count: number, clients: number, request: (index: number) => Promise<void>): Promise<{ perSecond: number; p50Ms: number; p95Ms: number; p99Ms: number }> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, async () => {
    for (let index = next++; index < count; index = next++) {
      const at = performance.now();
      await request(index);
      times.push(performance.now() - at);
    }
  }));
  return { perSecond: Math.round(count / ((performance.now() - started) / 1000)), ...percentiles(times) };
}

/** One MCI with 100 running VMs in ten groups, as rows. */
async function makeMci(database: DataSource, workspaceId: string): Promise<void> {
  const [{ id: projectId } = { id: '' }] = (await database.query('SELECT id FROM iam.project')) as { id: string }[];
  const [mciId, user] = [newId(), newId()];
  await database.query(`INSERT INTO infra.mci (id, workspace_id, project_id, name, policy, access, public_key, sealed_key, created_by) VALUES ($1, $2, $3, 'bench', 'continue', '[]', 'ssh-ed25519 AAAA', 'x', $4)`, [mciId, workspaceId, projectId, user]);
  for (const [index, cloud] of CLOUDS.entries()) {
    const [groupId, connectionId] = [newId(), newId()];
    await database.query(`INSERT INTO infra.vm_group (id, mci_id, name, connection_id, cloud, region, spec_id, image_id, ssh_user, size) VALUES ($1, $2, $3, $4, $3, 'r', 'm5.large', 'image', 'ubuntu', 10)`, [groupId, mciId, cloud, connectionId]);
    for (let number = 1; number <= 10; number++) {
      await database.query(
        `INSERT INTO infra.vm (id, mci_id, group_id, name, connection_id, cloud, region, spec_id, image_id, ssh_user, state, cloud_id, provider_state, private_ip, public_ip, ssh_host, ssh_port, price_per_hour, currency, running_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'r', 'm5.large', 'image', 'ubuntu', 'running', $4, 'running', '10.0.0.1', $7, $7, 22, 0.1, 'USD', now())`,
        [newId(), mciId, groupId, `${cloud}-${number}`, connectionId, cloud, `203.0.${index}.${number}`]);
    }
  }
  await database.query('VACUUM ANALYZE infra.vm');
}

/** The built server with a PostgreSQL of its own in a fresh folder. */
async function startServer(dataDir: string): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], {
    env: { PATH: process.env.PATH, MCMP_PORT: '0', MCMP_DATA_DIR: dataDir, MCMP_ADMIN_PASSWORD: PASSWORD, MCMP_LOG_LEVEL: 'error' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((done, failed) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /listens at (http:\S+)/.exec((out += chunk.toString()))?.[1];
      if (found) done(found);
    });
    child.once('exit', (code) => failed(new Error(`the server ended at start (status ${code})`)));
  });
  return { url, process: child };
}

const dataDir = mkdtempSync(join(tmpdir(), 'mcmp-bench-'));
const server = await startServer(dataDir);
let passed = false;
try {
  const { port, password } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')) as { port: number; password: string };
  const database = await new DataSource({ type: 'postgres', url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`, entities: connectorEntities }).initialize();
  const login = await fetch(`${server.url}/v1/auth/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'admin', password: PASSWORD }) });
  const headers = { authorization: `Bearer ${((await login.json()) as { accessToken: string }).accessToken}` };
  const get = async (path: string): Promise<void> => {
    const answer = await fetch(server.url + path, { headers });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };

  const [{ id: workspaceId } = { id: '' }] = (await database.query('SELECT id FROM iam.workspace')) as { id: string }[];
  const loadSeconds = await load(database, workspaceId);
  const [{ count: specs } = { count: 0 }] = (await database.query('SELECT count(*)::int AS count FROM connector.spec')) as { count: number }[];
  await queryTimes(database, 1);
  const query = await queryTimes(database, 10);
  const search = (index: number): Promise<void> => get(`/v1/specs?${new URLSearchParams(SEARCHES[index % SEARCHES.length]).toString()}`);
  await ask(100, 4, search);
  const specSearch = await ask(1000, 8, search);
  await makeMci(database, workspaceId);
  const mci = '/v1/projects/default/mcis/bench';
  await ask(200, 8, () => get(mci));
  const getMci = await ask(2000, 8, () => get(mci));
  const listVms = await ask(1000, 8, () => get(`${mci}/vms?pageSize=100`));

  const specQuery = percentiles(query.times);
  passed = specs === SPECS && specQuery.p95Ms < QUERY_P95_LIMIT_MS && loadSeconds < LOAD_LIMIT_S;
  console.log(JSON.stringify({ bench: 'api', specs, loadSeconds: Number(loadSeconds.toFixed(1)), specQuery, slowest: query.slowest, specSearch, getMci, listVms, limits: { queryP95Ms: QUERY_P95_LIMIT_MS, loadSeconds: LOAD_LIMIT_S }, passed }));
  await database.destroy();
} finally {
  server.process.kill('SIGTERM');
  await new Promise((done) => server.process.once('exit', done));
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);
