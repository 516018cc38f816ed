import { checkQuotas } from './quotas.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { Kind, Thing } from './types.js';
import { terminate } from './vms.js';

/** Kinds that go at once. */
const QUICK: readonly Kind[] = ['key-pair', 'internet-gateway', 'route-table'];

/** Begins the end of a thing. @throws WorldError NOT_FOUND; IN_USE while something depends on it. */
export function remove(step: Step, kind: Kind, id: string): void {
  const thing = step.find(kind, id);
  const extraMs = (): number => step.engine.faults.take(['slow-delete'], step.call)?.ms ?? 0;
  if (kind === 'vm') return terminate(step, thing as Thing<'vm'>, extraMs());
  step.ids.add(id);
  if (thing.state === 'deleting' || thing.state === 'deleted') return;
  const holder = holderOf(step, thing);
  if (holder) throw new WorldError('IN_USE', `the ${kind} '${id}' is used by the ${holder.kind} '${holder.id}' (${holder.state})`, { kind, id });
  step.begin(thing, 'deleting', (QUICK.includes(kind) ? 0 : step.draw(step.personality.delays.delete)) + extraMs(), 'deleted');
}

/** What keeps a thing from going, whether the caller sees it or not. Subnets and VMs do so until they are quite gone; groups, gateways and route tables only until their own end has begun. */
function holderOf(step: Step, thing: Thing): Thing | undefined {
  if (thing.kind === 'key-pair' || thing.kind === 'internet-gateway') return undefined;
  const { vmId } = thing.attributes as { vmId?: string };
  if (vmId !== undefined) return step.holding.find('vm', vmId, step.region.id);
  for (const other of step.holding.dependants(thing.kind, thing.id)) {
    if (other.state === 'terminated' || other.state === 'deleted') continue;
    if (other.kind === 'vm' || other.kind === 'subnet') return other;
    if (thing.kind === 'network' && other.state !== 'deleting') return other;
  }
  return undefined;
}

const STEADY: readonly Thing<'vm'>['state'][] = ['running', 'suspended'];

/** The VM to which something is to be tied. @throws WorldError CONFLICT while it is changing. */
function steadyVm(step: Step, vmId: string): Thing<'vm'> {
  const vm = step.find('vm', vmId);
  if (!STEADY.includes(vm.state)) throw new WorldError('CONFLICT', `the VM '${vmId}' is ${vm.state}`, { kind: 'vm', id: vmId });
  return vm;
}

/** @throws WorldError IN_USE where another VM has it; CONFLICT; INVALID_REQUEST in another zone. */
export function attachDisk(step: Step, diskId: string, vmId: string, device?: string): Thing<'disk'> {
  const disk = step.findStaying('disk', diskId);
  if (disk.attributes.vmId === vmId) return disk;
  if (disk.attributes.vmId !== undefined) throw new WorldError('IN_USE', `the disk '${diskId}' is attached to '${disk.attributes.vmId}'`, { kind: 'disk', id: diskId });
  const vm = steadyVm(step, vmId);
  if (disk.state !== 'available') throw new WorldError('CONFLICT', `the disk '${diskId}' is ${disk.state}`, { kind: 'disk', id: diskId });
  if (disk.attributes.zone !== vm.attributes.zone) throw new WorldError('INVALID_REQUEST', `the disk is in the zone ${disk.attributes.zone}, the VM in ${vm.attributes.zone}`, { kind: 'disk', id: diskId, field: 'zone' });
  const taken = new Set([...step.holding.dependants('vm', vmId)].map((each) => (each.attributes as { device?: string }).device));
  if (device !== undefined && taken.has(device)) throw new WorldError('INVALID_REQUEST', `${device} of the VM is taken`, { kind: 'disk', id: diskId, field: 'device' });
  const free = device ?? [...'fghijklmnopqrstuvwxyz'].map((letter) => `/dev/sd${letter}`).find((name) => !taken.has(name));
  if (!free) throw new WorldError('QUOTA_EXCEEDED', 'the VM has no device left', { kind: 'disk', id: diskId });
  step.holding.update(disk, () => Object.assign(disk.attributes, { vmId, device: free }));
  disk.state = 'in-use';
  step.touch(disk);
  return disk;
}

/** Repeatable. */
export function detachDisk(step: Step, diskId: string): Thing<'disk'> {
  const disk = step.find('disk', diskId);
  if (disk.attributes.vmId !== undefined) {
    untie(step, disk);
    disk.state = 'available';
  }
  step.touch(disk);
  return disk;
}

/** Grows only. */
export function resizeDisk(step: Step, diskId: string, sizeGiB: number): Thing<'disk'> {
  const disk = step.findStaying('disk', diskId);
  const { sizeGiB: former } = disk.attributes;
  if (!Number.isInteger(sizeGiB) || sizeGiB < former || sizeGiB > 65_536) throw new WorldError('INVALID_REQUEST', `a disk of ${former} GiB cannot become one of ${sizeGiB} GiB`, { kind: 'disk', id: diskId, field: 'sizeGiB' });
  checkQuotas(step, [{ measure: 'disk-gib', amount: sizeGiB - former }]);
  disk.attributes.sizeGiB = sizeGiB;
  step.touch(disk);
  return disk;
}

/** The address takes the place of the VM's own one; from another VM it is taken away first. */
export function associate(step: Step, publicIpId: string, vmId: string): Thing<'public-ip'> {
  const publicIp = step.findStaying('public-ip', publicIpId);
  if (publicIp.attributes.vmId === vmId) return publicIp;
  const vm = steadyVm(step, vmId);
  for (const other of [...step.holding.dependants('vm', vmId)]) if (other.kind === 'public-ip') disassociate(step, other.id);
  if (publicIp.attributes.vmId !== undefined) disassociate(step, publicIpId);
  step.holding.update(publicIp, () => (publicIp.attributes.vmId = vmId));
  publicIp.state = 'in-use';
  readdress(step, vm, publicIp.attributes.address);
  step.touch(publicIp);
  return publicIp;
}

/** Gives the VM its own address again, where it has one. Repeatable. */
export function disassociate(step: Step, publicIpId: string): Thing<'public-ip'> {
  const publicIp = step.find('public-ip', publicIpId);
  const vm = publicIp.attributes.vmId === undefined ? undefined : step.holding.find('vm', publicIp.attributes.vmId, step.region.id);
  if (vm) {
    untie(step, publicIp);
    publicIp.state = 'available';
    readdress(step, vm, vm.attributes.ownAddress);
  }
  step.touch(publicIp);
  return publicIp;
}

function readdress(step: Step, vm: Thing<'vm'>, address: string | undefined): void {
  step.engine.doors.close(vm.attributes.publicIp);
  if (address === undefined) delete vm.attributes.publicIp;
  else vm.attributes.publicIp = address;
  if (vm.state === 'running') step.engine.doors.open(vm);
}

function untie(step: Step, thing: Thing): void {
  step.holding.update(thing, () => {
    const attributes = thing.attributes as { vmId?: string; device?: string };
    delete attributes.vmId;
    delete attributes.device;
  });
}
