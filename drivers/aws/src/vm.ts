import type { BlockDeviceMapping } from '@aws-sdk/client-ec2';
import type { CreateVms, VmHandlers } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing } from './errors.js';
import { narrow, ROLE_TAG, tagged, toVm } from './map.js';
import { readPageOfIds } from './pages.js';
import { quotaOfSpec } from './quota-table.js';

/** Most VMs of one RunInstances. AWS names no limit but the account's; the batch is kept small enough to fail over quickly. */
export const VM_BATCH = 100;

/** Instances. RunInstances honours a token for at least a day, so a repeat gives the same instances. */
export function vms(aws: Aws): VmHandlers {
  const sshPort = Number(aws.input.options.sshPort || 22);
  const imageDisks = new Map<string, BlockDeviceMapping[]>();
  /** Instances whose end was asked here: AWS tells the old reason of a failed one for an hour more. */
  const ended = new Set<string>();
  const shown = (instance: Parameters<typeof toVm>[0], region: string): ReturnType<typeof toVm> => {
    const vm = toVm(instance, region, sshPort);
    return vm.state === 'failed' && ended.has(vm.id) ? { ...vm, state: 'terminated' } : vm;
  };

  return {
    async create(request, signal) {
      if (request.names.length < 1 || request.names.length > VM_BATCH) throw new DriverError('INVALID_REQUEST', `One call makes 1 to ${VM_BATCH} VMs.`, { field: 'names' });
      const ec2 = await aws.ec2(request.region, signal);
      const key = `${request.region}/${request.imageId}`;
      const mappings = imageDisks.get(key) ?? (await disksOf(ec2, request.imageId));
      imageDisks.set(key, mappings);
      const answer = await ec2.send(new ec2.RunInstancesCommand(runRequest(request, mappings))).catch((error: unknown) => {
        throw withQuota(error, request.specId);
      });
      const items = (answer.Instances ?? []).map((instance) => shown(instance, request.region)).sort((a, b) => (a.batchIndex ?? 0) - (b.batchIndex ?? 0));
      return { items };
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const look = ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [id] })).then(({ Reservations }) => Reservations?.[0]?.Instances?.[0]);
      return shown(await existing('VM', id, 'InvalidInstanceID.NotFound', look), region);
    },

    /** Without those that have ended, which AWS shows for about an hour. */
    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { Reservations = [], NextToken } = await ec2.send(new ec2.DescribeInstancesCommand({ ...query, Filters: narrow(request.tags, 'instance-id', ids) }));
        const items = Reservations.flatMap(({ Instances = [] }) => Instances).map((instance) => shown(instance, request.region)).filter(({ state }) => state !== 'terminated');
        return { items, next: NextToken };
      });
    },

    async start({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await ec2.send(new ec2.StartInstancesCommand({ InstanceIds: [id] }));
    },

    async stop({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await ec2.send(new ec2.StopInstancesCommand({ InstanceIds: [id] }));
    },

    async reboot({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await ec2.send(new ec2.RebootInstancesCommand({ InstanceIds: [id] }));
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.TerminateInstancesCommand({ InstanceIds: [id] })));
      if (ended.size >= 10_000) ended.clear();
      ended.add(id);
    },

    async resize({ region, id, specId }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await ec2.send(new ec2.ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: specId } }));
    },
  };
}

/** The request for a batch, the same for the same input: a token with other parameters is refused by AWS. */
function runRequest(request: CreateVms, mappings: BlockDeviceMapping[]): ConstructorParameters<Ec2['RunInstancesCommand']>[0] {
  const name = request.names.length === 1 ? request.names[0] : undefined;
  return {
    ImageId: request.imageId,
    InstanceType: request.specId as NonNullable<ConstructorParameters<Ec2['RunInstancesCommand']>[0]>['InstanceType'],
    MinCount: request.names.length,
    MaxCount: request.names.length,
    ClientToken: request.token,
    KeyName: request.keyPairId,
    ...(request.zone || request.placementGroupId ? { Placement: { AvailabilityZone: request.zone, GroupName: request.placementGroupId } } : {}),
    ...(request.userData ? { UserData: Buffer.from(request.userData).toString('base64') } : {}),
    BlockDeviceMappings: mappings.map(({ DeviceName, Ebs }, index) => ({ DeviceName, Ebs: { ...Ebs, ...(index === 0 && request.rootDiskGiB ? { VolumeSize: request.rootDiskGiB } : {}) } })),
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: request.subnetId, Groups: request.securityGroupIds, AssociatePublicIpAddress: request.publicAddress, DeleteOnTermination: true }],
    TagSpecifications: [tagged('instance', request.tags, name), tagged('volume', { ...request.tags, [ROLE_TAG]: 'root' }, name), tagged('network-interface', { ...request.tags, [ROLE_TAG]: 'vm' }, name)],
  };
}

/** The disks that an image brings, its root disk first, told to end with the VM: not every image says so by itself. */
async function disksOf(ec2: Ec2, imageId: string): Promise<BlockDeviceMapping[]> {
  const { Images } = await ec2.send(new ec2.DescribeImagesCommand({ ImageIds: [imageId] }));
  const image = Images?.[0];
  if (!image) throw new DriverError('NOT_FOUND', `There is no image ${imageId} in this region, or this account may not use it.`, { providerCode: 'InvalidAMIID.NotFound', field: 'imageId' });
  const root = image.RootDeviceName ?? '/dev/sda1';
  const known = new Map((image.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) => (DeviceName && Ebs ? [[DeviceName, Ebs.VolumeSize] as const] : [])));
  return [...new Set([root, ...known.keys()])].map((DeviceName) => ({ DeviceName, Ebs: { DeleteOnTermination: true, VolumeSize: known.get(DeviceName) } }));
}

/** AWS counts vCPUs by families of types and does not say which family was full. */
function withQuota(error: unknown, specId: string): unknown {
  if (!isDriverError(error) || !['VcpuLimitExceeded', 'InstanceLimitExceeded'].includes(error.detail.providerCode ?? '')) return error;
  const quotaId = quotaOfSpec(specId)?.id;
  return quotaId === undefined ? error : new DriverError(error.code, error.message, { ...error.detail, quotaId });
}
