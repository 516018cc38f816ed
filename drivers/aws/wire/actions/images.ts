import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { Ec2Error, invalidValue, missing, notPlayed } from '../errors.js';
import { checkId } from '../ids.js';
import { architectureOf, rootDevice } from '../instances.js';
import { hidden, readHidden, shownTags, tagsOf } from '../tags.js';
import { readySnapshot } from './snapshots.js';

type OwnImage = Thing<'custom-image'>;
const STATES: Partial<Record<OwnImage['state'], ec2.ImageState>> = { pending: 'pending', failed: 'failed', deleting: 'deregistered' };
const NAME = /^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/;

/** An image of the account's own, as EC2 tells it beside the published ones. */
export function showOwnImage(image: OwnImage): ec2.Image {
  const { sourceVmId, snapshotId, architecture, minDiskGiB, osFamily } = image.attributes;
  const RootDeviceName = readHidden(image.tags, 'root-device') ?? rootDevice({ publisher: '', osFamily }), snapshot = readHidden(image.tags, 'snapshot') ?? snapshotId;
  return {
    ImageId: image.id, Name: image.name, Description: readHidden(image.tags, 'description') ?? '', OwnerId: image.account, ImageLocation: `${image.account}/${image.name}`, State: STATES[image.state] ?? 'available', Public: false,
    Architecture: architectureOf(architecture), ImageType: 'machine', Hypervisor: 'xen', VirtualizationType: 'hvm', RootDeviceType: 'ebs', RootDeviceName, EnaSupport: true, CreationDate: new Date(image.createdAt).toISOString(),
    PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances', ...(sourceVmId ? { SourceInstanceId: sourceVmId } : {}), Tags: shownTags(image.tags),
    BlockDeviceMappings: [{ DeviceName: RootDeviceName, Ebs: { ...(snapshot ? { SnapshotId: snapshot } : {}), VolumeSize: minDiskGiB, VolumeType: 'gp3', DeleteOnTermination: true, Encrypted: false } }],
  };
}

/** Ids of images made here look like those of published ones. */
export const ownImages = (view: RegionView): OwnImage[] => view.list('custom-image');

function checkImageName(name: string | undefined): string {
  if (!name) throw missing('name');
  if (!NAME.test(name)) throw new Ec2Error('InvalidAMIName.Malformed', 'AMI names must be between 3 and 128 characters long, and may contain letters, numbers, and ( ) [ ] space . / - \' @ _');
  return name;
}

/** Comes with a snapshot of the root volume, which outlives the image: whoever ends the image takes it away too. */
const createImage = action<ec2.CreateImageRequest, ec2.CreateImageResult>(
  'CreateImage', 'custom-image.create', ['InstanceId', 'Name', 'Description', 'NoReboot', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const vm = view.get('vm', checkId('vm', input.InstanceId!)), name = checkImageName(input.Name);
    const { image: own, snapshot: parts } = tagsOf(input.TagSpecifications, 'image', 'snapshot');
    const image = view.create('custom-image', {
      name, tags: { ...own, ...hidden('description', input.Description ?? '') }, attributes: { sourceVmId: vm.id, architecture: 'amd64', osFamily: '', osVersion: '', sshUser: '', minDiskGiB: 0 },
    });
    const snapshot = view.create('snapshot', {
      name: parts.Name ?? '', tags: { ...parts, ...hidden('description', `Created by CreateImage(${vm.id}) for ${image.id}`) }, attributes: { diskId: '', sourceVmId: vm.id, sizeGiB: 0 },
    });
    view.change('custom-image', image.id, { tags: hidden('snapshot', snapshot.id) });
    // Unless told otherwise EC2 restarts the instance, so that its disk is at rest.
    if (!input.NoReboot && vm.state === 'running') view.reboot(vm.id);
    return { ImageId: image.id };
  });

const registerImage = action<ec2.RegisterImageRequest, ec2.RegisterImageResult>(
  'RegisterImage', 'custom-image.create', ['Name', 'Description', 'Architecture', 'RootDeviceName', 'BlockDeviceMappings', 'VirtualizationType', 'EnaSupport', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const name = checkImageName(input.Name), tags = tagsOf(input.TagSpecifications, 'image').image;
    const device = input.RootDeviceName, root = input.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === device)?.Ebs;
    if (!device || !root?.SnapshotId) throw missing('a root device and the snapshot that it begins with');
    if (input.BlockDeviceMappings!.length > 1) throw notPlayed('The cloud in a box registers images of one device');
    if (input.VirtualizationType !== 'hvm') throw notPlayed('The cloud in a box registers images of the virtualization type hvm only');
    const { Architecture: architecture = 'i386' } = input;
    if (architecture !== 'x86_64' && architecture !== 'arm64') throw notPlayed(`The cloud in a box has no ${architecture} instances`);
    const snapshot = readySnapshot(view, root.SnapshotId);
    if (root.VolumeSize !== undefined && root.VolumeSize < snapshot.attributes.sizeGiB) throw invalidValue(`Volume of size ${root.VolumeSize}GB is smaller than snapshot '${snapshot.id}', expect size >= ${snapshot.attributes.sizeGiB}GB`);
    const image = view.create('custom-image', {
      name, tags: { ...tags, ...hidden('description', input.Description ?? ''), ...hidden('snapshot', snapshot.id), ...hidden('root-device', device) },
      attributes: { sourceVmId: '', snapshotId: snapshot.id, architecture: architecture === 'arm64' ? 'arm64' : 'amd64', osFamily: 'linux', osVersion: '', sshUser: 'ec2-user', minDiskGiB: root.VolumeSize ?? 0 },
    });
    return { ImageId: image.id };
  });

const deregisterImage = action<ec2.DeregisterImageRequest, ec2.DeregisterImageResult>('DeregisterImage', 'custom-image.delete', ['ImageId', 'DryRun'], (input, { view }) => {
  const id = checkId('custom-image', input.ImageId!);
  if (view.personality.images.some((image) => image.id(view.region.id) === id)) throw new Ec2Error('AuthFailure', `Not authorized for image: ${id}`, 403, 'FORBIDDEN');
  view.delete('custom-image', view.get('custom-image', id).id);
  return { Return: true };
});

export const imageActions = [createImage, registerImage, deregisterImage];
