import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { Ec2Error } from '../errors.js';
import { matcher, type FilterTable } from '../filters.js';
import { derivedId, ownerId } from '../ids.js';
import { InstanceBook, isGone } from '../instances.js';
import { page } from '../pages.js';
import { hiddenTags, shownTags } from '../tags.js';

const FILTERS: FilterTable<ec2.NetworkInterface> = {
  'network-interface-id': (card) => card.NetworkInterfaceId, 'vpc-id': (card) => card.VpcId, 'subnet-id': (card) => card.SubnetId, 'availability-zone': (card) => card.AvailabilityZone, status: (card) => card.Status,
  'group-id': (card) => card.Groups!.map((group) => group.GroupId), 'group-name': (card) => card.Groups!.map((group) => group.GroupName), 'private-ip-address': (card) => card.PrivateIpAddress,
  'addresses.private-ip-address': (card) => card.PrivateIpAddress, 'association.public-ip': (card) => card.Association?.PublicIp, 'association.allocation-id': (card) => card.Association?.AllocationId,
  'attachment.instance-id': (card) => card.Attachment!.InstanceId, 'attachment.status': (card) => card.Attachment!.Status, 'attachment.attachment-id': (card) => card.Attachment!.AttachmentId, 'owner-id': (card) => card.OwnerId,
};

/** The one interface of a VM, which lives as long as it. */
function show(book: InstanceBook, vm: Thing<'vm'>): ec2.NetworkInterface {
  const { Association: association, Attachment: attachment, ...own } = book.networkInterface(vm);
  const elastic = book.elasticIp(vm);
  const joined: { Association?: ec2.NetworkInterfaceAssociation } = association
    ? { Association: { ...association, ...(elastic ? { AllocationId: elastic.id, AssociationId: derivedId('addressAssociation', elastic.id) } : {}) } } : {};
  return {
    ...own, ...joined, InterfaceType: 'interface', ...(vm.attributes.zone ? { AvailabilityZone: vm.attributes.zone } : {}), RequesterManaged: false, TagSet: shownTags(hiddenTags(vm.tags, 'interface')),
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: own.PrivateIpAddress!, PrivateDnsName: own.PrivateDnsName!, ...joined }], Attachment: { ...attachment, InstanceId: vm.id, InstanceOwnerId: vm.account },
  };
}

const holders = (view: RegionView, ids: string[] | undefined): Thing<'vm'>[] => {
  const vms = view.list('vm', { ...(ids?.length ? { ids: ids.map((id) => ownerId('interface', id)) } : {}), where: (vm) => !isGone(vm) && vm.attributes.subnetId !== undefined });
  const absent = ids?.find((id) => !vms.some((vm) => derivedId('interface', vm.id) === id));
  if (absent !== undefined) throw new Ec2Error('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${absent}' does not exist`, 400, 'NOT_FOUND');
  return vms;
};

const describeNetworkInterfaces = action<ec2.DescribeNetworkInterfacesRequest, ec2.DescribeNetworkInterfacesResult>(
  'DescribeNetworkInterfaces', 'vm.list', ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const book = new InstanceBook(view);
    const fits = matcher(input.Filters, FILTERS, (card: ec2.NetworkInterface) => card.TagSet);
    const cards = holders(view, input.NetworkInterfaceIds).map((vm) => show(book, vm)).filter(fits);
    const { items, NextToken } = page(cards, (card) => card.NetworkInterfaceId!, input, { least: 5, most: 1000 }, { name: 'networkInterfaceIdSet', given: input.NetworkInterfaceIds });
    return { NetworkInterfaces: items, ...(NextToken ? { NextToken } : {}) };
  });

export const networkInterfaceActions = [describeNetworkInterfaces];
