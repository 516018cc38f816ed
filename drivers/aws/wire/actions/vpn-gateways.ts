import type * as ec2 from '@aws-sdk/client-ec2';
import type { Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { thingsOf } from '../describe.js';
import { Ec2Error, invalidValue, missing, wrongState } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId } from '../ids.js';
import { hidden, readHidden, shownTags, tagsOf } from '../tags.js';

/** Amazon's own number where nobody asks for another (API reference, CreateVpnGateway). */
const AMAZON_ASN = 64_512;

const showGateway = (gateway: Thing<'vpn-gateway'>): ec2.VpnGateway => ({
  VpnGatewayId: gateway.id, Type: 'ipsec.1', State: (gateway.state === 'in-use' ? 'available' : gateway.state) as ec2.VpnState, AmazonSideAsn: gateway.attributes.asn, Tags: shownTags(gateway.tags),
  VpcAttachments: gateway.attributes.networkId ? [{ State: 'attached', VpcId: gateway.attributes.networkId }] : [],
});

const createVpnGateway = action<ec2.CreateVpnGatewayRequest, ec2.CreateVpnGatewayResult>('CreateVpnGateway', 'vpn-gateway.create', ['Type', 'AmazonSideAsn', 'AvailabilityZone', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  if (input.Type !== 'ipsec.1') throw invalidValue(`Value (${String(input.Type)}) for parameter type is invalid.`);
  const tags = tagsOf(input.TagSpecifications, 'vpn-gateway')['vpn-gateway'];
  return { VpnGateway: showGateway(view.create('vpn-gateway', { name: tags.Name ?? '', tags, attributes: { asn: input.AmazonSideAsn ?? AMAZON_ASN, addresses: [] } })) };
});

/** All at once: this list has no pages. */
const describeVpnGateways = action<ec2.DescribeVpnGatewaysRequest, ec2.DescribeVpnGatewaysResult>('DescribeVpnGateways', 'vpn-gateway.list', ['VpnGatewayIds', 'Filters', 'DryRun'], (input, { view }) => {
  const fits = matcher(input.Filters, {
    'vpn-gateway-id': (gateway: ec2.VpnGateway) => gateway.VpnGatewayId, state: (gateway) => gateway.State, type: (gateway) => gateway.Type, 'amazon-side-asn': (gateway) => gateway.AmazonSideAsn,
    'attachment.vpc-id': (gateway) => gateway.VpcAttachments!.map(({ VpcId }) => VpcId), 'attachment.state': (gateway) => gateway.VpcAttachments!.map(({ State }) => State),
  }, (gateway) => gateway.Tags);
  return { VpnGateways: thingsOf(view, 'vpn-gateway', input.VpnGatewayIds, input.Filters).map(showGateway).filter(fits) };
});

const attachVpnGateway = action<ec2.AttachVpnGatewayRequest, ec2.AttachVpnGatewayResult>('AttachVpnGateway', 'vpn-gateway.attach', ['VpnGatewayId', 'VpcId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('vpn-gateway', checkId('vpn-gateway', input.VpnGatewayId!)), vpc = view.get('network', checkId('network', input.VpcId!));
  const { networkId: former } = gateway.attributes;
  if (gateway.state === 'deleting') throw wrongState(`The vpnGateway '${gateway.id}' is ${gateway.state}`);
  if (former && former !== vpc.id) throw new Ec2Error('VpnGatewayAttachmentLimitExceeded', `The maximum number of virtual private gateway attachments has been reached: ${gateway.id} is attached to ${former}`, 400, 'QUOTA_EXCEEDED');
  const [other] = view.list('vpn-gateway', { where: (each) => each.id !== gateway.id && each.attributes.networkId === vpc.id });
  if (other) throw new Ec2Error('VpnGatewayAttachmentLimitExceeded', `The vpc ${vpc.id} already has a virtual private gateway attached to it`, 400, 'QUOTA_EXCEEDED');
  view.change('vpn-gateway', gateway.id, { attributes: { networkId: vpc.id } });
  return { VpcAttachment: { State: 'attaching', VpcId: vpc.id } };
});

const detachVpnGateway = action<ec2.DetachVpnGatewayRequest, Done>('DetachVpnGateway', 'vpn-gateway.detach', ['VpnGatewayId', 'VpcId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('vpn-gateway', checkId('vpn-gateway', input.VpnGatewayId!)), vpcId = checkId('network', input.VpcId!);
  if (gateway.attributes.networkId !== vpcId) throw new Ec2Error('InvalidVpnGatewayAttachment.NotFound', `The attachment with vpn gateway ID '${gateway.id}' and vpc ID '${vpcId}' does not exist`, 400, 'NOT_FOUND');
  view.change('vpn-gateway', gateway.id, { attributes: { networkId: undefined } });
  return done;
});

const deleteVpnGateway = action<ec2.DeleteVpnGatewayRequest, Done>('DeleteVpnGateway', 'vpn-gateway.delete', ['VpnGatewayId', 'DryRun'], (input, { view }) => {
  const gateway = view.get('vpn-gateway', checkId('vpn-gateway', input.VpnGatewayId!));
  if (gateway.attributes.networkId) throw wrongState(`The vpnGateway '${gateway.id}' is attached to ${gateway.attributes.networkId}; detach it first`);
  view.delete('vpn-gateway', gateway.id);
  return done;
});

const showPeer = (peer: Thing<'customer-gateway'>): ec2.CustomerGateway => ({
  CustomerGatewayId: peer.id, Type: 'ipsec.1', State: peer.state === 'in-use' ? 'available' : peer.state, BgpAsn: String(peer.attributes.asn), IpAddress: peer.attributes.address,
  ...(readHidden(peer.tags, 'device') ? { DeviceName: readHidden(peer.tags, 'device')! } : {}), Tags: shownTags(peer.tags),
});

const createCustomerGateway = action<ec2.CreateCustomerGatewayRequest, ec2.CreateCustomerGatewayResult>(
  'CreateCustomerGateway', 'customer-gateway.create', ['Type', 'BgpAsn', 'IpAddress', 'PublicIp', 'DeviceName', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const address = input.IpAddress ?? input.PublicIp;
    if (input.Type !== 'ipsec.1') throw invalidValue(`Value (${String(input.Type)}) for parameter type is invalid.`);
    if (!address) throw missing('ipAddress');
    const asn = input.BgpAsn ?? 65_000, tags = tagsOf(input.TagSpecifications, 'customer-gateway')['customer-gateway'];
    const device = input.DeviceName ?? '';
    // "An identical request returns information about the existing customer gateway" (API reference), and tags do not make it another.
    const same = view.list('customer-gateway', { where: (each) => each.state !== 'deleting' && each.attributes.address === address && each.attributes.asn === asn && (readHidden(each.tags, 'device') ?? '') === device })[0];
    return { CustomerGateway: showPeer(same ?? view.create('customer-gateway', { name: tags.Name ?? '', tags: { ...tags, ...hidden('device', device) }, attributes: { address, asn } })) };
  });

const describeCustomerGateways = action<ec2.DescribeCustomerGatewaysRequest, ec2.DescribeCustomerGatewaysResult>('DescribeCustomerGateways', 'customer-gateway.list', ['CustomerGatewayIds', 'Filters', 'DryRun'], (input, { view }) => {
  const fits = matcher(input.Filters, {
    'customer-gateway-id': (peer: ec2.CustomerGateway) => peer.CustomerGatewayId, 'bgp-asn': (peer) => peer.BgpAsn, 'ip-address': (peer) => peer.IpAddress, state: (peer) => peer.State, type: (peer) => peer.Type,
  }, (peer) => peer.Tags);
  return { CustomerGateways: thingsOf(view, 'customer-gateway', input.CustomerGatewayIds, input.Filters).map(showPeer).filter(fits) };
});

const deleteCustomerGateway = action<ec2.DeleteCustomerGatewayRequest, Done>('DeleteCustomerGateway', 'customer-gateway.delete', ['CustomerGatewayId', 'DryRun'], (input, { view }) => {
  view.delete('customer-gateway', view.get('customer-gateway', checkId('customer-gateway', input.CustomerGatewayId!)).id);
  return done;
});

export const vpnGatewayActions = [
  createVpnGateway, describeVpnGateways, attachVpnGateway, detachVpnGateway, deleteVpnGateway, createCustomerGateway, describeCustomerGateways, deleteCustomerGateway,
];
