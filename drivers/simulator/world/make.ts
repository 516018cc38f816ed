import { carries } from './holding.js';
import { checkQuotas } from './quotas.js';
import { contains, overlap, rangeOf } from './ranges.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { Attributes, CreateThing, Kind, Thing } from './types.js';

type Made = Exclude<Kind, 'vm'>;

/** Kinds that are not ready as soon as they are answered. */
const SLOW: readonly Kind[] = ['network', 'subnet', 'disk'];
const OPENSSH_LINE = /^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-\S+) [A-Za-z0-9+/]{16,}={0,3}( .*)?$/;

/** Makes a thing with all the checks of its cloud, or gives the one that this token made before. */
export function create<K extends Made>(step: Step, kind: K, input: CreateThing<K>): Thing<K> {
  const { token, ...request } = input;
  const [thing] = once(step, kind, token, request, () => {
    const attributes = (CHECKS[kind] as (step: Step, attributes: Attributes[K]) => Attributes[K])(step, { ...input.attributes });
    checkName(step, { kind, attributes }, input.name);
    checkQuotas(step, [{ measure: kind, amount: 1 }, ...(kind === 'disk' ? [{ measure: 'disk-gib', amount: (attributes as Attributes['disk']).sizeGiB }] : [])]);
    const made = born(step, kind, input, attributes);
    if (kind === 'public-ip') (made as Thing<'public-ip'>).attributes.address = publicAddress(step);
    step.holding.add(made);
    if (SLOW.includes(kind)) step.begin(made, 'pending', step.draw(step.personality.delays.create), 'available');
    else (made as Thing).state = 'available';
    return [made];
  });
  return thing as Thing<K>;
}

/** Runs `work` once per token, where the cloud honours tokens for the kind. @throws WorldError INVALID_REQUEST, reason `token-mismatch`. */
export function once<K extends Kind>(step: Step, kind: K, token: string | undefined, request: unknown, work: () => Thing<K>[]): Thing<K>[] {
  const key = `${step.call.cloud}/${step.call.account}/${step.regionOf(kind)}/${kind}/${token}`;
  const honoured = token !== undefined && step.personality.idempotencyToken.includes(kind);
  const known = honoured ? step.engine.tokens.find(key, request) : undefined;
  const things = (known ?? work()) as Thing<K>[];
  if (honoured && !known) step.engine.tokens.remember(key, request, things);
  for (const thing of things) {
    step.made.add(thing);
    step.touch(thing);
  }
  return things;
}

/** A thing as it comes into the world. */
export function born<K extends Kind>(step: Step, kind: K, input: { name: string; tags: Record<string, string>; token?: string }, attributes: Attributes[K]): Thing<K> {
  const token = input.token ?? step.call.token;
  return {
    kind, id: step.newId(kind), name: input.name, cloud: step.call.cloud, account: step.call.account, region: step.regionOf(kind), serial: ++step.engine.serial, tags: { ...input.tags },
    state: 'pending' as Thing<K>['state'], ...(token !== undefined && { token }), createdAt: step.engine.now(), visibleAt: step.visibleAt(), attributes,
  };
}

/** @throws WorldError ALREADY_EXISTS where the cloud keeps names of this kind unique. Seen or not: the cloud knows what it has. */
export function checkName(step: Step, thing: { kind: Kind; attributes?: Attributes[Kind] }, name: string, self?: Thing): void {
  if (name === '' || !step.personality.uniqueName.includes(thing.kind)) return;
  for (const other of step.holding.named(thing, step.regionOf(thing.kind), name)) {
    if (other !== self && other.state !== 'terminated') throw new WorldError('ALREADY_EXISTS', `a ${thing.kind} named '${name}' exists already`, { kind: thing.kind, id: other.id, field: 'name' });
  }
}

/** A public address of its own. @throws WorldError OUT_OF_CAPACITY. */
export function publicAddress(step: Step): string {
  const address = step.engine.publicPool.take();
  if (!address) throw new WorldError('OUT_OF_CAPACITY', 'the box has no public address left', { kind: 'public-ip' });
  return address;
}

/** The zone that was asked for, or the region's first. @throws WorldError INVALID_REQUEST. */
export function zoneOf(step: Step, zone: string | undefined, kind: Kind): string | undefined {
  if (zone !== undefined && !step.region.zones.includes(zone)) throw new WorldError('INVALID_REQUEST', `${step.region.id} has no zone '${zone}'`, { kind, field: 'zone' });
  return zone ?? step.region.zones[0];
}

/** Checks what is asked for, and gives the attributes that the thing will have. */
const CHECKS: { [K in Made]: (step: Step, attributes: Attributes[K]) => Attributes[K] } = {
  network(_step, attributes) {
    if (attributes.cidr === undefined) return attributes;
    const { first, last } = rangeOf(attributes.cidr, 'network');
    if (last - first < 15 || last - first >= 2 ** 24) throw new WorldError('INVALID_REQUEST', `'${attributes.cidr}': a network has a range of /8 to /28`, { kind: 'network', field: 'cidr', reason: 'size' });
    return attributes;
  },
  'internet-gateway'(step, attributes) {
    if (attributes.networkId) step.findStaying('network', attributes.networkId);
    return attributes;
  },
  'route-table'(step, attributes) {
    step.findStaying('network', attributes.networkId);
    return attributes;
  },
  subnet(step, { zone, ...attributes }) {
    const network = step.findStaying('network', attributes.networkId);
    const range = rangeOf(attributes.cidr, 'subnet');
    const refuse = (message: string, reason: string): never => {
      throw new WorldError('INVALID_REQUEST', message, { kind: 'subnet', field: 'cidr', reason });
    };
    if (range.last - range.first < 7) refuse(`'${attributes.cidr}' is too small: a subnet has a range of /29 or more`, 'size');
    if (network.attributes.cidr && !contains(rangeOf(network.attributes.cidr, 'network'), range)) refuse(`'${attributes.cidr}' is not inside '${network.attributes.cidr}' of the network`, 'outside');
    for (const other of step.holding.dependants('network', network.id)) {
      if (other.kind === 'subnet' && overlap(range, rangeOf((other as Thing<'subnet'>).attributes.cidr, 'subnet'))) refuse(`'${attributes.cidr}' overlaps with '${(other as Thing<'subnet'>).attributes.cidr}' of ${other.id}`, 'overlap');
    }
    const placed = step.personality.subnetScope === 'zone' ? zoneOf(step, zone, 'subnet') : undefined;
    return { ...attributes, ...(placed !== undefined && { zone: placed }) };
  },
  'security-group'(step, attributes) {
    if (attributes.networkId) step.findStaying('network', attributes.networkId);
    checkRules(attributes.rules);
    return attributes;
  },
  'key-pair'(_step, attributes) {
    if (!OPENSSH_LINE.test(attributes.publicKey.trim())) throw new WorldError('INVALID_REQUEST', 'the key is no public key in the form of OpenSSH', { kind: 'key-pair', field: 'publicKey' });
    return attributes;
  },
  disk(step, { zone, ...attributes }) {
    if (!Number.isInteger(attributes.sizeGiB) || attributes.sizeGiB < 1 || attributes.sizeGiB > 65_536) throw new WorldError('INVALID_REQUEST', 'a disk has 1 to 65536 GiB', { kind: 'disk', field: 'sizeGiB' });
    const placed = zoneOf(step, zone, 'disk');
    return { ...attributes, ...(placed !== undefined && { zone: placed }) };
  },
  'public-ip': (_step, attributes) => attributes,
};

/** @throws WorldError INVALID_REQUEST. */
export function checkRules(rules: Attributes['security-group']['rules']): void {
  for (const { protocol, fromPort, toPort, cidr } of rules) {
    // IPv6 ranges are taken as they are.
    if (!cidr.includes(':')) rangeOf(cidr, 'security-group');
    const ports = [fromPort, toPort].filter((port) => port !== undefined);
    const wrong = ports.some((port) => !Number.isInteger(port) || port < -1 || port > 65_535) || (protocol === 'tcp' || protocol === 'udp' ? ports.length !== 2 || (fromPort ?? 0) > (toPort ?? 0) : false);
    if (wrong) throw new WorldError('INVALID_REQUEST', `ports ${fromPort ?? ''}–${toPort ?? ''} do not fit ${protocol}`, { kind: 'security-group', field: 'rules' });
  }
}

/** Changes name, tags or attributes of what is there. */
export function change<K extends Kind>(step: Step, kind: K, id: string, wanted: { name?: string; tags?: Record<string, string>; removeTags?: string[]; attributes?: Partial<Attributes[K]> }): Thing<K> {
  const thing = step.find(kind, id);
  if (wanted.name !== undefined && wanted.name !== thing.name) checkName(step, thing, wanted.name, thing);
  if (kind === 'security-group' && wanted.attributes) checkRules((wanted.attributes as Partial<Attributes['security-group']>).rules ?? []);
  step.holding.update(thing, () => {
    thing.name = wanted.name ?? thing.name;
    thing.tags = { ...thing.tags, ...wanted.tags };
    for (const key of wanted.removeTags ?? []) delete thing.tags[key];
    Object.assign(thing.attributes, wanted.attributes);
  });
  step.touch(thing);
  return thing;
}

/** Things that a caller sees, narrowed. */
export function list<K extends Kind>(step: Step, kind: K, filter: { ids?: string[]; tags?: Record<string, string>; where?: (thing: Thing<K>) => boolean } = {}): Thing<K>[] {
  const region = step.regionOf(kind);
  const { ids, tags = {}, where } = filter;
  const found = ids
    ? [...new Set(ids)].flatMap((id) => step.holding.find(kind, id, region) ?? []).filter((thing) => carries(thing, tags)).sort((one, other) => one.serial - other.serial)
    : Object.keys(tags).length > 0 ? step.holding.tagged(kind, region, tags) : [...step.holding.of(kind, region)];
  return found.filter((thing) => step.sees(thing) && (!where || where(thing)));
}
