import type { Kind } from './attributes.js';
import type { Engine } from './engine.js';
import { privateAddresses } from './rules/rule.js';
import type { Step } from './step.js';
import type { Thing } from './types.js';

/** The subnets and groups that hidden interfaces of a thing lie in. */
function placeOf(thing: Thing): { subnetIds: string[]; securityGroupIds: string[] } {
  const { subnetIds, subnetId, securityGroupIds = [] } = thing.attributes as { subnetIds?: string[]; subnetId?: string; securityGroupIds?: string[] };
  return { subnetIds: [...new Set(subnetIds ?? (subnetId === undefined ? [] : [subnetId]))], securityGroupIds };
}

/** Gives a managed thing a hidden interface in each of its subnets, which are in use from now on. @throws WorldError QUOTA_EXCEEDED where a subnet has no address left; then there is none. */
export function makeCards(step: Step, owner: Thing, born: (kind: 'network-interface', name: string, attributes: Thing<'network-interface'>['attributes']) => Thing<'network-interface'>): void {
  const { subnetIds, securityGroupIds } = placeOf(owner);
  const taken: { subnet: Thing<'subnet'>; address: string }[] = [];
  try {
    for (const id of subnetIds) {
      const subnet = step.find('subnet', id);
      taken.push({ subnet, address: privateAddresses(step, subnet, 1)[0] ?? '' });
    }
  } catch (error) {
    for (const { subnet, address } of taken) step.engine.privatePool(subnet).release(address);
    throw error;
  }
  for (const { subnet, address } of taken) {
    const card = born('network-interface', `${owner.kind} ${owner.name}`, {
      networkId: subnet.attributes.networkId, subnetId: subnet.id, securityGroupIds: [...securityGroupIds], privateIp: address, macAddress: `06:${step.engine.chance.hex(owner.cloud, step.region.id, 10).match(/../g)?.join(':') ?? ''}`,
      owner: { kind: owner.kind, id: owner.id },
    });
    card.state = 'in-use';
    card.visibleAt = step.engine.now();
    step.holding.add(card);
  }
  const { addresses } = owner.attributes as { addresses?: Record<string, string> };
  if (addresses) for (const { subnet, address } of taken) addresses[subnet.id] = address;
}

/** The hidden interfaces of a thing. */
export const cardsOf = (engine: Engine, { cloud, account, kind, id }: { cloud: string; account: string; kind: Kind; id: string }): Thing<'network-interface'>[] =>
  ([...engine.holding(cloud, account).dependants(kind, id)] as Thing<'network-interface'>[]).filter((each) => each.kind === 'network-interface' && each.attributes.owner?.id === id);

/** The owner has gone: its interfaces stay for the time that the cloud takes, and hold subnet and groups until then. */
export function lingerCards(engine: Engine, owner: Thing, at: number): void {
  const [minMs, maxMs] = engine.personalities.get(owner.cloud)?.services.linger ?? [0, 0];
  for (const card of cardsOf(engine, owner)) {
    const ms = (minMs + engine.chance.next(owner.cloud, card.region, 'time') * (maxMs - minMs)) * engine.settings.timeScale;
    engine.schedule.set(card, at + ms, 'deleted');
  }
}
