import type { Tags } from '@mcmp/driver-sdk';
import type { Attributes, Kind, Thing } from './types.js';

/** What one account has in one cloud, found by id, by kind and region, by tag, by name and by what refers to it. */
export class Holding {
  readonly #byId = new Map<string, Thing>();
  readonly #byKind = new Map<string, Set<Thing>>();
  readonly #byTag = new Map<string, Set<Thing>>();
  readonly #byName = new Map<string, Set<Thing>>();
  readonly #byReference = new Map<string, Set<Thing>>();

  constructor(readonly cloud: string, readonly account: string) {}

  add(thing: Thing): void {
    this.#byId.set(`${thing.kind} ${thing.id}`, thing);
    put(this.#byKind, `${thing.region} ${thing.kind}`, thing);
    this.#index(thing);
  }

  remove(thing: Thing): void {
    this.#byId.delete(`${thing.kind} ${thing.id}`);
    drop(this.#byKind, `${thing.region} ${thing.kind}`, thing);
    this.#unindex(thing);
  }

  /** Changes name, tags or references of a thing, and keeps the indexes true. */
  update(thing: Thing, change: () => void): void {
    this.#unindex(thing);
    change();
    this.#index(thing);
  }

  find<K extends Kind>(kind: K, id: string, region: string): Thing<K> | undefined {
    const thing = this.#byId.get(`${kind} ${id}`);
    return thing?.region === region ? (thing as Thing<K>) : undefined;
  }

  hasId(kind: Kind, id: string): boolean {
    return this.#byId.has(`${kind} ${id}`);
  }

  /** Things of a kind in a region, oldest first. */
  of<K extends Kind>(kind: K, region: string): Iterable<Thing<K>> {
    return (this.#byKind.get(`${region} ${kind}`) ?? []) as Iterable<Thing<K>>;
  }

  /** Things of a kind in all regions. */
  *everywhere<K extends Kind>(kind: K): Iterable<Thing<K>> {
    for (const [key, things] of this.#byKind) if (key.endsWith(` ${kind}`)) yield* things as Iterable<Thing<K>>;
  }

  /** Things that carry all these tags, oldest first. */
  tagged<K extends Kind>(kind: K, region: string, tags: Tags): Thing<K>[] {
    let fewest: Set<Thing> | undefined;
    for (const [key, value] of Object.entries(tags)) {
      const found = this.#byTag.get(`${region} ${kind} ${key}=${value}`);
      if (!found) return [];
      if (!fewest || found.size < fewest.size) fewest = found;
    }
    const things = [...(fewest ?? this.of(kind, region))] as Thing<K>[];
    return things.filter((thing) => carries(thing, tags)).sort((one, other) => one.serial - other.serial);
  }

  /** Things of the same kind that bear a name; subnets and security groups are named within their network. */
  named(like: { kind: Kind; attributes?: Attributes[Kind] }, region: string, name: string): Iterable<Thing> {
    return this.#byName.get(`${region} ${like.kind} ${nameScope(like)} ${name}`) ?? [];
  }

  /** Things that refer to this one. */
  dependants(kind: Kind, id: string): Iterable<Thing> {
    return this.#byReference.get(`${kind} ${id}`) ?? [];
  }

  all(): Iterable<Thing> {
    return this.#byId.values();
  }

  #index(thing: Thing): void {
    for (const [key, value] of Object.entries(thing.tags)) put(this.#byTag, `${thing.region} ${thing.kind} ${key}=${value}`, thing);
    for (const reference of referencesOf(thing)) put(this.#byReference, reference, thing);
    put(this.#byName, `${thing.region} ${thing.kind} ${nameScope(thing)} ${thing.name}`, thing);
  }

  #unindex(thing: Thing): void {
    for (const [key, value] of Object.entries(thing.tags)) drop(this.#byTag, `${thing.region} ${thing.kind} ${key}=${value}`, thing);
    for (const reference of referencesOf(thing)) drop(this.#byReference, reference, thing);
    drop(this.#byName, `${thing.region} ${thing.kind} ${nameScope(thing)} ${thing.name}`, thing);
  }
}

/** Whether a thing has all these tags. */
export const carries = (thing: { tags: Tags }, tags: Tags): boolean => Object.entries(tags).every(([key, value]) => thing.tags[key] === value);

/** Within what a name is unique: the network, for subnets and security groups; the cluster, for node groups. */
const nameScope = (thing: { kind: Kind; attributes?: Attributes[Kind] }): string =>
  thing.kind === 'subnet' || thing.kind === 'security-group' ? ((thing.attributes as { networkId?: string } | undefined)?.networkId ?? '') : thing.kind === 'node-group' ? ((thing.attributes as { clusterId?: string } | undefined)?.clusterId ?? '') : '';

/** Members of attributes that name other things. What is not here, such as the disk of a snapshot, is a memory and no tie. */
const REFERENCES: Record<string, Kind> = {
  networkId: 'network', networkIds: 'network', subnetId: 'subnet', subnetIds: 'subnet', securityGroupIds: 'security-group', keyPairId: 'key-pair', vmId: 'vm', vmIds: 'vm',
  publicIpId: 'public-ip', vpnGatewayId: 'vpn-gateway', customerGatewayId: 'customer-gateway', clusterId: 'cluster', placementGroupId: 'placement-group',
};

/** `kind id` of all that a thing names. */
function referencesOf({ attributes }: Thing): string[] {
  const references: string[] = [];
  for (const [member, value] of Object.entries(attributes as Record<string, unknown>)) {
    const kind = REFERENCES[member];
    if (kind !== undefined) for (const id of [value].flat()) if (typeof id === 'string') references.push(`${kind} ${id}`);
    if (member === 'owner') references.push(`${(value as { kind: Kind }).kind} ${(value as { id: string }).id}`);
  }
  return references;
}

function put(index: Map<string, Set<Thing>>, key: string, thing: Thing): void {
  const found = index.get(key);
  if (found) found.add(thing);
  else index.set(key, new Set([thing]));
}

function drop(index: Map<string, Set<Thing>>, key: string, thing: Thing): void {
  const found = index.get(key);
  if (found?.delete(thing) && found.size === 0) index.delete(key);
}
