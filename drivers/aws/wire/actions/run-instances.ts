import type * as ec2 from '@aws-sdk/client-ec2';
import type { CreateWorldVms, RegionView, Thing } from '../../../simulator/world/types.js';
import { WorldError } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { badCombination, Ec2Error, invalidValue, missing, notFound, notPlayed } from '../errors.js';
import { checkId, reservationId } from '../ids.js';
import { architectureOf, InstanceBook, rootDevice } from '../instances.js';
import { hidden, hideTags, tagsOf } from '../tags.js';
import { groupNamed } from './placement-groups.js';

const LARGEST_USER_DATA = 16_384;

const runInstances = action<ec2.RunInstancesRequest, ec2.Reservation>(
  'RunInstances', 'vm.create',
  ['ImageId', 'InstanceType', 'MinCount', 'MaxCount', 'KeyName', 'SecurityGroupIds', 'SubnetId', 'UserData', 'Placement', 'BlockDeviceMappings', 'NetworkInterfaces', 'TagSpecifications', 'ClientToken', 'DryRun'],
  (input, { view, account }) => {
    const { MinCount: least, MaxCount: most } = input as { MinCount: number; MaxCount: number };
    if (!Number.isInteger(least) || least < 1 || !Number.isInteger(most) || most < least) throw invalidValue(`Value (${least}, ${most}) for parameters minCount, maxCount is invalid. Expecting whole numbers of which the first is 1 or more and not above the second.`);
    const wish = wishOf(view, input);
    const vms = launch(view, (count) => ({ ...wish, names: Array.from({ length: count }, () => wish.tags.Name ?? '') }), least, most);
    const book = new InstanceBook(view);
    return {
      ReservationId: reservationId(vms[0]!.attributes.batch), OwnerId: account, Groups: [],
      Instances: [...vms].sort((a, b) => a.attributes.batchIndex - b.attributes.batchIndex).map((vm) => book.show(vm)),
    };
  },
  {
    accepts: ['Monitoring', 'EbsOptimized', 'MetadataOptions', 'CreditSpecification', 'InstanceInitiatedShutdownBehavior', 'DisableApiTermination', 'DisableApiStop', 'MaintenanceOptions', 'PrivateDnsNameOptions'],
    count: (input) => input.MaxCount ?? 1,
  });

/** As many as fit between MinCount and MaxCount. A token that was used for fewer gives those. */
function launch(view: RegionView, request: (count: number) => CreateWorldVms, least: number, most: number): Thing<'vm'>[] {
  let first: WorldError | undefined;
  for (let count = most; count >= least; count--) {
    try {
      return view.createVms(request(count));
    } catch (error) {
      if (!(error instanceof WorldError) || !(error.code === 'OUT_OF_CAPACITY' || error.code === 'QUOTA_EXCEEDED' || error.detail.reason === 'token-mismatch')) throw error;
      first ??= error;
    }
  }
  throw first!;
}

function wishOf(view: RegionView, input: ec2.RunInstancesRequest): Omit<CreateWorldVms, 'names'> {
  const image = imageOf(view, input.ImageId);
  const specId = String(input.InstanceType ?? '');
  if (!specId) throw missing('InstanceType');
  const spec = view.personality.specs(view.region.id).find((each) => each.id === specId);
  if (!spec) throw invalidValue(`Invalid value '${specId}' for InstanceType.`);
  if (spec.architecture !== image.architecture) {
    throw invalidValue(`The architecture '${architectureOf(spec.architecture)}' of the specified instance type does not match the architecture '${architectureOf(image.architecture)}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`);
  }
  const place = placeOf(view, input);
  const group = input.Placement?.GroupId ?? (input.Placement?.GroupName ? groupNamed(view, input.Placement.GroupName).id : undefined);
  const key = input.KeyName ? view.list('key-pair', { where: (each) => each.name === input.KeyName })[0] : undefined;
  if (input.KeyName && !key) throw notFound('key-pair', input.KeyName);
  const tags = tagsOf(input.TagSpecifications, 'instance', 'volume', 'network-interface');
  const userData = userDataOf(input.UserData);
  const rootDiskGiB = rootDiskOf(input.BlockDeviceMappings, rootDevice(image), image.minDiskGiB);
  return {
    specId, imageId: input.ImageId!, ...place, ...(group ? { placementGroupId: view.get('placement-group', checkId('placement-group', group)).id } : {}), sshUser: image.sshUser, ...(userData ? { userData } : {}), ...(rootDiskGiB ? { rootDiskGiB } : {}), ...(input.ClientToken ? { token: input.ClientToken } : {}),
    tags: { ...tags.instance, ...hideTags(tags.volume, 'volume'), ...hideTags(tags['network-interface'], 'interface'), ...(key ? hidden('key-name', key.name) : {}) },
    ...(key ? { keyPairId: key.id, publicKey: key.attributes.publicKey } : {}),
  };
}

function imageOf(view: RegionView, id: string | undefined) {
  if (!id) throw missing('ImageId');
  if (!/^ami-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
  const own = view.list('custom-image', { ids: [id] })[0];
  if (own && own.state !== 'available') throw new Ec2Error('InvalidAMIID.Unavailable', `The image ID '[${id}]' is ${own.state}`, 400, 'CONFLICT');
  const image = new InstanceBook(view).image(id);
  if (!image) throw new Ec2Error('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`, 400, 'NOT_FOUND');
  return image;
}

type Place = Pick<CreateWorldVms, 'networkId' | 'subnetId' | 'securityGroupIds' | 'publicAddress'> & { zone?: string };

/** Subnet, groups and address, said either for the instance or for its one network interface. */
function placeOf(view: RegionView, input: ec2.RunInstancesRequest): Place {
  const [card, ...more] = input.NetworkInterfaces ?? [];
  if (more.length) throw notPlayed('The cloud in a box gives an instance one network interface');
  if (card && (input.SubnetId || input.SecurityGroupIds?.length)) throw badCombination('Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request');
  if (card) checkCard(card);
  const subnetId = card ? card.SubnetId : input.SubnetId;
  if (!subnetId) throw new Ec2Error('VPCIdNotSpecified', 'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.');
  const subnet = view.get('subnet', checkId('subnet', subnetId));
  const { networkId, zone, publicAddresses } = subnet.attributes;
  const wanted = input.Placement?.AvailabilityZone;
  if (wanted && zone && wanted !== zone) throw invalidValue(`The specified subnet ${subnet.id} is in the availability zone ${zone}, not in ${wanted}`);
  const groupIds = [...new Set((card ? card.Groups : input.SecurityGroupIds) ?? [])];
  for (const id of groupIds) {
    const group = view.get('security-group', checkId('security-group', id));
    if (group.attributes.networkId !== networkId) throw new Ec2Error('InvalidParameter', `Security group ${id} and subnet ${subnet.id} belong to different networks.`);
  }
  const standard = view.list('security-group', { where: (group) => group.attributes.networkId === networkId && group.name === 'default' });
  return {
    networkId, subnetId: subnet.id, ...(zone ? { zone } : {}), securityGroupIds: groupIds.length ? groupIds : standard.map((group) => group.id),
    publicAddress: card?.AssociatePublicIpAddress ?? publicAddresses,
  };
}

const CARD_MEMBERS = new Set(['DeviceIndex', 'SubnetId', 'Groups', 'AssociatePublicIpAddress', 'DeleteOnTermination', 'Description']);
function checkCard(card: ec2.InstanceNetworkInterfaceSpecification): void {
  if (card.DeviceIndex !== 0) throw invalidValue('The primary network interface has device index 0');
  const other = Object.keys(card).find((name) => !CARD_MEMBERS.has(name));
  if (other) throw notPlayed(`The cloud in a box does not play ${other} of a network interface`);
}

function userDataOf(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64)) throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  const data = Buffer.from(base64, 'base64');
  if (data.length > LARGEST_USER_DATA) throw invalidValue('User data is limited to 16384 bytes');
  return data.toString('utf8');
}

function rootDiskOf(mappings: ec2.BlockDeviceMapping[] | undefined, device: string, leastGiB: number): number | undefined {
  const other = mappings?.find((mapping) => mapping.DeviceName !== device);
  if (other) throw notPlayed(`The cloud in a box maps only the root device (${device}); create and attach other volumes`);
  const ebs = mappings?.[0]?.Ebs;
  if (ebs?.SnapshotId) throw notPlayed('The cloud in a box begins a root volume with its image only');
  const size = ebs?.VolumeSize;
  if (size !== undefined && (!Number.isInteger(size) || size < leastGiB)) throw new Ec2Error('InvalidBlockDeviceMapping', `Volume of size ${size}GB is smaller than snapshot, expect size >= ${leastGiB}GB`);
  return size;
}

export const runActions = [runInstances];
