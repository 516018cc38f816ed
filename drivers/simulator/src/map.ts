import type { HandlerGroups, Page, ResourceKind, ResourceState, Vm, VmState } from '@mcmp/driver-sdk';

/** What a kind is called in the SDK, told by its own handler group. */
export type Resource<K extends Exclude<ResourceKind, 'vm'>> = Awaited<ReturnType<HandlerGroups[K]['get']>>;
/** A thing as the wire tells it: as the SDK has it, but for the state. */
export type Row<T> = Omit<T, 'state'>;
type Mapped = Exclude<ResourceKind, 'vm'>;

/** Members of each kind beside those that all have; what the wire tells more is left out. */
const MEMBERS: { [K in Mapped]: readonly Exclude<keyof Resource<K>, 'id' | 'name' | 'region' | 'tags' | 'providerState' | 'state'>[] } = {
  network: ['cidr'],
  subnet: ['networkId', 'cidr', 'zone'],
  'internet-gateway': ['networkId'],
  'nat-gateway': ['networkId', 'subnetId', 'publicIp', 'publicIpId'],
  'route-table': ['networkId', 'routes', 'subnetIds'],
  'security-group': ['networkId', 'rules'],
  'key-pair': ['fingerprint'],
  'placement-group': ['policy', 'vmIds'],
  'network-interface': ['networkId', 'subnetId', 'securityGroupIds', 'privateIp', 'macAddress', 'vmId'],
  disk: ['zone', 'sizeGiB', 'type', 'vmId', 'device'],
  'public-ip': ['address', 'vmId'],
  snapshot: ['diskId', 'sizeGiB', 'createdAt', 'progressPercent'],
  'custom-image': ['vmId', 'architecture', 'minDiskGiB', 'createdAt'],
  'load-balancer': ['type', 'scheme', 'networkId', 'subnetIds', 'address', 'listeners', 'vmIds'],
  cluster: ['version', 'networkId', 'subnetIds', 'endpoint', 'createdAt', 'failure'],
  'node-group': ['clusterId', 'specId', 'size', 'minSize', 'maxSize', 'rootDiskGiB', 'keyPairId', 'labels', 'version', 'failure'],
  bucket: ['versioning', 'url', 'createdAt'],
  'file-system': ['protocol', 'sizeGiB', 'usedBytes', 'mounts'],
  database: ['engine', 'version', 'specId', 'storageGiB', 'host', 'port', 'user', 'public'],
  queue: ['fifo', 'url', 'messages'],
  'dns-zone': ['domain', 'private', 'nameServers'],
  'vpn-gateway': ['networkId', 'addresses', 'asn'],
  'vpn-connection': ['vpnGatewayId', 'peerAddress', 'peerCidrs', 'tunnels'],
  'iam-user': ['policyIds', 'keyIds'],
  'iam-role': ['policyIds', 'trust'],
};

const RESOURCE_STATES: readonly string[] = ['pending', 'available', 'in-use', 'deleting', 'failed'];
/** An unknown word asks for patience. Databases alone can be suspended. */
const stateOf = (kind: Mapped, word: string): ResourceState | 'suspended' => (RESOURCE_STATES.includes(word) ? (word as ResourceState) : kind === 'database' && word === 'suspended' ? word : 'pending');

/** The members that every resource has. */
const resource = ({ id, name, region, tags, providerState }: Row<Vm>) => ({ id, name, region, tags, providerState });
/** Leaves out members that are absent. */
const given = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

/** How a row of a kind becomes the SDK's thing. */
export const toResource = <K extends Mapped>(kind: K) => (row: Row<Resource<K>>): Resource<K> => {
  const told = row as unknown as Row<Vm> & Record<string, unknown>;
  return given({ ...resource(told), state: stateOf(kind, told.providerState), ...Object.fromEntries(MEMBERS[kind].map((member) => [member, told[member as string]])) }) as unknown as Resource<K>;
};

/** A VM's state by its cloud's own word; one that failed says why, whatever the word. SSH answers at the public address, on a port of the box. */
export const toVm = (states: Record<string, VmState>) => (row: Row<Vm>): Vm => given({
  ...resource(row), state: row.failure ? 'failed' : (states[row.providerState] ?? 'pending'),
  zone: row.zone, specId: row.specId, imageId: row.imageId, networkId: row.networkId, subnetId: row.subnetId, securityGroupIds: row.securityGroupIds, privateIp: row.privateIp, publicIp: row.publicIp,
  ...(row.publicIp !== undefined && { sshHost: row.publicIp, sshPort: row.sshPort }), batchIndex: row.batchIndex, createdAt: row.createdAt, failure: row.failure,
});

export const mapPage = <R, T>(page: Page<R>, map: (row: R) => T): Page<T> => given({ items: page.items.map(map), nextPageToken: page.nextPageToken });
