import type { Image, KeyPair, Network, Price, Region, ResourceState, SecurityGroup, SecurityRule, Spec, Subnet, Tags, Vm, VmState, Zone } from '@mcmp/driver-sdk';

/** A thing as the cloud tells it. */
export interface Row { id: string; name: string; labels: Tags; state: string }
export interface NetworkRow extends Row { range: string }
export interface SubnetRow extends Row { network: string; range: string }
export interface RuleRow { way: 'in' | 'out'; protocol: SecurityRule['protocol']; from?: number; to?: number; peer: string }
export interface FirewallRow extends Row { network: string; rules: RuleRow[] }
export interface KeyRow extends Row { fingerprint: string }
export interface ServerRow extends Row { size: string; image: string; zone: string; network: string; subnet: string; firewalls: string[]; privateAddress?: string; publicAddress?: string; position: number; createdAt: string }

/** The cloud's words for states; a word that is not here is `pending`, never `failed`. */
const STATES: Record<string, ResourceState> = { READY: 'available', REMOVING: 'deleting' };
const SERVER_STATES: Record<string, VmState> = { BUILDING: 'creating', ON: 'running', STOPPING: 'suspending', OFF: 'suspended', STARTING: 'resuming', RESTARTING: 'rebooting', REMOVING: 'terminating', BROKEN: 'failed' };

const resource = (region: string, { id, name, labels, state }: Row) => ({ id, name, region, tags: labels, providerState: state });
const stateOf = ({ state }: Row): ResourceState => STATES[state] ?? 'pending';

export const toNetwork = (region: string) => (row: NetworkRow): Network => ({ ...resource(region, row), state: stateOf(row), cidr: row.range });
export const toSubnet = (region: string) => (row: SubnetRow): Subnet => ({ ...resource(region, row), state: stateOf(row), networkId: row.network, cidr: row.range });
export const toSecurityGroup = (region: string) => (row: FirewallRow): SecurityGroup => ({ ...resource(region, row), state: stateOf(row), networkId: row.network, rules: row.rules.map(toRule) });
export const toKeyPair = (region: string) => (row: KeyRow): KeyPair => ({ ...resource(region, row), state: stateOf(row), fingerprint: row.fingerprint });
export const toVm = (region: string) => (row: ServerRow): Vm => ({
  ...resource(region, row), state: SERVER_STATES[row.state] ?? 'pending', zone: row.zone, specId: row.size, imageId: row.image, networkId: row.network, subnetId: row.subnet, securityGroupIds: row.firewalls,
  ...(row.privateAddress !== undefined && { privateIp: row.privateAddress }), ...(row.publicAddress !== undefined && { publicIp: row.publicAddress }), batchIndex: row.position, createdAt: row.createdAt,
});

const toRule = ({ way, protocol, from, to, peer }: RuleRow): SecurityRule => ({ direction: way === 'in' ? 'ingress' : 'egress', protocol, ...(from !== undefined && { fromPort: from }), ...(to !== undefined && { toPort: to }), cidr: peer });
/** The same the other way. */
export const fromRule = ({ direction, protocol, fromPort, toPort, cidr }: SecurityRule): RuleRow => ({ way: direction === 'ingress' ? 'in' : 'out', protocol, ...(fromPort !== undefined && { from: fromPort }), ...(toPort !== undefined && { to: toPort }), peer: cidr });

export const toRegion = ({ id, name, latitude, longitude }: { id: string; name: string; latitude: number; longitude: number }): Region => ({ id, name, latitude, longitude, enabled: true });
export const toZone = (region: string) => ({ id }: { id: string }): Zone => ({ id, region, available: true });
export const toSpec = (region: string) => ({ id, cpus, memoryGB }: { id: string; cpus: number; memoryGB: number }): Spec => ({ id, region, vcpu: cpus, memoryMiB: memoryGB * 1024, architecture: 'amd64', gpuCount: 0 });
export const toImage = (region: string) => ({ id, name, system, version, user }: { id: string; name: string; system: string; version: string; user: string }): Image => ({ id, region, name, osFamily: system, osVersion: version, architecture: 'amd64', sshUser: user });
export const toPrice = (region: string) => ({ size, hour, since }: { size: string; hour: number; since: string }): Price => ({
  // An imaginary cloud has imaginary prices; say false where the cloud publishes them.
  specId: size, region, purchase: 'on-demand', osFamily: 'linux', currency: 'EUR', perHour: hour, source: 'the price list of My Cloud', asOf: since, simulated: true,
});
