import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { privateAuthority } from './authority.js';
import type { SmallCloud } from './small-cloud.js';
import { SMALL_CREDENTIAL, startSmallCloud } from './small-cloud.js';

/** Signs in at the address that it is given, as a driver's process would. */
const PROGRAM = `
const { default: driver } = await import('./index.js');
const session = await driver.connect({ credential: ${JSON.stringify(SMALL_CREDENTIAL)}, endpoint: process.argv[2], options: {} });
console.log(await session.account.verify({}, AbortSignal.timeout(20_000)).then(({ principal }) => principal, (error) => error.code + ' ' + error.message));
`;

describe('a cloud whose certificate comes from a private authority', () => {
  let folder: string;
  let cloud: SmallCloud;
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcmp-openstack-authority-')));
    mkdirSync(join(folder, 'driver'));
    copyFileSync(new URL('../dist/index.js', import.meta.url), join(folder, 'driver/index.js'));
    writeFileSync(join(folder, 'driver/package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'driver/try.js'), PROGRAM);
    const made = privateAuthority();
    writeFileSync(join(folder, 'authority.pem'), made.authority);
    cloud = await startSmallCloud({ RegionOne: ['compute'] }, made);
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With the permissions that the host gives: the driver's own folder, in which the authority does not lie. */
  async function said(env: NodeJS.ProcessEnv): Promise<string> {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const inner = join(folder, 'driver');
    return (await promisify(execFile)(process.execPath, ['--no-warnings', permission, `--allow-fs-read=${inner}/*`, 'try.js', cloud.authUrl], { cwd: inner, env })).stdout.trim();
  }

  it('is not trusted by itself', async () => expect(await said({})).toMatch(/^UNAVAILABLE identity POST \/auth\/tokens did not reach the endpoint: \w*(VERIFY|CERT)\w* .*NODE_EXTRA_CA_CERTS/));

  it('is trusted where NODE_EXTRA_CA_CERTS names that authority', async () => expect(await said({ NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') })).toBe('maker in workshop'));
});
