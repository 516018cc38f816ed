import { lingerCards } from './cards.js';
import type { Engine } from './engine.js';
import { ruleOf } from './rules/index.js';
import type { Made } from './rules/index.js';
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
  thing.since = at;
  if (to === 'available') thing.ready = true;
  engine.meter(thing, engine.calendar.dateAt(at));
  if (thing.kind === 'vm') return arriveVm(engine, thing as Thing<'vm'>, at);
  if (to !== 'deleted') return;
  const rule = ruleOf(thing.kind);
  if (rule.cards) lingerCards(engine, thing, at);
  rule.end?.(engine, thing as Thing<Made>);
  engine.drop(thing);
}

function arriveVm(engine: Engine, vm: Thing<'vm'>, at: number): void {
  if (vm.state === 'running') engine.doors.open(vm);
  if (vm.state === 'failed') {
    vm.attributes.failure = { providerCode: 'InternalError', message: 'the VM failed while it started' };
    engine.events.add(vm.cloud, vm.account, { at: engine.calendar.dateAt(at), region: vm.region, type: 'InstanceFailed', kind: 'vm', resourceId: vm.id, actor: vm.cloud, message: vm.attributes.failure.message, failed: true });
  }
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
      const attributes = each.attributes as { vmId?: string; vmIds?: string[]; device?: string };
      if (attributes.vmIds) attributes.vmIds = attributes.vmIds.filter((id) => id !== vm.id);
      delete attributes.vmId;
      delete attributes.device;
    });
    if (each.state === 'in-use') each.state = 'available';
  }
  const { subnetId, privateIp, ownAddress } = vm.attributes;
  const subnet = subnetId ? holding.find('subnet', subnetId, vm.region) : undefined;
  if (subnet) engine.privatePool(subnet).release(privateIp);
  if (ownAddress) engine.publicPool.release(ownAddress);
  delete vm.attributes.publicIp;
  delete vm.attributes.ownAddress;
}
