import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing, WorldVmState } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { describe, thingsOf } from '../describe.js';
import { Ec2Error, invalidValue, missing } from '../errors.js';
import { checkId, reservationId } from '../ids.js';
import { disksByVm, endFailed, InstanceBook, rootDevice, stateOf } from '../instances.js';
import type { FilterTable } from '../filters.js';

const INSTANCE_FILTERS: FilterTable<ec2.Instance> = {
  'instance-id': (vm) => vm.InstanceId, 'instance-state-name': (vm) => vm.State!.Name, 'instance-state-code': (vm) => vm.State!.Code, 'instance-type': (vm) => vm.InstanceType, 'image-id': (vm) => vm.ImageId,
  'vpc-id': (vm) => vm.VpcId, 'subnet-id': (vm) => vm.SubnetId, 'availability-zone': (vm) => vm.Placement!.AvailabilityZone, 'placement-group-name': (vm) => vm.Placement!.GroupName, 'key-name': (vm) => vm.KeyName, 'client-token': (vm) => vm.ClientToken,
  architecture: (vm) => vm.Architecture, 'private-ip-address': (vm) => vm.PrivateIpAddress, 'ip-address': (vm) => vm.PublicIpAddress, 'dns-name': (vm) => vm.PublicDnsName, 'private-dns-name': (vm) => vm.PrivateDnsName,
  'launch-index': (vm) => vm.AmiLaunchIndex, 'instance.group-id': (vm) => vm.SecurityGroups!.map((group) => group.GroupId), 'instance.group-name': (vm) => vm.SecurityGroups!.map((group) => group.GroupName),
  'group-id': (vm) => vm.SecurityGroups!.map((group) => group.GroupId), 'network-interface.network-interface-id': (vm) => vm.NetworkInterfaces!.map((card) => card.NetworkInterfaceId),
  'block-device-mapping.volume-id': (vm) => vm.BlockDeviceMappings!.map((mapping) => mapping.Ebs!.VolumeId), 'root-device-type': (vm) => vm.RootDeviceType, 'state-reason-code': (vm) => vm.StateReason?.Code,
};

const describeInstances = action<ec2.DescribeInstancesRequest, ec2.DescribeInstancesResult>('DescribeInstances', 'vm.list', ['InstanceIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view, account }) => {
  const book = new InstanceBook(view), disks = disksByVm(view), batches = new Map<string, string>();
  const show = (vm: Thing<'vm'>): ec2.Instance => {
    batches.set(vm.id, vm.attributes.batch);
    return book.show(vm, disks.get(vm.id));
  };
  const { things, items, NextToken } = describe(view, input, {
    kind: 'vm', ids: { name: 'instancesSet', given: input.InstanceIds }, show, tagsOf: (vm) => vm.Tags, rule: { least: 5, most: 1000 },
    filters: { ...INSTANCE_FILTERS, 'reservation-id': (vm) => reservationId(batches.get(vm.InstanceId!)!), 'owner-id': () => account },
  });
  endFailed(view, things);
  const reserved = new Map<string, ec2.Reservation>();
  things.forEach((vm, index) => {
    const ReservationId = reservationId(vm.attributes.batch);
    const reservation = reserved.get(ReservationId) ?? { ReservationId, OwnerId: account, Groups: [], Instances: [] };
    reservation.Instances!.push(items[index]!);
    reserved.set(ReservationId, reservation);
  });
  return { Reservations: [...reserved.values()], ...(NextToken ? { NextToken } : {}) };
});

const describeInstanceStatus = action<ec2.DescribeInstanceStatusRequest, ec2.DescribeInstanceStatusResult>(
  'DescribeInstanceStatus', 'vm.list', ['InstanceIds', 'IncludeAllInstances', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const show = (vm: Thing<'vm'>): ec2.InstanceStatus => {
      const state = stateOf(view, vm), up = state.Name === 'running';
      const status = { Status: up ? 'ok' : 'not-applicable', Details: up ? [{ Name: 'reachability', Status: 'passed' }] : [] } satisfies ec2.InstanceStatusSummary;
      return { InstanceId: vm.id, InstanceState: state, ...(vm.attributes.zone ? { AvailabilityZone: vm.attributes.zone } : {}), InstanceStatus: status, SystemStatus: status, Events: [] };
    };
    // Only running ones unless all are asked for: a filter of its own before the page is cut.
    const shown = input.IncludeAllInstances ? input.Filters : [...(input.Filters ?? []), { Name: 'instance-state-name', Values: ['running'] }];
    const { items, NextToken } = describe(view, { ...input, Filters: shown }, {
      kind: 'vm', ids: { name: 'instancesSet', given: input.InstanceIds }, show, tagsOf: () => undefined, rule: { least: 5, most: 1000 },
      filters: {
        'instance-state-name': (vm) => vm.InstanceState!.Name, 'instance-state-code': (vm) => vm.InstanceState!.Code, 'availability-zone': (vm) => vm.AvailabilityZone,
        'instance-status.status': (vm) => vm.InstanceStatus!.Status, 'system-status.status': (vm) => vm.SystemStatus!.Status,
      },
    });
    return { InstanceStatuses: items, ...(NextToken ? { NextToken } : {}) };
  });

type Change = { InstanceId: string; PreviousState: Required<ec2.InstanceState>; CurrentState: Required<ec2.InstanceState> };

/** Changes all or none: the states are looked at before anything is done. */
function changeAll(view: RegionView, ids: string[] | undefined, word: string, refused: WorldVmState[], change: (vm: Thing<'vm'>) => void): Change[] {
  const vms = thingsOf(view, 'vm', ids);
  const wrong = vms.find((vm) => refused.includes(vm.state));
  if (wrong) throw new Ec2Error('IncorrectInstanceState', `The instance '${wrong.id}' is not in a state from which it can be ${word}.`, 400, 'CONFLICT');
  return vms.map((vm) => {
    const PreviousState = stateOf(view, vm);
    change(vm);
    return { InstanceId: vm.id, PreviousState, CurrentState: stateOf(view, view.list('vm', { ids: [vm.id] })[0] ?? { ...vm, state: 'terminated' }) };
  });
}
const countIds = { count: (input: { InstanceIds?: string[] | undefined }): number => input.InstanceIds?.length ?? 1 };

const startInstances = action<ec2.StartInstancesRequest, ec2.StartInstancesResult>('StartInstances', 'vm.start', ['InstanceIds', 'DryRun'],
  (input, { view }) => ({ StartingInstances: changeAll(view, input.InstanceIds, 'started', ['suspending', 'terminating', 'terminated', 'failed'], (vm) => view.start(vm.id)) }), countIds);

const stopInstances = action<ec2.StopInstancesRequest, ec2.StopInstancesResult>('StopInstances', 'vm.stop', ['InstanceIds', 'DryRun'],
  (input, { view }) => ({ StoppingInstances: changeAll(view, input.InstanceIds, 'stopped', ['creating', 'resuming', 'terminating', 'terminated', 'failed'], (vm) => view.stop(vm.id)) }), { ...countIds, accepts: ['Force'] });

const rebootInstances = action<ec2.RebootInstancesRequest, Done>('RebootInstances', 'vm.reboot', ['InstanceIds', 'DryRun'], (input, { view }) => {
  changeAll(view, input.InstanceIds, 'rebooted', ['creating', 'resuming', 'suspending', 'suspended', 'terminating', 'terminated', 'failed'], (vm) => view.reboot(vm.id));
  return done;
}, countIds);

const terminateInstances = action<ec2.TerminateInstancesRequest, ec2.TerminateInstancesResult>('TerminateInstances', 'vm.delete', ['InstanceIds', 'DryRun'],
  (input, { view }) => ({ TerminatingInstances: changeAll(view, input.InstanceIds, 'terminated', [], (vm) => { if (vm.state !== 'terminated') view.delete('vm', vm.id); }) }), countIds);

const modifyInstanceAttribute = action<ec2.ModifyInstanceAttributeRequest, Done>('ModifyInstanceAttribute', 'vm.resize', ['InstanceId', 'Attribute', 'Value', 'InstanceType', 'Groups', 'DryRun'], (input, { view }) => {
  const vm = view.get('vm', checkId('vm', input.InstanceId!));
  const specId = input.InstanceType?.Value ?? (input.Attribute === 'instanceType' ? input.Value : undefined);
  if (specId) {
    if (vm.state !== 'suspended') throw new Ec2Error('IncorrectInstanceState', `The instance '${vm.id}' is not in the 'stopped' state.`, 400, 'CONFLICT');
    if (!view.personality.specs(view.region.id).some((spec) => spec.id === specId)) throw invalidValue(`Invalid value '${specId}' for InstanceType.`);
    view.resize(vm.id, specId);
  } else if (input.Groups?.length) {
    for (const id of input.Groups) {
      const group = view.get('security-group', checkId('security-group', id));
      if (group.attributes.networkId !== vm.attributes.networkId) throw new Ec2Error('InvalidParameter', `Security group ${id} and instance ${vm.id} belong to different networks.`);
    }
    view.change('vm', vm.id, { attributes: { securityGroupIds: [...new Set(input.Groups)] } });
  } else throw missing('an attribute that the cloud in a box plays: instanceType or groupSet');
  return done;
});

const describeInstanceAttribute = action<ec2.DescribeInstanceAttributeRequest, ec2.InstanceAttribute>('DescribeInstanceAttribute', 'vm.get', ['InstanceId', 'Attribute', 'DryRun'], (input, { view }) => {
  const vm = view.get('vm', checkId('vm', input.InstanceId!));
  const book = new InstanceBook(view), InstanceId = vm.id;
  switch (input.Attribute as string) {
    case 'instanceType': return { InstanceId, InstanceType: { Value: vm.attributes.specId } };
    case 'userData': return { InstanceId, UserData: vm.attributes.userData ? { Value: Buffer.from(vm.attributes.userData).toString('base64') } : {} };
    case 'disableApiTermination': return { InstanceId, DisableApiTermination: { Value: false } };
    case 'disableApiStop': return { InstanceId, DisableApiStop: { Value: false } };
    case 'instanceInitiatedShutdownBehavior': return { InstanceId, InstanceInitiatedShutdownBehavior: { Value: 'stop' } };
    case 'sourceDestCheck': return { InstanceId, SourceDestCheck: { Value: true } };
    case 'ebsOptimized': return { InstanceId, EbsOptimized: { Value: false } };
    case 'rootDeviceName': return { InstanceId, RootDeviceName: { Value: rootDevice(book.image(vm.attributes.imageId)) } };
    case 'groupSet': return { InstanceId, Groups: book.groupsOf(vm) };
    case 'blockDeviceMapping': return { InstanceId, BlockDeviceMappings: book.show(vm, disksByVm(view).get(vm.id)).BlockDeviceMappings! };
    default: throw invalidValue(`Value (${String(input.Attribute)}) for parameter attribute is invalid. Unknown attribute.`);
  }
});

export const instanceActions = [
  describeInstances, describeInstanceStatus, startInstances, stopInstances, rebootInstances, terminateInstances, modifyInstanceAttribute, describeInstanceAttribute,
];
