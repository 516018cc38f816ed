import type { BoxThing } from './box.js';

/** A VM as the API lists it. */
export interface ListedVm { name: string; cloudId: string | null; state: string }

/** What is wrong between the clouds and what the server says. */
export interface Count {
  /** Things in the clouds that no row accounts for. */
  orphans: string[];
  /** Things made twice for one row. */
  duplicates: string[];
  /** VMs that the server says run and no cloud has. */
  missing: string[];
}

const describe = (thing: BoxThing): string => `${thing.cloud}/${thing.region} ${thing.kind} ${thing.id} "${thing.name}" ${thing.state}`;
/** These come and go with their network on the EC2 wire, as does the security group that each one has by itself. */
const OF_NETWORK = ['internet-gateway', 'route-table'];

/** Whether the cloud is at work on the end of a thing by itself; nobody needs to do more. */
export const isEnding = (thing: BoxThing): boolean => thing.state === 'deleting' || thing.state === 'terminating';

/** Holds what exists in the clouds against the VMs that the server lists; an empty list means that nothing at all may exist. */
export function count(things: readonly BoxThing[], vms: readonly ListedVm[]): Count {
  const result: Count = { orphans: [], duplicates: [], missing: [] };
  const live = vms.filter((vm) => vm.cloudId !== null && vm.state !== 'terminated');
  const known = new Set(live.map((vm) => vm.cloudId));
  const there = new Set(things.map((thing) => thing.id));
  for (const vm of live) if (vm.state === 'running' && !there.has(vm.cloudId as string)) result.missing.push(vm.name);
  const firsts = new Map<string, BoxThing>();
  for (const thing of things) {
    if (live.length > 0 && isEnding(thing)) continue;
    if (thing.kind === 'vm') {
      if (!known.has(thing.id)) result.orphans.push(describe(thing));
      continue;
    }
    const owner = thing.tags['mcmp-id'];
    if (live.length > 0 && thing.kind === 'security-group' && thing.name === 'default') continue;
    if (live.length === 0 || (owner === undefined && !OF_NETWORK.includes(thing.kind))) {
      result.orphans.push(describe(thing));
      continue;
    }
    if (owner === undefined) continue;
    const key = `${thing.kind}/${owner}`;
    if (firsts.has(key)) result.duplicates.push(describe(thing));
    else firsts.set(key, thing);
  }
  return result;
}
