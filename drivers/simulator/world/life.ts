import type { Engine } from './engine.js';
import type { Due } from './schedule.js';
import type { Thing } from './types.js';

/** Makes happen what is due by now. Every read and every call begins with it; an alarm does it for SSH, which nobody asks about first. */
export function settle(engine: Engine): void {
  const now = engine.now();
  for (let due = engine.schedule.take(now); due; due = engine.schedule.take(now)) arrive(engine, due);
  engine.schedule.rearm();
}

function arrive(engine: Engine, { thing, to, at }: Due): void {
  engine.revision += 1;
  if (to === 'gone') return engine.drop(thing);
  thing.state = to;
  if (thing.kind === 'vm') return arriveVm(engine, thing as Thing<'vm'>, at);
  if (to !== 'deleted') return;
  if (thing.kind === 'public-ip') engine.publicPool.release((thing as Thing<'public-ip'>).attributes.address);
  engine.drop(thing);
}

function arriveVm(engine: Engine, vm: Thing<'vm'>, at: number): void {
  if (vm.state === 'running') engine.doors.open(vm);
  if (vm.state === 'failed') vm.attributes.failure = { providerCode: 'InternalError', message: 'the VM failed while it started' };
  if (vm.state !== 'terminated') return;
  letGo(engine, vm);
  const shownMs = (engine.personalities.get(vm.cloud)?.terminatedShownMs ?? 0) * engine.settings.timeScale;
  if (shownMs <= 0) return engine.drop(vm);
  vm.goneAt = at + shownMs;
  engine.schedule.set(vm, vm.goneAt, 'gone');
}

/** A terminated VM frees its addresses, and what hung on it. */
function letGo(engine: Engine, vm: Thing<'vm'>): void {
  const holding = engine.holding(vm.cloud, vm.account);
  for (const each of [...holding.dependants('vm', vm.id)]) {
    holding.update(each, () => {
      const attributes = each.attributes as { vmId?: string; device?: string };
      delete attributes.vmId;
      delete attributes.device;
    });
    each.state = 'available';
  }
  const { subnetId, privateIp, ownAddress } = vm.attributes;
  const subnet = subnetId ? holding.find('subnet', subnetId, vm.region) : undefined;
  if (subnet) engine.privatePool(subnet).release(privateIp);
  if (ownAddress) engine.publicPool.release(ownAddress);
  delete vm.attributes.publicIp;
  delete vm.attributes.ownAddress;
}
