// Sends schemathesis over the whole API document of the built server, which stands on its own PostgreSQL and a cloud in a box without latency,
// with connections, MCIs, operations and users to hit. Ends with one line of JSON; status 0 only where no answer was 5xx or outside the document.
import { spawn } from 'node:child_process';
import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({ options: { seed: { type: 'string', default: '7' }, examples: { type: 'string', default: '60' }, seconds: { type: 'string', default: '240' }, keep: { type: 'boolean', default: false }, only: { type: 'string' }, phases: { type: 'string', default: 'examples,coverage,fuzzing,stateful' } } });
const built = (path) => import(pathToFileURL(resolve('dist/src/cli', path)).href);
const [{ ApiClient, readAll, watchOperation }, { freePort, run }, { choosePlaces, connect }] = await Promise.all(['client.js', 'processes.js', 'demo/clouds.js'].map(built));

/** Operations in which a request of the right shape may still be refused for what it names: a page token of another list, a spec that no cloud has, a VM in another state; a workspace left out where there are several; or for how it is asked: a terminal without a WebSocket. */
const REFUSES_BY_CONTENT = /^(GET .*\/terminal$|(POST|PATCH|PUT) \/v1\/(connections(\/\{connection\}(\/calls)?)?|drivers\/[^/]+\/functions\/[^/]+|simulated-clouds|driver-keys|driver-repositories(\/\{repository\})?|drivers\/(install|\{driver\}\/(pin|reports))|projects\/\{project\}\/mcis(\/plan|\/\{mci\}\/(actions|commands))?)$)/;

/** Key of what DELETE and PATCH are aimed at, so that the others stay as they are for the rest. */
const SPENT = Symbol('spent');

const folder = mkdtempSync(join(tmpdir(), 'mcmp-fuzz-'));
chmodSync(folder, 0o711); // as root the server's PostgreSQL runs as a user of its own, who must be able to pass
const programs = [];
let status = 1;
try {
  const boxProgram = await run('drivers/simulator/main.js', ['--port', '0', '--time-scale', '0', '--seed', flags.seed], {}, /^\{.*"control"/, join(folder, 'clouds.log'));
  programs.push(boxProgram);
  const password = 'fuzz-administrator-1';
  const server = await run('src/main.js', [], { MCMP_PORT: String(await freePort(0)), MCMP_DATA_DIR: join(folder, 'data'), MCMP_ADMIN_PASSWORD: password, MCMP_LOG_LEVEL: 'warn', MCMP_TOKEN_TTL_SECONDS: '86400', MCMP_SIMULATED_CLOUDS: boxProgram.line }, /listens at/, join(folder, 'server.log'));
  programs.push(server);
  const url = /(http:\/\/\S+)/.exec(server.line)[1];
  const client = new ApiClient(url, 'admin', password);
  const known = await furnish(client, JSON.parse(boxProgram.line));
  const { accessToken } = await client.post('/v1/auth/token', { username: 'admin', password });
  const began = Date.now();
  const code = await schemathesis(url, accessToken, known);
  const told = await figures();
  const alive = server.process.exitCode === null && server.process.signalCode === null;
  if (!alive) console.log('the server ended during the fuzz');
  const surprises = readFileSync(join(folder, 'server.log'), 'utf8').split('\n').filter((line) => /"level":"(error|fatal)"/.test(line));
  for (const line of surprises.slice(0, 20)) console.log(line.slice(0, 1500));
  const good = code === 0 && told.failed === 0 && told.passed > 0 && told.serverErrors === 0 && alive;
  status = good ? 0 : 1;
  console.log(`${told.passed} passed, ${Math.max(told.failed, good ? 0 : 1)} failed`);
  console.log(JSON.stringify({ ...told, loggedErrors: surprises.length, seconds: Math.round((Date.now() - began) / 1000), seed: Number(flags.seed) }));
} finally {
  for (const program of programs.reverse()) await program.stop();
  if (flags.keep) console.error(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exit(status);

/** What the fuzz finds: ten connections, a catalogue, MCIs with VMs, a command that ran. @returns values that hit them, by parameter or field. */
async function furnish(client, box) {
  await connect(client);
  const places = await choosePlaces(client);
  const [aws, ncp] = ['aws', 'ncp'].map((cloud) => places.find((place) => place.cloud === cloud));
  const groups = [aws, ncp].map(({ cloud, connection, region, spec, image }) => ({ name: cloud, size: 2, connection, region, spec, image }));
  const mcis = ['demo', 'shop', 'lab', 'edge', 'one', 'two', 'three', 'four', 'five', 'six'];
  const operations = [];
  for (const name of mcis) operations.push((await client.post('/v1/projects/default/mcis', { name, groups })).id);
  for (const id of operations) if ((await watchOperation(client, id, () => undefined)).state !== 'succeeded') throw new Error('an MCI for the fuzz was not made');
  const command = await client.post('/v1/projects/default/mcis/demo/commands', { command: 'hostname' });
  await watchOperation(client, command.id, () => undefined);
  for (const version of ['1.0.0', '1.1.0']) await client.upload('/v1/drivers?allowUnsigned=true', new Uint8Array(await spareDriver(version)));
  const ids = Object.fromEntries((await readAll(client, '/v1/connections')).map(({ name, id }) => [name, id]));
  const [workspace] = await readAll(client, '/v1/workspaces');
  const { accessKeyId, secretKey } = await (await fetch(`${box.control}/control/credential?cloud=aws&account=444455556666`)).json();
  return {
    'path.project': ['default'], 'path.mci': mcis.slice(0, 4), 'path.group': ['aws', 'ncp'], 'path.vm': ['aws-1', 'ncp-2'], 'path.operation': [command.id, ...operations.slice(0, 3)], 'path.connection': [ids['aws-demo'], ids['ncp-demo'], 'kt-demo'], 'path.driver': ['aws', 'simulator'],
    'query.connection': [ids['aws-demo']], 'query.region': [aws.region, ncp.region], 'query.cloud': ['aws'],
    // All of one place, so that a request that takes them all can be done.
    'body.workspaceId': [workspace.id], 'body.groups[*].connection': [ids['aws-demo']], 'body.groups[*].region': [aws.region], 'body.groups[*].spec': [aws.spec], 'body.groups[*].image': [aws.image], 'body.groups[*].size': [1, 2], 'body.size': [0, 1, 2, 3],
    'body.networks[*].connection': [ids['aws-demo']], 'body.networks[*].region': [aws.region], 'body.networks[*].cidr': ['10.77.0.0/16', '10.78.0.0/16'],
    'body.driver': ['aws'], 'body.endpoint': [box.wires.ec2, 'http://127.0.0.1:9'], 'body.credential.accessKeyId': [accessKeyId], 'body.credential.secretAccessKey': [secretKey], 'body.vms[*]': ['aws-1', 'ncp-2'],
    [SPENT]: { 'path.driver': ['spare'], 'path.version': ['1.0.0'],  'path.mci': mcis.slice(4), 'path.connection': [ids['ibm-demo'], ids['azure-demo'], ids['gcp-demo'], 'tencent-demo'] },
  };
}

/** A bundle of the simulator's driver under another name. */
async function spareDriver(version) {
  const { packBundle } = await import(pathToFileURL(resolve('src/driver-sdk/dist/bundle/index.js')).href);
  const manifest = { ...JSON.parse(readFileSync('drivers/simulator/driver.json', 'utf8')), name: 'spare', version };
  return packBundle([{ path: 'driver.json', content: Buffer.from(JSON.stringify(manifest)) }, { path: 'dist/index.js', content: readFileSync('drivers/simulator/dist/index.js') }]);
}

/** Runs it with known values for path parameters in four of five cases, and rubbish in the others. */
async function schemathesis(url, token, known) {
  const document = await (await fetch(`${url}/api-json`)).json();
  const lenient = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([method, { parameters }]) => REFUSES_BY_CONTENT.test(`${method.toUpperCase()} ${path}`) || parameters?.some(({ name }) => name === 'pageToken'))
    .map(([, { operationId }]) => operationId));
  const { [SPENT]: spent, ...kept } = known;
  const dictionaries = [], name = (values) => `known${dictionaries.push(values)}`;
  const parameters = (values, probability) => `{ ${Object.entries(values).map(([key, list]) => `"${key}" = { dictionary = "${name(list)}", probability = ${probability} }`).join(', ')} }`;
  const operations = Object.values(document.paths).flatMap((methods) => Object.entries(methods)).filter(([method]) => method === 'delete' || method === 'patch').map(([, { operationId }]) => operationId);
  const config = [
    `parameters = ${parameters(kept, 0.8)}`,
    // PostgreSQL holds no U+0000, so the edge refuses it in every field; a document cannot say that.
    'generation.allow-x00 = false',
    'cache.enabled = false',
    '[checks]',
    'negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "429", "431"]',
    'positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "410", "422", "429"]',
    '[[operations]]', `include-operation-id = ${JSON.stringify(operations)}`, `parameters = ${parameters(spent, 0.8)}`,
    '[[operations]]', `include-operation-id = ${JSON.stringify(lenient)}`, 'checks.positive_data_acceptance.enabled = false',
    // An MCI is promised, not there: it may be taken back, be cancelled, or be deleted by its name from the scenario beside.
    '[[operations]]', 'include-path-regex = "^/v1/projects/[{]project[}]/mcis/[{]mci[}]"', 'checks.ensure_resource_availability.enabled = false',
    // A GET or DELETE of this path is about an MCI that is called "plan", as `Allow` says.
    // A driver of their own, so that what the others stand on is not taken from service.
    '[[operations]]', 'include-path-regex = "^/v1/drivers/[{]driver[}]/(activate|rollback|deactivate|pin)$"', `parameters = ${parameters({ 'path.driver': ['spare'], 'body.version': ['1.0.0', '1.1.0'] }, 0.8)}`,
    '[[operations]]', 'include-path = "/v1/projects/{project}/mcis/plan"', 'checks.positive_data_acceptance.enabled = false', 'checks.allow_header_conformance.enabled = false', 'checks.unsupported_method.enabled = false',
    ...dictionaries.flatMap((values, index) => [`[dictionaries.known${index + 1}]`, `values = ${JSON.stringify(values)}`]),
  ];
  writeFileSync(join(folder, 'schemathesis.toml'), `${config.join('\n')}\n`);
  const args = [
    '--config-file', join(folder, 'schemathesis.toml'), 'run', `${url}/api-json`, '--header', `Authorization: Bearer ${token}`, '--phases', flags.phases, '--exclude-path-regex', '/events$',
    '--seed', flags.seed, '--max-examples', flags.examples, '--max-time', flags.seconds, '--workers', '2', '--request-timeout', '30', '--continue-on-failure', '--generation-database', 'none', '--no-color',
    '--report-ndjson-path', join(folder, 'report.ndjson'), ...(flags.only ? ['--include-path-regex', flags.only] : []),
  ];
  return new Promise((done) => spawn('schemathesis', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] }).once('error', (error) => { console.error(String(error)); done(127); }).once('exit', (exit) => done(exit ?? 1)));
}

/** What the report says: scenarios (a route in a phase) passed and failed, requests by status, the slowest answer. */
async function figures() {
  const failed = new Set(), seen = new Set(), statuses = {};
  let slowest = { ms: 0 };
  for await (const line of createInterface({ input: createReadStream(join(folder, 'report.ndjson')) })) {
    const event = JSON.parse(line).ScenarioFinished;
    if (!event || event.status === 'skip') continue;
    const name = `${event.phase} ${event.recorder.label ?? ''}`;
    seen.add(name);
    if (event.status !== 'success') failed.add(name);
    for (const { request, response } of Object.values(event.recorder.interactions ?? {})) {
      const status = response?.status_code ?? 'none';
      statuses[status] = (statuses[status] ?? 0) + 1;
      const ms = Math.round((response?.elapsed ?? 0) * 1000);
      if (ms > slowest.ms) slowest = { ms, request: `${request.method} ${new URL(request.uri).pathname}`.slice(0, 120) };
    }
  }
  const requests = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const serverErrors = Object.entries(statuses).reduce((sum, [status, count]) => sum + (status >= '5' ? count : 0), 0);
  return { passed: seen.size - failed.size, failed: failed.size, requests, serverErrors, statuses, slowest };
}
