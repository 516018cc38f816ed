import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const built = new URL('../dist/', import.meta.url);

/** Loads the bundle, makes one call of each service to a closed port, and tells what came of it. */
const PROGRAM = `
const { default: driver } = await import('./index.js');
const session = await driver.connect({ credential: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'the-secret' }, endpoint: 'http://127.0.0.1:9', options: {} });
const region = 'eu-west-1', signal = AbortSignal.timeout(20_000);
const calls = { verify: session.account.verify({}, signal), vms: session.vm.list({ region }, signal), prices: session.price.list({ region, purchase: 'on-demand' }, signal), quotas: session.quota.list({ region }, signal) };
const told = await Promise.all(Object.entries(calls).map(([name, call]) => call.then(() => [name, 'answered'], (error) => [name, error.name + ' ' + error.code + ' ' + error.message])));
const codes = Object.fromEntries(told);
await session.close();
console.log(JSON.stringify({ mcmpDriver: driver.mcmpDriver, codes }));
`;

describe('the bundle of the AWS driver', () => {
  let folder: string;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcmp-aws-bundle-')));
    for (const file of readdirSync(built)) copyFileSync(new URL(file, built), join(folder, file));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'try.js'), PROGRAM);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps all services but EC2 out of its entry', () => {
    const services = readdirSync(new URL('../src/services/', import.meta.url)).map((name) => name.replace('.ts', '.js')).filter((name) => name !== 'index.js');
    expect(readdirSync(built)).toEqual(expect.arrayContaining(services));
    expect(statSync(new URL('index.js', built)).size).toBeLessThan(2 * 2 ** 20);
  });

  it('runs by itself: no packages, no environment, no file but its own folder', async () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', permission, `--allow-fs-read=${folder}/*`, 'try.js'], { cwd: folder, env: {} });
    const refused = expect.stringMatching(/^DriverError UNAVAILABLE \S+ did not reach the endpoint: ECONNREFUSED$/) as unknown;
    expect(JSON.parse(stdout)).toEqual({ mcmpDriver: 1, codes: { verify: refused, vms: refused, prices: refused, quotas: refused } });
  });
});
