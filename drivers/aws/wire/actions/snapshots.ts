import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { describe } from '../describe.js';
import { Ec2Error, wrongState } from '../errors.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { isGone } from '../instances.js';
import { hidden, readHidden, shownTags, tagsOf } from '../tags.js';

type Snapshot = Thing<'snapshot'>;

/** A snapshot tells the root volume of a VM by the id that EC2 shows, also after the VM has gone. */
function showSnapshot(snapshot: Snapshot): ec2.Snapshot {
  const { diskId, sizeGiB, sourceVmId } = snapshot.attributes, ready = snapshot.state !== 'pending';
  return {
    SnapshotId: snapshot.id, VolumeId: sourceVmId === undefined ? diskId : derivedId('rootVolume', sourceVmId), VolumeSize: sizeGiB, State: ready ? 'completed' : 'pending', Progress: ready ? '100%' : '0%', StorageTier: 'standard',
    StartTime: new Date(snapshot.createdAt), OwnerId: snapshot.account, Description: readHidden(snapshot.tags, 'description') ?? '', Encrypted: false, Tags: shownTags(snapshot.tags),
  };
}

/** The image that stands on a snapshot. */
const imageOn = (view: RegionView, snapshotId: string): Thing<'custom-image'> | undefined => view.list('custom-image', { where: (image) => image.state !== 'deleting' && readHidden(image.tags, 'snapshot') === snapshotId })[0];

const createSnapshot = action<ec2.CreateSnapshotRequest, ec2.Snapshot>('CreateSnapshot', 'snapshot.create', ['VolumeId', 'Description', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  const id = checkId('disk', input.VolumeId!);
  const tags = tagsOf(input.TagSpecifications, 'snapshot').snapshot;
  const [vm] = view.list('vm', { ids: [ownerId('rootVolume', id)], where: (each) => !isGone(each) });
  const from = vm ? { diskId: '', sourceVmId: vm.id } : { diskId: view.get('disk', id).id };
  return showSnapshot(view.create('snapshot', { name: tags.Name ?? '', tags: { ...tags, ...hidden('description', input.Description ?? '') }, attributes: { ...from, sizeGiB: 0 } }));
});

const describeSnapshots = action<ec2.DescribeSnapshotsRequest, ec2.DescribeSnapshotsResult>(
  'DescribeSnapshots', 'snapshot.list', ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view, account }) => {
    const { items, NextToken } = describe(view, input, {
      kind: 'snapshot', ids: { name: 'snapshotSet', given: input.SnapshotIds }, show: showSnapshot, tagsOf: (snapshot) => snapshot.Tags, rule: { least: 5, most: 1000 },
      filters: {
        'snapshot-id': (snapshot) => snapshot.SnapshotId, 'volume-id': (snapshot) => snapshot.VolumeId, 'volume-size': (snapshot) => snapshot.VolumeSize, status: (snapshot) => snapshot.State, progress: (snapshot) => snapshot.Progress,
        description: (snapshot) => snapshot.Description, 'owner-id': (snapshot) => snapshot.OwnerId, encrypted: (snapshot) => snapshot.Encrypted, 'storage-tier': (snapshot) => snapshot.StorageTier,
      },
    });
    // There are no snapshots of others in the box.
    const ours = !input.OwnerIds?.length || input.OwnerIds.some((owner) => owner === 'self' || owner === account);
    return { Snapshots: ours ? items : [], ...(ours && NextToken ? { NextToken } : {}) };
  });

const deleteSnapshot = action<ec2.DeleteSnapshotRequest, Done>('DeleteSnapshot', 'snapshot.delete', ['SnapshotId', 'DryRun'], (input, { view }) => {
  const snapshot = view.get('snapshot', checkId('snapshot', input.SnapshotId!));
  const image = imageOn(view, snapshot.id);
  if (image) throw new Ec2Error('InvalidSnapshot.InUse', `The snapshot ${snapshot.id} is currently in use by ${image.id}`, 400, 'IN_USE');
  view.delete('snapshot', snapshot.id);
  return done;
});

/** What a volume or an image begins with. @throws Ec2Error IncorrectState while it is being made. */
export function readySnapshot(view: RegionView, id: string): Snapshot {
  const snapshot = view.get('snapshot', checkId('snapshot', id));
  if (snapshot.state !== 'available') throw wrongState(`Snapshot is in invalid state - ${snapshot.state}`);
  return snapshot;
}

export const snapshotActions = [createSnapshot, describeSnapshots, deleteSnapshot];
