import type { Snapshot as AwsSnapshot } from '@aws-sdk/client-ec2';
import type { ResourceState, Snapshot, SnapshotHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { FOR_IMAGE } from './custom-image.js';
import { deleted, existing } from './errors.js';
import { byToken, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { pending: 'pending', completed: 'available', error: 'failed', recoverable: 'deleting', recovering: 'pending' };

const toSnapshot = (snapshot: AwsSnapshot, region: string): Snapshot => {
  const id = snapshot.SnapshotId ?? '';
  const progress = Number.parseInt(snapshot.Progress ?? '', 10);
  return {
    id, name: nameOf(snapshot.Tags, id), region, tags: tagsOf(snapshot.Tags), providerState: snapshot.State ?? 'unknown', state: STATES[snapshot.State ?? ''] ?? 'pending', sizeGiB: snapshot.VolumeSize ?? 0,
    ...present({ diskId: snapshot.VolumeId, createdAt: snapshot.StartTime?.toISOString(), progressPercent: Number.isFinite(progress) ? progress : undefined }),
  };
};

const read = (ec2: Ec2, id: string): Promise<AwsSnapshot> =>
  existing('snapshot', id, 'InvalidSnapshot.NotFound', ec2.send(new ec2.DescribeSnapshotsCommand({ SnapshotIds: [id] })).then(({ Snapshots }) => Snapshots?.[0]));

/** EBS snapshots of the account, beside those that are part of an image. */
export function snapshots(aws: Aws): SnapshotHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const { Snapshots } = await ec2.send(new ec2.DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [byToken(request.token)], MaxResults: 5 }));
      const snapshot = Snapshots?.[0] ?? (await ec2.send(new ec2.CreateSnapshotCommand({ VolumeId: request.diskId, Description: request.name, TagSpecifications: [tagged('snapshot', marked(request), request.name)] })));
      return { ...toSnapshot(snapshot, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toSnapshot(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { Snapshots = [], NextToken } = await ec2.send(new ec2.DescribeSnapshotsCommand({ ...query, OwnerIds: ['self'], Filters: narrow(request.tags, 'snapshot-id', ids) }));
        return { items: Snapshots.filter(({ Description }) => !FOR_IMAGE.test(Description ?? '')).map((snapshot) => toSnapshot(snapshot, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteSnapshotCommand({ SnapshotId: id })));
    },
  };
}
