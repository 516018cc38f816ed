import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConformanceReport, ReportedCheck } from '@mcmp/driver-sdk';
import { contentHashOf } from '@mcmp/driver-sdk/bundle';
import { checksOf } from '@mcmp/driver-sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestServer, startServer } from '../support/server.js';
import { filesOf } from './fixtures/packed.js';
import { eventually } from './fixtures/rig.js';

let server: TestServer;
let drivers: string;
const files = filesOf({ version: '1.0.0' });
const hash = contentHashOf(files);

const checks: ReportedCheck[] = checksOf(['account', 'region']).filter(({ capability }) => capability === 'account' || capability === 'region').map(({ id, capability, sentence }) => ({ id, capability, sentence, outcome: 'passed' }));
const passed = checks.length;
const ofRegion = checks.findIndex(({ capability }) => capability === 'region');
const report = (change: Partial<ConformanceReport> = {}): ConformanceReport => ({ format: 1, driver: 'tiny', version: '1.0.0', contentHash: hash, sdk: 1, proof: 'contract-wire', against: 'a wire', at: '2026-11-24T00:00:00.000Z', counts: { passed, failed: 0, skipped: 0 }, checks, ...change });
const add = (body: unknown, driver = 'tiny') => server.call('POST', `/v1/drivers/${driver}/reports`, { body });
const grade = async (query = '') => (await server.call('GET', `/v1/drivers/tiny/grade${query}`)).body;

beforeAll(async () => {
  drivers = mkdtempSync(join(tmpdir(), 'mcmp-graded-'));
  for (const { path, content } of files) {
    mkdirSync(dirname(join(drivers, 'tiny', path)), { recursive: true });
    writeFileSync(join(drivers, 'tiny', path), content);
  }
  server = await startServer({ MCMP_DRIVERS_DIR: drivers });
  await eventually(async () => (await server.call('GET', '/v1/drivers/tiny')).status === 200);
});
afterAll(async () => {
  await server?.stop();
  rmSync(drivers, { recursive: true, force: true });
});

describe('the grade of a driver', () => {
  it('is none without a report, and shows every capability as unproven', async () => {
    expect(await grade()).toMatchObject({ driver: 'tiny', version: '1.0.0', hash, letter: null, reports: [], capabilities: [{ capability: 'account', best: 'unproven', proofs: [] }, { capability: 'region', best: 'unproven', proofs: [] }] });
    expect((await server.call('GET', '/v1/drivers/nobody/grade')).status).toBe(404);
    expect((await server.call('GET', '/v1/drivers/tiny/grade?version=9.9.9')).status).toBe(404);
  });

  it('follows from the reports that are kept, each once', async () => {
    const first = await add({ report: report(), origin: 'run-here' });
    expect([first.status, first.body]).toMatchObject([201, { driver: 'tiny', proof: 'contract-wire', origin: 'run-here', counts: { passed } }]);
    expect(first.headers.get('location')).toBe(`/v1/drivers/tiny/reports/${String(first.body.id)}`);
    const again = await add({ report: report(), origin: 'run-here' });
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect(await grade()).toMatchObject({ letter: 'B', counts: { passed, failed: 0 }, capabilities: [{ capability: 'account', best: 'contract-wire', proofs: [{ against: 'a wire', origin: 'run-here', passed: ofRegion, skipped: 0, proven: true }] }, { best: 'contract-wire' }] });
    expect((await server.call('GET', `/v1/drivers/tiny/reports/${String(first.body.id)}`)).body.checks).toEqual(checks);
  });

  it('marks what is claimed, and lets no claim stand before what was run here', async () => {
    expect((await add({ report: report({ proof: 'real-service', against: 'the author’s account' }) })).body.origin).toBe('claimed');
    expect(await grade()).toMatchObject({ letter: 'A', capabilities: [{ best: 'real-service', proofs: [{ origin: 'claimed' }, { origin: 'run-here' }] }, {}] });
    const failed = checks.map((check, at): ReportedCheck => (at === ofRegion ? { ...check, outcome: 'failed', why: 'one page' } : check));
    await add({ report: report({ proof: 'real-service', against: 'our account', at: '2026-11-01T00:00:00.000Z', checks: failed, counts: { passed: passed - 1, failed: 1, skipped: 0 } }), origin: 'run-here' });
    expect(await grade('?version=1.0.0')).toMatchObject({ letter: 'D', capabilities: [{ best: 'real-service', proofs: [{ against: 'our account', origin: 'run-here' }, {}] }, { best: 'contract-wire' }] });
    const { body } = await server.call('GET', '/v1/drivers/tiny/reports?pageSize=2');
    expect((body.items as object[]).length).toBe(2);
    expect(((await server.call('GET', `/v1/drivers/tiny/reports?pageSize=2&pageToken=${String(body.nextPageToken)}`)).body.items as object[]).length).toBe(1);
  });

  it.each<[string, Partial<ConformanceReport> | Record<string, unknown>, number, RegExp]>([
    ['another driver', { driver: 'other' }, 422, /not of "tiny"/],
    ['a content that nobody knows here', { contentHash: 'ab'.repeat(32) }, 422, /No version of "tiny" here has the content/],
    ['another version of the content', { version: '2.0.0' }, 422, /is tiny 1\.0\.0, the report says 2\.0\.0/],
    ['counts that do not add up', { counts: { passed: 3, failed: 0, skipped: 0 } }, 422, /counts/],
    ['a proof that is none', { proof: 'hearsay' }, 400, /proof/],
    ['the future', { at: '2099-01-01T00:00:00Z' }, 400, /at/],
    ['half a character', { against: 'x\ud800' }, 400, /surrogate/],
    ['a text that no table keeps', { against: 'x\0' }, 400, /U\+0000/],
    ['no checks', { checks: [] }, 400, /checks/],
    ['one check twice', { checks: [...checks, checks[0]], counts: { passed: passed + 1, failed: 0, skipped: 0 } }, 422, /the check account\.\S+ more than once/],
    ['a check under another capability', { checks: checks.map((check) => ({ ...check, capability: 'account' })) }, 422, /The check region\.\S+ is not one of account/],
    ['a run of which another report is kept', { checks: checks.slice(1), counts: { passed: passed - 1, failed: 0, skipped: 0 } }, 409, /Another report of this run/],
  ])('takes no report of %s', async (_what, change, status, why) => {
    const answer = await add({ report: { ...report(), ...change } });
    expect([answer.status, `${String(answer.body.detail)} ${JSON.stringify(answer.body.errors)}`]).toEqual([status, expect.stringMatching(why)]);
  });

  it('counts what a report does not tell of as skipped, so that a few checks prove no capability', async () => {
    const few = [checks[ofRegion] as ReportedCheck];
    expect((await add({ report: report({ proof: 'independent-emulator', against: 'a few', checks: few, counts: { passed: 1, failed: 0, skipped: 0 } }), origin: 'run-here' })).status).toBe(201);
    const { capabilities } = await grade() as { capabilities: { capability: string; proofs: object[] }[] };
    expect(capabilities.find(({ capability }) => capability === 'region')?.proofs).toContainEqual(expect.objectContaining({ against: 'a few', passed: 1, skipped: passed - ofRegion - 1, proven: false, partly: true }));
  });

  it('lets an administrator who ran the kit stand for what was claimed', async () => {
    const same = report({ against: 'a claim' });
    const claimed = await add({ report: same });
    expect([claimed.status, claimed.body.origin]).toEqual([201, 'claimed']);
    for (const [origin, kept] of [['run-here', 'run-here'], ['claimed', 'run-here']]) expect(await add({ report: same, origin })).toMatchObject({ status: 200, body: { id: claimed.body.id, origin: kept } });
  });

  it('is of one content: another version begins without one', async () => {
    for (const { path, content } of filesOf({ version: '1.1.0' })) writeFileSync(join(drivers, 'tiny', path), content);
    await eventually(async () => (await server.call('GET', '/v1/drivers/tiny')).body.version === '1.1.0');
    expect(await grade()).toMatchObject({ version: '1.1.0', letter: null });
    expect((await server.call('GET', '/v1/drivers/tiny/grade', { token: null })).status).toBe(401);
  });
});
