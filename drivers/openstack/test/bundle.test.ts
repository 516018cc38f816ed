import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const built = new URL('../dist/index.js', import.meta.url);

/** Loads the bundle and makes calls to a port that nobody listens at. */
const PROGRAM = `
import { createServer } from 'node:net';
const port = await new Promise((done) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)); }); });
const { default: driver } = await import('./index.js');
const session = await driver.connect({ credential: { username: 'u', password: 'the-secret', project: 'p' }, endpoint: 'http://127.0.0.1:' + port + '/v3', options: {} });
const region = 'RegionOne', signal = AbortSignal.timeout(20_000);
const calls = { verify: session.account.verify({}, signal), vms: session.vm.list({ region }, signal), networks: session.network.list({ region }, signal), images: session.image.list({ region }, signal) };
const told = await Promise.all(Object.entries(calls).map(([name, call]) => call.then(() => [name, 'answered'], (error) => [name, error.name + ' ' + error.code + ' ' + error.message])));
console.log(JSON.stringify({ mcmpDriver: driver.mcmpDriver, codes: Object.fromEntries(told) }));
`;

describe('the bundle of the OpenStack driver', () => {
  let folder: string;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcmp-openstack-bundle-')));
    copyFileSync(built, join(folder, 'index.js'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'try.js'), PROGRAM);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one small file, since it holds no vendor library', () => expect(statSync(built).size).toBeLessThan(200 * 1024));

  it('runs by itself: no packages, no environment, no file but its own folder', async () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', permission, `--allow-fs-read=${folder}/*`, 'try.js'], { cwd: folder, env: {} });
    const refused = 'DriverError UNAVAILABLE identity POST /auth/tokens did not reach the endpoint: ECONNREFUSED';
    expect(JSON.parse(stdout)).toEqual({ mcmpDriver: 1, codes: { verify: refused, vms: refused, networks: refused, images: refused } });
  });
});
