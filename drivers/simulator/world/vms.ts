import { born, checkName, once } from './make.js';
import { checkQuotas } from './quotas.js';
import { checkGroups, privateAddresses, publicAddress, zoneOf } from './rules/rule.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { CreateWorldVms, PersonalitySpec, Span, Thing, WorldVmState } from './types.js';

const SSH_PORT = 2222;
const INVALID = 'INVALID_REQUEST';

/** Makes VMs, all or none. */
export function createVms(step: Step, input: CreateWorldVms): Thing<'vm'>[] {
  const { token, ...request } = input;
  return once(step, 'vm', token, request, () => {
    const { spec, image, subnet, networkId, publicKey } = checkRequest(step, input);
    const zone = zoneWithRoom(step, input, subnet);
    checkQuotas(step, [{ measure: 'vm', amount: input.names.length }, { measure: 'vcpu', amount: input.names.length * spec.vcpu, specId: spec.id }]);
    const addresses = privateAddresses(step, subnet, input.names.length);
    const batch = `b-${step.engine.chance.hex(step.call.cloud, step.region.id, 16)}`;
    return input.names.map((name, batchIndex) => {
      const ownAddress = input.publicAddress ? publicAddress(step) : undefined;
      const vm = born(step, 'vm', { name, tags: input.tags, ...(token !== undefined && { token }) }, {
        specId: spec.id, imageId: input.imageId, ...(zone !== undefined && { zone }), networkId, subnetId: subnet.id, securityGroupIds: [...input.securityGroupIds],
        ...(input.keyPairId && { keyPairId: input.keyPairId }), ...(input.placementGroupId && { placementGroupId: input.placementGroupId }), ...(publicKey && { publicKey }), sshUser: input.sshUser ?? image.sshUser, ...(input.userData !== undefined && { userData: input.userData }),
        rootDiskGiB: input.rootDiskGiB ?? image.minDiskGiB, privateIp: addresses[batchIndex] ?? '', ...(ownAddress && { publicIp: ownAddress, ownAddress }), sshPort: SSH_PORT, batch, batchIndex,
      });
      step.holding.add(vm);
      const halfMade = step.engine.faults.take(['half-made'], step.call, (_, fault) => fault.zone === undefined || fault.zone === zone);
      step.begin(vm, 'creating', step.draw(step.personality.delays.vmCreate), halfMade ? 'failed' : 'running');
      return vm;
    });
  });
}

/** Checks all that a request names. @throws WorldError INVALID_REQUEST, NOT_FOUND, ALREADY_EXISTS. */
function checkRequest(step: Step, input: CreateWorldVms): { spec: PersonalitySpec; image: NonNullable<ReturnType<Step['imageOf']>>; subnet: Thing<'subnet'>; networkId: string; publicKey: string | undefined } {
  const { cloud } = step.call;
  const refuse = (message: string, field: string): never => {
    throw new WorldError(INVALID, message, { kind: 'vm', field });
  };
  const { vmBatch } = step.personality;
  if (input.names.length < 1 || input.names.length > vmBatch) refuse(`one request makes 1 to ${vmBatch} VMs, not ${input.names.length}`, 'names');
  const spec = step.engine.specs(cloud, step.region.id).get(input.specId) ?? refuse(`${step.region.id} offers no spec '${input.specId}'`, 'specId');
  const image = step.imageOf(input.imageId) ?? refuse(`${step.region.id} has no image '${input.imageId}'`, 'imageId');
  if (spec.architecture !== image.architecture) refuse(`the spec '${spec.id}' is ${spec.architecture}, the image '${input.imageId}' is ${image.architecture}`, 'specId');
  if (input.rootDiskGiB !== undefined && input.rootDiskGiB < image.minDiskGiB) refuse(`the image needs a root disk of ${image.minDiskGiB} GiB or more`, 'rootDiskGiB');
  const subnet = step.findStaying('subnet', input.subnetId ?? refuse('a VM needs a subnet', 'subnetId'));
  const { networkId } = subnet.attributes;
  if (input.networkId !== undefined && input.networkId !== networkId) refuse(`the subnet '${subnet.id}' is not in the network '${input.networkId}'`, 'subnetId');
  checkGroups(step, 'vm', networkId, input.securityGroupIds);
  if (input.placementGroupId !== undefined) step.findStaying('placement-group', input.placementGroupId);
  const publicKey = input.keyPairId ? step.find('key-pair', input.keyPairId).attributes.publicKey : input.publicKey;
  if (step.personality.uniqueName.includes('vm') && new Set(input.names).size < input.names.length) refuse('two VMs of one request have the same name', 'names');
  for (const name of input.names) checkName(step, { kind: 'vm' }, name);
  return { spec, image, subnet, networkId, publicKey };
}

/** The zone of the request, of the subnet, or the first with room. @throws WorldError OUT_OF_CAPACITY, INVALID_REQUEST. */
function zoneWithRoom(step: Step, input: CreateWorldVms, subnet: Thing<'subnet'>): string | undefined {
  const wanted = input.zone ?? subnet.attributes.zone;
  if (wanted !== undefined) zoneOf(step, wanted, 'vm');
  if (subnet.attributes.zone !== undefined && wanted !== subnet.attributes.zone) throw new WorldError(INVALID, `the subnet '${subnet.id}' is in the zone ${subnet.attributes.zone}`, { kind: 'vm', field: 'zone' });
  const isFull = (zone: string | undefined): boolean =>
    step.engine.faults.take(['out-of-capacity'], step.call, ({ specPrefixes }, fault) =>
      (fault.zone === undefined || fault.zone === zone) && (!specPrefixes || specPrefixes.some((prefix) => input.specId.startsWith(prefix)))) !== undefined;
  const zones: (string | undefined)[] = wanted !== undefined || step.region.zones.length === 0 ? [wanted] : step.region.zones;
  const index = zones.findIndex((zone) => !isFull(zone));
  if (index < 0) throw new WorldError('OUT_OF_CAPACITY', `${wanted ?? step.region.id} has no room for ${input.names.length} of '${input.specId}' now`, { kind: 'vm', field: 'zone', reason: 'capacity' });
  return zones[index];
}

/** What an action does: from these states it starts, in those it is already so; in any other the cloud refuses. */
interface Action { from: WorldVmState[]; already: WorldVmState[]; through: WorldVmState; to: WorldVmState; delay: 'vmStart' | 'vmStop' | 'vmReboot' }
const ACTIONS: Record<'start' | 'stop' | 'reboot', Action> = {
  start: { from: ['suspended'], already: ['running', 'resuming', 'rebooting'], through: 'resuming', to: 'running', delay: 'vmStart' },
  stop: { from: ['running', 'rebooting'], already: ['suspended', 'suspending'], through: 'suspending', to: 'suspended', delay: 'vmStop' },
  reboot: { from: ['running'], already: ['rebooting'], through: 'rebooting', to: 'running', delay: 'vmReboot' },
};

/** Starts, stops or reboots; what is already so succeeds. @throws WorldError CONFLICT. */
export function act(step: Step, id: string, name: keyof typeof ACTIONS): Thing<'vm'> {
  const vm = step.find('vm', id);
  const { from, already, through, to, delay } = ACTIONS[name];
  if (already.includes(vm.state)) {
    step.ids.add(vm.id);
    return vm;
  }
  if (!from.includes(vm.state)) throw new WorldError('CONFLICT', `the VM '${id}' is ${vm.state}: it cannot ${name} now`, { kind: 'vm', id });
  if (through !== 'resuming') step.engine.doors.close(vm.attributes.publicIp);
  step.begin(vm, through, step.draw(step.personality.delays[delay]), to);
  return vm;
}

/** Begins the end of a VM; a repeat changes nothing. */
export function terminate(step: Step, vm: Thing<'vm'>, extraMs: number): void {
  step.ids.add(vm.id);
  if (vm.state === 'terminating' || vm.state === 'terminated') return;
  step.engine.doors.close(vm.attributes.publicIp);
  const span: Span = step.personality.delays.vmDelete;
  step.begin(vm, 'terminating', step.draw(span) + extraMs, 'terminated');
}

/** @throws WorldError CONFLICT unless it is suspended; INVALID_REQUEST; QUOTA_EXCEEDED. */
export function resize(step: Step, id: string, specId: string): Thing<'vm'> {
  const vm = step.find('vm', id);
  const specs = step.engine.specs(step.call.cloud, step.region.id);
  const spec = specs.get(specId), former = specs.get(vm.attributes.specId);
  if (!spec) throw new WorldError(INVALID, `${step.region.id} offers no spec '${specId}'`, { kind: 'vm', field: 'specId' });
  if (former && former.architecture !== spec.architecture) throw new WorldError(INVALID, `a VM of ${former.architecture} cannot become '${specId}'`, { kind: 'vm', field: 'specId' });
  if (vm.state !== 'suspended') throw new WorldError('CONFLICT', `the VM '${id}' is ${vm.state}: only a suspended one changes its size`, { kind: 'vm', id });
  checkQuotas(step, [{ measure: 'vcpu', amount: Math.max(0, spec.vcpu - (former?.vcpu ?? 0)), specId }]);
  vm.attributes.specId = specId;
  step.touch(vm);
  return vm;
}
