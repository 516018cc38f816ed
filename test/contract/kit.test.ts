import { describe, expect, it } from '@jest/globals';
import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { CheckOptions, CheckReport } from '@mcmp/driver-sdk/testing';
import { ALL_CHECKS, checkDriver, describeDriver, memoryBox } from '@mcmp/driver-sdk/testing';
import { wrongDrivers } from '../../src/driver-sdk/testing/wrong-drivers.js';

const told = (reports: CheckReport[], outcome: CheckReport['outcome']): string[] => reports.filter((report) => report.outcome === outcome).map(({ id, why }) => (why === undefined ? id : `${id}: ${why}`));
const idsOf = (lines: string[]): string[] => lines.map((line) => line.split(':')[0] as string).sort();

describe('the kit finds nothing wrong with a right driver', () => {
  describeDriver({ ...memoryBox(), runner: { describe, it } });

  it('and says nothing only about what the traits leave out', async () => {
    const reports = await checkDriver(memoryBox());
    expect(told(reports, 'failed')).toEqual([]);
    expect(told(reports, 'skipped').filter((line) => !line.includes(': traits.'))).toEqual([]);
    expect(reports.map(({ id }) => id)).toEqual(ALL_CHECKS.map(({ id }) => id));
  });

  it('of whatever manners', async () => {
    const reports = await checkDriver(memoryBox({ idempotencyToken: [...RESOURCE_KINDS], uniqueName: [...RESOURCE_KINDS], subnetScope: 'region', clusterNeedsNodes: true, subnetsForServices: 1 }));
    expect(told(reports, 'failed')).toEqual([]);
    expect(told(reports, 'skipped')).toEqual(['session.lacking: traits.lacks names nothing that is declared']);
  });

  it('of a cloud that lacks what the driver can elsewhere', async () => {
    const reports = await checkDriver(memoryBox({ lacks: ['cluster', 'node-group', 'quota', 'tag'] }));
    expect(told(reports, 'failed')).toEqual([]);
    const lacking = reports.filter(({ why }) => why?.includes('the cloud lacks'));
    expect([...new Set(lacking.map(({ capability }) => capability))].sort()).toEqual(['cluster', 'faults', 'node-group', 'quota', 'tag']);
    expect(reports.find(({ id }) => id === 'session.lacking')?.outcome).toBe('passed');
  });

  it('that can less, checked for less', async () => {
    const box: CheckOptions = memoryBox({}, {}, ['account', 'region']);
    delete box.broken;
    delete box.faults;
    const reports = await checkDriver(box);
    expect(told(reports, 'failed')).toEqual([]);
    const passed = new Set(reports.filter((report) => report.outcome === 'passed').map((report) => report.capability));
    expect([...passed].sort()).toEqual(['account', 'answers', 'errors', 'kit', 'manifest', 'region', 'session']);
  });
});

describe('the kit catches a driver with', () => {
  const caught = new Set<string>();
  const runs: Promise<CheckReport[]>[] = [];

  it.each(wrongDrivers.map((wrong, index) => [wrong.fault, index, wrong] as const))('%s', async (_fault, index, wrong) => {
    // Most of a run is waiting, so some of the next ones go beside it.
    wrongDrivers.slice(index, index + 5).forEach((next, offset) => (runs[index + offset] ??= checkDriver(next.options())));
    const reports = (await runs[index]) as CheckReport[];
    const failed = told(reports, 'failed');
    for (const id of idsOf(failed)) caught.add(id);
    expect({ failed: idsOf(failed), lines: failed }).toEqual({ failed: [...wrong.caughtBy].sort(), lines: failed });
  });

  it('a fault of each kind: no check lets everything pass', () => {
    expect(ALL_CHECKS.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});
