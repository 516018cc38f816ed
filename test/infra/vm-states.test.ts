import { describe, expect, it } from '@jest/globals';
import type { Vm, VmState } from '@mcmp/driver-sdk';
import { candidatesOf } from '../../src/infra/candidates.js';
import type { VmRow } from '../../src/infra/infra.entities.js';
import { changeBy, isHalfMade, isLive, isSettled, rowState } from '../../src/infra/vm-states.js';

const row = (fields: Partial<VmRow>): VmRow => ({ state: 'running', desired: 'running', rebootWanted: false, cloudId: 'i-1', runningAt: null, failure: null, ...fields }) as VmRow;

describe('state of a row', () => {
  it.each<[VmState, VmRow['state'], VmRow['desired'], VmRow['state']]>([
    ['pending', 'planned', 'running', 'creating'],
    ['pending', 'suspending', 'suspended', 'suspending'],
    ['running', 'creating', 'running', 'running'],
    ['running', 'suspending', 'suspended', 'suspending'],
    ['running', 'terminating', 'absent', 'terminating'],
    ['suspended', 'resuming', 'running', 'resuming'],
    ['suspended', 'suspending', 'suspended', 'suspended'],
    ['failed', 'creating', 'running', 'failed'],
    ['running', 'rebooting', 'running', 'running'],
  ])('cloud says %s, row was %s and wants %s: %s', (cloud, state, desired, expected) => expect(rowState(cloud, { state, desired })).toBe(expected));

  it('runs once a list says so, not by the answer to its create', () => {
    const cloud = { id: 'i-1', state: 'running', providerState: 'active', publicIp: '127.0.0.9' } as Vm;
    expect(changeBy(cloud, row({ state: 'creating', cloudId: null }), false)).toMatchObject({ state: 'creating', cloudId: 'i-1', sshHost: '127.0.0.9' });
    expect(changeBy(cloud, row({ state: 'creating' }), true)).toMatchObject({ state: 'running', providerState: 'active', runningAt: expect.any(Date) });
    expect(changeBy({ ...cloud, state: 'failed' }, row({ state: 'creating' }), false)).toMatchObject({ state: 'failed', failure: { code: 'UNKNOWN' } });
  });

  it.each<[string, Partial<VmRow>, boolean]>([
    ['running as wanted', {}, true],
    ['running with a reboot due', { rebootWanted: true }, false],
    ['running, to be suspended', { desired: 'suspended' }, false],
    ['failed with remains in the cloud', { state: 'failed' }, false],
    ['failed, nothing left', { state: 'failed', cloudId: null }, true],
    ['failed after it ran', { state: 'failed', runningAt: new Date() }, true],
    ['failed and unwanted', { state: 'failed', cloudId: null, desired: 'absent' }, false],
    ['terminated as wanted', { state: 'terminated', desired: 'absent' }, true],
    ['still terminating', { state: 'terminating', desired: 'absent' }, false],
  ])('%s is settled: %s', (_name, fields, expected) => expect(isSettled(row(fields))).toBe(expected));

  it('never takes a VM that ran for half-made', () => {
    expect(isHalfMade(row({ state: 'failed' }))).toBe(true);
    expect(isHalfMade(row({ state: 'failed', runningAt: new Date() }))).toBe(false);
    expect(isLive(row({ state: 'failed', cloudId: null }))).toBe(false);
    expect(isLive(row({ state: 'creating', cloudId: null }))).toBe(true);
  });
});

describe('places to try', () => {
  const group = { connectionId: 'c', region: 'r', zone: '', specId: 's', imageId: 'i', sshUser: 'u', pricePerHour: 1, currency: 'USD', alternatives: [{ connectionId: 'd', region: 'q', specId: 't', imageId: 'j', sshUser: 'v', pricePerHour: null, currency: null }] };
  const zonesOf = (zone: string, scope: 'zone' | 'region') => candidatesOf({ ...group, zone }, ['a', 'b'], scope).map((candidate) => `${candidate.region}/${candidate.zone}`);

  it('go through the zones, then the alternatives', () => {
    expect(zonesOf('', 'zone')).toEqual(['r/a', 'r/b', 'q/']);
    expect(zonesOf('', 'region')).toEqual(['r/', 'r/a', 'r/b', 'q/']);
  });
  it('keep to a zone that was asked for', () => expect(zonesOf('b', 'zone')).toEqual(['r/b', 'q/']));
});
