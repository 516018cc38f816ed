import type { Capability, ConformanceReport, Proof, ReportedCheck } from '@mcmp/driver-sdk';
import { gradeOf } from '@mcmp/driver-sdk';
import { describe, expect, it } from '@jest/globals';

const check = (capability: string, outcome: ReportedCheck['outcome'] = 'passed', more: Partial<ReportedCheck> = {}): ReportedCheck => ({ id: `${capability}.some`, capability, sentence: 'does something', outcome, ...more });
const report = (proof: Proof, checks: ReportedCheck[], at = '2026-01-01T00:00:00Z'): ConformanceReport => ({ format: 1, driver: 'd', version: '1.0.0', contentHash: '0', sdk: 1, proof, against: 'x', at, counts: { passed: 0, failed: 0, skipped: 0 }, checks });
const five: Capability[] = ['account', 'region', 'spec', 'image', 'price'];
const all = (proof: Proof, capabilities: readonly string[] = five): ConformanceReport => report(proof, capabilities.map((capability) => check(capability)));

describe('a grade', () => {
  it.each<[string, string | undefined, ConformanceReport[]]>([
    ['nothing, without a report', undefined, []],
    ['A, where real services prove all', 'A', [all('real-service')]],
    ['A, where an emulator proves four of five and the simulator the last', 'A', [all('independent-emulator', five.slice(0, 4)), all('simulator')]],
    ['B, where the wire proves all', 'B', [all('contract-wire')]],
    ['B, where an emulator proves three and the wire the rest', 'B', [all('independent-emulator', five.slice(0, 3)), all('contract-wire')]],
    ['C, where the simulator alone proves all', 'C', [all('simulator')]],
    ['C, where one of five is unproven', 'C', [all('real-service', five.slice(0, 4))]],
    ['D, where most are unproven', 'D', [all('real-service', five.slice(0, 2))]],
    ['D, where one check failed, whatever it is about', 'D', [report('real-service', [...all('real-service').checks, check('errors', 'failed')])]],
  ])('is %s', (_what, letter, reports) => expect(gradeOf(five, reports).letter).toBe(letter));

  it('shows a capability without a report as unproven, and the strongest proof of the others', () => {
    const { capabilities } = gradeOf(['vm', 'disk', 'queue'], [all('simulator', ['vm', 'disk']), all('real-service', ['vm'])]);
    expect(capabilities.map(({ capability, best, proofs }) => [capability, best, proofs.map(({ proof }) => proof)])).toEqual([['vm', 'real-service', ['real-service', 'simulator']], ['disk', 'simulator', ['simulator']], ['queue', 'unproven', []]]);
  });

  it('leaves out what was skipped as a whole', () => {
    expect(gradeOf(['vm'], [report('real-service', [check('vm', 'skipped')]), report('simulator', [check('vm')])]).capabilities[0]).toMatchObject({ best: 'simulator', proofs: [{ proof: 'simulator' }] });
  });

  it.each<[string, ReportedCheck[]]>([
    ['failed beside what passed', [check('vm'), check('vm', 'failed')]],
    ['undecided beside what passed', [check('vm'), check('vm', 'skipped', { undecided: true })]],
  ])('takes nothing as proven that was %s', (_what, checks) => {
    expect(gradeOf(['vm'], [report('real-service', checks), report('simulator', [check('vm')])]).capabilities[0]).toMatchObject({ best: 'simulator', proofs: [{ proof: 'real-service', proven: false }, { proof: 'simulator', proven: true }] });
  });

  it.each<[string, object, ReportedCheck[]]>([
    ['proven, where half of the checks ran and passed', { best: 'real-service', proofs: [{ proven: true, partly: false, passed: 2, skipped: 2 }] }, [check('vm'), check('vm'), check('vm', 'skipped'), check('vm', 'skipped')]],
    ['partly proven, where fewer ran', { best: 'unproven', partly: 'real-service', proofs: [{ proven: false, partly: true, passed: 1, skipped: 2 }] }, [check('vm'), check('vm', 'skipped'), check('vm', 'skipped')]],
    ['proven all the same, where the others say nothing of the driver', { best: 'real-service', proofs: [{ proven: true, passed: 1, skipped: 0 }] }, [check('vm'), check('vm', 'skipped', { moot: true }), check('vm', 'skipped', { moot: true })]],
    ['neither, where one failed', { best: 'unproven', proofs: [{ proven: false, partly: false }] }, [check('vm'), check('vm', 'failed'), check('vm', 'skipped')]],
  ])('is %s', (_what, expected, checks) => {
    const [grade] = gradeOf(['vm'], [report('real-service', checks)]).capabilities;
    expect(grade).toMatchObject(expected);
    expect(grade && 'partly' in grade).toBe('partly' in expected);
  });

  it('shows a stronger proof of a part beside a weaker one of the whole', () => {
    const { capabilities: [grade] } = gradeOf(['vm'], [report('real-service', [check('vm'), check('vm', 'skipped'), check('vm', 'skipped')]), report('simulator', [check('vm')])]);
    expect(grade).toMatchObject({ best: 'simulator', partly: 'real-service' });
  });

  it('counts the latest report of each proof alone', () => {
    const old = report('real-service', [check('vm', 'failed')], '2026-01-01T00:00:00Z');
    const late = report('real-service', [check('vm')], '2026-01-02T00:00:00+09:00');
    for (const reports of [[old, late], [late, old]]) expect(gradeOf(['vm'], reports)).toMatchObject({ letter: 'A', counts: { passed: 1, failed: 0, skipped: 0 } });
  });
});
