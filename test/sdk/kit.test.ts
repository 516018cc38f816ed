import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConformanceReport } from '@mcmp/driver-sdk';
import { packBundle, readBundle } from '@mcmp/driver-sdk/bundle';
import { afterAll, describe, expect, it } from '@jest/globals';

const root = mkdtempSync(join(tmpdir(), 'mcmp-tool-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the built tool; gives its exit code and what it wrote. */
const tool = (...args: string[]): Promise<{ code: number; out: string; error: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [resolve('src/driver-sdk/bin/mcmp-driver.js'), 'test', ...args], { cwd: root }, (error, out, wrong) => done({ code: error ? Number(error.code) : 0, out, error: wrong }));
  });

const manifest = { name: 'first', version: '0.1.0', sdk: 1, cloud: 'first', title: { en: 'First' }, entry: 'dist/index.js', capabilities: ['account', 'region'], credential: [{ name: 'apiToken', label: { en: 'API token' }, secret: true, required: true }], endpoint: 'none', limits: [] };
/** A driver of two capabilities with a `fault` in its list of regions. */
const source = (fault = ''): string => `
const fail = (code, message) => { throw Object.assign(new Error(message), { name: 'DriverError', code, detail: { providerCode: code } }); };
export default { mcmpDriver: 1, connect: async ({ credential }) => {
  const ask = async (signal, work) => {
    await new Promise((done) => setTimeout(done, 1));
    if (signal.aborted) fail('TIMEOUT', 'The call was aborted.');
    if (credential.apiToken !== 'open-sesame') fail('UNAUTHENTICATED', 'The API token is wrong.');
    return work();
  };
  const page = (rows, { pageSize = 100, pageToken }) => {
    const from = pageToken === undefined ? 0 : rows.findIndex((row) => row.id === pageToken) + 1;
    if (pageToken !== undefined && from === 0) fail('INVALID_REQUEST', 'The page token is none.');
    const items = rows.slice(from, from + pageSize);
    return { items, ...(from + items.length < rows.length && { nextPageToken: items.at(-1).id }) };
  };
  return {
    traits: { idempotencyToken: [], uniqueName: [], consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'region', vmBatch: 1 },
    account: { verify: (_request, signal) => ask(signal, () => ({ accountId: process.env.HOME ?? 'nobody' })) },
    region: {
      list: (request, signal) => ask(signal, () => { ${fault}; return page(['north', 'south', 'moon'].map((id) => ({ id, name: id, enabled: true })), request); }),
      listZones: (request, signal) => ask(signal, () => page(['a', 'b'].map((letter) => ({ id: request.region + letter, region: request.region, available: true })), request)),
    },
  };
} };`;
const connect = { credential: { apiToken: 'open-sesame' }, broken: { apiToken: 'open-barley' }, place: { region: 'north', zone: 'northa', specId: 'none', imageId: 'none', sshUser: 'none' }, pollMs: 1, timeoutMs: 1000 };

/** A packed driver, and the file of its connection. */
async function packed(name: string, fault?: string): Promise<{ bundle: string; file: string; bytes: Buffer }> {
  const bytes = await packBundle([{ path: 'driver.json', content: Buffer.from(JSON.stringify(manifest)) }, { path: 'dist/index.js', content: Buffer.from(source(fault)) }]);
  const [bundle, file] = [join(root, `${name}.mcmp`), join(root, `${name}.json`)];
  writeFileSync(bundle, bytes);
  writeFileSync(file, JSON.stringify(connect));
  return { bundle, file, bytes };
}
const run = { proof: ['--proof', 'simulator', '--against', 'a list in its code'] };

describe('mcmp-driver test', () => {
  it('passes a right bundle, and writes a report of its content', async () => {
    const { bundle, file, bytes } = await packed('right');
    const out = join(root, 'report.json');
    const { code, out: text, error } = await tool(bundle, '--connect', file, ...run.proof, '--out', out);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(text).toMatch(/^region +\d+ +0 +0$/m);
    const report = JSON.parse(readFileSync(out, 'utf8')) as ConformanceReport;
    expect(report).toMatchObject({ format: 1, driver: 'first', version: '0.1.0', contentHash: (await readBundle(bytes)).contentHash, sdk: 1, proof: 'simulator', against: 'a list in its code', counts: { failed: 0 } });
    expect(report.counts.passed).toBeGreaterThan(30);
    expect(report.checks.filter(({ outcome }) => outcome === 'passed')).toHaveLength(report.counts.passed);
    expect(JSON.stringify(report)).not.toContain('open-sesame');
    // The kit's process has nothing of this one's environment.
    expect(readFileSync(out, 'utf8')).not.toContain(process.env.HOME ?? 'no home');
  });

  it('refuses a wrong one, names the check, and takes a known gap with its reason', async () => {
    const { bundle, file } = await packed('wrong', "request = { ...request, pageSize: 100 }");
    const { code, out, error } = await tool(bundle, '--connect', file, ...run.proof);
    expect(code).toBe(1);
    expect(out).toContain('failed  region.pages: lists each region once');
    expect(error).toMatch(/1 failed/);
    const except = join(root, 'except.json');
    writeFileSync(except, JSON.stringify({ 'region.pages': 'this cloud has one page' }));
    expect((await tool(bundle, '--connect', file, ...run.proof, '--except', except)).code).toBe(0);
    writeFileSync(except, JSON.stringify({ 'region.page': 'mistyped' }));
    expect(await tool(bundle, '--connect', file, ...run.proof, '--except', except)).toMatchObject({ code: 1, error: expect.stringContaining('no check is called region.page') as unknown });
  });

  it('runs one check alone, without a report', async () => {
    const { bundle, file } = await packed('one');
    const { code, out } = await tool(bundle, '--connect', file, ...run.proof, '--only', 'region.pages', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { ok: true, passed: 2, failed: 0 }]);
    expect(await tool(bundle, '--connect', file, ...run.proof, '--only', 'region.pages', '--out', 'x.json')).toMatchObject({ code: 2 });
    expect(existsSync(join(root, 'x.json'))).toBe(false);
  });

  it('survives a driver that ends its process, and writes no half report', async () => {
    const { bundle, file } = await packed('mortal', 'process.exit(7)');
    const out = join(root, 'half.json');
    const { code, error } = await tool(bundle, '--connect', file, ...run.proof, '--out', out);
    expect([code, error]).toEqual([1, expect.stringMatching(/the driver ended its process \(code 7\) after \S+; no report is written/)]);
    expect(existsSync(out)).toBe(false);
  });

  it('takes a folder as pack would make it', async () => {
    const folder = join(root, 'project');
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'driver.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'src/index.mjs'), source());
    cpSync(resolve('package.json'), join(folder, 'package.json'));
    const { file } = await packed('folder');
    const { code, error } = await tool(folder, '--connect', file, ...run.proof);
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  it('says what is wrong with a call or a file, and shows no value of it', async () => {
    const { bundle, file } = await packed('asked');
    expect(await tool(bundle, '--connect', file)).toMatchObject({ code: 2, error: expect.stringContaining('--proof is needed') as unknown });
    expect(await tool(bundle, '--connect', file, '--proof', 'hearsay', '--against', 'x')).toMatchObject({ code: 2, error: expect.stringContaining('one of real-service') as unknown });
    writeFileSync(file, JSON.stringify({ ...connect, place: { ...connect.place, region: undefined }, credential: { apiToken: 7, other: 'open-sesame' } }));
    const { code, error } = await tool(bundle, '--connect', file, ...run.proof);
    expect([code, error]).toEqual([1, expect.stringMatching(/credential\.apiToken: .*place\.region: /)]);
    writeFileSync(file, '{"credential": open-sesame');
    const broken = await tool(bundle, '--connect', file, ...run.proof);
    expect([broken.code, broken.error]).toEqual([1, expect.stringContaining('is no JSON')]);
    expect(error + broken.error).not.toContain('open-sesame');
    expect(await tool(join(root, 'nowhere.mcmp'), '--connect', file, ...run.proof)).toMatchObject({ code: 1 });
  });
});
