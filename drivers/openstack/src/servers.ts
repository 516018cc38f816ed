import type { Tags, Vm, VmState } from '@mcmp/driver-sdk';
import { fromLabels, labelsOf, shown } from './tags.js';
import type { NeutronPort } from './subnet.js';
import type { NeutronThing } from './neutron.js';

/** A server as Nova 2.65 tells it. */
export interface Server {
  id: string;
  name: string;
  status: string;
  'OS-EXT-STS:task_state': string | null;
  'OS-EXT-AZ:availability_zone'?: string;
  flavor: { original_name: string; disk: number };
  /** Empty where it boots from a volume. */
  image: { id: string } | '';
  metadata?: Record<string, string>;
  tags?: string[];
  created: string;
  fault?: { code: number; message: string };
}
export interface FloatingIp extends NeutronThing { floating_ip_address: string; port_id: string | null; floating_network_id: string }

/** Label on a server that is to have a public address of its own life. */
export const PUBLIC = 'mcmp:public';
/** Metadata of a server that boots from a volume: the image that the volume was made of, which Nova does not tell. */
export const IMAGE = 'mcmp-image';
const OWNER = 'mcmp-with=';
/** Description of an address that lives as long as its VM or load balancer. */
export const livesWith = (ownerId: string): string => `${OWNER}${ownerId}`;
/** Whether an address is part of another thing and none of its own. */
export const isPart = ({ description }: FloatingIp): boolean => description?.startsWith(OWNER) === true;

const BUSY: Record<string, VmState> = {
  deleting: 'terminating', 'soft-deleting': 'terminating', 'powering-off': 'suspending', pausing: 'suspending', suspending: 'suspending', shelving: 'suspending', 'powering-on': 'resuming', unpausing: 'resuming', resuming: 'resuming', unshelving: 'resuming',
  spawning: 'creating', scheduling: 'creating', networking: 'creating', block_device_mapping: 'creating',
};
const STATES: Record<string, VmState> = {
  BUILD: 'creating', ACTIVE: 'running', SHUTOFF: 'suspended', PAUSED: 'suspended', SUSPENDED: 'suspended', SHELVED: 'suspended', SHELVED_OFFLOADED: 'suspended', REBOOT: 'rebooting', HARD_REBOOT: 'rebooting',
  ERROR: 'failed', DELETED: 'terminated', SOFT_DELETED: 'terminated',
};

/** State of a server: the task that runs tells more than the state that it comes from. Snapshots and attachments leave a VM as it is; a resize is under way until it is confirmed. */
export function vmStateOf({ status, 'OS-EXT-STS:task_state': task }: Pick<Server, 'status' | 'OS-EXT-STS:task_state'>): VmState {
  if (task?.startsWith('reboot')) return 'rebooting';
  if (task?.startsWith('resize') || task?.startsWith('migrat') || task?.startsWith('rebuild')) return 'pending';
  return (task === null || task === undefined ? undefined : BUSY[task]) ?? STATES[status] ?? 'pending';
}

/** Nova tells by its sentence alone that no host was free. */
const NO_HOST = /No valid host was found|exhausted all hosts|Exceeded maximum number of retries/i;

/** Whether a server is to get, or to keep, a public address of its own. */
export const wantsAddress = (server: Server): boolean => server.tags?.includes(PUBLIC) === true;
export const tagsOfServer = (server: Pick<Server, 'tags'>): Tags => fromLabels(server.tags?.filter((label) => label !== PUBLIC));

/** An address is waited for this long after the VM was made; then the VM is shown as what it is, without one. */
const ADDRESS_PATIENCE_MS = 15 * 60_000;

/** A server with what Neutron knows of it. */
export function toVm(server: Server, region: string, ports: NeutronPort[], addresses: FloatingIp[]): Vm {
  const state = vmStateOf(server);
  const port = ports[0];
  const fixed = port?.fixed_ips?.find(({ ip_address }) => !ip_address.includes(':'));
  const publicIp = addresses.find(({ port_id }) => ports.some(({ id }) => id === port_id))?.floating_ip_address;
  const waits = state === 'running' && publicIp === undefined && wantsAddress(server) && Date.now() - Date.parse(server.created) < ADDRESS_PATIENCE_MS;
  const task = server['OS-EXT-STS:task_state'];
  const zone = server['OS-EXT-AZ:availability_zone'];
  const { fault } = server;
  return {
    id: server.id, name: server.name, region, tags: shown(tagsOfServer(server)), providerState: task ? `${server.status}+${task}` : server.status, state: waits ? 'creating' : state,
    specId: server.flavor.original_name, imageId: server.image === '' ? (server.metadata?.[IMAGE] ?? '') : server.image.id, securityGroupIds: port?.security_groups ?? [], createdAt: server.created,
    ...(zone ? { zone } : {}), ...(port ? { networkId: port.network_id } : {}), ...(fixed ? { subnetId: fixed.subnet_id, privateIp: fixed.ip_address } : {}), ...(publicIp === undefined ? {} : { publicIp }),
    ...(state === 'failed' ? { failure: { providerCode: `fault.${fault?.code ?? 'unknown'}`, message: fault?.message ?? 'Nova tells no reason.', ...(NO_HOST.test(fault?.message ?? '') ? { outOfCapacity: true } : {}) } } : {}),
  };
}

/** Labels of a create, in which Nova takes 50 at most. */
export const serverLabels = (tags: Tags, publicAddress: boolean): string[] => [...Object.entries(tags).flatMap(([key, value]) => labelsOf(key, value)), ...(publicAddress ? [PUBLIC] : [])];
