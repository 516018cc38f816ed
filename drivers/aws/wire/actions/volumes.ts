import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { Ec2Error, invalidValue, missing, notFound, wrongState } from '../errors.js';
import { matcher, type FilterTable } from '../filters.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { InstanceBook, isGone, rootDevice } from '../instances.js';
import { page } from '../pages.js';
import { hidden, hiddenTags, readHidden, shownTags, tagsOf } from '../tags.js';
import { zoneOf } from './regions.js';
import { readySnapshot } from './snapshots.js';

/** Least and most GiB of each type (EBS user guide). */
const SIZES: Record<string, [least: number, most: number]> = {
  gp2: [1, 16_384], gp3: [1, 65_536], io1: [4, 16_384], io2: [4, 65_536], st1: [125, 16_384], sc1: [125, 16_384], standard: [1, 1024],
};
const USUAL_TYPE = 'gp2';

function attachmentOf(disk: Thing<'disk'>): ec2.VolumeAttachment[] {
  const { vmId, device } = disk.attributes;
  return vmId ? [{ VolumeId: disk.id, InstanceId: vmId, Device: device ?? '', State: 'attached', DeleteOnTermination: false, AttachTime: new Date(disk.createdAt) }] : [];
}

function showVolume(disk: Thing<'disk'>): ec2.Volume {
  const { sizeGiB, zone, type, vmId, snapshotId = '' } = disk.attributes;
  const state = disk.state === 'pending' ? 'creating' : disk.state === 'failed' ? 'error' : vmId && disk.state !== 'deleting' ? 'in-use' : disk.state;
  return {
    VolumeId: disk.id, Size: sizeGiB, VolumeType: (type ?? USUAL_TYPE) as ec2.VolumeType, State: state as ec2.VolumeState, ...(zone ? { AvailabilityZone: zone } : {}), CreateTime: new Date(disk.createdAt),
    Encrypted: false, MultiAttachEnabled: false, SnapshotId: snapshotId, Attachments: attachmentOf(disk), Tags: shownTags(disk.tags),
  };
}

/** The volume a VM started from; it has no life of its own. */
function showRoot(book: InstanceBook, vm: Thing<'vm'>): ec2.Volume {
  const VolumeId = derivedId('rootVolume', vm.id), time = new Date(vm.createdAt);
  return {
    VolumeId, Size: vm.attributes.rootDiskGiB, VolumeType: 'gp3', State: 'in-use', ...(vm.attributes.zone ? { AvailabilityZone: vm.attributes.zone } : {}), CreateTime: time, Encrypted: false, MultiAttachEnabled: false, SnapshotId: '',
    Attachments: [{ VolumeId, InstanceId: vm.id, Device: rootDevice(book.image(vm.attributes.imageId)), State: 'attached', DeleteOnTermination: true, AttachTime: time }],
    Tags: shownTags(hiddenTags(vm.tags, 'volume')),
  };
}

const createVolume = action<ec2.CreateVolumeRequest, ec2.Volume>(
  'CreateVolume', 'disk.create', ['AvailabilityZone', 'AvailabilityZoneId', 'Size', 'SnapshotId', 'VolumeType', 'TagSpecifications', 'ClientToken', 'DryRun'], (input, { view }) => {
    const zone = zoneOf(view, input.AvailabilityZone, input.AvailabilityZoneId);
    if (!zone) throw missing('availabilityZone');
    const snapshot = input.SnapshotId ? readySnapshot(view, input.SnapshotId) : undefined, size = input.Size ?? snapshot?.attributes.sizeGiB;
    if (size === undefined) throw missing('size/snapshot');
    const type = input.VolumeType ?? USUAL_TYPE, tags = tagsOf(input.TagSpecifications, 'volume').volume;
    checkSize(type, size);
    if (snapshot && size < snapshot.attributes.sizeGiB) throw invalidValue(`Volume of ${size}GiB is smaller than the snapshot ${snapshot.id} of ${snapshot.attributes.sizeGiB}GiB`);
    const disk = view.create('disk', { name: tags.Name ?? '', tags, ...(input.ClientToken ? { token: input.ClientToken } : {}), attributes: { sizeGiB: size, zone, type, ...(snapshot ? { snapshotId: snapshot.id } : {}) } });
    return { ...showVolume(disk), State: disk.state === 'pending' || !disk.attributes.vmId ? 'creating' : 'in-use' };
  }, { accepts: ['Iops', 'Throughput', 'Encrypted'] });

function checkSize(type: string, sizeGiB: number): void {
  const range = Object.hasOwn(SIZES, type) ? SIZES[type]! : undefined;
  if (!range) throw new Ec2Error('UnknownVolumeType', `Unsupported volume type '${type}' for volume creation.`);
  if (!Number.isInteger(sizeGiB) || sizeGiB < range[0] || sizeGiB > range[1]) throw invalidValue(`Volume of ${sizeGiB}GiB is outside the range of volume type ${type}; it must be from ${range[0]}GiB to ${range[1]}GiB.`);
}

const VOLUME_FILTERS: FilterTable<ec2.Volume> = {
  'volume-id': (volume) => volume.VolumeId, status: (volume) => volume.State, size: (volume) => volume.Size, 'volume-type': (volume) => volume.VolumeType, 'snapshot-id': (volume) => volume.SnapshotId, 'availability-zone': (volume) => volume.AvailabilityZone, encrypted: (volume) => volume.Encrypted,
  'attachment.instance-id': (volume) => volume.Attachments!.map((attachment) => attachment.InstanceId), 'attachment.status': (volume) => volume.Attachments!.map((attachment) => attachment.State),
  'attachment.device': (volume) => volume.Attachments!.map((attachment) => attachment.Device), 'attachment.delete-on-termination': (volume) => volume.Attachments!.map((attachment) => attachment.DeleteOnTermination),
};

const describeVolumes = action<ec2.DescribeVolumesRequest, ec2.DescribeVolumesResult>('DescribeVolumes', 'disk.list', ['VolumeIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
  const book = new InstanceBook(view);
  const ids = input.VolumeIds?.length ? new Set(input.VolumeIds.map((id) => checkId('disk', id))) : undefined;
  const volumes = [
    ...view.list('disk', ids ? { ids: [...ids] } : {}).map(showVolume),
    ...view.list('vm', { ...(ids ? { ids: [...ids].map((id) => ownerId('rootVolume', id)) } : {}), where: (vm) => !isGone(vm) }).map((vm) => showRoot(book, vm)),
  ];
  const absent = [...(ids ?? [])].find((id) => !volumes.some((volume) => volume.VolumeId === id));
  if (absent !== undefined) throw notFound('disk', absent);
  const fits = matcher(input.Filters, VOLUME_FILTERS, (volume: ec2.Volume) => volume.Tags);
  const { items, NextToken } = page(volumes.filter(fits), (volume) => `${volume.CreateTime!.toISOString()} ${volume.VolumeId!}`, input, { least: 5, most: 1000 }, { name: 'volumeSet', given: input.VolumeIds });
  return { Volumes: items, ...(NextToken ? { NextToken } : {}) };
});

/** A volume with a life of its own; a root volume is told apart by what cannot be done with it. */
function diskOf(view: RegionView, id: string, what: string): Thing<'disk'> {
  checkId('disk', id);
  const root = view.list('vm', { ids: [ownerId('rootVolume', id)], where: (vm) => !isGone(vm) })[0];
  if (root) throw new Ec2Error(what === 'deleted' ? 'VolumeInUse' : 'OperationNotPermitted', `Volume ${id} is the root volume of ${root.id} and cannot be ${what}`, 400, 'IN_USE');
  return view.get('disk', id);
}

const attachVolume = action<ec2.AttachVolumeRequest, ec2.VolumeAttachment>('AttachVolume', 'disk.attach', ['VolumeId', 'InstanceId', 'Device', 'DryRun'], (input, { view }) => {
  const disk = diskOf(view, input.VolumeId!, 'attached again');
  const vm = view.get('vm', checkId('vm', input.InstanceId!));
  if (disk.attributes.vmId) throw new Ec2Error('VolumeInUse', `${disk.id} is already attached to an instance`, 400, 'IN_USE');
  if (disk.state !== 'available') throw wrongState(`Volume '${disk.id}' is not 'available'.`);
  if (vm.state !== 'running' && vm.state !== 'suspended') throw new Ec2Error('IncorrectState', `Instance '${vm.id}' is not 'running' or 'stopped'.`, 400, 'CONFLICT');
  if (disk.attributes.zone && vm.attributes.zone && disk.attributes.zone !== vm.attributes.zone) throw new Ec2Error('InvalidVolume.ZoneMismatch', `The volume '${disk.id}' is not in the same availability zone as instance '${vm.id}'`);
  const device = input.Device!, taken = view.list('disk', { where: (other) => other.attributes.vmId === vm.id && other.attributes.device === device }).length;
  if (taken || device === rootDevice(new InstanceBook(view).image(vm.attributes.imageId))) throw invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);
  return { ...attachmentOf(view.attachDisk(disk.id, vm.id, device))[0], State: 'attaching' };
});

const detachVolume = action<ec2.DetachVolumeRequest, ec2.VolumeAttachment>('DetachVolume', 'disk.detach', ['VolumeId', 'InstanceId', 'Device', 'DryRun'], (input, { view }) => {
  const disk = diskOf(view, input.VolumeId!, 'detached');
  const [attachment] = attachmentOf(disk);
  if (!attachment) throw wrongState(`Volume '${disk.id}' is in the 'available' state.`);
  if ((input.InstanceId && input.InstanceId !== attachment.InstanceId) || (input.Device && input.Device !== attachment.Device)) throw new Ec2Error('InvalidAttachment.NotFound', `The volume '${disk.id}' is not attached so`, 400, 'NOT_FOUND');
  view.detachDisk(disk.id);
  return { ...attachment, State: 'detaching' };
}, { accepts: ['Force'] });

const deleteVolume = action<ec2.DeleteVolumeRequest, Done>('DeleteVolume', 'disk.delete', ['VolumeId', 'DryRun'], (input, { view }) => {
  const disk = diskOf(view, input.VolumeId!, 'deleted');
  if (disk.attributes.vmId) throw new Ec2Error('VolumeInUse', `Volume ${disk.id} is currently attached to ${disk.attributes.vmId}`, 400, 'IN_USE');
  view.delete('disk', disk.id);
  return done;
});

/** What a volume was before its last change and when that began; kept beside it, as DescribeVolumesModifications tells it for long after. */
interface Modification { at: number; size: number; type: string }

function showModification(disk: Thing<'disk'>): ec2.VolumeModification | undefined {
  const kept = readHidden(disk.tags, 'modification');
  if (!kept) return undefined;
  const { at, size, type } = JSON.parse(kept) as Modification;
  return {
    VolumeId: disk.id, ModificationState: 'completed', Progress: 100, StartTime: new Date(at), EndTime: new Date(at), OriginalSize: size, OriginalVolumeType: type as ec2.VolumeType,
    TargetSize: disk.attributes.sizeGiB, TargetVolumeType: (disk.attributes.type ?? USUAL_TYPE) as ec2.VolumeType,
  };
}

const modifyVolume = action<ec2.ModifyVolumeRequest, ec2.ModifyVolumeResult>('ModifyVolume', 'disk.resize', ['VolumeId', 'Size', 'VolumeType', 'DryRun'], (input, { view, now }) => {
  const disk = diskOf(view, input.VolumeId!, 'resized in the cloud in a box');
  const { sizeGiB, type: oldType = USUAL_TYPE } = disk.attributes;
  const size = input.Size ?? sizeGiB, type = input.VolumeType ?? oldType;
  if (size < sizeGiB) throw invalidValue(`New size cannot be smaller than existing size (${sizeGiB} GiB)`);
  if (size === sizeGiB && type === oldType) throw invalidValue('The volume is so already; nothing would be modified');
  checkSize(type, size);
  if (size > sizeGiB) view.resizeDisk(disk.id, size);
  const kept: Modification = { at: now, size: sizeGiB, type: oldType };
  const changed = view.change('disk', disk.id, { attributes: { type }, tags: hidden('modification', JSON.stringify(kept)) });
  return { VolumeModification: { ...showModification(changed)!, ModificationState: 'modifying', Progress: 0 } };
}, { accepts: ['Iops', 'Throughput'] });

const describeVolumesModifications = action<ec2.DescribeVolumesModificationsRequest, ec2.DescribeVolumesModificationsResult>(
  'DescribeVolumesModifications', 'disk.list', ['VolumeIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const all = view.list('disk', input.VolumeIds?.length ? { ids: input.VolumeIds.map((id) => checkId('disk', id)) } : {}).flatMap((disk) => showModification(disk) ?? []);
    const absent = input.VolumeIds?.find((id) => !all.some((each) => each.VolumeId === id));
    if (absent !== undefined) throw new Ec2Error('InvalidVolumeModification.NotFound', `Modification for volume '${absent}' does not exist.`, 400, 'NOT_FOUND');
    const fits = matcher(input.Filters, { 'volume-id': (each: ec2.VolumeModification) => each.VolumeId, 'modification-state': (each) => each.ModificationState, 'target-size': (each) => each.TargetSize, 'original-size': (each) => each.OriginalSize });
    const { items, NextToken } = page(all.filter(fits), (each) => each.VolumeId!, input, { least: 1, most: 500 }, { name: 'volumeIds', given: input.VolumeIds });
    return { VolumesModifications: items, ...(NextToken ? { NextToken } : {}) };
  });

export const volumeActions = [createVolume, describeVolumes, attachVolume, detachVolume, deleteVolume, modifyVolume, describeVolumesModifications];
