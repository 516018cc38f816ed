import type { DnsRecord, Listener, NodeGroupShape, ResourceKind, Route, SecurityRule } from '@mcmp/driver-sdk';

/** What is part of one thing in the SDK, and a thing of its own at one provider: AWS's word for the peer of a VPN connection. */
export type PartKind = 'customer-gateway';
/** What the world holds: every kind of the SDK, and such parts. */
export type Kind = ResourceKind | PartKind;

/** VM states of the world; other kinds use those of the SDK, and databases `suspended`. */
export type WorldVmState = 'creating' | 'running' | 'suspending' | 'suspended' | 'resuming' | 'rebooting' | 'terminating' | 'terminated' | 'failed';

/** Where a managed thing stands: its hidden interfaces lie in these subnets, under these groups, with these addresses by subnet. */
export interface Placed { networkId: string; subnetIds: string[]; securityGroupIds: string[]; addresses: Record<string, string> }

/** What each kind has beside its id, name and tags. Members that name other things are listed in `holding.ts`. */
export interface Attributes {
  network: { cidr?: string };
  subnet: { networkId: string; cidr: string; zone?: string; publicAddresses: boolean };
  'internet-gateway': { networkId?: string };
  'nat-gateway': { networkId: string; subnetId: string; publicIpId?: string; publicIp: string };
  'route-table': { networkId: string; main: boolean; routes: Route[]; subnetIds: string[] };
  'security-group': { networkId?: string; description: string; rules: SecurityRule[] };
  'key-pair': { publicKey: string; fingerprint: string };
  'placement-group': { policy: 'spread' | 'cluster' };
  'network-interface': {
    networkId: string; subnetId: string; securityGroupIds: string[]; privateIp: string; macAddress: string; vmId?: string;
    /** The managed thing that it was made by. It goes a while after its owner, and by no other way. */
    owner?: { kind: Kind; id: string };
  };
  vm: {
    specId: string; imageId: string; zone?: string; networkId?: string; subnetId?: string; securityGroupIds: string[]; keyPairId?: string; placementGroupId?: string;
    sshUser: string; userData?: string; rootDiskGiB: number; privateIp: string;
    /** A loopback address of its own, at which the VM answers SSH on `sshPort`. */
    publicIp?: string; sshPort: number;
    /** The public address of its own life, kept while a public IP takes its place. */
    ownAddress?: string;
    /** OpenSSH line of the key that its user takes. */
    publicKey?: string;
    /** VMs made by one request share it. */
    batch: string; batchIndex: number;
    failure?: { providerCode: string; message: string; outOfCapacity?: boolean };
  };
  disk: { sizeGiB: number; zone?: string; type?: string; snapshotId?: string; vmId?: string; device?: string };
  'public-ip': { address: string; vmId?: string };
  snapshot: {
    /** Empty for the root disk of a VM, which has no id of its own; then `sourceVmId` says whose. A memory and no tie. */
    diskId: string; sizeGiB: number; sourceVmId?: string;
  };
  'custom-image': {
    /** Empty where it was made of a snapshot. */
    sourceVmId: string; snapshotId?: string;
     architecture: 'amd64' | 'arm64'; osFamily: string; osVersion: string; sshUser: string; minDiskGiB: number;
  };
  'load-balancer': Placed & {
    type: 'network' | 'application'; scheme: 'public' | 'internal'; address: string; listeners: Listener[]; vmIds: string[];
    /** When each target was registered, milliseconds; health is asked from then on. */
    registeredAt: Record<string, number>;
  };
  cluster: Placed & { version: string };
  'node-group': NodeGroupShape & { clusterId: string; subnetIds: string[]; version: string };
  bucket: { versioning: boolean };
  'file-system': Placed & { protocol: 'nfs' | 'smb'; sizeGiB?: number };
  database: Placed & { engine: string; version: string; specId: string; storageGiB: number; user: string; public: boolean; port: number; publicIp?: string };
  queue: { fifo: boolean };
  'dns-zone': { domain: string; private: boolean; networkIds: string[]; nameServers: string[]; records: Omit<DnsRecord, 'zoneId'>[] };
  'vpn-gateway': {
    /** Absent while it is attached to none, where gateways are made before they are attached. */
    networkId?: string; subnetId?: string; asn: number; addresses: string[];
  };
  'customer-gateway': { address: string; asn: number };
  'vpn-connection': {
    vpnGatewayId: string; peerAddress: string; peerCidrs: string[]; localCidrs: string[]; insideCidrs: string[];
    /** Digest of the shared key: two ends that know the same are up, and nobody reads it here. */
    keyDigest: string;
    /** The peer as a thing of its own, where the cloud has it. */
    customerGatewayId?: string;
  };
  'iam-user': { policyIds: string[]; keyIds: string[] };
  'iam-role': { policyIds: string[]; trust: string; description: string };
}
