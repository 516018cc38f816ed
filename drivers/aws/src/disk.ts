import type { Volume } from '@aws-sdk/client-ec2';
import type { DiskHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing } from './errors.js';
import { isRootVolume, isZone, narrow, tagged, toDisk } from './map.js';
import { readPageOfIds } from './pages.js';

const read = (ec2: Ec2, id: string): Promise<Volume> =>
  existing('disk', id, 'InvalidVolume.NotFound', ec2.send(new ec2.DescribeVolumesCommand({ VolumeIds: [id] })).then(({ Volumes }) => Volumes?.[0]));

/** EBS volumes beside the root disks. CreateVolume honours our token. */
export function disks(aws: Aws): DiskHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const volume = await ec2.send(new ec2.CreateVolumeCommand({
        AvailabilityZone: request.zone ?? (await firstZone(ec2)), Size: request.sizeGiB, VolumeType: (request.type ?? 'gp3') as Volume['VolumeType'], ClientToken: request.token,
        ...(request.snapshotId !== undefined && { SnapshotId: request.snapshotId }),
        TagSpecifications: [tagged('volume', request.tags, request.name)],
      }));
      return { ...toDisk(volume, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toDisk(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 500], async (query, ids) => {
        const { Volumes = [], NextToken } = await ec2.send(new ec2.DescribeVolumesCommand({ ...query, Filters: narrow(request.tags, 'volume-id', ids) }));
        return { items: Volumes.filter((volume) => !isRootVolume(volume)).map((volume) => toDisk(volume, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteVolumeCommand({ VolumeId: id })));
    },

    async attach({ region, id, vmId }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const volume = await read(ec2, id);
      if (!volume.Attachments?.some(({ InstanceId, State }) => InstanceId === vmId && State !== 'detached' && State !== 'detaching')) {
        await ec2.send(new ec2.AttachVolumeCommand({ VolumeId: id, InstanceId: vmId, Device: await freeDevice(ec2, vmId) }));
      }
      return toDisk(await read(ec2, id), region);
    },

    async detach({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const volume = await read(ec2, id);
      const attachment = volume.Attachments?.find(({ State }) => State !== 'detached' && State !== 'detaching');
      if (!attachment) return toDisk(volume, region);
      // Detached in between by somebody else: NotFound of the attachment, as good as done.
      await deleted(ec2.send(new ec2.DetachVolumeCommand({ VolumeId: id, InstanceId: attachment.InstanceId, Device: attachment.Device })));
      return toDisk(await read(ec2, id), region);
    },

    async resize({ region, id, sizeGiB }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const volume = await read(ec2, id);
      if (volume.Size === sizeGiB) return toDisk(volume, region);
      await ec2.send(new ec2.ModifyVolumeCommand({ VolumeId: id, Size: sizeGiB }));
      return toDisk({ ...volume, Size: sizeGiB }, region);
    },
  };
}

/** A disk lies in one zone; without a wish it is always the same one, since a token with another zone would be refused. */
async function firstZone(ec2: Ec2): Promise<string> {
  const { AvailabilityZones = [] } = await ec2.send(new ec2.DescribeAvailabilityZonesCommand({}));
  const zone = AvailabilityZones.filter((zone) => isZone(zone) && zone.State === 'available').flatMap(({ ZoneName }) => ZoneName ?? []).sort()[0];
  if (zone === undefined) throw new DriverError('UNSUPPORTED', 'This region has no zone that takes disks.', { field: 'zone' });
  return zone;
}

/** AWS recommends /dev/sdf to /dev/sdp for data disks. */
async function freeDevice(ec2: Ec2, vmId: string): Promise<string> {
  const look = ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [vmId] })).then(({ Reservations }) => Reservations?.[0]?.Instances?.[0]);
  const instance = await existing('VM', vmId, 'InvalidInstanceID.NotFound', look);
  const taken = new Set((instance.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName));
  const free = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`).find((device) => !taken.has(device));
  if (free === undefined) throw new DriverError('QUOTA_EXCEEDED', `VM ${vmId} already has a disk at each of /dev/sdf to /dev/sdp.`);
  return free;
}
