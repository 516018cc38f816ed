import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ApiClient, ApiProblem, type Json, watchOperation } from '../../src/cli/client.js';
import { openStage } from '../bench/stage.js';

/**
 * `npm run driver:bundle`: a new author's driver, from the template in a folder of its own to an MCI: created, packed and signed by `mcmp-driver`, uploaded into a running server and used at once by an MCI;
 * a second version of it installed from a repository that a plain web server serves; the same bundle with one byte changed refused with the file's name. The last line is JSON; status 0 only where all of it holds.
 */
const NAME = 'tidewater';
const MCIS = '/v1/projects/default/mcis';
const root = mkdtempSync(join(tmpdir(), 'mcmp-driver-bundle-'));
const folder = join(root, NAME);
const tool = (...args: string[]): string => execFileSync(process.execPath, [resolve('src/driver-sdk/bin/mcmp-driver.js'), ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const failures: string[] = [];
const check = (holds: boolean, what: string): void => {
  process.stderr.write(`${holds ? 'ok  ' : 'FAIL'} ${what}\n`);
  if (!holds) failures.push(what);
};

/** The driver's bundle of this version, as its author packs it. */
function packed(version: string): Buffer {
  const path = join(folder, 'driver.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), version }, null, 2));
  mkdirSync(join(root, 'bundles'), { recursive: true });
  const out = join(root, 'bundles', `${NAME}-${version}.mcmp`);
  tool('pack', folder, '--out', out, '--key', join(root, 'author.pem'));
  return readFileSync(out);
}

/** The template's imaginary cloud, as `npm run cloud` starts it. */
async function startCloud(): Promise<{ url: string; child: ChildProcess }> {
  execFileSync(resolve('node_modules/.bin/esbuild'), ['--bundle', '--platform=node', '--format=esm', '--packages=external', 'wire/main.ts', '--outfile=.build/cloud.mjs', '--log-level=warning'], { cwd: folder });
  const child = spawn(process.execPath, ['.build/cloud.mjs'], { cwd: folder, env: { PATH: process.env.PATH, PORT: '0', API_TOKEN: 'open-sesame' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done, failed) => {
    child.stdout.on('data', (chunk: Buffer) => { const found = /listens at (http:[^\s;]+)/.exec(chunk.toString())?.[1]; if (found) done(found); });
    child.once('exit', (status) => failed(new Error(`the imaginary cloud ended with status ${status}`)));
  });
  return { url, child };
}

/** Any web server: files of a folder, nothing else. */
async function serveFiles(dir: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = join(dir, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    if (path.startsWith(`${dir}/`) && existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** An MCI of two VMs through the driver; gives how long it took until they ran. */
async function mci(api: ApiClient, name: string): Promise<number> {
  const first = async (path: string): Promise<Json> => (await api.get<{ items: Json[] }>(path)).items[0] ?? {};
  const spec = await first(`/v1/specs?connection=${NAME}&pageSize=1`);
  const image = await first(`/v1/images?connection=${NAME}&region=${String(spec.region)}&architecture=${String(spec.architecture)}&pageSize=1`);
  const from = performance.now();
  const { id } = await api.post<{ id: string }>(MCIS, { name, groups: [{ name: 'web', size: 2, connection: NAME, region: spec.region, spec: spec.id, image: image.id }] });
  const made = await watchOperation(api, id, () => undefined, 100);
  const seconds = (performance.now() - from) / 1000;
  check(made.state === 'succeeded', `the MCI ${name} of two VMs runs ${made.state === 'succeeded' ? '' : JSON.stringify(made.errors)}`);
  const gone = await watchOperation(api, (await api.call<{ id: string }>('DELETE', `${MCIS}/${name}`)).id, () => undefined, 100);
  check(gone.state === 'succeeded', `the MCI ${name} is deleted`);
  return Math.round(seconds * 100) / 100;
}

const refusal = async (work: () => Promise<unknown>): Promise<ApiProblem | undefined> => work().then(() => undefined, (error: unknown) => { if (error instanceof ApiProblem) return error; throw error; });

async function main(api: ApiClient, cloudUrl: string): Promise<object> {
  tool('keygen', '--out', join(root, 'author.pem'));
  const bytes = packed('0.1.0');
  check(bytes.equals(packed('0.1.0')), 'packed twice, the bundle is the same byte for byte');
  const unknown = await refusal(() => api.upload('/v1/drivers', new Uint8Array(bytes)));
  check(unknown?.status === 422 && unknown.message.includes('trusted keys'), 'a bundle of a key that is not trusted is refused');
  await api.post('/v1/driver-keys', { title: 'The author', publicKey: readFileSync(join(root, 'author.pem.pub'), 'utf8') });
  const at = performance.now();
  const driver = await api.upload<{ version: string; state: string }>('/v1/drivers', new Uint8Array(bytes));
  const uploadMs = Math.round(performance.now() - at);
  check(driver.state === 'ready' && driver.version === '0.1.0', 'uploaded, it serves');
  const connection = await api.post<{ state: string; syncOperationId: string }>('/v1/connections', { name: NAME, driver: NAME, endpoint: cloudUrl, credential: { apiToken: 'open-sesame' } });
  check(connection.state === 'verified', 'a connection to its cloud is proven');
  check((await watchOperation(api, connection.syncOperationId, () => undefined, 100)).state === 'succeeded', 'its catalogue is read');
  const mciSeconds = [await mci(api, 'first')];

  const tar = gunzipSync(bytes);
  const place = tar.indexOf('connect(');
  tar.writeUInt8((tar[place] ?? 0) ^ 1, place);
  const tampered = await refusal(() => api.upload('/v1/drivers', new Uint8Array(Buffer.concat([bytes.subarray(0, 10), gzipSync(tar, { level: 9 }).subarray(10)]))));
  check(tampered?.status === 422 && tampered.message.includes('dist/index.js'), `one byte changed, it is refused: ${tampered?.message}`);

  packed('0.2.0');
  tool('repository', join(root, 'bundles'), '--out', join(root, 'site'));
  const { url, server } = await serveFiles(join(root, 'site'));
  try {
    await api.post('/v1/driver-repositories', { name: 'author', url });
    const updates = await api.get<{ items: { version: string }[] }>(`/v1/drivers/${NAME}/updates`);
    check(updates.items[0]?.version === '0.2.0', 'the repository tells of a newer version');
    const installed = await api.post<{ version: string; previous: string }>('/v1/drivers/install', { name: `${NAME}@^0.2.0` });
    check(installed.version === '0.2.0' && installed.previous === '0.1.0', 'installed from the repository, it serves');
    mciSeconds.push(await mci(api, 'second'));
    const file = join(root, 'site', NAME, `${NAME}-0.2.0.mcmp`);
    const wrong = readFileSync(file);
    wrong.writeUInt8((wrong.at(-40) ?? 0) ^ 1, wrong.length - 40);
    writeFileSync(file, wrong);
    await api.post(`/v1/drivers/${NAME}/rollback`);
    await api.call('DELETE', `/v1/drivers/${NAME}/versions/0.2.0`);
    const lied = await refusal(() => api.post('/v1/drivers/install', { name: `${NAME}@0.2.0` }));
    check(lied?.status === 422 && lied.message.includes('SHA-256'), 'a repository whose bytes are not those of its index is refused');
    check((await api.get<{ versions: unknown[] }>(`/v1/drivers/${NAME}`)).versions.length === 1, 'and nothing of it is installed');
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return { bundleKiB: Math.round(bytes.length / 1024), files: readdirSync(join(root, 'bundles')).length, uploadMs, mciSeconds };
}

tool('create', NAME, '--folder', folder, '--sdk', resolve('src/driver-sdk'));
// What `npm install` would bring, without a registry.
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
const empty = join(root, 'no-drivers');
mkdirSync(empty);
const cloud = await startCloud();
const stage = await openStage([], { MCMP_DRIVERS_DIR: empty });
try {
  const figures = await main(stage.api, cloud.url);
  console.log(JSON.stringify({ program: 'driver:bundle', ...figures, ok: failures.length === 0, failures }));
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await stage.end();
  cloud.child.removeAllListeners('exit').kill('SIGTERM');
  rmSync(root, { recursive: true, force: true });
}
