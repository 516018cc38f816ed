import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Box, refused, ZONE, type Place } from './wire-box.js';

/** The official client on copies of disks, images, placement and cards. */
let box: Box;
let ours: Place;
beforeAll(async () => {
  box = await Box.start();
  ours = await box.place();
});
afterAll(async () => {
  await box.clear(ours);
  await box.close();
});

const machine = async (more: object = {}) => (await box.launch(ours, more)).Instances![0]!;

describe('snapshots', () => {
  it('copies a volume, and a volume is made of the copy', async () => {
    const { VolumeId } = await box.ec2.createVolume({ AvailabilityZone: ZONE, Size: 9 });
    const { SnapshotId } = await box.ec2.createSnapshot({ VolumeId: VolumeId!, Description: 'before', TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'mcmp-id', Value: 's1' }] }] });
    await box.ec2.deleteVolume({ VolumeId: VolumeId! });
    const [shown] = (await box.ec2.describeSnapshots({ OwnerIds: ['self'], Filters: [{ Name: 'tag:mcmp-id', Values: ['s1'] }] })).Snapshots!;
    expect(shown).toMatchObject({ SnapshotId, VolumeId, VolumeSize: 9, State: 'completed', Progress: '100%', Description: 'before' });
    expect((await box.ec2.describeSnapshots({ OwnerIds: ['099720109477'] })).Snapshots).toEqual([]);
    await expect(box.ec2.createVolume({ AvailabilityZone: ZONE, Size: 8, SnapshotId: SnapshotId! })).rejects.toEqual(refused('InvalidParameterValue'));
    const copy = await box.ec2.createVolume({ AvailabilityZone: ZONE, SnapshotId: SnapshotId! });
    expect(copy).toMatchObject({ Size: 9, SnapshotId });
    await box.ec2.deleteSnapshot({ SnapshotId: SnapshotId! });
    await expect(box.ec2.deleteSnapshot({ SnapshotId: SnapshotId! })).rejects.toEqual(refused('InvalidSnapshot.NotFound'));
    await box.ec2.deleteVolume({ VolumeId: copy.VolumeId! });
  });
});

describe('images of the account', () => {
  it('makes one of a VM with a snapshot that outlives it, and a VM of the image', async () => {
    const vm = await machine();
    const { ImageId } = await box.ec2.createImage({ InstanceId: vm.InstanceId!, Name: 'golden 1', NoReboot: true });
    await expect(box.ec2.createImage({ InstanceId: vm.InstanceId!, Name: 'golden 1', NoReboot: true })).rejects.toEqual(refused('InvalidAMIName.Duplicate'));
    await expect(box.ec2.createImage({ InstanceId: vm.InstanceId!, Name: 'a;b' })).rejects.toEqual(refused('InvalidAMIName.Malformed'));
    const [image] = (await box.ec2.describeImages({ Owners: ['self'] })).Images!;
    const SnapshotId = image!.BlockDeviceMappings![0]!.Ebs!.SnapshotId!;
    expect(image).toMatchObject({ ImageId, Name: 'golden 1', State: 'available', Public: false, SourceInstanceId: vm.InstanceId, Architecture: 'x86_64', RootDeviceName: '/dev/sda1' });
    expect((await box.ec2.describeSnapshots({ SnapshotIds: [SnapshotId] })).Snapshots).toMatchObject([{ Description: `Created by CreateImage(${vm.InstanceId}) for ${ImageId}`, VolumeId: vm.BlockDeviceMappings![0]!.Ebs!.VolumeId }]);
    await expect(box.ec2.deleteSnapshot({ SnapshotId })).rejects.toEqual(refused('InvalidSnapshot.InUse'));
    const copy = await machine({ ImageId: ImageId! });
    expect(copy).toMatchObject({ ImageId, RootDeviceName: '/dev/sda1' });
    await box.ec2.deregisterImage({ ImageId: ImageId! });
    await expect(box.ec2.deregisterImage({ ImageId: ImageId! })).rejects.toEqual(refused('InvalidAMIID.NotFound'));
    await expect(machine({ ImageId: ImageId! })).rejects.toEqual(refused('InvalidAMIID.NotFound'));
    await expect(box.ec2.deregisterImage({ ImageId: box.imageId })).rejects.toEqual(refused('AuthFailure'));

    const registered = await box.ec2.registerImage({ Name: 'golden 2', Architecture: 'x86_64', VirtualizationType: 'hvm', RootDeviceName: '/dev/xvda', BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId, VolumeSize: 30 } }] });
    expect((await box.ec2.describeImages({ ImageIds: [registered.ImageId!] })).Images).toMatchObject([{ Name: 'golden 2', RootDeviceName: '/dev/xvda', BlockDeviceMappings: [{ Ebs: { SnapshotId, VolumeSize: 30 } }] }]);
    await box.ec2.deregisterImage({ ImageId: registered.ImageId! });
    await box.ec2.deleteSnapshot({ SnapshotId });
  });
});

describe('placement groups', () => {
  it('holds VMs by name and lets none of them go', async () => {
    const { PlacementGroup: made } = await box.ec2.createPlacementGroup({ GroupName: 'near', Strategy: 'cluster', TagSpecifications: [{ ResourceType: 'placement-group', Tags: [{ Key: 'mcmp-id', Value: 'g1' }] }] });
    await expect(box.ec2.createPlacementGroup({ GroupName: 'near', Strategy: 'spread' })).rejects.toEqual(refused('InvalidPlacementGroup.Duplicate'));
    await expect(box.ec2.createPlacementGroup({ GroupName: 'parts', Strategy: 'partition' })).rejects.toEqual(refused('UnsupportedOperation'));
    const vm = await machine({ Placement: { GroupName: 'near' } });
    expect(vm.Placement).toMatchObject({ GroupName: 'near' });
    await expect(machine({ Placement: { GroupName: 'far' } })).rejects.toEqual(refused('InvalidPlacementGroup.Unknown'));
    const { Reservations } = await box.ec2.describeInstances({ Filters: [{ Name: 'placement-group-name', Values: ['near'] }] });
    expect(Reservations!.flatMap(({ Instances }) => Instances!.map(({ InstanceId }) => InstanceId))).toEqual([vm.InstanceId]);
    await expect(box.ec2.deletePlacementGroup({ GroupName: 'near' })).rejects.toEqual(refused('InvalidPlacementGroup.InUse'));
    await box.ec2.createTags({ Resources: [made!.GroupId!], Tags: [{ Key: 'role', Value: 'db' }] });
    expect((await box.ec2.describePlacementGroups({ Filters: [{ Name: 'tag:role', Values: ['db'] }] })).PlacementGroups).toMatchObject([{ GroupName: 'near', Strategy: 'cluster', State: 'available' }]);
    await box.ec2.terminateInstances({ InstanceIds: [vm.InstanceId!] });
    await box.ec2.deletePlacementGroup({ GroupName: 'near' });
    await expect(box.ec2.describePlacementGroups({ GroupNames: ['near'] })).rejects.toEqual(refused('InvalidPlacementGroup.Unknown'));
  });
});

describe('network interfaces', () => {
  it('comes and goes at a VM, up to what its type takes', async () => {
    const vm = await machine(), InstanceId = vm.InstanceId!;
    const make = async (more: object = {}) => (await box.ec2.createNetworkInterface({ SubnetId: ours.subnetId, Groups: [ours.groupId], Description: 'second', ...more })).NetworkInterface!.NetworkInterfaceId!;
    const [one, other] = [await make({ PrivateIpAddress: '10.1.1.77' }), await make()];
    await expect(make({ PrivateIpAddress: '10.1.1.77' })).rejects.toEqual(refused('InvalidIPAddress.InUse'));
    await expect(make({ PrivateIpAddress: '10.9.9.9' })).rejects.toEqual(refused('InvalidParameterValue'));
    const { AttachmentId } = await box.ec2.attachNetworkInterface({ NetworkInterfaceId: one, InstanceId, DeviceIndex: 1 });
    await expect(box.ec2.attachNetworkInterface({ NetworkInterfaceId: other, InstanceId, DeviceIndex: 1 })).rejects.toEqual(refused('InvalidParameterValue'));
    // t3.micro takes two.
    await expect(box.ec2.attachNetworkInterface({ NetworkInterfaceId: other, InstanceId, DeviceIndex: 2 })).rejects.toEqual(refused('AttachmentLimitExceeded'));
    await expect(box.ec2.deleteNetworkInterface({ NetworkInterfaceId: one })).rejects.toEqual(refused('InvalidNetworkInterface.InUse'));
    const shown = (await box.ec2.describeInstances({ InstanceIds: [InstanceId] })).Reservations![0]!.Instances![0]!.NetworkInterfaces!;
    expect(shown).toMatchObject([{ Attachment: { DeviceIndex: 0 } }, { NetworkInterfaceId: one, PrivateIpAddress: '10.1.1.77', Description: 'second', Attachment: { DeviceIndex: 1, AttachmentId } }]);
    expect((await box.ec2.describeNetworkInterfaces({ Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }] })).NetworkInterfaces!.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual([shown[0]!.NetworkInterfaceId, one]);
    await box.ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId: one, Description: { Value: 'changed' } });
    expect((await box.ec2.describeNetworkInterfaces({ Filters: [{ Name: 'description', Values: ['chan*'] }] })).NetworkInterfaces).toHaveLength(1);
    await expect(box.ec2.detachNetworkInterface({ AttachmentId: shown[0]!.Attachment!.AttachmentId! })).rejects.toEqual(refused('OperationNotPermitted'));
    await box.ec2.detachNetworkInterface({ AttachmentId: AttachmentId! });
    await expect(box.ec2.detachNetworkInterface({ AttachmentId: AttachmentId! })).rejects.toEqual(refused('InvalidAttachmentID.NotFound'));
    await expect(box.ec2.deleteSubnet({ SubnetId: ours.subnetId })).rejects.toEqual(refused('DependencyViolation'));
    for (const NetworkInterfaceId of [one, other]) await box.ec2.deleteNetworkInterface({ NetworkInterfaceId });
    await expect(box.ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [one] })).rejects.toEqual(refused('InvalidNetworkInterfaceID.NotFound'));
  });
});
