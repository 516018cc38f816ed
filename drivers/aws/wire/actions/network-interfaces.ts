import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { badCombination, Ec2Error, invalidValue, missing, notFound, notPlayed } from '../errors.js';
import { matcher, type FilterTable } from '../filters.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { InstanceBook, isGone, mostInterfaces, shownPlace } from '../instances.js';
import { page } from '../pages.js';
import { hidden, hiddenTags, readHidden, shownTags, tagsOf } from '../tags.js';

type Card = Thing<'network-interface'>;

const FILTERS: FilterTable<ec2.NetworkInterface> = {
  'network-interface-id': (card) => card.NetworkInterfaceId, 'vpc-id': (card) => card.VpcId, 'subnet-id': (card) => card.SubnetId, 'availability-zone': (card) => card.AvailabilityZone, status: (card) => card.Status,
  'group-id': (card) => card.Groups!.map((group) => group.GroupId), 'group-name': (card) => card.Groups!.map((group) => group.GroupName), 'private-ip-address': (card) => card.PrivateIpAddress,
  'addresses.private-ip-address': (card) => card.PrivateIpAddress, 'association.public-ip': (card) => card.Association?.PublicIp, 'association.allocation-id': (card) => card.Association?.AllocationId,
  'attachment.instance-id': (card) => card.Attachment?.InstanceId, 'attachment.status': (card) => card.Attachment?.Status, 'attachment.attachment-id': (card) => card.Attachment?.AttachmentId,
  'attachment.device-index': (card) => card.Attachment?.DeviceIndex, 'owner-id': (card) => card.OwnerId, 'mac-address': (card) => card.MacAddress, description: (card) => card.Description, 'requester-managed': (card) => card.RequesterManaged,
  'interface-type': (card) => card.InterfaceType,
};

/** The first interface of a VM, which lives as long as it. */
function showPrimary(book: InstanceBook, vm: Thing<'vm'>): ec2.NetworkInterface {
  const { Association: association, Attachment: attachment, ...own } = book.networkInterface(vm);
  const elastic = book.elasticIp(vm);
  const joined: { Association?: ec2.NetworkInterfaceAssociation } = association
    ? { Association: { ...association, ...(elastic ? { AllocationId: elastic.id, AssociationId: derivedId('addressAssociation', elastic.id) } : {}) } } : {};
  return {
    ...own, ...joined, InterfaceType: 'interface', ...(vm.attributes.zone ? { AvailabilityZone: vm.attributes.zone } : {}), RequesterManaged: false, TagSet: shownTags(hiddenTags(vm.tags, 'interface')),
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: own.PrivateIpAddress!, PrivateDnsName: own.PrivateDnsName!, ...joined }], Attachment: { ...attachment, InstanceId: vm.id, InstanceOwnerId: vm.account },
  };
}

/** An interface of its own, or one that a managed thing has for itself. */
function showCard(book: InstanceBook, card: Card): ec2.NetworkInterface {
  const { owner, vmId } = card.attributes, { Attachment: attachment, PrivateIpAddresses: addresses, ...own } = book.attachedInterface(card), held = owner !== undefined || vmId !== undefined;
  return {
    ...own, ...shownPlace(book.view, card), Status: held ? 'in-use' : 'available', RequesterManaged: owner !== undefined, InterfaceType: owner?.kind === 'nat-gateway' ? 'natGateway' : 'interface', TagSet: shownTags(card.tags),
    PrivateIpAddresses: addresses!.map(({ PrivateIpAddress, Primary }) => ({ PrivateIpAddress: PrivateIpAddress!, Primary: Primary! })),
    ...(owner ? { Description: owner.kind === 'nat-gateway' ? `Interface for NAT Gateway ${owner.id}` : `Interface for ${owner.kind} ${owner.id}`, RequesterId: 'amazon-box' } : {}),
    ...(vmId ? { Attachment: { ...attachment, InstanceId: vmId, InstanceOwnerId: card.account } } : owner ? { Attachment: { Status: 'attached', InstanceOwnerId: 'amazon-aws', DeviceIndex: 1, DeleteOnTermination: false } } : {}),
  };
}

/** The VM whose first interface an id is. */
const vmOf = (view: RegionView, id: string): Thing<'vm'> | undefined => view.list('vm', { ids: [ownerId('interface', id)], where: (vm) => !isGone(vm) && vm.attributes.subnetId !== undefined })[0];

const describeNetworkInterfaces = action<ec2.DescribeNetworkInterfacesRequest, ec2.DescribeNetworkInterfacesResult>(
  'DescribeNetworkInterfaces', 'network-interface.list', ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const book = new InstanceBook(view), ids = input.NetworkInterfaceIds?.length ? input.NetworkInterfaceIds.map((id) => checkId('network-interface', id)) : undefined;
    const cards = [
      ...view.list('vm', { ...(ids ? { ids: ids.map((id) => ownerId('interface', id)) } : {}), where: (vm) => !isGone(vm) && vm.attributes.subnetId !== undefined }).map((vm) => ({ serial: vm.serial, card: showPrimary(book, vm) })),
      ...view.list('network-interface', ids ? { ids } : {}).map((card) => ({ serial: card.serial, card: showCard(book, card) })),
    ];
    const absent = ids?.find((id) => !cards.some(({ card }) => card.NetworkInterfaceId === id));
    if (absent !== undefined) throw notFound('network-interface', absent);
    const fits = matcher(input.Filters, FILTERS, (card: ec2.NetworkInterface) => card.TagSet);
    const { items, NextToken } = page(cards.filter(({ card }) => fits(card)), ({ serial }) => String(serial).padStart(12, '0'), input, { least: 5, most: 1000 }, { name: 'networkInterfaceIdSet', given: input.NetworkInterfaceIds });
    return { NetworkInterfaces: items.map(({ card }) => card), ...(NextToken ? { NextToken } : {}) };
  });

/** Groups of an interface; the VPC's own one where none is asked for. */
function groupsOf(view: RegionView, networkId: string, ids: string[] | undefined): string[] {
  if (!ids?.length) return view.list('security-group', { where: (group) => group.attributes.networkId === networkId && group.name === 'default' }).map(({ id }) => id);
  for (const id of ids) {
    if (view.get('security-group', checkId('security-group', id)).attributes.networkId !== networkId) throw new Ec2Error('InvalidParameter', `Security group ${id} does not belong to the network ${networkId}.`);
  }
  return [...new Set(ids)];
}

const createNetworkInterface = action<ec2.CreateNetworkInterfaceRequest, ec2.CreateNetworkInterfaceResult>(
  'CreateNetworkInterface', 'network-interface.create', ['SubnetId', 'Description', 'Groups', 'PrivateIpAddress', 'InterfaceType', 'TagSpecifications', 'ClientToken', 'DryRun'], (input, { view }) => {
    const { id: subnetId, attributes: { networkId } } = view.get('subnet', checkId('subnet', input.SubnetId!));
    if (input.InterfaceType && String(input.InterfaceType) !== 'interface') throw notPlayed(`The cloud in a box plays no network interfaces of the type ${input.InterfaceType}`);
    const tags = tagsOf(input.TagSpecifications, 'network-interface')['network-interface'];
    const card = view.create('network-interface', {
      name: tags.Name ?? '', tags: { ...tags, ...hidden('description', input.Description ?? '') }, ...(input.ClientToken ? { token: input.ClientToken } : {}),
      attributes: { networkId, subnetId, securityGroupIds: groupsOf(view, networkId, input.Groups), privateIp: input.PrivateIpAddress ?? '', macAddress: '' },
    });
    return { NetworkInterface: { ...showCard(new InstanceBook(view), card), Status: 'pending' as ec2.NetworkInterfaceStatus }, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
  });

/** An interface that a person may change. @throws Ec2Error OperationNotPermitted for that of a VM or of a managed thing. */
function cardOf(view: RegionView, id: string, what: string): Card {
  checkId('network-interface', id);
  const vm = vmOf(view, id);
  if (vm) throw new Ec2Error('OperationNotPermitted', `The network interface at device index 0 and networkCard index 0 cannot be ${what}.`, 400, 'IN_USE');
  const card = view.get('network-interface', id);
  if (card.attributes.owner) throw new Ec2Error('OperationNotPermitted', `You are not allowed to manage 'ela-attach' attachments: ${id} belongs to ${card.attributes.owner.id}.`, 400, 'IN_USE');
  return card;
}

const deleteNetworkInterface = action<ec2.DeleteNetworkInterfaceRequest, Done>('DeleteNetworkInterface', 'network-interface.delete', ['NetworkInterfaceId', 'DryRun'], (input, { view }) => {
  const card = cardOf(view, input.NetworkInterfaceId!, 'deleted');
  if (card.attributes.vmId) throw new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${card.id}] in use.`, 400, 'IN_USE');
  view.delete('network-interface', card.id);
  return done;
});

const attachNetworkInterface = action<ec2.AttachNetworkInterfaceRequest, ec2.AttachNetworkInterfaceResult>('AttachNetworkInterface', 'network-interface.attach', ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex', 'DryRun'], (input, { view }) => {
  const card = cardOf(view, input.NetworkInterfaceId!, 'attached'), vm = view.get('vm', checkId('vm', input.InstanceId!)), index = input.DeviceIndex!;
  if (card.attributes.vmId) throw new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${card.id}] in use.`, 400, 'IN_USE');
  if (vm.state !== 'running' && vm.state !== 'suspended') throw new Ec2Error('IncorrectState', `Instance '${vm.id}' is not 'running' or 'stopped'.`, 400, 'CONFLICT');
  const zone = view.get('subnet', card.attributes.subnetId).attributes.zone;
  if (zone && vm.attributes.zone && zone !== vm.attributes.zone) throw badCombination('You may not attach a network interface to an instance if they are not in the same availability zone');
  const others = view.list('network-interface', { where: (each) => each.attributes.vmId === vm.id }), most = mostInterfaces(vm.attributes.specId);
  if (index === 0 || others.some((each) => readHidden(each.tags, 'device-index') === String(index))) throw invalidValue(`Instance '${vm.id}' already has an interface attached at device index '${index}'.`);
  if (!Number.isInteger(index) || index < 0) throw invalidValue(`Value (${index}) for parameter deviceIndex is invalid.`);
  if (others.length + 1 >= most) throw new Ec2Error('AttachmentLimitExceeded', `Interface count ${others.length + 2} exceeds the limit for ${vm.attributes.specId}`, 400, 'QUOTA_EXCEEDED');
  view.attachInterface(card.id, vm.id);
  view.change('network-interface', card.id, { tags: hidden('device-index', String(index)) });
  return { AttachmentId: derivedId('cardAttachment', card.id), NetworkCardIndex: 0 };
}, { accepts: ['NetworkCardIndex'] });

const detachNetworkInterface = action<ec2.DetachNetworkInterfaceRequest, Done>('DetachNetworkInterface', 'network-interface.detach', ['AttachmentId', 'DryRun'], (input, { view }) => {
  const id = input.AttachmentId!;
  if (!/^eni-attach-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error('InvalidAttachmentID.Malformed', `Invalid id: "${id}" (expecting "eni-attach-...")`);
  const [card] = view.list('network-interface', { ids: [ownerId('cardAttachment', id)] });
  if (card?.attributes.vmId) {
    view.detachInterface(card.id);
    view.change('network-interface', card.id, { removeTags: Object.keys(hidden('device-index', '')) });
    return done;
  }
  const [vm] = view.list('vm', { ids: [ownerId('interfaceAttachment', id)], where: (each) => !isGone(each) });
  if (vm) throw new Ec2Error('OperationNotPermitted', 'The network interface at device index 0 and networkCard index 0 cannot be detached.', 400, 'IN_USE');
  throw new Ec2Error('InvalidAttachmentID.NotFound', `The attachment '${id}' does not exist`, 400, 'NOT_FOUND');
}, { accepts: ['Force'] });

const modifyNetworkInterfaceAttribute = action<ec2.ModifyNetworkInterfaceAttributeRequest, Done>(
  'ModifyNetworkInterfaceAttribute', 'network-interface.create', ['NetworkInterfaceId', 'Description', 'Groups', 'SourceDestCheck', 'DryRun'], (input, { view }) => {
    const id = checkId('network-interface', input.NetworkInterfaceId!);
    if ([input.Description, input.Groups, input.SourceDestCheck].filter((each) => each !== undefined).length !== 1) throw missing('exactly one attribute of the interface');
    const vm = vmOf(view, id);
    if (vm && !input.Groups) throw notPlayed("The cloud in a box changes only the groups of a VM's first interface");
    if (vm) {
      view.change('vm', vm.id, { attributes: { securityGroupIds: groupsOf(view, vm.attributes.networkId ?? '', input.Groups) } });
      return done;
    }
    const card = cardOf(view, id, 'changed');
    if (input.Groups) view.change('network-interface', id, { attributes: { securityGroupIds: groupsOf(view, card.attributes.networkId, input.Groups) } });
    else view.change('network-interface', id, { tags: input.Description ? hidden('description', input.Description.Value ?? '') : hidden('source-dest-check', String(input.SourceDestCheck!.Value ?? true)) });
    return done;
  });

export const networkInterfaceActions = [describeNetworkInterfaces, createNetworkInterface, deleteNetworkInterface, attachNetworkInterface, detachNetworkInterface, modifyNetworkInterfaceAttribute];
