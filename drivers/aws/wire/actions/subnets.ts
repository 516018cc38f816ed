import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { describe } from '../describe.js';
import { badCombination, invalidValue, missing } from '../errors.js';
import { blockOf } from '../cidr.js';
import { checkId } from '../ids.js';
import { endFailed, isGone } from '../instances.js';
import { shownTags, tagsOf } from '../tags.js';
import { forgetSubnet } from './route-tables.js';
import { zoneId, zoneOf } from './regions.js';

/** EC2 keeps the first four addresses of a subnet and the last one. */
const RESERVED_ADDRESSES = 5;

/** How many addresses of each subnet are in use, counted once for a whole answer. */
export function addressesInUse(view: RegionView): Map<string, number> {
  const used = new Map<string, number>();
  for (const vm of view.list('vm', { where: (each) => !isGone(each) })) {
    const id = vm.attributes.subnetId;
    if (id) used.set(id, (used.get(id) ?? 0) + 1);
  }
  for (const { attributes: { subnetId } } of view.list('network-interface')) used.set(subnetId, (used.get(subnetId) ?? 0) + 1);
  return used;
}

function showSubnet(view: RegionView, subnet: Thing<'subnet'>, used: Map<string, number>): ec2.Subnet {
  const { cidr, zone, networkId, publicAddresses } = subnet.attributes;
  return {
    SubnetId: subnet.id, VpcId: networkId, OwnerId: subnet.account, CidrBlock: cidr, State: subnet.state === 'pending' ? 'pending' : 'available', DefaultForAz: false,
    ...(zone ? { AvailabilityZone: zone, AvailabilityZoneId: zoneId(view, zone) } : {}), MapPublicIpOnLaunch: publicAddresses, AssignIpv6AddressOnCreation: false, Ipv6CidrBlockAssociationSet: [],
    AvailableIpAddressCount: 2 ** (32 - Number(cidr.split('/')[1])) - RESERVED_ADDRESSES - (used.get(subnet.id) ?? 0),
    SubnetArn: `arn:aws:ec2:${subnet.region}:${subnet.account}:subnet/${subnet.id}`, Tags: shownTags(subnet.tags),
  };
}

const createSubnet = action<ec2.CreateSubnetRequest, ec2.CreateSubnetResult>(
  'CreateSubnet', 'subnet.create', ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const vpc = view.get('network', checkId('network', input.VpcId!));
    if (!input.CidrBlock) throw missing('cidrBlock');
    const tags = tagsOf(input.TagSpecifications, 'subnet').subnet;
    const zone = zoneOf(view, input.AvailabilityZone, input.AvailabilityZoneId) ?? view.region.zones[0]!;
    const subnet = view.create('subnet', { name: tags.Name ?? '', tags, attributes: { networkId: vpc.id, cidr: blockOf(input.CidrBlock, 'InvalidSubnet.Range'), zone, publicAddresses: false } });
    return { Subnet: { ...showSubnet(view, subnet, new Map()), State: 'pending' } };
  });

const describeSubnets = action<ec2.DescribeSubnetsRequest, ec2.DescribeSubnetsResult>('DescribeSubnets', 'subnet.list', ['SubnetIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
  const used = addressesInUse(view);
  const { items, NextToken } = describe(view, input, {
    kind: 'subnet', ids: { name: 'subnetSet', given: input.SubnetIds }, show: (subnet) => showSubnet(view, subnet, used), tagsOf: (subnet) => subnet.Tags, rule: { least: 5, most: 1000 },
    filters: {
      'subnet-id': (subnet) => subnet.SubnetId, 'vpc-id': (subnet) => subnet.VpcId, 'availability-zone': (subnet) => subnet.AvailabilityZone, 'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
      'cidr-block': (subnet) => subnet.CidrBlock, cidr: (subnet) => subnet.CidrBlock, state: (subnet) => subnet.State, 'owner-id': (subnet) => subnet.OwnerId,
      'default-for-az': (subnet) => subnet.DefaultForAz, 'map-public-ip-on-launch': (subnet) => subnet.MapPublicIpOnLaunch, 'available-ip-address-count': (subnet) => subnet.AvailableIpAddressCount,
    },
  });
  return { Subnets: items, ...(NextToken ? { NextToken } : {}) };
});

const deleteSubnet = action<ec2.DeleteSubnetRequest, Done>('DeleteSubnet', 'subnet.delete', ['SubnetId', 'DryRun'], (input, { view }) => {
  const id = checkId('subnet', input.SubnetId!);
  endFailed(view);
  view.delete('subnet', id);
  forgetSubnet(view, id);
  return done;
});

const modifySubnetAttribute = action<ec2.ModifySubnetAttributeRequest, Done>('ModifySubnetAttribute', 'subnet.create', ['SubnetId', 'MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation'], (input, { view }) => {
  const subnet = view.get('subnet', checkId('subnet', input.SubnetId!));
  if (input.MapPublicIpOnLaunch && input.AssignIpv6AddressOnCreation) throw badCombination('Only one attribute of a subnet can be changed at a time');
  if (input.AssignIpv6AddressOnCreation?.Value) throw invalidValue(`Subnet ${subnet.id} has no IPv6 CIDR block`);
  if (!input.MapPublicIpOnLaunch && !input.AssignIpv6AddressOnCreation) throw missing('an attribute of the subnet');
  if (input.MapPublicIpOnLaunch) view.change('subnet', subnet.id, { attributes: { publicAddresses: input.MapPublicIpOnLaunch.Value ?? false } });
  return done;
});

export const subnetActions = [createSubnet, describeSubnets, deleteSubnet, modifySubnetAttribute];
