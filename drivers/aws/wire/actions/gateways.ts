import type * as ec2 from '@aws-sdk/client-ec2';
import type { Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { describe } from '../describe.js';
import { Ec2Error, inUse, invalidValue } from '../errors.js';
import { checkId } from '../ids.js';
import { isGone } from '../instances.js';
import { shownTags, tagsOf } from '../tags.js';

const showGateway = (gateway: Thing<'internet-gateway'>): ec2.InternetGateway => ({
  InternetGatewayId: gateway.id, OwnerId: gateway.account, Tags: shownTags(gateway.tags),
  Attachments: gateway.attributes.networkId ? [{ State: 'available' as ec2.AttachmentStatus, VpcId: gateway.attributes.networkId }] : [],
});

const createInternetGateway = action<ec2.CreateInternetGatewayRequest, ec2.CreateInternetGatewayResult>('CreateInternetGateway', 'internet-gateway.create', ['TagSpecifications', 'DryRun'], (input, { view }) => {
  const tags = tagsOf(input.TagSpecifications, 'internet-gateway')['internet-gateway'];
  return { InternetGateway: showGateway(view.create('internet-gateway', { name: tags.Name ?? '', tags, attributes: {} })) };
});

const describeInternetGateways = action<ec2.DescribeInternetGatewaysRequest, ec2.DescribeInternetGatewaysResult>(
  'DescribeInternetGateways', 'internet-gateway.list', ['InternetGatewayIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const { items, NextToken } = describe(view, input, {
      kind: 'internet-gateway', ids: { name: 'internetGatewaySet', given: input.InternetGatewayIds }, show: showGateway, tagsOf: (gateway) => gateway.Tags, rule: { least: 5, most: 1000 },
      filters: {
        'internet-gateway-id': (gateway) => gateway.InternetGatewayId, 'owner-id': (gateway) => gateway.OwnerId,
        'attachment.vpc-id': (gateway) => gateway.Attachments!.map((attachment) => attachment.VpcId), 'attachment.state': (gateway) => gateway.Attachments!.map((attachment) => attachment.State),
      },
    });
    return { InternetGateways: items, ...(NextToken ? { NextToken } : {}) };
  });

const attachInternetGateway = action<ec2.AttachInternetGatewayRequest, Done>('AttachInternetGateway', 'internet-gateway.attach', ['InternetGatewayId', 'VpcId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('internet-gateway', checkId('internet-gateway', input.InternetGatewayId!));
  const vpc = view.get('network', checkId('network', input.VpcId!));
  const attached = gateway.attributes.networkId;
  if (attached) throw new Ec2Error('Resource.AlreadyAssociated', `resource ${gateway.id} is already attached to network ${attached}`, 400, 'ALREADY_EXISTS');
  if (view.list('internet-gateway', { where: (other) => other.attributes.networkId === vpc.id }).length) throw invalidValue(`Network ${vpc.id} already has an internet gateway attached`);
  view.change('internet-gateway', gateway.id, { attributes: { networkId: vpc.id } });
  return done;
});

const detachInternetGateway = action<ec2.DetachInternetGatewayRequest, Done>('DetachInternetGateway', 'internet-gateway.detach', ['InternetGatewayId', 'VpcId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('internet-gateway', checkId('internet-gateway', input.InternetGatewayId!));
  const vpcId = checkId('network', input.VpcId!);
  if (gateway.attributes.networkId !== vpcId) throw new Ec2Error('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpcId}`, 400, 'NOT_FOUND');
  const mapped = view.list('vm', { where: (vm) => vm.attributes.networkId === vpcId && vm.attributes.publicIp !== undefined && !isGone(vm) });
  if (mapped.length) throw inUse(`Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`);
  view.change('internet-gateway', gateway.id, { attributes: { networkId: undefined } });
  return done;
});

const deleteInternetGateway = action<ec2.DeleteInternetGatewayRequest, Done>('DeleteInternetGateway', 'internet-gateway.delete', ['InternetGatewayId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('internet-gateway', checkId('internet-gateway', input.InternetGatewayId!));
  if (gateway.attributes.networkId) throw inUse(`The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
  view.delete('internet-gateway', gateway.id);
  return done;
});

export const gatewayActions = [createInternetGateway, describeInternetGateways, attachInternetGateway, detachInternetGateway, deleteInternetGateway];
