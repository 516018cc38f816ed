import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { BoxWorld } from '../../simulator/world/index.js';
import { ACCOUNT, Box, PUBLIC_KEY, refused, REGION, ZONE } from './wire-box.js';

let box: Box;
beforeAll(async () => { box = await Box.start(); });
afterAll(() => box.close());

describe('instances', () => {
  it('runs a batch once per token', async () => {
    const ours = await box.place();
    const request: Partial<RunInstancesCommandInput> = { MinCount: 3, MaxCount: 3, ClientToken: 'batch-1', TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'mcmp-mci', Value: 'm1' }] }] };
    const [one, two] = await Promise.all([box.launch(ours, request), box.launch(ours, request)]);
    const ids = one.Instances!.map((vm) => vm.InstanceId);
    expect(new Set(ids).size).toBe(3);
    expect(two.Instances!.map((vm) => vm.InstanceId)).toEqual(ids);
    expect(two.ReservationId).toBe(one.ReservationId);
    expect(one.Instances!.map((vm) => vm.AmiLaunchIndex)).toEqual([0, 1, 2]);
    await expect(box.launch(ours, { ...request, InstanceType: 't3.small' })).rejects.toEqual(refused('IdempotentParameterMismatch'));
    expect(box.world.truth({ cloud: 'aws', account: ACCOUNT, kind: 'vm' }).filter((vm) => vm.state !== 'terminated')).toHaveLength(3);
    await box.clear(ours);
  });

  it('goes through its states with EC2\'s words and numbers', async () => {
    const ours = await box.place();
    const started = (await box.launch(ours, { ClientToken: 'states' })).Instances![0]!;
    expect(started).toMatchObject({ State: { Code: 0, Name: 'pending' }, InstanceType: 't3.micro', PrivateIpAddress: '10.1.1.4', SubnetId: ours.subnetId, VpcId: ours.vpcId, ClientToken: 'states', PrivateDnsName: `ip-10-1-1-4.${REGION}.compute.internal` });
    const InstanceIds = [started.InstanceId!];
    const state = async () => (await box.ec2.describeInstances({ InstanceIds })).Reservations![0]!.Instances![0]!;
    expect((await state()).State).toEqual({ Code: 16, Name: 'running' });
    expect((await box.ec2.describeInstanceStatus({ InstanceIds })).InstanceStatuses).toMatchObject([{ InstanceStatus: { Status: 'ok' }, SystemStatus: { Status: 'ok' } }]);
    await expect(box.ec2.modifyInstanceAttribute({ InstanceId: InstanceIds[0]!, InstanceType: { Value: 't3.small' } })).rejects.toEqual(refused('IncorrectInstanceState'));
    expect((await box.ec2.stopInstances({ InstanceIds })).StoppingInstances).toMatchObject([{ PreviousState: { Code: 16 }, CurrentState: { Code: 64, Name: 'stopping' } }]);
    expect(await state()).toMatchObject({ State: { Code: 80, Name: 'stopped' }, StateReason: { Code: 'Client.UserInitiatedShutdown' } });
    expect((await box.ec2.describeInstanceStatus({})).InstanceStatuses).toEqual([]);
    await expect(box.ec2.rebootInstances({ InstanceIds })).rejects.toEqual(refused('IncorrectInstanceState'));
    await box.ec2.modifyInstanceAttribute({ InstanceId: InstanceIds[0]!, InstanceType: { Value: 't3.small' } });
    expect((await box.ec2.describeInstanceAttribute({ InstanceId: InstanceIds[0]!, Attribute: 'instanceType' })).InstanceType).toEqual({ Value: 't3.small' });
    expect((await box.ec2.startInstances({ InstanceIds })).StartingInstances).toMatchObject([{ PreviousState: { Code: 80 }, CurrentState: { Code: 0, Name: 'pending' } }]);
    expect((await state()).State!.Name).toBe('running');
    await box.ec2.rebootInstances({ InstanceIds });
    expect((await box.ec2.terminateInstances({ InstanceIds })).TerminatingInstances).toMatchObject([{ CurrentState: { Code: 32, Name: 'shutting-down' } }]);
    await expect(box.ec2.terminateInstances({ InstanceIds: ['i-0123456789abcdef0'] })).rejects.toEqual(refused('InvalidInstanceID.NotFound'));
    await expect(box.ec2.describeInstances({ InstanceIds: ['i-xyz'] })).rejects.toEqual(refused('InvalidInstanceID.Malformed'));
    await box.clear(ours);
  });

  it('keeps what it was launched with: key, user data, root volume, interface, tags of all three', async () => {
    const ours = await box.place();
    await box.ec2.importKeyPair({ KeyName: 'mine', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) });
    const tagged = (ResourceType: 'instance' | 'volume' | 'network-interface', Value: string) => ({ ResourceType, Tags: [{ Key: 'part', Value }] });
    const { Instances } = await box.ec2.runInstances({
      ImageId: box.imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, KeyName: 'mine', UserData: Buffer.from('#cloud-config\n').toString('base64'),
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: ours.subnetId, Groups: [ours.groupId], AssociatePublicIpAddress: true }],
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 30, VolumeType: 'gp3', DeleteOnTermination: true } }],
      TagSpecifications: [tagged('instance', 'vm'), tagged('volume', 'root'), tagged('network-interface', 'card')], MetadataOptions: { HttpTokens: 'required' },
    });
    const InstanceId = Instances![0]!.InstanceId!;
    const vm = (await box.ec2.describeInstances({ Filters: [{ Name: 'key-name', Values: ['mine'] }, { Name: 'tag:part', Values: ['v?'] }] })).Reservations![0]!.Instances![0]!;
    expect(vm).toMatchObject({ InstanceId, KeyName: 'mine', Tags: [{ Key: 'part', Value: 'vm' }], SecurityGroups: [{ GroupId: ours.groupId, GroupName: 'web' }], PublicIpAddress: expect.stringMatching(/^127\./) });
    const [root] = (await box.ec2.describeVolumes({ Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }, { Name: 'tag:part', Values: ['root'] }] })).Volumes!;
    expect(root).toMatchObject({ VolumeId: vm.BlockDeviceMappings![0]!.Ebs!.VolumeId, Size: 30, State: 'in-use', Attachments: [{ Device: '/dev/sda1', DeleteOnTermination: true }] });
    await expect(box.ec2.deleteVolume({ VolumeId: root!.VolumeId! })).rejects.toEqual(refused('VolumeInUse'));
    const cards = await box.ec2.describeNetworkInterfaces({ Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }] });
    expect(cards.NetworkInterfaces).toMatchObject([{ NetworkInterfaceId: vm.NetworkInterfaces![0]!.NetworkInterfaceId, TagSet: [{ Key: 'part', Value: 'card' }], Association: { PublicIp: vm.PublicIpAddress }, PrivateIpAddress: vm.PrivateIpAddress }]);
    const { UserData } = await box.ec2.describeInstanceAttribute({ InstanceId, Attribute: 'userData' });
    expect(Buffer.from(UserData!.Value!, 'base64').toString()).toBe('#cloud-config\n');
    await box.ec2.deleteKeyPair({ KeyName: 'mine' });
    expect((await box.ec2.describeInstances({ InstanceIds: [InstanceId] })).Reservations![0]!.Instances![0]!.KeyName).toBe('mine');
    await box.clear(ours);
  });

  it('refuses what real EC2 refuses at launch', async () => {
    const ours = await box.place();
    const cases: [string, Partial<RunInstancesCommandInput>][] = [
      ['InvalidAMIID.NotFound', { ImageId: 'ami-0123456789abcdef0' }], ['InvalidAMIID.Malformed', { ImageId: 'ubuntu' }], ['InvalidParameterValue', { InstanceType: 't3.gigantic' as 't3.micro' }],
      ['InvalidParameterValue', { InstanceType: 't4g.micro' }], ['InvalidParameterValue', { MinCount: 3, MaxCount: 2 }], ['InvalidKeyPair.NotFound', { KeyName: 'nobody' }], ['InvalidSubnetID.NotFound', { SubnetId: 'subnet-0123456789abcdef0' }],
      ['InvalidGroup.NotFound', { SecurityGroupIds: ['sg-0123456789abcdef0'] }], ['VPCIdNotSpecified', { SubnetId: undefined }], ['InvalidBlockDeviceMapping', { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 1 } }] }],
      ['InvalidParameterCombination', { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: ours.subnetId }] }], ['InvalidUserData.Malformed', { UserData: '***' }], ['InvalidParameterValue', { TagSpecifications: [{ ResourceType: 'vpc', Tags: [] }] }],
      ['InvalidParameterValue', { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:mine', Value: '1' }] }] }],
    ];
    for (const [code, change] of cases) await expect(box.launch(ours, change)).rejects.toEqual(refused(code));
    await expect(box.ec2.describeInstances({ Filters: [{ Name: 'colour', Values: ['blue'] }] })).rejects.toEqual(refused('InvalidParameterValue'));
    await box.clear(ours);
  });

  it('pages by MaxResults while what was read is deleted, and never both pages and ids', async () => {
    const ours = await box.place();
    const { Instances } = await box.launch(ours, { MinCount: 12, MaxCount: 12 });
    const seen = new Set<string>();
    let NextToken: string | undefined, pages = 0;
    do {
      const page = await box.ec2.describeInstances({ MaxResults: 5, NextToken, Filters: [{ Name: 'vpc-id', Values: [ours.vpcId] }] });
      const ids = page.Reservations!.flatMap((reservation) => reservation.Instances!.map((vm) => vm.InstanceId!));
      for (const id of ids) seen.add(id);
      await box.ec2.terminateInstances({ InstanceIds: ids });
      NextToken = page.NextToken;
      pages += 1;
    } while (NextToken);
    expect([seen.size, pages]).toEqual([12, 3]);
    await expect(box.ec2.describeInstances({ MaxResults: 5, InstanceIds: [Instances![0]!.InstanceId!] })).rejects.toEqual(refused('InvalidParameterCombination'));
    await expect(box.ec2.describeInstances({ MaxResults: 4 })).rejects.toEqual(refused('InvalidParameterValue'));
    await box.clear(ours);
  });
});

describe('volumes and addresses', () => {
  it('makes, attaches, grows, detaches and deletes volumes', async () => {
    const ours = await box.place();
    const InstanceId = (await box.launch(ours)).Instances![0]!.InstanceId!;
    const request = { AvailabilityZone: ZONE, Size: 10, VolumeType: 'gp3' as const, ClientToken: 'vol-1' };
    const VolumeId = (await box.ec2.createVolume(request)).VolumeId!;
    expect((await box.ec2.createVolume(request)).VolumeId).toBe(VolumeId);
    await expect(box.ec2.createVolume({ ...request, Size: 11 })).rejects.toEqual(refused('IdempotentParameterMismatch'));
    await expect(box.ec2.createVolume({ AvailabilityZone: ZONE, Size: 10, VolumeType: 'st1' })).rejects.toEqual(refused('InvalidParameterValue'));
    expect(await box.ec2.attachVolume({ VolumeId, InstanceId, Device: '/dev/sdf' })).toMatchObject({ State: 'attaching', InstanceId });
    await expect(box.ec2.attachVolume({ VolumeId, InstanceId, Device: '/dev/sdg' })).rejects.toEqual(refused('VolumeInUse'));
    await expect(box.ec2.deleteVolume({ VolumeId })).rejects.toEqual(refused('VolumeInUse'));
    expect((await box.ec2.describeInstances({ InstanceIds: [InstanceId] })).Reservations![0]!.Instances![0]!.BlockDeviceMappings).toHaveLength(2);
    expect((await box.ec2.modifyVolume({ VolumeId, Size: 20 })).VolumeModification).toMatchObject({ OriginalSize: 10, TargetSize: 20, ModificationState: 'modifying' });
    expect((await box.ec2.describeVolumesModifications({ VolumeIds: [VolumeId] })).VolumesModifications).toMatchObject([{ TargetSize: 20, ModificationState: 'completed' }]);
    await expect(box.ec2.modifyVolume({ VolumeId, Size: 5 })).rejects.toEqual(refused('InvalidParameterValue'));
    expect((await box.ec2.describeVolumes({ VolumeIds: [VolumeId] })).Volumes).toMatchObject([{ Size: 20, State: 'in-use', Tags: [], Attachments: [{ InstanceId, Device: '/dev/sdf' }] }]);
    await box.ec2.detachVolume({ VolumeId });
    await expect(box.ec2.detachVolume({ VolumeId })).rejects.toEqual(refused('IncorrectState'));
    await box.ec2.deleteVolume({ VolumeId });
    await expect(box.ec2.describeVolumes({ VolumeIds: [VolumeId] })).rejects.toEqual(refused('InvalidVolume.NotFound'));
    await box.clear(ours);
  });

  it('lets an Elastic IP take the place of an instance\'s own address', async () => {
    const ours = await box.place();
    const InstanceId = (await box.launch(ours)).Instances![0]!.InstanceId!;
    const { AllocationId, PublicIp } = await box.ec2.allocateAddress({ Domain: 'vpc', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'mcmp-id', Value: 'a1' }] }] });
    const { AssociationId } = await box.ec2.associateAddress({ AllocationId, InstanceId });
    expect((await box.ec2.describeInstances({ Filters: [{ Name: 'ip-address', Values: [PublicIp!] }] })).Reservations![0]!.Instances![0]!.InstanceId).toBe(InstanceId);
    expect((await box.ec2.describeAddresses({ Filters: [{ Name: 'tag:mcmp-id', Values: ['a1'] }] })).Addresses).toMatchObject([{ AllocationId, PublicIp, InstanceId, AssociationId, Domain: 'vpc' }]);
    await expect(box.ec2.releaseAddress({ AllocationId })).rejects.toEqual(refused('InvalidIPAddress.InUse'));
    await box.ec2.disassociateAddress({ AssociationId });
    await expect(box.ec2.disassociateAddress({ AssociationId })).rejects.toEqual(refused('InvalidAssociationID.NotFound'));
    await box.ec2.releaseAddress({ AllocationId });
    await expect(box.ec2.describeAddresses({ AllocationIds: [AllocationId!] })).rejects.toEqual(refused('InvalidAllocationID.NotFound'));
    await box.clear(ours);
  });
});

describe('tags', () => {
  it('sets, finds and removes them on many things at once, also on parts of an instance', async () => {
    const ours = await box.place();
    const vm = (await box.launch(ours)).Instances![0]!;
    const rootId = vm.BlockDeviceMappings![0]!.Ebs!.VolumeId!, cardId = vm.NetworkInterfaces![0]!.NetworkInterfaceId!;
    await box.ec2.createTags({ Resources: [vm.InstanceId!, ours.vpcId, rootId, cardId], Tags: [{ Key: 'Name', Value: 'first' }, { Key: 'owner', Value: 'me' }] });
    expect(box.world.truth({ cloud: 'aws', account: ACCOUNT, kind: 'vm' }).find((thing) => thing.id === vm.InstanceId)!.name).toBe('first');
    const mine = async () => (await box.ec2.describeTags({ Filters: [{ Name: 'tag:owner', Values: ['me'] }] })).Tags!.map((tag) => tag.ResourceId).sort();
    expect(await mine()).toEqual([vm.InstanceId!, ours.vpcId, rootId, cardId].sort());
    await box.ec2.deleteTags({ Resources: [ours.vpcId], Tags: [{ Key: 'owner', Value: 'someone else' }] });
    await box.ec2.deleteTags({ Resources: [vm.InstanceId!, rootId], Tags: [{ Key: 'owner' }] });
    expect(await mine()).toEqual([ours.vpcId, cardId].sort());
    await box.ec2.deleteTags({ Resources: [ours.vpcId] });
    expect((await box.ec2.describeVpcs({ VpcIds: [ours.vpcId] })).Vpcs![0]!.Tags).toEqual([]);
    await expect(box.ec2.createTags({ Resources: ['i-0123456789abcdef0'], Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toEqual(refused('InvalidInstanceID.NotFound'));
    await expect(box.ec2.createTags({ Resources: ['house-1'], Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toEqual(refused('InvalidID'));
    await expect(box.ec2.createTags({ Resources: [ours.vpcId], Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) })).rejects.toEqual(refused('TagLimitExceeded'));
    await box.clear(ours);
  });
});

describe('troubles of the world in EC2\'s words', () => {
  const fault = (effect: Parameters<BoxWorld['faults']['add']>[0]['effect'], method: string) => box.world.faults.add({ cloud: 'aws', method, effect, times: 1 });

  it('loses an answer after the work, so that the token finds it again', async () => {
    const ours = await box.place();
    fault({ type: 'lost-answer' }, 'RunInstances');
    await expect(box.launch(ours, { ClientToken: 'lost' })).rejects.toThrow('socket hang up');
    const made = box.world.truth({ cloud: 'aws', account: ACCOUNT, kind: 'vm' }).filter((vm) => vm.token === 'lost');
    expect((await box.launch(ours, { ClientToken: 'lost' })).Instances!.map((vm) => vm.InstanceId)).toEqual(made.map((vm) => vm.id));
    await box.clear(ours);
  });

  it('says throttling, capacity, quota and outage as EC2 does', async () => {
    const ours = await box.place();
    fault({ type: 'error', code: 'RATE_LIMITED' }, 'DescribeVpcs');
    await expect(box.ec2.describeVpcs({})).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } });
    fault({ type: 'out-of-capacity' }, 'vm.create');
    await expect(box.launch(ours)).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity', $metadata: { httpStatusCode: 500 } });
    fault({ type: 'quota', quotaId: 'L-1216C47A', limit: 3 }, '*');
    await expect(box.launch(ours, { MinCount: 2, MaxCount: 2 })).rejects.toEqual(refused('VcpuLimitExceeded'));
    const five = box.world.faults.add({ cloud: 'aws', effect: { type: 'quota', quotaId: 'L-1216C47A', limit: 5 } });
    expect((await box.launch(ours, { MinCount: 1, MaxCount: 4 })).Instances).toHaveLength(2);
    box.world.faults.remove(five.id);
    fault({ type: 'error', code: 'UNAVAILABLE' }, 'DescribeSubnets');
    await expect(box.ec2.describeSubnets({})).rejects.toMatchObject({ name: 'Unavailable', $metadata: { httpStatusCode: 503 } });
    fault({ type: 'error', code: 'IN_USE' }, 'DeleteSecurityGroup');
    await expect(box.ec2.deleteSecurityGroup({ GroupId: ours.groupId })).rejects.toEqual(refused('DependencyViolation'));
    await box.clear(ours);
  });

  it('does not show a new VPC at once where the cloud is slow to tell', async () => {
    fault({ type: 'unseen', ms: 60_000 }, 'CreateVpc');
    const { Vpc } = await box.ec2.createVpc({ CidrBlock: '10.5.0.0/16' });
    await expect(box.ec2.describeVpcs({ VpcIds: [Vpc!.VpcId!] })).rejects.toEqual(refused('InvalidVpcID.NotFound'));
    expect(box.world.truth({ cloud: 'aws', account: ACCOUNT, kind: 'network' })).toHaveLength(1);
    box.world.reset();
  });

  it('shows an instance that failed while it started as terminated, with the reason, and frees its subnet', async () => {
    const ours = await box.place();
    fault({ type: 'half-made' }, 'RunInstances');
    const InstanceId = (await box.launch(ours)).Instances![0]!.InstanceId!;
    const [vm] = (await box.ec2.describeInstances({ InstanceIds: [InstanceId] })).Reservations![0]!.Instances!;
    expect(vm).toMatchObject({ State: { Code: 48, Name: 'terminated' }, StateReason: { Code: 'Server.InternalError' }, NetworkInterfaces: [] });
    await box.clear(ours);
  });

  it('throttles each API of each account and region by its published bucket', async () => {
    const limited = await Box.start({ throttling: true });
    const ours = await limited.place();
    const codes = [];
    for (let count = 0; count < 7; count++) codes.push(await limited.launch(ours).then(() => 'ok', (error: Error) => error.name));
    expect(codes.slice(0, 5)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(codes.slice(5)).toContain('RequestLimitExceeded');
    expect((await limited.ec2.describeVpcs({})).Vpcs).toHaveLength(1);
    await limited.close();
  });
});
