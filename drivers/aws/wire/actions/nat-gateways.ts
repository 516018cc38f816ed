import type * as ec2 from '@aws-sdk/client-ec2';
import { type RegionView, type Thing, WorldError } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { describe } from '../describe.js';
import { Ec2Error, missing, notPlayed } from '../errors.js';
import { checkId, derivedId } from '../ids.js';
import { shownTags, tagsOf } from '../tags.js';

type Gateway = Thing<'nat-gateway'>;

/** The card that a managed thing has in its subnet; a person sees it and cannot change it. */
export const cardOf = (view: RegionView, ownerId: string): Thing<'network-interface'> | undefined => view.list('network-interface', { where: (card) => card.attributes.owner?.id === ownerId })[0];

function showGateway(view: RegionView, gateway: Gateway): ec2.NatGateway {
  const { networkId, subnetId, publicIp, publicIpId } = gateway.attributes;
  const card = cardOf(view, gateway.id);
  return {
    NatGatewayId: gateway.id, VpcId: networkId, SubnetId: subnetId, State: (gateway.state === 'in-use' ? 'available' : gateway.state) as ec2.NatGatewayState, ConnectivityType: 'public', CreateTime: new Date(gateway.createdAt),
    Tags: shownTags(gateway.tags),
    NatGatewayAddresses: [{
      ...(publicIpId ? { AllocationId: publicIpId } : {}), ...(card ? { NetworkInterfaceId: card.id, PrivateIp: card.attributes.privateIp } : {}), IsPrimary: true,
      // The address is told only once the gateway works.
      ...(gateway.state === 'pending' ? {} : { PublicIp: publicIp, ...(publicIpId ? { AssociationId: derivedId('addressAssociation', publicIpId) } : {}) }),
      Status: gateway.state === 'pending' ? 'associating' : 'succeeded',
    }],
  };
}

const createNatGateway = action<ec2.CreateNatGatewayRequest, ec2.CreateNatGatewayResult>(
  'CreateNatGateway', 'nat-gateway.create', ['SubnetId', 'AllocationId', 'ConnectivityType', 'TagSpecifications', 'ClientToken', 'DryRun'], (input, { view }) => {
    if (input.ConnectivityType && input.ConnectivityType !== 'public') throw notPlayed('The cloud in a box plays public NAT gateways only');
    if (!input.AllocationId) throw missing('allocationId');
    const subnet = view.get('subnet', checkId('subnet', input.SubnetId ?? ''));
    const address = view.get('public-ip', checkId('public-ip', input.AllocationId));
    const tags = tagsOf(input.TagSpecifications, 'natgateway').natgateway;
    let gateway: Gateway;
    try {
      gateway = view.create('nat-gateway', {
        name: tags.Name ?? '', tags, ...(input.ClientToken ? { token: input.ClientToken } : {}), attributes: { networkId: subnet.attributes.networkId, subnetId: subnet.id, publicIpId: address.id, publicIp: '' },
      });
    } catch (error) {
      // EC2 makes such a gateway and lets it fail a while later; here the call itself is refused, with the same code. A known token is answered before that.
      if (error instanceof WorldError && error.code === 'IN_USE') throw new Ec2Error('Resource.AlreadyAssociated', `Elastic IP address [${address.id}] is already associated`, 400, 'IN_USE');
      throw error;
    }
    return { NatGateway: showGateway(view, gateway), ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
  });

const describeNatGateways = action<ec2.DescribeNatGatewaysRequest, ec2.DescribeNatGatewaysResult>(
  'DescribeNatGateways', 'nat-gateway.list', ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken', 'DryRun'], ({ Filter, ...input }, { view }) => {
    const { items, NextToken } = describe(view, { ...input, Filters: Filter }, {
      kind: 'nat-gateway', ids: { name: 'natGatewayIdSet', given: input.NatGatewayIds }, show: (gateway) => showGateway(view, gateway), tagsOf: (gateway) => gateway.Tags, rule: { least: 5, most: 1000 },
      filters: { 'nat-gateway-id': (gateway) => gateway.NatGatewayId, state: (gateway) => gateway.State, 'subnet-id': (gateway) => gateway.SubnetId, 'vpc-id': (gateway) => gateway.VpcId },
    });
    return { NatGateways: items, ...(NextToken ? { NextToken } : {}) };
  });

const deleteNatGateway = action<ec2.DeleteNatGatewayRequest, ec2.DeleteNatGatewayResult>('DeleteNatGateway', 'nat-gateway.delete', ['NatGatewayId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('nat-gateway', checkId('nat-gateway', input.NatGatewayId!));
  view.delete('nat-gateway', gateway.id);
  return { NatGatewayId: gateway.id };
});

export const natGatewayActions = [createNatGateway, describeNatGateways, deleteNatGateway];
