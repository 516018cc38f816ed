import type { Attributes, Kind, Placed } from '../attributes.js';
import type { Engine } from '../engine.js';
import type { Span } from '../personality.js';
import type { Claim } from '../quotas.js';
import { rangeOf } from '../ranges.js';
import type { Step } from '../step.js';
import { WorldError } from '../types.js';
import type { Thing } from '../types.js';

/** What one kind does where kinds differ; what it leaves out is at once, free, or never. */
export interface Rule<K extends Kind> {
  /** Time until a new one is ready, at time scale 1; `plain` is the cloud's own span for simple things. */
  create?: Span | 'plain';
  /** Time until it is gone. */
  delete?: Span | 'plain';
  /** Time in which a change of its attributes takes effect; until then it takes no other. */
  update?: Span;
  /** It has hidden network interfaces in its subnets, which outlive it by the cloud's `linger`. */
  cards?: true;
  /** What it counts against beside its own number. */
  claims?(attributes: Attributes[K]): Claim[];
  /** Checks what is asked, and gives the attributes that the thing will have. */
  check(step: Step, asked: Attributes[K], name: string): Attributes[K];
  /** Takes what it needs for itself, such as an address; the last thing that may refuse. */
  begin?(step: Step, thing: Thing<K>): void;
  /** Checks a change; gives what changes with it. */
  change?(step: Step, thing: Thing<K>, wanted: Partial<Attributes[K]>): Partial<Attributes[K]> | undefined;
  /** What keeps it beside the things that refer to it, in words. */
  held?(step: Step, thing: Thing<K>): string | undefined;
  /** What goes together with it, though it refers to it. */
  along?(step: Step, thing: Thing<K>): Thing[];
  /** Gives back what it took. */
  end?(engine: Engine, thing: Thing<K>): void;
}

/** Refuses a field of a request. @throws WorldError INVALID_REQUEST. */
export const refuse = (kind: Kind, field: string, message: string, reason?: string): never => {
  throw new WorldError('INVALID_REQUEST', message, { kind, field, ...(reason !== undefined && { reason }) });
};

/** The zone that was asked for, or the region's first. @throws WorldError INVALID_REQUEST. */
export function zoneOf(step: Step, zone: string | undefined, kind: Kind): string | undefined {
  if (zone !== undefined && !step.region.zones.includes(zone)) refuse(kind, 'zone', `${step.region.id} has no zone '${zone}'`);
  return zone ?? step.region.zones[0];
}

/** A public address of its own. @throws WorldError OUT_OF_CAPACITY. */
export function publicAddress(step: Step): string {
  const address = step.engine.publicPool.take();
  if (!address) throw new WorldError('OUT_OF_CAPACITY', 'the box has no public address left', { kind: 'public-ip' });
  return address;
}

/** So many free addresses of a subnet. @throws WorldError QUOTA_EXCEEDED, reason `no-free-addresses`; then none is taken. */
export function privateAddresses(step: Step, subnet: Thing<'subnet'>, count: number): string[] {
  const pool = step.engine.privatePool(subnet);
  const taken: string[] = [];
  while (taken.length < count) {
    const address = pool.take();
    if (address === undefined) {
      for (const each of taken) pool.release(each);
      throw new WorldError('QUOTA_EXCEEDED', `the subnet '${subnet.id}' has ${taken.length} addresses left, ${count} are needed`, { kind: 'subnet', id: subnet.id, reason: 'no-free-addresses' });
    }
    taken.push(address);
  }
  return taken;
}

/** The subnet of an address gets it back, where it still is there. */
export function giveBack(engine: Engine, thing: Thing, subnetId: string, address: string): void {
  const subnet = engine.holding(thing.cloud, thing.account).find('subnet', subnetId, thing.region);
  if (subnet) engine.privatePool(subnet).release(address);
}

/** @throws WorldError INVALID_REQUEST. */
export function checkRules(rules: Attributes['security-group']['rules']): void {
  for (const { protocol, fromPort, toPort, cidr } of rules) {
    // IPv6 ranges are taken as they are.
    if (!cidr.includes(':')) rangeOf(cidr, 'security-group');
    const ports = [fromPort, toPort].filter((port) => port !== undefined);
    const wrong = ports.some((port) => !Number.isInteger(port) || port < -1 || port > 65_535) || (protocol === 'tcp' || protocol === 'udp' ? ports.length !== 2 || (fromPort ?? 0) > (toPort ?? 0) : false);
    if (wrong) refuse('security-group', 'rules', `ports ${fromPort ?? ''}–${toPort ?? ''} do not fit ${protocol}`);
  }
}

/** Checks the groups of a network. @throws WorldError NOT_FOUND, INVALID_REQUEST. */
export function checkGroups(step: Step, kind: Kind, networkId: string, ids: string[]): void {
  for (const id of ids) {
    const group = step.findStaying('security-group', id);
    if (group.attributes.networkId !== undefined && group.attributes.networkId !== networkId) refuse(kind, 'securityGroupIds', `the security group '${id}' is not in the network '${networkId}'`);
  }
}

/** Checks subnets and groups of a managed thing, all of one network; `zones` is how many different zones the cloud wants. @throws WorldError NOT_FOUND, CONFLICT, INVALID_REQUEST. */
export function checkPlace(step: Step, kind: Kind, { networkId, subnetIds, securityGroupIds }: Placed, zones = 1): void {
  step.findStaying('network', networkId);
  const subnets = subnetIds.map((id) => step.findStaying('subnet', id));
  const strange = subnets.find(({ attributes }) => attributes.networkId !== networkId);
  if (strange) refuse(kind, 'subnetIds', `the subnet '${strange.id}' is not in the network '${networkId}'`);
  if (subnets.length === 0) refuse(kind, 'subnetIds', `a ${kind} needs a subnet`);
  const different = step.personality.subnetScope === 'zone' ? new Set(subnets.map(({ attributes }) => attributes.zone)).size : subnetIds.length;
  if (different < Math.min(zones, step.region.zones.length)) refuse(kind, 'subnetIds', `a ${kind} needs ${zones} subnets in different zones, not ${different}`, 'zones');
  checkGroups(step, kind, networkId, securityGroupIds);
}
