import { describe, expect, it } from '@jest/globals';
import type { Quota } from '@mcmp/driver-sdk';
import { type PlanFacts, makePlan } from '../../src/infra/plan.js';
import type { ResolvedGroup } from '../../src/infra/resolve.js';

const price = (perHour: number, more: object = {}) => ({ currency: 'USD', perHour, source: 'list', asOf: '2026-11-01', simulated: false, ...more });
const group = (name: string, connection: string, region: string, size: number, spec: object = {}): ResolvedGroup =>
  ({ input: { name, size }, connection: { id: connection, name: connection, cloud: connection }, spec: { id: 'm5.large', region, vcpu: 2, price: price(0.1), ...spec }, image: { id: 'img' }, zone: '', alternatives: [] }) as unknown as ResolvedGroup;
const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({ existing: [], quotas: new Map(), traits: new Map(), zones: new Map(), history: new Map(), ...more });
const quota = (limit: number, more: Partial<Quota> = {}): Quota => ({ id: 'L-1', name: 'vCPU', region: 'r', measure: 'vcpu', limit, used: 0, source: 'account', ...more });
const now = new Date('2026-11-24T00:00:00Z');

describe('plan', () => {
  it('lists shared things once per connection and region, in dependency order', () => {
    const plan = makePlan({ groups: [group('web', 'aws', 'us', 3), group('db', 'aws', 'us', 1), group('eu', 'aws', 'eu', 1)], cidrs: new Map([['aws/us', '10.9.0.0/16']]) }, facts(), now);
    expect(plan.vms).toBe(5);
    expect(plan.resources.map(({ step, kind, region, count }) => `${step} ${kind} ${region} ${count}`)).toEqual([
      '1 network us 1', '1 key-pair us 1', '1 network eu 1', '1 key-pair eu 1', '2 subnet us 1', '2 security-group us 1', '2 subnet eu 1', '2 security-group eu 1', '3 vm us 3', '3 vm us 1', '3 vm eu 1',
    ]);
    expect(plan.resources[0]).toMatchObject({ cidr: '10.9.0.0/16', exists: false });
  });

  it('takes a global network once for all regions, and says what is there already', () => {
    const existing = [{ kind: 'network', connectionId: 'gcp', region: '*', zone: '', name: 'net-1', cidr: '10.0.0.0/16' }];
    const plan = makePlan({ groups: [group('a', 'gcp', 'us', 1), group('b', 'gcp', 'eu', 1)], cidrs: new Map() }, facts({ existing, traits: new Map([['gcp', { subnetScope: 'region', networkScope: 'global' }]]) }), now);
    expect(plan.resources.filter((item) => item.kind === 'network')).toEqual([expect.objectContaining({ name: 'net-1', exists: true })]);
  });

  it('finds the subnet of the zone that a group without one gets', () => {
    const existing = ['a', 'b'].map((zone) => ({ kind: 'subnet', connectionId: 'aws', region: 'us', zone, name: `subnet-${zone}`, cidr: null }));
    const more = { existing, traits: new Map([['aws', { subnetScope: 'zone' as const, networkScope: 'region' as const }]]), zones: new Map([['web', 'b'], ['db', 'c']]) };
    const plan = makePlan({ groups: [group('web', 'aws', 'us', 1), group('db', 'aws', 'us', 1)], cidrs: new Map() }, facts(more), now);
    expect(plan.resources.filter((item) => item.kind === 'subnet').map(({ zone, name, exists }) => ({ zone, name, exists }))).toEqual([{ zone: 'b', name: 'subnet-b', exists: true }, { zone: 'c', name: 'subnet of the project', exists: false }]);
  });

  it('sums prices per currency and keeps the oldest date', () => {
    const plan = makePlan({ groups: [group('a', 'x', 'r', 10), group('b', 'x', 'r', 2, { price: price(0.5, { asOf: '2025-03-02', simulated: true, source: 'book' }) }), group('c', 'y', 'r', 1, { price: price(100, { currency: 'KRW' }) }), group('d', 'y', 'r', 4, { price: undefined })], cidrs: new Map() }, facts(), now);
    expect(plan.price).toEqual([
      { currency: 'USD', perHour: 2, perMonth: 1460, asOf: '2025-03-02', sources: ['list', 'book'], simulated: true },
      { currency: 'KRW', perHour: 100, perMonth: 73_000, asOf: '2026-11-01', sources: ['list'], simulated: false },
    ]);
    expect(plan.unpricedVms).toBe(4);
    expect(plan.findings.map((finding) => finding.code).sort()).toEqual(['PRICE_SIMULATED', 'PRICE_UNKNOWN', 'QUOTA_UNKNOWN', 'QUOTA_UNKNOWN']);
  });

  it.each<[string, Quota[], string[]]>([
    ['room', [quota(100)], []],
    ['nearly none', [quota(22)], ['warning QUOTA_NEAR']],
    ['too little', [quota(19)], ['error QUOTA_EXCEEDED']],
    ['too little for what is used', [quota(100, { used: 81 })], ['error QUOTA_EXCEEDED']],
    ['a limit on other specs', [quota(1, { specPrefixes: ['p4'] })], []],
    ['a limit on VMs', [quota(9, { measure: 'vm' })], ['error QUOTA_EXCEEDED']],
  ])('quota with %s', (_name, quotas, expected) => {
    const plan = makePlan({ groups: [group('web', 'aws', 'us', 10)], cidrs: new Map() }, facts({ quotas: new Map([['aws/us', quotas]]) }), now);
    expect(plan.findings.map((finding) => `${finding.severity} ${finding.code}`)).toEqual(expected);
  });

  it('estimates by what was measured, else says that it did not', () => {
    const groups = [group('a', 'aws', 'us', 1), group('b', 'gcp', 'us', 1)];
    expect(makePlan({ groups, cidrs: new Map() }, facts({ history: new Map([['aws', 31.2], ['gcp', 12]]) }), now)).toMatchObject({ estimatedSeconds: 32, estimateBasis: 'history' });
    expect(makePlan({ groups, cidrs: new Map() }, facts({ history: new Map([['aws', 31.2]]) }), now)).toMatchObject({ estimatedSeconds: 90, estimateBasis: 'default' });
  });
});
