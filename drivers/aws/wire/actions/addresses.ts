import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { thingsOf } from '../describe.js';
import { badCombination, Ec2Error, invalidValue, missing, notPlayed } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { isGone } from '../instances.js';
import { shownTags, tagsOf } from '../tags.js';
import { cardOf } from './nat-gateways.js';

type Address = Thing<'public-ip'>;

function showAddress(view: RegionView, address: Address): ec2.Address {
  const { address: PublicIp, vmId } = address.attributes;
  const vm = vmId ? view.list('vm', { ids: [vmId] })[0] : undefined;
  const nat = address.state === 'in-use' && !vm ? view.list('nat-gateway', { where: (each) => each.attributes.publicIpId === address.id })[0] : undefined, card = nat && cardOf(view, nat.id);
  return {
    AllocationId: address.id, PublicIp, Domain: 'vpc', NetworkBorderGroup: address.region, PublicIpv4Pool: 'amazon', Tags: shownTags(address.tags),
    ...(vm ? { InstanceId: vm.id, AssociationId: derivedId('addressAssociation', address.id), NetworkInterfaceId: derivedId('interface', vm.id), NetworkInterfaceOwnerId: vm.account, PrivateIpAddress: vm.attributes.privateIp } : {}),
    ...(card ? { AssociationId: derivedId('addressAssociation', address.id), NetworkInterfaceId: card.id, NetworkInterfaceOwnerId: card.account, PrivateIpAddress: card.attributes.privateIp } : {}),
  };
}

const allocateAddress = action<ec2.AllocateAddressRequest, ec2.AllocateAddressResult>('AllocateAddress', 'public-ip.create', ['Domain', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  if (input.Domain && input.Domain !== 'vpc') throw invalidValue(`Value (${input.Domain}) for parameter domain is invalid.`);
  const tags = tagsOf(input.TagSpecifications, 'elastic-ip')['elastic-ip'];
  // The world gives the address itself, a loopback one; the empty text asks for it.
  const address = view.create('public-ip', { name: tags.Name ?? '', tags, attributes: { address: '' } });
  return { AllocationId: address.id, PublicIp: address.attributes.address, Domain: 'vpc', NetworkBorderGroup: address.region, PublicIpv4Pool: 'amazon' };
});

const describeAddresses = action<ec2.DescribeAddressesRequest, ec2.DescribeAddressesResult>('DescribeAddresses', 'public-ip.list', ['AllocationIds', 'PublicIps', 'Filters', 'DryRun'], (input, { view }) => {
  const things = thingsOf(view, 'public-ip', input.AllocationIds, input.Filters);
  const unknown = input.PublicIps?.find((ip) => !things.some((address) => address.attributes.address === ip));
  if (unknown !== undefined) throw new Ec2Error('InvalidAddress.NotFound', `Address '${unknown}' not found.`, 400, 'NOT_FOUND');
  const fits = matcher(input.Filters, {
    'allocation-id': (address: ec2.Address) => address.AllocationId, 'public-ip': (address) => address.PublicIp, domain: (address) => address.Domain, 'instance-id': (address) => address.InstanceId,
    'association-id': (address) => address.AssociationId, 'network-interface-id': (address) => address.NetworkInterfaceId, 'private-ip-address': (address) => address.PrivateIpAddress, 'network-border-group': (address) => address.NetworkBorderGroup,
  }, (address) => address.Tags);
  return { Addresses: things.filter((address) => !input.PublicIps?.length || input.PublicIps.includes(address.attributes.address)).map((address) => showAddress(view, address)).filter(fits) };
});

/** An address by its allocation, or by itself as in older scripts. */
function addressOf(view: RegionView, input: { AllocationId?: string | undefined; PublicIp?: string | undefined }): Address {
  if (input.AllocationId && input.PublicIp) throw badCombination('You may specify public IP or allocation id, but not both in the same call');
  if (input.AllocationId) return view.get('public-ip', checkId('public-ip', input.AllocationId));
  if (!input.PublicIp) throw missing('allocationId');
  const [address] = view.list('public-ip', { where: (each) => each.attributes.address === input.PublicIp });
  if (!address) throw new Ec2Error('InvalidAddress.NotFound', `Address '${input.PublicIp}' not found.`, 400, 'NOT_FOUND');
  return address;
}

const associateAddress = action<ec2.AssociateAddressRequest, ec2.AssociateAddressResult>(
  'AssociateAddress', 'public-ip.associate', ['AllocationId', 'PublicIp', 'InstanceId', 'NetworkInterfaceId', 'AllowReassociation', 'DryRun'], (input, { view }) => {
    const address = addressOf(view, input);
    if (!input.InstanceId && !input.NetworkInterfaceId) throw new Ec2Error('MissingParameter', 'Either instance ID or network interface id must be specified');
    if (!input.InstanceId && view.list('network-interface', { ids: [input.NetworkInterfaceId!] }).length) throw notPlayed("The cloud in a box gives an Elastic IP to a VM's first network interface only");
    const vm = view.get('vm', checkId('vm', input.InstanceId ?? ownerId('interface', input.NetworkInterfaceId!)));
    if (address.state === 'in-use' && !address.attributes.vmId) throw new Ec2Error('Resource.AlreadyAssociated', `resource ${address.id} is already associated with a NAT gateway`, 400, 'IN_USE');
    if (isGone(vm) || vm.state === 'terminating' || vm.state === 'creating') throw new Ec2Error('InvalidInstanceID', `The ${vm.state === 'creating' ? 'pending' : 'terminated'} instance '${vm.id}' is not in a valid state for this operation`, 400, 'CONFLICT');
    const AssociationId = derivedId('addressAssociation', address.id);
    if (address.attributes.vmId === vm.id) return { AssociationId };
    if (address.attributes.vmId) {
      if (input.AllowReassociation === false) throw new Ec2Error('Resource.AlreadyAssociated', `resource ${address.id} is already associated with associate-id ${AssociationId}`, 400, 'ALREADY_EXISTS');
      view.disassociate(address.id);
    }
    for (const other of view.list('public-ip', { where: (each) => each.attributes.vmId === vm.id })) view.disassociate(other.id);
    view.associate(address.id, vm.id);
    return { AssociationId };
  });

const disassociateAddress = action<ec2.DisassociateAddressRequest, Done>('DisassociateAddress', 'public-ip.disassociate', ['AssociationId', 'PublicIp', 'DryRun'], (input, { view }) => {
  const id = input.AssociationId;
  if (!id && !input.PublicIp) throw missing('associationId');
  const address = id ? view.list('public-ip', { ids: [ownerId('addressAssociation', id)] })[0] : addressOf(view, input);
  if (!address?.attributes.vmId) throw new Ec2Error('InvalidAssociationID.NotFound', `The association ID '${id ?? ''}' does not exist`, 400, 'NOT_FOUND');
  view.disassociate(address.id);
  return done;
});

const releaseAddress = action<ec2.ReleaseAddressRequest, Done>('ReleaseAddress', 'public-ip.delete', ['AllocationId', 'PublicIp', 'DryRun'], (input, { view }) => {
  const address = addressOf(view, input);
  if (address.attributes.vmId) throw new Ec2Error('InvalidIPAddress.InUse', `Address ${address.attributes.address} is in use.`, 400, 'IN_USE');
  view.delete('public-ip', address.id);
  return done;
});

export const addressActions = [allocateAddress, describeAddresses, associateAddress, disassociateAddress, releaseAddress];
