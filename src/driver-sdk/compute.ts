import type { ResourceKind } from './kinds.js';
import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, InRegion, ListRequest, Page, ResourceState, Tags } from './shapes.js';

/** VM states that every cloud shares; an unknown provider state is `pending`. `terminated` and NOT_FOUND mean the same. */
export type VmState = 'creating' | 'running' | 'suspending' | 'suspended' | 'resuming' | 'rebooting' | 'terminating' | 'terminated' | 'failed' | 'pending';

/** A virtual machine. */
export interface Vm extends CloudResource {
  state: VmState;
  zone?: string;
  specId: string;
  imageId: string;
  networkId?: string;
  subnetId?: string;
  securityGroupIds: string[];
  privateIp?: string;
  publicIp?: string;
  /** Where SSH answers, if it is not `publicIp`:22 (port forwarding, loopback). */
  sshHost?: string;
  sshPort?: number;
  /** Position within its batch, from 0, where the cloud tells it. */
  batchIndex?: number;
  /** ISO 8601. */
  createdAt?: string;
  /** Why it is `failed`. */
  failure?: { providerCode?: string; message: string; outOfCapacity?: boolean };
}

/** Asks for VMs that differ in name only. All are made or none. */
export interface CreateVms extends Omit<CreateRequest, 'name'> {
  /** One name per VM, in batch order; at most `traits.vmBatch` of them. */
  names: string[];
  zone?: string;
  specId: string;
  imageId: string;
  networkId: string;
  subnetId: string;
  securityGroupIds: string[];
  keyPairId: string;
  /** OpenSSH line of the same key, for clouds that inject it themselves. */
  publicKey: string;
  sshUser: string;
  /** Root disk in GiB; absent takes the image's. */
  rootDiskGiB?: number;
  /** Plain text for cloud-init; the driver encodes it. */
  userData?: string;
  /** Gives each VM a public address of its own life. */
  publicAddress: boolean;
  /** A placement group that they join. */
  placementGroupId?: string;
}

/** Capability `vm`. Each action may be repeated: what is already so succeeds. */
export interface VmHandlers {
  create(request: CreateVms, signal: AbortSignal): Promise<{ items: Vm[] }>;
  get(request: ById, signal: AbortSignal): Promise<Vm>;
  list(request: ListRequest, signal: AbortSignal): Promise<Page<Vm>>;
  start(request: ById, signal: AbortSignal): Promise<void>;
  stop(request: ById, signal: AbortSignal): Promise<void>;
  reboot(request: ById, signal: AbortSignal): Promise<void>;
  /** Deletes the VM with its root disk and the address of its own life. */
  delete(request: ById, signal: AbortSignal): Promise<void>;
  /** Changes the size of a suspended VM. */
  resize?(request: ById & { specId: string }, signal: AbortSignal): Promise<void>;
}

/** A disk beside the root disk. */
export interface Disk extends CloudResource {
  state: ResourceState;
  zone?: string;
  sizeGiB: number;
  /** The provider's disk type, e.g. `gp3`. */
  type?: string;
  vmId?: string;
  device?: string;
}
export interface CreateDisk extends CreateRequest {
  sizeGiB: number;
  zone?: string;
  type?: string;
  /** Content to begin with; the disk is at least as large. */
  snapshotId?: string;
}

/** Capability `disk`. */
export interface DiskHandlers {
  create(request: CreateDisk, signal: AbortSignal): Promise<Disk>;
  get(request: ById, signal: AbortSignal): Promise<Disk>;
  list(request: ListRequest, signal: AbortSignal): Promise<Page<Disk>>;
  delete(request: ById, signal: AbortSignal): Promise<void>;
  attach(request: ById & { vmId: string }, signal: AbortSignal): Promise<Disk>;
  detach(request: ById, signal: AbortSignal): Promise<Disk>;
  /** Grows the disk; UNSUPPORTED where a cloud cannot. */
  resize?(request: ById & { sizeGiB: number }, signal: AbortSignal): Promise<Disk>;
}

/** Says how VMs that join it are placed: `spread` on different hosts, `cluster` close together. */
export interface PlacementGroup extends CloudResource {
  state: ResourceState;
  policy: 'spread' | 'cluster';
  vmIds: string[];
}
export interface CreatePlacementGroup extends CreateRequest { policy: 'spread' | 'cluster' }
/** Capability `placement-group`. */
export type PlacementGroupHandlers = Lifecycle<PlacementGroup, CreatePlacementGroup>;

/** Capability `tag`: later changes of tags; creates carry theirs from the start. `clusterId` is there for a node group, whose id may be unique in its cluster only. NOT_FOUND where the thing does not exist, or is in another cluster. */
export interface TagHandlers {
  /** Sets these tags and leaves others; `name` also renames where the cloud keeps its name as a tag. */
  set(request: InRegion & { kind: ResourceKind; id: string; clusterId?: string; tags: Tags; name?: string }, signal: AbortSignal): Promise<void>;
  remove(request: InRegion & { kind: ResourceKind; id: string; clusterId?: string; keys: string[] }, signal: AbortSignal): Promise<void>;
}
