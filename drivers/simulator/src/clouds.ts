import type { ResourceKind, Traits, VmState } from '@mcmp/driver-sdk';

const ALL: ResourceKind[] = ['network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip'];
const without = (...kinds: ResourceKind[]): ResourceKind[] => ALL.filter((kind) => !kinds.includes(kind));

/** Words of Nova and of clouds that grew out of it: state, with the task under way. */
const NOVA: Record<string, VmState> = {
  BUILD: 'creating', ACTIVE: 'running', 'ACTIVE+powering-off': 'suspending', SHUTOFF: 'suspended', 'SHUTOFF+powering-on': 'resuming', REBOOT: 'rebooting', 'ACTIVE+deleting': 'terminating', DELETED: 'terminated', ERROR: 'failed',
};

/** How each of the ten clouds behaves, and what its words for VM states mean; where a word has two meanings, the one that asks for patience. The box's personalities are the source; a test holds both together. */
export const CLOUDS: Record<string, { traits: Traits; vmStates: Record<string, VmState> }> = {
  aws: {
    traits: { idempotencyToken: ['vm', 'disk'], uniqueName: ['security-group', 'key-pair'], consistencyWindowMs: 10_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { pending: 'creating', running: 'running', stopping: 'suspending', stopped: 'suspended', 'shutting-down': 'terminating', terminated: 'terminated' },
  },
  azure: {
    traits: { idempotencyToken: [], uniqueName: ALL, consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'region', vmBatch: 1 },
    vmStates: { Creating: 'creating', running: 'running', deallocating: 'suspending', deallocated: 'suspended', starting: 'resuming', Deleting: 'terminating', NotFound: 'terminated', Failed: 'failed' },
  },
  gcp: {
    traits: { idempotencyToken: without('key-pair'), uniqueName: without('key-pair'), consistencyWindowMs: 2_000, networkScope: 'global', subnetScope: 'region', vmBatch: 20 },
    vmStates: { PROVISIONING: 'creating', RUNNING: 'running', STOPPING: 'suspending', TERMINATED: 'suspended', STAGING: 'resuming', DEPROVISIONING: 'terminating', NOT_FOUND: 'terminated', REPAIRING: 'failed' },
  },
  alibaba: {
    traits: { idempotencyToken: without('key-pair'), uniqueName: ['key-pair'], consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { Pending: 'creating', Running: 'running', Stopping: 'suspending', Stopped: 'suspended', Starting: 'resuming', NotFound: 'terminated', Error: 'failed' },
  },
  tencent: {
    traits: { idempotencyToken: ['vm', 'disk', 'public-ip'], uniqueName: ['key-pair'], consistencyWindowMs: 10_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { PENDING: 'creating', RUNNING: 'running', STOPPING: 'suspending', STOPPED: 'suspended', STARTING: 'resuming', REBOOTING: 'rebooting', TERMINATING: 'terminating', NOT_FOUND: 'terminated', LAUNCH_FAILED: 'failed' },
  },
  ibm: {
    traits: { idempotencyToken: [], uniqueName: ALL, consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 1 },
    vmStates: { pending: 'creating', running: 'running', stopping: 'suspending', stopped: 'suspended', starting: 'resuming', restarting: 'rebooting', deleting: 'terminating', not_found: 'terminated', failed: 'failed' },
  },
  ncp: {
    traits: { idempotencyToken: [], uniqueName: without('public-ip'), consistencyWindowMs: 15_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 20 },
    vmStates: { INIT: 'creating', RUN: 'running', 'RUN+SHTDN': 'suspending', NSTOP: 'suspended', 'NSTOP+SETUP': 'resuming', 'RUN+REBT': 'rebooting', TERMT: 'terminating', NOT_FOUND: 'terminated', ERROR: 'failed' },
  },
  nhn: { traits: { idempotencyToken: [], uniqueName: ['key-pair'], consistencyWindowMs: 3_000, networkScope: 'region', subnetScope: 'region', vmBatch: 10 }, vmStates: NOVA },
  kt: { traits: { idempotencyToken: [], uniqueName: ['key-pair'], consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 1 }, vmStates: NOVA },
  openstack: { traits: { idempotencyToken: [], uniqueName: ['key-pair'], consistencyWindowMs: 1_000, networkScope: 'region', subnetScope: 'region', vmBatch: 1 }, vmStates: NOVA },
};
