import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Context, type Done } from '../action.js';
import { describe } from '../describe.js';
import { blockOf } from '../cidr.js';
import { badCombination, inUse, invalidValue, missing, notPlayed } from '../errors.js';
import { checkId } from '../ids.js';
import { dnsOf, endFailed } from '../instances.js';
import { hidden, shownTags, tagsOf } from '../tags.js';

const showVpc = (vpc: Thing<'network'>): ec2.Vpc => ({
  VpcId: vpc.id, OwnerId: vpc.account, CidrBlock: vpc.attributes.cidr!, State: vpc.state === 'pending' ? 'pending' : 'available', IsDefault: false, InstanceTenancy: 'default',
  DhcpOptionsId: 'default', CidrBlockAssociationSet: [{ AssociationId: vpc.id.replace('vpc-', 'vpc-cidr-assoc-'), CidrBlock: vpc.attributes.cidr!, CidrBlockState: { State: 'associated' } }],
  Tags: shownTags(vpc.tags),
});

/** A VPC comes with a main route table and a security group named default, as in EC2. */
const createVpc = action<ec2.CreateVpcRequest, ec2.CreateVpcResult>('CreateVpc', 'network.create', ['CidrBlock', 'InstanceTenancy', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  if (!input.CidrBlock) throw missing('cidrBlock');
  if (input.InstanceTenancy && input.InstanceTenancy !== 'default') throw notPlayed('The cloud in a box plays VPCs of default tenancy only');
  const tags = tagsOf(input.TagSpecifications, 'vpc').vpc;
  const vpc = view.create('network', { name: tags.Name ?? '', tags, attributes: { cidr: blockOf(input.CidrBlock, 'InvalidVpc.Range') } });
  makeOwnParts(view, vpc);
  return { Vpc: { ...showVpc(vpc), State: 'pending' } };
});

function makeOwnParts(view: RegionView, vpc: Thing<'network'>): void {
  view.create('route-table', { name: '', tags: {}, attributes: { networkId: vpc.id, main: true, routes: [{ cidr: vpc.attributes.cidr!, target: 'local' }], subnetIds: [] } });
  view.create('security-group', {
    name: 'default', tags: {},
    attributes: { networkId: vpc.id, description: 'default VPC security group', rules: [{ direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' }] },
  });
}

const describeVpcs = action<ec2.DescribeVpcsRequest, ec2.DescribeVpcsResult>('DescribeVpcs', 'network.list', ['VpcIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
  const { items, NextToken } = describe(view, input, {
    kind: 'network', ids: { name: 'vpcSet', given: input.VpcIds }, show: showVpc, tagsOf: (vpc) => vpc.Tags, rule: { least: 5, most: 1000 },
    filters: {
      'vpc-id': (vpc) => vpc.VpcId, cidr: (vpc) => vpc.CidrBlock, 'cidr-block-association.cidr-block': (vpc) => vpc.CidrBlock, state: (vpc) => vpc.State,
      'owner-id': (vpc) => vpc.OwnerId, 'is-default': (vpc) => vpc.IsDefault, 'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
    },
  });
  return { Vpcs: items, ...(NextToken ? { NextToken } : {}) };
});

/** What a person made in a VPC keeps it; its own main route table and default group go with it. */
const deleteVpc = action<ec2.DeleteVpcRequest, Done>('DeleteVpc', 'network.delete', ['VpcId', 'DryRun'], ({ VpcId: id }, { view }) => {
  const vpc = view.get('network', checkId('network', id!));
  endFailed(view);
  const inside = ['subnet', 'internet-gateway', 'vpn-gateway', 'nat-gateway', 'network-interface'] as const;
  const busy = inside.reduce((count, kind) => count + (view.list(kind) as Thing<typeof kind>[]).filter((each) => each.attributes.networkId === vpc.id).length, 0)
    + view.list('route-table', { where: (table) => table.attributes.networkId === vpc.id && !table.attributes.main }).length
    + view.list('security-group', { where: (group) => group.attributes.networkId === vpc.id && group.name !== 'default' }).length;
  if (busy) throw inUse(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  for (const part of ownParts(view, vpc.id)) view.delete(part.kind, part.id);
  try {
    view.delete('network', vpc.id);
  } catch (error) {
    // Something new that is not visible yet holds the VPC: it stays whole.
    makeOwnParts(view, vpc);
    throw error;
  }
  return done;
});

const ownParts = (view: RegionView, vpcId: string): Thing[] => [
  ...view.list('route-table', { where: (table) => table.attributes.networkId === vpcId && table.attributes.main }),
  ...view.list('security-group', { where: (group) => group.attributes.networkId === vpcId && group.name === 'default' }),
];

const modifyVpcAttribute = action<ec2.ModifyVpcAttributeRequest, Done>('ModifyVpcAttribute', 'network.create', ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'], (input, { view }) => {
  const vpc = view.get('network', checkId('network', input.VpcId!));
  const { EnableDnsSupport: support, EnableDnsHostnames: hostnames } = input;
  if (support && hostnames) throw badCombination('Fields for multiple attribute types specified: enableDnsSupport, enableDnsHostnames');
  if (support?.Value === undefined && hostnames?.Value === undefined) throw missing('an attribute of the VPC');
  view.change('network', vpc.id, { tags: support ? hidden('dns-support', String(support.Value)) : hidden('dns-hostnames', String(hostnames!.Value)) });
  return done;
});

const describeVpcAttribute = action<ec2.DescribeVpcAttributeRequest, ec2.DescribeVpcAttributeResult>('DescribeVpcAttribute', 'network.get', ['VpcId', 'Attribute', 'DryRun'], (input, { view }: Context) => {
  const vpc = view.get('network', checkId('network', input.VpcId!));
  const dns = dnsOf(vpc);
  switch (input.Attribute) {
    case 'enableDnsSupport': return { VpcId: vpc.id, EnableDnsSupport: { Value: dns.support } };
    case 'enableDnsHostnames': return { VpcId: vpc.id, EnableDnsHostnames: { Value: dns.hostnames } };
    case 'enableNetworkAddressUsageMetrics': return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: false } };
    default: throw invalidValue(`Value (${String(input.Attribute)}) for parameter attribute is invalid. Unknown VPC attribute.`);
  }
});

export const vpcActions = [createVpc, describeVpcs, deleteVpc, modifyVpcAttribute, describeVpcAttribute];
