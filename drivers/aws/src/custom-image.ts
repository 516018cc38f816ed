import type { Image as AwsImage } from '@aws-sdk/client-ec2';
import type { CustomImage, CustomImageHandlers, ResourceState } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith, notSeenYet } from './errors.js';
import { architectureOf, byToken, filter, hasToken, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { pending: 'pending', available: 'available', failed: 'failed', error: 'failed', invalid: 'failed', deregistered: 'deleting' };
/** AWS says so in the description of the snapshots that it makes for an image. */
export const FOR_IMAGE = /^Created by CreateImage\((i-\w+)\) for (ami-\w+)/;

const toImage = (image: AwsImage, region: string): CustomImage => {
  const id = image.ImageId ?? '';
  const sizes = (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) => (DeviceName === image.RootDeviceName && Ebs?.VolumeSize !== undefined ? [Ebs.VolumeSize] : []));
  return {
    id, name: nameOf(image.Tags, image.Name ?? id), region, tags: tagsOf(image.Tags), providerState: image.State ?? 'unknown', state: STATES[image.State ?? ''] ?? 'pending',
    ...present({ vmId: image.SourceInstanceId, architecture: architectureOf([image.Architecture]), minDiskGiB: sizes[0], createdAt: timeOf(image.CreationDate) }),
  };
};

const timeOf = (text: string | undefined): string | undefined => (text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined);

const find = async (ec2: Ec2, id: string): Promise<AwsImage | undefined> => (await ec2.send(new ec2.DescribeImagesCommand({ Owners: ['self'], Filters: [filter('image-id', id)] }))).Images?.[0];

/** Images of the account's own, made of VMs without a restart. Their names are unique in a region. */
export function customImages(aws: Aws): CustomImageHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const { Images } = await ec2.send(new ec2.DescribeImagesCommand({ Owners: ['self'], Filters: [byToken(request.token)] }));
      const id = Images?.[0]?.ImageId ?? (await ec2.send(new ec2.CreateImageCommand({
        InstanceId: request.vmId, Name: request.name, NoReboot: true, TagSpecifications: [tagged('image', marked(request), request.name)],
      })).then(({ ImageId }) => ImageId, async (error: unknown) => {
        if (!failedWith(error, 'InvalidAMIName.Duplicate')) throw error;
        const [taken] = (await ec2.send(new ec2.DescribeImagesCommand({ Owners: ['self'], Filters: [filter('name', request.name)] }))).Images ?? [];
        if (taken && hasToken(taken.Tags, request.token)) return taken.ImageId;
        throw taken ? error : notSeenYet(`The name ${request.name}`);
      }));
      const image = await find(ec2, id!).catch(() => undefined);
      return { ...toImage(image ?? { ImageId: id, State: 'pending', SourceInstanceId: request.vmId }, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      return toImage(await existing('image', id, 'InvalidAMIID.NotFound', find(ec2, id)), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { Images = [], NextToken } = await ec2.send(new ec2.DescribeImagesCommand({ ...query, Owners: ['self'], Filters: narrow(request.tags, 'image-id', ids) }));
        return { items: Images.map((image) => toImage(image, request.region)), next: NextToken };
      });
    },

    /** Takes the image's snapshots along, also those of an image that an earlier try has taken away. */
    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const image = await find(ec2, id);
      const own = (image?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
      if (image) await deleted(ec2.send(new ec2.DeregisterImageCommand({ ImageId: id })));
      const { Snapshots = [] } = await ec2.send(new ec2.DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'description', Values: [`Created by CreateImage(*) for ${id}*`] }] }));
      const left = Snapshots.filter(({ Description }) => FOR_IMAGE.exec(Description ?? '')?.[2] === id).flatMap(({ SnapshotId }) => SnapshotId ?? []);
      for (const SnapshotId of new Set([...own, ...left])) await deleted(ec2.send(new ec2.DeleteSnapshotCommand({ SnapshotId })));
    },
  };
}
