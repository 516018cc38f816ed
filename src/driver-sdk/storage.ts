import type { Lifecycle } from './network.js';
import type { Architecture, ById, CloudResource, CreateRequest, InRegion, Page, PageRequest, ResourceState } from './shapes.js';

/** The content of a disk at one time. */
export interface Snapshot extends CloudResource {
  state: ResourceState;
  diskId?: string;
  sizeGiB: number;
  /** ISO 8601. */
  createdAt?: string;
  /** 0 to 100, where the cloud tells it. */
  progressPercent?: number;
}
export interface CreateSnapshot extends CreateRequest { diskId: string }
/** Capability `snapshot`. `disk.create` takes one as `snapshotId`. */
export type SnapshotHandlers = Lifecycle<Snapshot, CreateSnapshot>;

/** An image of the account's own, made of a VM; `vm.create` takes its id as `imageId`. */
export interface CustomImage extends CloudResource {
  state: ResourceState;
  vmId?: string;
  architecture?: Architecture;
  minDiskGiB?: number;
  /** ISO 8601. */
  createdAt?: string;
}
export interface CreateCustomImage extends CreateRequest { vmId: string }
/** Capability `custom-image`. Deleting takes the image's own snapshots along. */
export type CustomImageHandlers = Lifecycle<CustomImage, CreateCustomImage>;

/** A container of objects. Its name may be unique in the whole cloud: a driver answers ALREADY_EXISTS where another account has it. */
export interface Bucket extends CloudResource {
  state: ResourceState;
  versioning: boolean;
  /** Base URL of its objects, where there is one. */
  url?: string;
  /** ISO 8601. */
  createdAt?: string;
}
/** Capability `bucket`. Deleting one that is not empty is IN_USE. */
export interface BucketHandlers extends Lifecycle<Bucket, CreateRequest> {
  setVersioning(request: ById & { enabled: boolean }, signal: AbortSignal): Promise<Bucket>;
}

/** An object in a bucket, without its content. */
export interface StoredObject {
  bucketId: string;
  key: string;
  sizeBytes: number;
  etag?: string;
  contentType?: string;
  /** ISO 8601. */
  modifiedAt?: string;
}
/** Names one object. */
export interface ObjectKey extends InRegion { bucketId: string; key: string }
/** Capability `object`. Content travels by signed URLs; `put` and `read` are for small ones. */
export interface ObjectHandlers {
  list(request: InRegion & PageRequest & { bucketId: string; prefix?: string }, signal: AbortSignal): Promise<Page<StoredObject>>;
  get(request: ObjectKey, signal: AbortSignal): Promise<StoredObject>;
  /** `contentBase64` is at most 8 MiB decoded. Repeats overwrite. */
  put(request: ObjectKey & { contentBase64: string; contentType?: string }, signal: AbortSignal): Promise<StoredObject>;
  /** INVALID_REQUEST for an object above 8 MiB. */
  read(request: ObjectKey, signal: AbortSignal): Promise<{ contentBase64: string; contentType?: string }>;
  delete(request: ObjectKey, signal: AbortSignal): Promise<void>;
  /** A URL that gives this one access until it expires, at most `expiresSeconds` (1 to 604 800) from now. A secret. */
  sign(request: ObjectKey & { access: 'read' | 'write'; expiresSeconds: number }, signal: AbortSignal): Promise<{ url: string; expiresAt: string }>;
}

/** A network file system. */
export interface FileSystem extends CloudResource {
  state: ResourceState;
  protocol: 'nfs' | 'smb';
  /** Absent where it grows by itself. */
  sizeGiB?: number;
  usedBytes?: number;
  /** What to mount, per subnet, e.g. `10.0.1.5:/`. */
  mounts: { subnetId?: string; target: string }[];
}
export interface CreateFileSystem extends CreateRequest {
  networkId: string;
  /** It can be mounted from these. */
  subnetIds: string[];
  securityGroupIds: string[];
  protocol: 'nfs' | 'smb';
  /** For clouds whose file systems have a size. */
  sizeGiB?: number;
}
/** Capability `file-system`. Mount targets are part of it. */
export type FileSystemHandlers = Lifecycle<FileSystem, CreateFileSystem>;
