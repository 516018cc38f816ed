import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { ResourceKind, Traits, VmState } from '@mcmp/driver-sdk';
import { SERVICES } from '../personalities/services.js';

const without = (...kinds: ResourceKind[]): ResourceKind[] => RESOURCE_KINDS.filter((kind) => !kinds.includes(kind));
/** Kinds whose names are taken once in nearly every cloud. */
const NAMED: ResourceKind[] = ['key-pair', 'bucket', 'iam-user', 'iam-role'];

/** Kinds of Google's that are no part of Compute Engine, whose `requestId` the others take. */
const NOT_COMPUTE: ResourceKind[] = ['bucket', 'cluster', 'node-group', 'file-system', 'database', 'queue', 'dns-zone', 'iam-user', 'iam-role'];

/** Words of Nova and of clouds that grew out of it: state, with the task under way. */
const NOVA: Record<string, VmState> = {
  BUILD: 'creating', ACTIVE: 'running', 'ACTIVE+powering-off': 'suspending', SHUTOFF: 'suspended', 'SHUTOFF+powering-on': 'resuming', REBOOT: 'rebooting', 'ACTIVE+deleting': 'terminating', DELETED: 'terminated', ERROR: 'failed',
};

/** How each of the ten clouds behaves, and what its words for VM states mean; where a word has two meanings, the one that asks for patience. The box's personalities are the source; a test holds both together. */
const MANNERS = {
  aws: {
    traits: { idempotencyToken: ['vm', 'disk', 'route-table', 'nat-gateway', 'network-interface', 'cluster', 'node-group', 'file-system', 'dns-zone'], uniqueName: [...NAMED, 'security-group', 'placement-group', 'load-balancer', 'cluster', 'node-group', 'database', 'queue', 'custom-image'], consistencyWindowMs: 10_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { pending: 'creating', running: 'running', stopping: 'suspending', stopped: 'suspended', 'shutting-down': 'terminating', terminated: 'terminated' },
  },
  azure: {
    traits: { idempotencyToken: [], uniqueName: without(), consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'region', vmBatch: 1 },
    vmStates: { Creating: 'creating', running: 'running', deallocating: 'suspending', deallocated: 'suspended', starting: 'resuming', Deleting: 'terminating', NotFound: 'terminated', Failed: 'failed' },
  },
  gcp: {
    traits: { idempotencyToken: without('key-pair', ...NOT_COMPUTE), uniqueName: without('key-pair'), consistencyWindowMs: 2_000, networkScope: 'global', subnetScope: 'region', vmBatch: 20 },
    vmStates: { PROVISIONING: 'creating', RUNNING: 'running', STOPPING: 'suspending', TERMINATED: 'suspended', STAGING: 'resuming', DEPROVISIONING: 'terminating', NOT_FOUND: 'terminated', REPAIRING: 'failed' },
  },
  alibaba: {
    traits: { idempotencyToken: without('key-pair', 'bucket', 'queue', 'dns-zone', 'iam-user', 'iam-role'), uniqueName: [...NAMED, 'queue'], consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { Pending: 'creating', Running: 'running', Stopping: 'suspending', Stopped: 'suspended', Starting: 'resuming', NotFound: 'terminated', Error: 'failed' },
  },
  tencent: {
    traits: { idempotencyToken: ['vm', 'disk', 'public-ip'], uniqueName: [...NAMED, 'queue'], consistencyWindowMs: 10_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 100 },
    vmStates: { PENDING: 'creating', RUNNING: 'running', STOPPING: 'suspending', STOPPED: 'suspended', STARTING: 'resuming', REBOOTING: 'rebooting', TERMINATING: 'terminating', NOT_FOUND: 'terminated', LAUNCH_FAILED: 'failed' },
  },
  ibm: {
    traits: { idempotencyToken: [], uniqueName: without(), consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 1 },
    vmStates: { pending: 'creating', running: 'running', stopping: 'suspending', stopped: 'suspended', starting: 'resuming', restarting: 'rebooting', deleting: 'terminating', not_found: 'terminated', failed: 'failed' },
  },
  ncp: {
    traits: { idempotencyToken: [], uniqueName: without('public-ip'), consistencyWindowMs: 15_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 20 },
    vmStates: { INIT: 'creating', RUN: 'running', 'RUN+SHTDN': 'suspending', NSTOP: 'suspended', 'NSTOP+SETUP': 'resuming', 'RUN+REBT': 'rebooting', TERMT: 'terminating', NOT_FOUND: 'terminated', ERROR: 'failed' },
  },
  nhn: { traits: { idempotencyToken: [], uniqueName: NAMED, consistencyWindowMs: 3_000, networkScope: 'region', subnetScope: 'region', vmBatch: 10 }, vmStates: NOVA },
  kt: { traits: { idempotencyToken: [], uniqueName: NAMED, consistencyWindowMs: 5_000, networkScope: 'region', subnetScope: 'zone', vmBatch: 1 }, vmStates: NOVA },
  openstack: { traits: { idempotencyToken: [], uniqueName: NAMED, consistencyWindowMs: 1_000, networkScope: 'region', subnetScope: 'region', vmBatch: 1 }, vmStates: NOVA },
} satisfies Record<keyof typeof SERVICES, { traits: Traits; vmStates: Record<string, VmState> }>;

/** The ten clouds with what each has and lacks. */
export const CLOUDS: Record<string, { traits: Traits; vmStates: Record<string, VmState>; assumesRoles: boolean }> = Object.fromEntries(
  Object.entries(MANNERS).map(([cloud, { traits, vmStates }]) => {
    const { lacks, clusterNeedsNodes, subnetsForServices, assumesRoles } = SERVICES[cloud as keyof typeof SERVICES];
    const offered = (kinds: ResourceKind[]): ResourceKind[] => kinds.filter((kind) => !lacks.includes(kind));
    return [cloud, { traits: { ...traits, idempotencyToken: offered(traits.idempotencyToken), uniqueName: offered(traits.uniqueName), lacks, clusterNeedsNodes, subnetsForServices } as Traits, vmStates, assumesRoles }];
  }),
);
