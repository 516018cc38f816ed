import { spanOf } from './make.js';
import { checkQuotas } from './quotas.js';
import { ruleOf } from './rules/index.js';
import type { Made } from './rules/index.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { Kind, Thing } from './types.js';
import { terminate } from './vms.js';

/** Begins the end of a thing. @throws WorldError NOT_FOUND; IN_USE while something depends on it. */
export function remove(step: Step, kind: Kind, id: string): void {
  const thing = step.find(kind, id);
  const extraMs = step.engine.faults.take(['slow-delete'], step.call)?.ms ?? 0;
  if (kind === 'vm') return terminate(step, thing as Thing<'vm'>, extraMs);
  step.ids.add(id);
  if (thing.state === 'deleting' || thing.state === 'deleted') return;
  const rule = ruleOf(kind as Made);
  const along = rule.along?.(step, thing as Thing<Made>) ?? [];
  const holder = holderOf(step, thing, along);
  if (holder !== undefined) throw new WorldError('IN_USE', `the ${kind} '${id}' is used by ${holder}`, { kind, id });
  const ms = step.draw(spanOf(step, 'delete', rule.delete)) + extraMs;
  for (const each of along) step.begin(each, 'deleting', ms, 'deleted');
  step.begin(thing, 'deleting', ms, 'deleted');
}

/** Kinds that keep what they stand on until they are quite gone; others do so only until their own end has begun. */
const HOLD_ON: readonly Kind[] = ['vm', 'subnet', 'network-interface', 'nat-gateway', 'load-balancer', 'cluster', 'node-group', 'file-system', 'database', 'vpn-gateway', 'vpn-connection'];
/** Ties that keep nothing: a key was copied, and a subnet falls back to the network's own table. */
const LOOSE: readonly string[] = ['key-pair', 'route-table on subnet'];

/** What keeps a thing from going, whether the caller sees it or not. */
function holderOf(step: Step, thing: Thing, along: Thing[]): string | undefined {
  const { vmId, owner } = thing.attributes as { vmId?: string; owner?: { kind: Kind; id: string } };
  const vm = vmId === undefined ? undefined : step.holding.find('vm', vmId, step.region.id);
  if (vm) return `the vm '${vm.id}' (${vm.state})`;
  if (owner) return `the ${owner.kind} '${owner.id}', which made it`;
  if (LOOSE.includes(thing.kind)) return undefined;
  for (const other of step.holding.dependants(thing.kind, thing.id)) {
    if (other.state === 'terminated' || other.state === 'deleted' || along.includes(other) || LOOSE.includes(`${other.kind} on ${thing.kind}`)) continue;
    if ((other as Thing<'network-interface'>).attributes.owner?.id === thing.id) continue;
    if (HOLD_ON.includes(other.kind) || other.state !== 'deleting') return `the ${other.kind} '${other.id}' (${other.state})`;
  }
  return ruleOf(thing.kind as Made).held?.(step, thing as Thing<Made>);
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
  const service = [...step.holding.dependants('public-ip', publicIpId)][0];
  if (service) throw new WorldError('IN_USE', `the public IP '${publicIpId}' is that of the ${service.kind} '${service.id}'`, { kind: 'public-ip', id: publicIpId });
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

/** A network has one way out of this kind. @throws WorldError CONFLICT where the gateway is another network's, or the network has another gateway. */
export function attachGateway(step: Step, gatewayId: string, networkId: string): Thing<'internet-gateway'> {
  const gateway = step.findStaying('internet-gateway', gatewayId);
  const network = step.findStaying('network', networkId);
  const { networkId: former } = gateway.attributes;
  if (former === network.id) return gateway;
  const other = [...step.holding.dependants('network', network.id)].find(({ kind }) => kind === 'internet-gateway');
  if (former !== undefined) throw new WorldError('CONFLICT', `the internet gateway '${gatewayId}' is attached to '${former}'`, { kind: 'internet-gateway', id: gatewayId });
  if (other) throw new WorldError('CONFLICT', `the network '${networkId}' has the internet gateway '${other.id}'`, { kind: 'network', id: networkId });
  step.holding.update(gateway, () => (gateway.attributes.networkId = network.id));
  gateway.state = 'in-use';
  step.touch(gateway);
  return gateway;
}

/** Repeatable. */
export function detachGateway(step: Step, gatewayId: string): Thing<'internet-gateway'> {
  const gateway = step.find('internet-gateway', gatewayId);
  step.holding.update(gateway, () => delete gateway.attributes.networkId);
  gateway.state = 'available';
  step.touch(gateway);
  return gateway;
}

/** @throws WorldError IN_USE where something else has it; INVALID_REQUEST in another network. */
export function attachInterface(step: Step, interfaceId: string, vmId: string): Thing<'network-interface'> {
  const card = step.findStaying('network-interface', interfaceId);
  if (card.attributes.vmId === vmId) return card;
  const holder = card.attributes.vmId ?? card.attributes.owner?.id;
  if (holder !== undefined) throw new WorldError('IN_USE', `the network interface '${interfaceId}' belongs to '${holder}'`, { kind: 'network-interface', id: interfaceId });
  if (steadyVm(step, vmId).attributes.networkId !== card.attributes.networkId) throw new WorldError('INVALID_REQUEST', `the VM '${vmId}' is in another network`, { kind: 'network-interface', id: interfaceId, field: 'vmId' });
  step.holding.update(card, () => (card.attributes.vmId = vmId));
  card.state = 'in-use';
  step.touch(card);
  return card;
}

/** Repeatable. */
export function detachInterface(step: Step, interfaceId: string): Thing<'network-interface'> {
  const card = step.find('network-interface', interfaceId);
  if (card.attributes.vmId !== undefined) {
    untie(step, card);
    card.state = 'available';
  }
  step.touch(card);
  return card;
}
