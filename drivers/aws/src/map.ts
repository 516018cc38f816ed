import type { AvailabilityZone, Filter, Instance, ResourceType, Tag, TagSpecification, Volume, Vpc } from '@aws-sdk/client-ec2';
import type { Architecture, CreateRequest, Disk, Network, ResourceState, Tags, Vm, VmState } from '@mcmp/driver-sdk';
import { createHash } from 'node:crypto';

/** Our own tag on kinds that have no idempotency token at AWS: by it a repeated create finds what the first one made. */
const TOKEN_TAG = 'mcmp-token';
/** On a gateway: the network that it was made for, also before it is attached. */
export const NETWORK_TAG = 'mcmp-network';
/** `root` on the root disk of a VM, which is no disk of its own. */
export const ROLE_TAG = 'mcmp-role';

/** On what belongs to one thing of ours alone: the id of that thing, by which its end finds the part also when AWS tells nothing of the thing any more. */
export const PART_TAG = 'mcmp-part-of';

const HIDDEN = new Set(['Name', TOKEN_TAG, NETWORK_TAG, ROLE_TAG, PART_TAG]);

/** AWS's tags as ours, without the name and without the driver's own marks. */
export const tagsOf = (tags: Tag[] | undefined): Tags => Object.fromEntries((tags ?? []).filter(({ Key }) => Key !== undefined && !HIDDEN.has(Key)).map(({ Key, Value }) => [Key!, Value ?? '']));
export const tagOf = (tags: Tag[] | undefined, key: string): string | undefined => tags?.find(({ Key }) => Key === key)?.Value;
/** AWS has no names but as a tag. */
export const nameOf = (tags: Tag[] | undefined, otherwise: string): string => tagOf(tags, 'Name') || otherwise;

export const toTags = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
/** Tags of a create call, so that the thing carries them from its first moment. */
export const tagged = (type: ResourceType, tags: Tags, name?: string): TagSpecification => ({ ResourceType: type, Tags: toTags(name === undefined ? tags : { ...tags, Name: name }) });

/** Our token as a tag value: as it is where AWS takes its characters, else as a hash. */
export const markOf = (token: string): string => (/^[\w.:/=+@-]{1,64}$/.test(token) ? token : createHash('sha256').update(token).digest('hex'));
/** Tags of a thing that AWS has no token for. */
export const marked = ({ tags, token }: Pick<CreateRequest, 'tags' | 'token'>): Tags => ({ ...tags, [TOKEN_TAG]: markOf(token) });
/** Finds what an earlier call with this token made. */
export const byToken = (token: string): Filter => filter(`tag:${TOKEN_TAG}`, markOf(token));
export const hasToken = (tags: Tag[] | undefined, token: string): boolean => tagOf(tags, TOKEN_TAG) === markOf(token);

/** Filter of EC2 in which `*`, `?` and `\` of our values mean themselves. */
export const filter = (name: string, ...values: string[]): Filter => ({ Name: name, Values: values.map((value) => value.replace(/[\\*?]/g, '\\$&')) });
/** Filters of a list by tags and by ids, which stand in the filter `idFilter`. */
export const narrow = (tags: Tags | undefined, idFilter: string, ids: string[] | undefined): Filter[] => [
  ...Object.entries(tags ?? {}).map(([key, value]) => filter(`tag:${key}`, value)),
  ...(ids ? [filter(idFilter, ...ids)] : []),
];

/** Whether a thing has all of these tags. */
export const carries = (tags: Tags, wanted: Tags | undefined): boolean => Object.entries(wanted ?? {}).every(([key, value]) => tags[key] === value);

/** Whether it is a zone of the region itself; local and wavelength zones that an account has opted in are listed beside them. */
export const isZone = ({ ZoneType }: AvailabilityZone): boolean => ZoneType === undefined || ZoneType === 'availability-zone';

/** The first of AWS's words that is one of ours; Macs and 32 bit are none. */
export const architectureOf = (words: (string | undefined)[]): Architecture | undefined => (words.includes('x86_64') ? 'amd64' : words.includes('arm64') ? 'arm64' : undefined);

const VM_STATES: Record<string, VmState> = { pending: 'creating', running: 'running', stopping: 'suspending', stopped: 'suspended', 'shutting-down': 'terminating', terminated: 'terminated' };

/** Reasons for which an instance ends that are somebody's wish and no failure. */
const WISHED = /^Client\.(User|Instance)InitiatedShutdown$|^Client\.UserInitiatedHibernate$/;
const CAPACITY = /Insufficient\w*Capacity|^Server\.(ScheduledStop|SpotInstanceTermination|SpotInstanceShutdown)$/;

/**
 * State of an instance. `pending` is also shown while a stopped one starts: its root disk was attached long before its launch time, which is that of the last start.
 * An instance that AWS ended by itself (`Server.InternalError`, `Client.VolumeLimitExceeded` …) is `failed`.
 */
export function vmStateOf(instance: Instance): VmState {
  const word = instance.State?.Name ?? '';
  if (word === 'terminated') return failureOf(instance) ? 'failed' : 'terminated';
  const attached = instance.BlockDeviceMappings?.[0]?.Ebs?.AttachTime;
  if (word === 'pending' && attached && instance.LaunchTime && instance.LaunchTime.getTime() - attached.getTime() > 30_000) return 'resuming';
  return VM_STATES[word] ?? 'pending';
}

function failureOf(instance: Instance): Vm['failure'] {
  const { Code: providerCode, Message: message } = instance.StateReason ?? {};
  if (instance.State?.Name !== 'terminated' || !providerCode || WISHED.test(providerCode)) return undefined;
  return { providerCode, message: message ?? providerCode, ...(CAPACITY.test(providerCode) ? { outOfCapacity: true } : {}) };
}

/** Some endpoints tell the groups at the first network interface only. */
const groupsOf = ({ SecurityGroups = [], NetworkInterfaces = [] }: Instance): string[] =>
  (SecurityGroups.length > 0 ? SecurityGroups : (NetworkInterfaces[0]?.Groups ?? [])).flatMap(({ GroupId }) => GroupId ?? []);

/** @param sshPort where SSH answers, if it is not 22. */
export function toVm(instance: Instance, region: string, sshPort: number): Vm {
  const id = instance.InstanceId ?? '';
  const failure = failureOf(instance);
  return {
    id, name: nameOf(instance.Tags, id), region, tags: tagsOf(instance.Tags), providerState: instance.State?.Name ?? 'unknown', state: vmStateOf(instance),
    specId: instance.InstanceType ?? '', imageId: instance.ImageId ?? '', securityGroupIds: groupsOf(instance),
    ...present({
      zone: instance.Placement?.AvailabilityZone, networkId: instance.VpcId, subnetId: instance.SubnetId, privateIp: instance.PrivateIpAddress, publicIp: instance.PublicIpAddress,
      batchIndex: instance.AmiLaunchIndex, createdAt: instance.LaunchTime?.toISOString(), sshPort: instance.PublicIpAddress && sshPort !== 22 ? sshPort : undefined, failure,
    }),
  };
}

export const toNetwork = (vpc: Vpc, region: string): Network => {
  const id = vpc.VpcId ?? '';
  return { id, name: nameOf(vpc.Tags, id), region, tags: tagsOf(vpc.Tags), providerState: vpc.State ?? 'unknown', state: stateOf(vpc.State), ...present({ cidr: vpc.CidrBlock }) };
};

/** State of all that is no VM, by AWS's words for networks, subnets and volumes. */
export const stateOf = (word: string | undefined): ResourceState => RESOURCE_STATES[word ?? ''] ?? 'pending';
const RESOURCE_STATES: Record<string, ResourceState> = { available: 'available', 'in-use': 'in-use', deleting: 'deleting', deleted: 'deleting', error: 'failed', failed: 'failed', 'failed-insufficient-capacity': 'failed' };

/** Whether a volume is the root disk of a VM, by our mark or by the device names that AWS reserves for it. */
export const isRootVolume = (volume: Volume): boolean => tagOf(volume.Tags, ROLE_TAG) === 'root' || (volume.Attachments ?? []).some(({ Device }) => /^\/dev\/(sda1?|xvda)$/.test(Device ?? ''));

export function toDisk(volume: Volume, region: string): Disk {
  const id = volume.VolumeId ?? '';
  const attachment = volume.Attachments?.find(({ State }) => State !== 'detached');
  return {
    id, name: nameOf(volume.Tags, id), region, tags: tagsOf(volume.Tags), providerState: volume.State ?? 'unknown', state: stateOf(volume.State), sizeGiB: volume.Size ?? 0,
    ...present({ zone: volume.AvailabilityZone, type: volume.VolumeType, vmId: attachment?.InstanceId, device: attachment?.Device }),
  };
}

/** The same without what is undefined, since plain data crosses the border of the process. */
export const present = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
