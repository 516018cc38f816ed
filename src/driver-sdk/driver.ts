import type { AccountHandlers, ImageHandlers, PriceHandlers, QuotaHandlers, RegionHandlers, SpecHandlers } from './catalog.js';
import type { ClusterHandlers, NodeGroupHandlers } from './cluster.js';
import type { DiskHandlers, PlacementGroupHandlers, TagHandlers, VmHandlers } from './compute.js';
import type { DnsRecordHandlers, DnsZoneHandlers } from './dns.js';
import type { FunctionHandlers } from './function.js';
import type { InternetGatewayHandlers, NatGatewayHandlers, NetworkInterfaceHandlers, RouteTableHandlers } from './gateway.js';
import type { IamRoleHandlers, IamUserHandlers } from './iam.js';
import type { ResourceKind } from './kinds.js';
import type { LoadBalancerHandlers } from './loadbalancer.js';
import type { KeyPairHandlers, NetworkHandlers, PublicIpHandlers, SecurityGroupHandlers, SubnetHandlers } from './network.js';
import type { DatabaseHandlers, QueueHandlers } from './services.js';
import type { BucketHandlers, CustomImageHandlers, FileSystemHandlers, ObjectHandlers, SnapshotHandlers } from './storage.js';
import type { ChargeHandlers, EventHandlers, MetricHandlers } from './telemetry.js';
import type { VpnConnectionHandlers, VpnGatewayHandlers } from './vpn.js';

/** Handler groups by capability; a session has exactly those that its manifest lists. */
export interface HandlerGroups {
  account: AccountHandlers;
  region: RegionHandlers;
  spec: SpecHandlers;
  image: ImageHandlers;
  price: PriceHandlers;
  quota: QuotaHandlers;
  network: NetworkHandlers;
  subnet: SubnetHandlers;
  'security-group': SecurityGroupHandlers;
  'key-pair': KeyPairHandlers;
  vm: VmHandlers;
  disk: DiskHandlers;
  'public-ip': PublicIpHandlers;
  tag: TagHandlers;
  'network-interface': NetworkInterfaceHandlers;
  'internet-gateway': InternetGatewayHandlers;
  'nat-gateway': NatGatewayHandlers;
  'route-table': RouteTableHandlers;
  'vpn-gateway': VpnGatewayHandlers;
  'vpn-connection': VpnConnectionHandlers;
  'placement-group': PlacementGroupHandlers;
  snapshot: SnapshotHandlers;
  'custom-image': CustomImageHandlers;
  'load-balancer': LoadBalancerHandlers;
  cluster: ClusterHandlers;
  'node-group': NodeGroupHandlers;
  bucket: BucketHandlers;
  object: ObjectHandlers;
  'file-system': FileSystemHandlers;
  database: DatabaseHandlers;
  queue: QueueHandlers;
  'dns-zone': DnsZoneHandlers;
  'dns-record': DnsRecordHandlers;
  metric: MetricHandlers;
  event: EventHandlers;
  charge: ChargeHandlers;
  'iam-user': IamUserHandlers;
  'iam-role': IamRoleHandlers;
  function: FunctionHandlers;
}
/** Name of a handler group. */
export type Capability = keyof HandlerGroups;

/** How this cloud behaves where clouds differ; the platform reads these instead of asking which cloud it is. */
export interface Traits {
  /** Kinds whose create honours `token`: a repeat gives the same thing. For the others the platform looks by tag first. */
  idempotencyToken: ResourceKind[];
  /** Kinds whose name the cloud keeps unique, so that a second create answers ALREADY_EXISTS. */
  uniqueName: ResourceKind[];
  /** Longest time in which a new thing may be missing from get and list. */
  consistencyWindowMs: number;
  /** `region`: a network belongs to one region; `global`: one network spans all. */
  networkScope: 'region' | 'global';
  /** Whether a subnet lies in one zone. */
  subnetScope: 'zone' | 'region';
  /** Most VMs of one `vm.create`. */
  vmBatch: number;
  /** A cluster is made together with its first node group; absent is false. */
  clusterNeedsNodes?: boolean;
  /** Capabilities of the manifest that this account's cloud has no API for: their methods answer UNSUPPORTED, and the platform offers them nowhere. For drivers that serve several clouds, or one whose parts are optional. */
  lacks?: Capability[];
  /** Subnets, in different zones, that a cluster, a database and an application load balancer need at least; absent is 1. */
  subnetsForServices?: number;
}

/** What a connection hands to its driver; kept in memory only. */
export interface ConnectInput {
  /** Values of the manifest's credential fields. */
  credential: Record<string, string>;
  /** Base URL instead of the provider's own. */
  endpoint?: string;
  /** Values of the manifest's option fields. */
  options: Record<string, string>;
}

/** A connected account. `connect` itself makes no call to the cloud; `account.verify` does. */
export type Session = { traits: Traits; close?(): Promise<void> } & { [C in Capability]?: HandlerGroups[C] };

/** What a bundle's entry exports as default. */
export interface Driver {
  readonly mcmpDriver: 1;
  connect(input: ConnectInput): Promise<Session>;
}

/** Makes the default export of a driver bundle. */
export const defineDriver = (driver: { connect(input: ConnectInput): Promise<Session> }): Driver => ({ mcmpDriver: 1, connect: (input) => driver.connect(input) });
