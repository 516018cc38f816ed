import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ApiClient, ApiProblem, type Json, readAll, type WatchedOperation, watchOperation } from '../client.js';
import { type Running, freePort, run } from '../processes.js';
import { type Box, choosePlaces, connect } from './clouds.js';
import { progressBar, say, table } from './screen.js';
import { type DemoSettings, readSettings } from './settings.js';

const MCI = 'demo';
const BASE = '/v1/projects/default/mcis';
const VMS = 100;

interface VmLine extends Json { name: string; cloud: string; region: string; specId: string; state: string; publicIp: string | null; pricePerHour: number | null; currency: string | null }
interface Plan extends Json { vms: number; resources: { kind: string; count: number }[]; price: { currency: string; perHour: number; perMonth: number; asOf: string; simulated: boolean }[]; findings: { severity: string; message: string; help?: string }[]; estimatedSeconds: number }
interface Mci extends Json { status: string; vms: number; counts: Record<string, number>; activeOperationIds: string[] }

/** The main job: ten clouds, one request, 100 VMs, one command on all of them. @returns whether all 100 run and answered. */
async function demonstrate(client: ApiClient, box: Box): Promise<boolean> {
  const { made, found } = await connect(client, box);
  say(`\nConnections: ${made} made, ${found} found from an earlier run.`);
  if (!(await reuse(client))) await create(client, box);
  const vms = await readAll<VmLine>(client, `${BASE}/${MCI}/vms`);
  const answered = await command(client);
  say(`\n${table(['CLOUD', 'REGION', 'VM', 'SPEC', 'ADDRESS', 'STATE'], vms.map((vm) => [vm.cloud, vm.region, vm.name, vm.specId, vm.publicIp ?? '-', vm.state]))}\n`);
  const detail = await client.get<{ pricePerHour: { currency: string; perHour: number }[] }>(`${BASE}/${MCI}`);
  const running = vms.filter((vm) => vm.state === 'running').length;
  say(`${running} of ${VMS} VMs run, ${answered} answered \`hostname\` over SSH; price ${detail.pricePerHour.map((price) => `${price.perHour} ${price.currency}`).join(' + ')} per hour.`);
  return running === VMS && answered === VMS;
}

/** Finds the MCI of an earlier run: a whole one is taken as it is, anything else is cleaned up. */
async function reuse(client: ApiClient): Promise<boolean> {
  let mci: Mci;
  try {
    mci = await client.get<Mci>(`${BASE}/${MCI}`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return false;
    throw error;
  }
  for (const id of mci.activeOperationIds) await watchOperation(client, id, progressBar('an earlier operation goes on'));
  try {
    mci = await client.get<Mci>(`${BASE}/${MCI}`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return false;
    throw error;
  }
  if (mci.counts.running === VMS) {
    say(`Found the MCI "${MCI}" of an earlier run with all ${VMS} VMs running: it is used as it is.`);
    return true;
  }
  say(`Found the MCI "${MCI}" of an earlier run in the state "${mci.status}" (${JSON.stringify(mci.counts)}): it is deleted and made anew.`);
  const { id: operationId } = await client.call<{ id: string }>('DELETE', `${BASE}/${MCI}`);
  await watchOperation(client, operationId, progressBar('cleaning up'));
  return false;
}

async function create(client: ApiClient, box: Box): Promise<void> {
  const places = await choosePlaces(client, box);
  const request = { name: MCI, description: '10 regions × 10 VMs by one request', onPartialFailure: 'replace', groups: places.map(({ cloud, connection, region, spec, image }) => ({ name: cloud, size: VMS / places.length, connection, region, spec, image })) };
  const plan = await client.post<Plan>(`${BASE}/plan`, request);
  say(`\nPlan: ${plan.vms} VMs on ${plan.resources.filter((item) => item.kind !== 'vm').length} resources in ${places.length} regions of ${new Set(places.map((place) => place.cloud)).size} clouds, about ${plan.estimatedSeconds} s by real clouds' pace.`);
  for (const price of plan.price) say(`  price: ${price.perHour} ${price.currency} per hour, ${price.perMonth} per month (oldest price of ${price.asOf.slice(0, 10)}${price.simulated ? ', some simulated where nobody publishes one' : ''})`);
  for (const finding of plan.findings.filter((item) => item.severity !== 'info')) say(`  ${finding.severity}: ${finding.message}${finding.help ? ` ${finding.help}` : ''}`);
  const began = Date.now();
  const { id: operationId } = await client.post<{ id: string }>(BASE, request, { 'idempotency-key': randomUUID() });
  const operation = await watchOperation(client, operationId, progressBar('creating'));
  say(`  ${operation.message ?? ''} ${((Date.now() - began) / 1000).toFixed(1)} s`);
  tellErrors(operation);
}

/** Runs `hostname` on all and counts the VMs that answered it. */
async function command(client: ApiClient): Promise<number> {
  const { id: operationId } = await client.post<{ id: string }>(`${BASE}/${MCI}/commands`, { command: 'hostname' });
  const operation = await watchOperation(client, operationId, progressBar('hostname over SSH'));
  tellErrors(operation);
  const results = await client.get<{ groups: { exitCode: number | null; stdout: string; vms: string[] }[] }>(`${BASE}/${MCI}/commands/${operationId}`);
  return results.groups.filter((group) => group.exitCode === 0 && group.stdout.trim() !== '').reduce((sum, group) => sum + group.vms.length, 0);
}

function tellErrors(operation: WatchedOperation): void {
  for (const error of operation.errors) say(`  ${error.count} × ${error.code}: ${error.message} (${error.targets.slice(0, 3).join(', ')})${error.help ? ` — ${error.help}` : ''}`);
}

async function main(settings: DemoSettings): Promise<number> {
  const programs: Running[] = [];
  let interrupted = false;
  const stopped = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted = true; done(); });
  });
  const shutDown = async (): Promise<void> => {
    for (const program of programs.reverse()) await program.stop();
  };
  try {
    say('Starting the cloud in a box: ten simulated clouds …');
    const boxProgram = await run('drivers/simulator/main.js', ['--port', '0', '--state', join(settings.folder, 'clouds.json'), '--time-scale', settings.timeScale], {}, /^\{.*"control"/, join(settings.folder, 'clouds.log'));
    programs.push(boxProgram);
    const box = JSON.parse(boxProgram.line) as Box;
    say('Starting the server with its own PostgreSQL …');
    const port = await freePort(settings.port);
    const server = await run('src/main.js', [], { MCMP_PORT: String(port), MCMP_DATA_DIR: settings.folder, MCMP_ADMIN_PASSWORD: settings.password, MCMP_LOG_LEVEL: 'warn' }, /listens at/, join(settings.folder, 'server.log'));
    programs.push(server);
    const url = /(http:\/\/[^\s]+)/.exec(server.line)?.[1] as string;
    const good = await Promise.race([demonstrate(new ApiClient(url, 'admin', settings.password), box), stopped.then(() => false)]);
    if (interrupted) return 130;
    if (settings.exit) return good ? 0 : 1;
    say(`\nThe API page is ${url}/api. Log in as "admin" with the password in ${join(settings.folder, 'password')}: ${settings.password}\n  curl -s ${url}/v1/auth/token -H 'content-type: application/json' -d '{"username":"admin","password":"${settings.password}"}'\nThe clouds' own door is ${box.control}/control/resources. Ctrl-C ends both; the next run finds this state again.`);
    await stopped;
    return good ? 0 : 1;
  } finally {
    await shutDown();
  }
}

main(readSettings(process.argv.slice(2))).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`The demonstration stopped: ${error instanceof ApiProblem ? `${error.message} ${JSON.stringify(error.body.errors ?? '')}` : error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
