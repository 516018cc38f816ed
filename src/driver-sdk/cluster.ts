import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, InRegion, ListRequest, Page, ResourceState } from './shapes.js';

/** A managed Kubernetes cluster. */
export interface Cluster extends CloudResource {
  state: ResourceState;
  /** e.g. `1.34`. */
  version: string;
  networkId?: string;
  subnetIds: string[];
  /** URL of its API server; absent until there is one. */
  endpoint?: string;
  /** ISO 8601. */
  createdAt?: string;
  failure?: string;
}
/** Nodes of one size, wished or there. */
export interface NodeGroupShape {
  specId: string;
  /** Nodes wished now. */
  size: number;
  /** With `maxSize`: bounds of the cloud's own autoscaler. */
  minSize: number;
  maxSize: number;
  rootDiskGiB?: number;
  /** Key for SSH to the nodes, where the cloud lets people in. */
  keyPairId?: string;
  /** Kubernetes labels of the nodes. */
  labels?: Record<string, string>;
}
export interface CreateCluster extends CreateRequest {
  /** One of `versions`; absent takes the cloud's default. */
  version?: string;
  networkId: string;
  /** Some clouds want two in different zones. */
  subnetIds: string[];
  securityGroupIds?: string[];
  /** First node group, for clouds whose clusters begin with one (`traits.clusterNeedsNodes`); others ignore it. Its name is the node group's. */
  firstNodeGroup?: NodeGroupShape & { name: string };
}
/** Capability `cluster`. Deleting one that has node groups is IN_USE where the cloud does not take them along. */
export interface ClusterHandlers extends Lifecycle<Cluster, CreateCluster> {
  /** Versions that a new cluster may have, newest first. */
  versions(request: InRegion, signal: AbortSignal): Promise<{ items: { version: string; default: boolean }[] }>;
  upgrade(request: ById & { version: string }, signal: AbortSignal): Promise<void>;
  /** A kubeconfig (YAML) for this cluster. A secret; `expiresAt` where it is short-lived. */
  kubeconfig(request: ById, signal: AbortSignal): Promise<{ kubeconfig: string; expiresAt?: string }>;
}

/** Nodes of one size in a cluster. */
export interface NodeGroup extends CloudResource, NodeGroupShape {
  state: ResourceState;
  clusterId: string;
  version?: string;
  failure?: string;
}
export interface CreateNodeGroup extends CreateRequest, NodeGroupShape {
  clusterId: string;
  subnetIds: string[];
}
/** Names a node group, whose id may be unique in its cluster only. */
export type InCluster = ById & { clusterId: string };
/** Capability `node-group`. */
export interface NodeGroupHandlers {
  create(request: CreateNodeGroup, signal: AbortSignal): Promise<NodeGroup>;
  get(request: InCluster, signal: AbortSignal): Promise<NodeGroup>;
  list(request: ListRequest & { clusterId: string }, signal: AbortSignal): Promise<Page<NodeGroup>>;
  delete(request: InCluster, signal: AbortSignal): Promise<void>;
  /** Changes how many nodes there are and may be; may be repeated. */
  resize(request: InCluster & { size: number; minSize: number; maxSize: number }, signal: AbortSignal): Promise<NodeGroup>;
  upgrade?(request: InCluster & { version: string }, signal: AbortSignal): Promise<void>;
}
