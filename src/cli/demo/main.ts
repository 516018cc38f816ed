import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ApiClient, ApiProblem, type Json, readAll, type WatchedOperation, watchOperation } from '../client.js';
import { type Running, freePort, run } from '../processes.js';
import { type Box, choosePlaces, connect } from './clouds.js';
import { lastWord, progress, progressBar, say, table } from './screen.js';
import { type DemoSettings, readSettings } from './settings.js';

const MCI = 'demo';
const BASE = '/v1/projects/default/mcis';
const VMS = 100;

interface VmLine extends Json { name: string; cloud: string; region: string; specId: string; state: string; publicIp: string | null; pricePerHour: number | null; currency: string | null }
interface Plan extends Json { vms: number; resources: { kind: string; count: number }[]; price: { currency: string; perHour: number; perMonth: number; asOf: string; simulated: boolean }[]; findings: { severity: string; message: string; help?: string }[]; estimatedSeconds: number }
interface Mci extends Json { status: string; vms: number; counts: Record<string, number>; activeOperationIds: string[] }

/** The main job: ten clouds, one request, 100 VMs, one command on all of them. @returns whether all 100 run and answered. */
async function demonstrate(client: ApiClient): Promise<boolean> {
  say('Connecting to the ten clouds …');
  const { made, found } = await connect(client);
  say(`Connections: ${made} made, ${found} found from an earlier run.`);
  if (!(await reuse(client))) await create(client);
  const vms = await readAll<VmLine>(client, `${BASE}/${MCI}/vms`);
  const answers = await command(client);
  say(`\n${table(['CLOUD', 'REGION', 'VM', 'SPEC', 'ADDRESS', 'STATE', 'PRICE/H', 'HOSTNAME BY SSH'], vms.map((vm) => [vm.cloud, vm.region, vm.name, vm.specId, vm.publicIp ?? '-', vm.state, vm.pricePerHour === null ? '-' : `${vm.pricePerHour} ${vm.currency}`, answers.get(vm.name) ?? '-']))}\n`);
  const detail = await client.get<{ pricePerHour: { currency: string; perHour: number }[] }>(`${BASE}/${MCI}`);
  const running = vms.filter((vm) => vm.state === 'running').length;
  say(`${running} of ${VMS} VMs run, ${answers.size} answered \`hostname\` over SSH; price ${detail.pricePerHour.map((price) => `${price.perHour} ${price.currency}`).join(' + ')} per hour.`);
  return running === VMS && answers.size === VMS;
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

async function create(client: ApiClient): Promise<void> {
  const read = progress('specs, images, prices by region');
  const places = await choosePlaces(client, (done, total) => read({ done, failed: 0, total, state: done === total ? 'read' : 'reading' }));
  const request = { name: MCI, description: '10 regions × 10 VMs by one request', onPartialFailure: 'replace', groups: places.map(({ cloud, connection, region, spec, image }) => ({ name: cloud, size: VMS / places.length, connection, region, spec, image })) };
  const plan = await client.post<Plan>(`${BASE}/plan`, request);
  say(`\nPlan: ${plan.vms} VMs on ${plan.resources.filter((item) => item.kind !== 'vm').length} resources in ${places.length} regions of ${new Set(places.map((place) => place.cloud)).size} clouds, about ${plan.estimatedSeconds} s at the pace of real clouds.`);
  for (const price of plan.price) say(`  price: ${price.perHour} ${price.currency} per hour, ${price.perMonth.toFixed(2)} per month (oldest price of ${price.asOf.slice(0, 10)}${price.simulated ? ', some simulated where nobody publishes one' : ''})`);
  for (const finding of plan.findings.filter((item) => item.severity !== 'info')) say(`  ${finding.severity}: ${finding.message}${finding.help ? ` ${finding.help}` : ''}`);
  const began = Date.now();
  const { id: operationId } = await client.post<{ id: string }>(BASE, request, { 'idempotency-key': randomUUID() });
  const operation = await watchOperation(client, operationId, progressBar('creating'));
  say(`  ${operation.message ?? ''} ${((Date.now() - began) / 1000).toFixed(1)} s`);
  tellErrors(operation);
}

/** Runs `hostname` on all. @returns what each VM answered. */
async function command(client: ApiClient): Promise<Map<string, string>> {
  const { id: operationId } = await client.post<{ id: string }>(`${BASE}/${MCI}/commands`, { command: 'hostname' });
  const operation = await watchOperation(client, operationId, progressBar('hostname over SSH'));
  tellErrors(operation);
  const results = await client.get<{ groups: { exitCode: number | null; stdout: string; vms: string[] }[] }>(`${BASE}/${MCI}/commands/${operationId}`);
  return new Map(results.groups.filter((group) => group.exitCode === 0 && group.stdout.trim() !== '').flatMap((group) => group.vms.map((vm) => [vm, group.stdout.trim()] as const)));
}

function tellErrors(operation: WatchedOperation): void {
  for (const error of operation.errors) say(`  ${error.count} × ${error.code}: ${error.message} (${error.targets.slice(0, 3).join(', ')})${error.help ? ` — ${error.help}` : ''}`);
}

/** How to go on by hand. */
function farewell(url: string, box: Box, { folder, password }: DemoSettings): void {
  const file = join(folder, 'password');
  say(`
The server stays up.
  portal    ${url}
  API page  ${url}/api
  log in    user admin, password ${password} (kept in ${file})
  by curl   TOKEN=$(curl -s ${url}/v1/auth/token -H 'content-type: application/json' -d "{\\"username\\":\\"admin\\",\\"password\\":\\"$(cat ${file})\\"}" | sed -E 's/.*"accessToken":"([^"]+)".*/\\1/')
            curl -s ${url}${BASE}/${MCI} -H "authorization: Bearer $TOKEN"
  clouds    ${box.control}/control/resources?kind=vm shows what exists in them, as they tell it
Ctrl-C ends the server and the clouds; the next run finds them as they are left.`);
}

/** How to begin in a browser. */
function invite(url: string, { folder, password }: DemoSettings): void {
  say(`
M-CMP is ready, beside ten simulated clouds that cost nothing.
  open      ${url}
  log in    user admin, password ${password} (kept in ${join(folder, 'password')})
The first page leads on. Ctrl-C ends the server and the clouds; \`npm run try\` goes on from there.`);
}

async function main(settings: DemoSettings): Promise<number> {
  const programs: Running[] = [];
  const interrupt = new AbortController();
  // Each time, since npm hands Ctrl-C on as well: nothing may be left running because somebody pressed it twice.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  const interrupted = new Promise<void>((done) => interrupt.signal.addEventListener('abort', () => done()));
  const start = async (path: string, args: string[], environment: Record<string, string>, ready: RegExp, log: string): Promise<Running> => {
    const program = await run(path, args, environment, ready, join(settings.folder, log), interrupt.signal);
    programs.push(program);
    return program;
  };
  let status = 130;
  const work = async (): Promise<void> => {
    say('Starting the cloud in a box: ten simulated clouds …');
    const clouds = await start('drivers/simulator/main.js', ['--port', '0', '--state', join(settings.folder, 'clouds.json'), '--time-scale', settings.timeScale], {}, /^\{.*"control"/, 'clouds.log');
    const box = JSON.parse(clouds.line) as Box;
    const port = await freePort(settings.port);
    if (settings.port !== 0 && port !== settings.port) say(`Port ${settings.port} is taken: the server gets ${port} (--port N chooses another).`);
    say('Starting the server with its own PostgreSQL …');
    const server = await start('src/main.js', [], { MCMP_PORT: String(port), MCMP_DATA_DIR: settings.folder, MCMP_ADMIN_PASSWORD: settings.password, MCMP_LOG_LEVEL: 'warn', MCMP_SIMULATED_CLOUDS: clouds.line }, /listens at/, 'server.log');
    const lost = Promise.race([clouds.ended, server.ended]).then((why) => { throw new Error(why); });
    const url = /(http:\/\/[^\s]+)/.exec(server.line)?.[1] as string;
    if (settings.guide) {
      invite(url, settings);
      return await lost;
    }
    const good = await Promise.race([demonstrate(new ApiClient(url, 'admin', settings.password)), lost]);
    status = good ? 0 : 1;
    if (settings.exit) return;
    farewell(url, box, settings);
    await lost;
  };
  const done = work();
  try {
    await Promise.race([done, interrupted]);
  } finally {
    if (interrupt.signal.aborted) lastWord('\nStopping the server and the clouds; the next run goes on from here …');
    for (const program of programs.reverse()) await program.stop();
    await done.catch(() => undefined); // after Ctrl-C it fails, since its server is gone
  }
  return status;
}

Promise.resolve(process.argv.slice(2)).then(readSettings).then(main).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`The demonstration stopped: ${error instanceof ApiProblem ? `${error.message} ${JSON.stringify(error.body.errors ?? '')}` : error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
