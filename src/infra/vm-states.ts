import type { Vm, VmState } from '@mcmp/driver-sdk';
import type { VmRow, VmRowState } from './infra.entities.js';
import type { VmChange } from './rows.js';

/** States in which a VM is on its way to another. */
const MOVING: readonly VmRowState[] = ['creating', 'suspending', 'resuming', 'rebooting', 'terminating'];

/** Whether the cloud is still at work on a VM, so that it is to be looked at again. */
export const isMoving = (vm: Pick<VmRow, 'state'>): boolean => MOVING.includes(vm.state);

/** Whether a VM failed before it ever ran, and its remains are still in the cloud. One that ran is never taken away without being asked. */
export const isHalfMade = (vm: Pick<VmRow, 'state' | 'cloudId' | 'runningAt'>): boolean => vm.state === 'failed' && vm.cloudId !== null && vm.runningAt === null;

/** Whether nothing more happens by itself: the VM is as wanted, or failed and nothing of it is left in the cloud. */
export function isSettled(vm: Pick<VmRow, 'state' | 'desired' | 'rebootWanted' | 'cloudId' | 'runningAt'>): boolean {
  if (vm.state === 'failed') return !isHalfMade(vm) && vm.desired !== 'absent';
  if (vm.desired === 'absent') return vm.state === 'terminated';
  return (vm.state === vm.desired || vm.state === 'terminated') && !vm.rebootWanted;
}

/** Whether something of the VM is, or may be, in its cloud. */
export const isLive = (vm: Pick<VmRow, 'state' | 'cloudId'>): boolean => vm.state !== 'terminated' && !(vm.state === 'failed' && vm.cloudId === null);

/** The row's state for what the cloud says, given what is wanted: many clouds show no state of their own for a change under way. */
export function rowState(cloud: VmState, row: Pick<VmRow, 'state' | 'desired'>): VmRowState {
  if (cloud === 'pending') return row.state === 'planned' ? 'creating' : row.state;
  if (cloud === 'running' && row.desired === 'absent' && row.state === 'terminating') return 'terminating';
  if (cloud === 'running' && row.desired === 'suspended' && row.state === 'suspending') return 'suspending';
  if (cloud === 'suspended' && row.desired === 'running' && row.state === 'resuming') return 'resuming';
  return cloud;
}

/** What a look at the cloud changes in the row; undefined where nothing did. `seen` is false for an answer to a create, which a list may not show yet: a VM runs once a list says so, then it has been looked at and named. */
export function changeBy(vm: Vm, row: VmRow, seen: boolean): VmChange | undefined {
  const state = seen || vm.state === 'failed' ? rowState(vm.state, row) : 'creating';
  const change: VmChange = {
    id: row.id, state, cloudId: vm.id, privateIp: vm.privateIp ?? null, publicIp: vm.publicIp ?? null, sshHost: vm.sshHost ?? vm.publicIp ?? vm.privateIp ?? null, sshPort: vm.sshPort ?? 22,
    ...(seen && { providerState: vm.providerState }),
    ...(state === 'running' && row.runningAt === null && { runningAt: new Date() }),
    ...(state === 'failed' && row.failure === null && { failure: { code: vm.failure?.outOfCapacity ? 'OUT_OF_CAPACITY' : 'UNKNOWN', message: vm.failure?.message ?? 'the cloud says that the VM failed', ...(vm.failure?.providerCode && { providerCode: vm.failure.providerCode }) } }),
  };
  const before = row as unknown as Record<string, unknown>;
  return Object.entries(change).some(([key, value]) => before[key] !== value) ? change : undefined;
}
