import { describe, expect, it } from '@jest/globals';
import { DriverError, RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { CheckOptions, CheckReport, Runner } from '@mcmp/driver-sdk/testing';
import { ALL_CHECKS, checkDriver, describeDriver, memoryBox } from '@mcmp/driver-sdk/testing';
import { wrongDrivers } from '../../src/driver-sdk/testing/wrong-drivers.js';

const lines = (reports: CheckReport[], outcome: CheckReport['outcome']): string[] => reports.filter((report) => report.outcome === outcome).map(({ id, why }) => `${id}: ${why}`);
const wrong = (fault: string): CheckOptions => (wrongDrivers.find((driver) => driver.fault === fault) as (typeof wrongDrivers)[number]).options();

/** What describeDriver declares, to be run by hand. */
function declared(options: CheckOptions): Map<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const runner: Runner = { describe: (_name, body) => body(), it: (name, body) => void tests.set(name.split(':')[0] as string, body) };
  describeDriver({ ...options, runner });
  return tests;
}
const run = (tests: Map<string, () => Promise<void>>, id: string): Promise<void> => (tests.get(id) as () => Promise<void>)();

describe('the kit', () => {
  it('waits for a cloud that is slow, throttles, and does not show at once what it made', async () => {
    const box = memoryBox({ consistencyWindowMs: 2_000 }, { settleMs: 15, unseenMs: 10, refuseEach: 7 });
    const reports = await checkDriver({ ...box, timeoutMs: 5_000, pollMs: 3 });
    expect(lines(reports, 'failed')).toEqual([]);
  });

  it('finds a consistency window that is longer than the driver says', async () => {
    const reports = await checkDriver({ ...memoryBox({ consistencyWindowMs: 0 }, { unseenMs: 60_000 }), timeoutMs: 20 });
    expect(reports.find(({ id }) => id === 'network.create')?.why).toContain('NOT_FOUND');
  });

  it('runs each check alone, and leaves nothing behind then either', async () => {
    for (const id of ['vm.stop-again', 'network.delete-with-subnet', 'disk.detach-again', 'errors.driver-error', 'tag.remove-public-ip', 'node-group.resize', 'object.sign-write', 'dns-zone.delete-with-record', 'internet-gateway.detach-again', 'vpn-connection.delete', 'faults.lost-cluster']) {
      const box = memoryBox();
      const tests = declared(box);
      await run(tests, id);
      await run(tests, 'kit.nothing-left');
      expect(box.cloud.calls).toBeGreaterThan(0);
      for (const kind of RESOURCE_KINDS) expect(box.cloud.of(kind, 'memory-east')).toEqual([]);
    }
  });

  it('passes no check that it could not decide', async () => {
    const tests = declared(wrong('VMs that are never ready'));
    await expect(run(tests, 'vm.create')).rejects.toThrow('not within');
    await expect(run(tests, 'vm.stop')).rejects.toThrow('not checked: needs a vm');
  });

  it('declares only what the manifest lists and what is given', () => {
    const { driver, manifest, connect, place } = memoryBox();
    const tests = [...declared({ driver, manifest: { ...manifest, capabilities: ['account', 'region', 'network'] }, connect, place }).keys()];
    expect(tests).toContain('network.create');
    expect(tests.filter((id) => /^(vm|disk|tag|faults)\.|wrong-credential/.test(id))).toEqual([]);
  });

  it('leaves out what takes long or costs money, unless it is asked or the cloud is a box', async () => {
    const real: CheckOptions = memoryBox();
    delete real.faults;
    delete real.expensive;
    const left = [...declared(real).keys()];
    expect(left).toContain('bucket.create');
    expect(left.filter((id) => /^(cluster|node-group|database|file-system|nat-gateway|vpn-gateway|vpn-connection|load-balancer)\.|^tag\.set-cluster$|^custom-image\.vm$/.test(id))).toEqual([]);
    expect([...declared({ ...real, expensive: true }).keys()]).toEqual(expect.arrayContaining(['cluster.kubeconfig', 'database.stop', 'tag.set-cluster', 'custom-image.vm']));
  });

  it('skips a known gap with its reason, and knows no gap that is none of its checks', async () => {
    const options = { ...wrong('prices of 0'), except: { 'price.amounts': 'nobody published them' } };
    const reports = await checkDriver(options);
    expect(lines(reports, 'failed')).toEqual([]);
    expect(lines(reports, 'skipped')).toContain('price.amounts: known gap: nobody published them');
    await expect(checkDriver({ ...options, except: { 'price.amount': 'mistyped' } })).rejects.toThrow('no check is called price.amount');
  });

  it('decides nothing of a method that may be absent, where the cloud cannot', async () => {
    const box = memoryBox();
    const { connect } = box.driver;
    const driver: CheckOptions['driver'] = { mcmpDriver: 1, connect: async (input) => {
      const session = await connect(input);
      return { ...session, disk: { ...session.disk!, resize: () => Promise.reject(new DriverError('UNSUPPORTED', 'Disks of this cloud do not grow.', { providerCode: 'NoSuchAction' })) } };
    } };
    const reports = await checkDriver({ ...box, driver });
    expect(lines(reports, 'failed')).toEqual([]);
    expect(lines(reports, 'skipped')).toContain('disk.resize: disk.resize: Disks of this cloud do not grow.');
  });

  it('removes what was made when a check failed, and tells what it could not remove', async () => {
    const half = wrong('half a batch, then the refusal');
    expect(lines(await checkDriver(half), 'failed').map((line) => line.split(':')[0])).not.toContain('kit.nothing-left');
    expect(await half.faults?.count?.('vm', {})).toBe(0);
    const stuck = lines(await checkDriver(wrong('a delete that does nothing')), 'failed').find((line) => line.startsWith('kit.nothing-left'));
    expect(stuck).toMatch(/still there: .*network net-\d+/);
  });

  it('tells no secret in what it reports', async () => {
    const { credential } = await memoryBox().connect();
    const reports = await checkDriver(wrong('the secret in a message'));
    expect(lines(reports, 'failed')).toHaveLength(1);
    expect(JSON.stringify(reports)).not.toContain(credential.secret);
  });

  it('names each check once, and has a sentence for it', () => {
    expect(new Set(ALL_CHECKS.map(({ id }) => id)).size).toBe(ALL_CHECKS.length);
    expect(ALL_CHECKS.filter(({ id, capability, sentence }) => !/^[a-z-]+\.[a-z-]+$/.test(id) || sentence.length < 10 || capability.length === 0)).toEqual([]);
  });
});
