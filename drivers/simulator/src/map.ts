import type { Disk, KeyPair, Network, Page, PublicIp, ResourceState, SecurityGroup, Subnet, Vm, VmState } from '@mcmp/driver-sdk';

/** A thing as the wire tells it: as the SDK has it, but for the state. */
export type Row<T> = Omit<T, 'state'>;

const RESOURCE_STATES: readonly string[] = ['pending', 'available', 'in-use', 'deleting', 'failed'];
const stateOf = (word: string): ResourceState => (RESOURCE_STATES.includes(word) ? (word as ResourceState) : 'pending');

/** The members that every resource has. */
const resource = ({ id, name, region, tags, providerState }: Row<Network>) => ({ id, name, region, tags, providerState });
/** Leaves out members that are absent. */
const given = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

export const toNetwork = (row: Row<Network>): Network => given({ ...resource(row), state: stateOf(row.providerState), cidr: row.cidr });
export const toSubnet = (row: Row<Subnet>): Subnet => given({ ...resource(row), state: stateOf(row.providerState), networkId: row.networkId, cidr: row.cidr, zone: row.zone });
export const toSecurityGroup = (row: Row<SecurityGroup>): SecurityGroup => given({ ...resource(row), state: stateOf(row.providerState), networkId: row.networkId, rules: row.rules });
export const toKeyPair = (row: Row<KeyPair>): KeyPair => given({ ...resource(row), state: stateOf(row.providerState), fingerprint: row.fingerprint });
export const toDisk = (row: Row<Disk>): Disk =>
  given({ ...resource(row), state: stateOf(row.providerState), zone: row.zone, sizeGiB: row.sizeGiB, type: row.type, vmId: row.vmId, device: row.device });
export const toPublicIp = (row: Row<PublicIp>): PublicIp => given({ ...resource(row), state: stateOf(row.providerState), address: row.address, vmId: row.vmId });

/** A VM's state by its cloud's own word; one that failed says why, whatever the word. SSH answers at the public address, on a port of the box. */
export const toVm = (states: Record<string, VmState>) => (row: Row<Vm>): Vm => given({
  ...resource(row), state: row.failure ? 'failed' : (states[row.providerState] ?? 'pending'),
  zone: row.zone, specId: row.specId, imageId: row.imageId, networkId: row.networkId, subnetId: row.subnetId, securityGroupIds: row.securityGroupIds, privateIp: row.privateIp, publicIp: row.publicIp,
  ...(row.publicIp !== undefined && { sshHost: row.publicIp, sshPort: row.sshPort }), batchIndex: row.batchIndex, createdAt: row.createdAt, failure: row.failure,
});

export const mapPage = <R, T>(page: Page<R>, map: (row: R) => T): Page<T> => given({ items: page.items.map(map), nextPageToken: page.nextPageToken });
