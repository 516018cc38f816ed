import type { Attributes } from '../attributes.js';
import { contains, overlap, rangeOf } from '../ranges.js';
import type { Step } from '../step.js';
import { WorldError } from '../types.js';
import type { Thing } from '../types.js';
import { checkGroups, checkRules, giveBack, privateAddresses, publicAddress, refuse, zoneOf } from './rule.js';
import type { Rule } from './rule.js';

const MINUTE = 60_000;

const network: Rule<'network'> = {
  create: 'plain', delete: 'plain',
  check(_step, asked) {
    if (asked.cidr === undefined) return asked;
    const { first, last } = rangeOf(asked.cidr, 'network');
    if (last - first < 15 || last - first >= 2 ** 24) refuse('network', 'cidr', `'${asked.cidr}': a network has a range of /8 to /28`, 'size');
    return asked;
  },
};

const subnet: Rule<'subnet'> = {
  create: 'plain', delete: 'plain',
  check(step, { zone, ...asked }) {
    const parent = step.findStaying('network', asked.networkId);
    const range = rangeOf(asked.cidr, 'subnet');
    if (range.last - range.first < 7) refuse('subnet', 'cidr', `'${asked.cidr}' is too small: a subnet has a range of /29 or more`, 'size');
    if (parent.attributes.cidr && !contains(rangeOf(parent.attributes.cidr, 'network'), range)) refuse('subnet', 'cidr', `'${asked.cidr}' is not inside '${parent.attributes.cidr}' of the network`, 'outside');
    for (const other of step.holding.dependants('network', parent.id)) {
      if (other.kind === 'subnet' && overlap(range, rangeOf((other as Thing<'subnet'>).attributes.cidr, 'subnet'))) refuse('subnet', 'cidr', `'${asked.cidr}' overlaps with '${(other as Thing<'subnet'>).attributes.cidr}' of ${other.id}`, 'overlap');
    }
    const placed = step.personality.subnetScope === 'zone' ? zoneOf(step, zone, 'subnet') : undefined;
    return { ...asked, ...(placed !== undefined && { zone: placed }) };
  },
  // Its route table forgets it.
  end(engine, thing) {
    const holding = engine.holding(thing.cloud, thing.account);
    for (const table of [...holding.dependants('subnet', thing.id)]) {
      if (table.kind === 'route-table') holding.update(table, () => Object.assign(table.attributes, { subnetIds: (table as Thing<'route-table'>).attributes.subnetIds.filter((id) => id !== thing.id) }));
    }
  },
};

const securityGroup: Rule<'security-group'> = {
  delete: 'plain',
  check(step, asked) {
    if (asked.networkId) step.findStaying('network', asked.networkId);
    checkRules(asked.rules);
    return asked;
  },
  change(_step, _thing, { rules }) {
    checkRules(rules ?? []);
    return undefined;
  },
};

const internetGateway: Rule<'internet-gateway'> = {
  check(step, asked) {
    if (asked.networkId) step.findStaying('network', asked.networkId);
    return asked;
  },
  held: (_step, { attributes }) => (attributes.networkId === undefined ? undefined : `the network '${attributes.networkId}', to which it is attached`),
};

const natGateway: Rule<'nat-gateway'> = {
  create: [1 * MINUTE, 2 * MINUTE], delete: [0.5 * MINUTE, 1 * MINUTE], cards: true,
  check(step, asked) {
    const { networkId } = step.findStaying('subnet', asked.subnetId).attributes;
    if (asked.publicIpId === undefined) return { ...asked, networkId };
    const address = step.findStaying('public-ip', asked.publicIpId);
    if (address.state === 'in-use') throw new WorldError('IN_USE', `the public IP '${address.id}' is in use`, { kind: 'public-ip', id: address.id });
    return { ...asked, networkId, publicIp: address.attributes.address };
  },
  begin(step, { attributes }) {
    if (attributes.publicIpId === undefined) attributes.publicIp = publicAddress(step);
    else step.find('public-ip', attributes.publicIpId).state = 'in-use';
  },
  end(engine, { cloud, account, region, attributes }) {
    const address = attributes.publicIpId === undefined ? undefined : engine.holding(cloud, account).find('public-ip', attributes.publicIpId, region);
    if (address) address.state = 'available';
    if (attributes.publicIpId === undefined) engine.publicPool.release(attributes.publicIp);
  },
};

/** What a route may lead to, as kinds of the world. */
const TARGETS = ['internet-gateway', 'nat-gateway', 'vpn-gateway', 'network-interface', 'vm'] as const;

/** Checks routes; those that were there before may lead to what has gone since. @throws WorldError NOT_FOUND, INVALID_REQUEST. */
function checkRoutes(step: Step, networkId: string, routes: Attributes['route-table']['routes'], before: Attributes['route-table']['routes']): void {
  const seen = new Set<string>();
  for (const { cidr, target, targetId } of routes) {
    rangeOf(cidr, 'route-table');
    if (seen.has(cidr)) refuse('route-table', 'routes', `there are two routes for '${cidr}'`);
    seen.add(cidr);
    const kind = TARGETS.find((each) => each === target);
    if (kind === undefined || before.some((route) => route.cidr === cidr && route.target === target && route.targetId === targetId)) continue;
    const found = step.find(kind, targetId ?? refuse('route-table', 'routes', `the route for '${cidr}' names no ${target}`));
    if ((found.attributes as { networkId?: string }).networkId !== networkId) refuse('route-table', 'routes', `the ${target} '${found.id}' is not of the network '${networkId}'`);
  }
}

const routeTable: Rule<'route-table'> = {
  check(step, asked) {
    step.findStaying('network', asked.networkId);
    return asked;
  },
  change(step, { id, attributes: { networkId, routes: before } }, { routes, subnetIds }) {
    if (routes) checkRoutes(step, networkId, routes, before);
    for (const subnetId of subnetIds ?? []) {
      if (step.findStaying('subnet', subnetId).attributes.networkId !== networkId) refuse('route-table', 'subnetIds', `the subnet '${subnetId}' is not of the network '${networkId}'`);
      // A subnet has one table: it leaves the other one.
      for (const other of [...step.holding.dependants('subnet', subnetId)]) {
        if (other.kind === 'route-table' && other.id !== id) step.holding.update(other, () => Object.assign(other.attributes, { subnetIds: (other as Thing<'route-table'>).attributes.subnetIds.filter((each) => each !== subnetId) }));
      }
    }
    return undefined;
  },
  held: (_step, { attributes }) => (attributes.subnetIds.length > 0 ? `the subnet '${attributes.subnetIds[0] ?? ''}', whose table it is` : undefined),
};

/** Two hex digits for each of the last three bytes, within the range that is nobody's. */
const macOf = (step: Step): string => `06:${step.engine.chance.hex(step.call.cloud, step.region.id, 10).match(/../g)?.join(':') ?? ''}`;

const networkInterface: Rule<'network-interface'> = {
  check(step, asked) {
    const { networkId, cidr } = step.findStaying('subnet', asked.subnetId).attributes;
    checkGroups(step, 'network-interface', networkId, asked.securityGroupIds);
    if (asked.privateIp !== '' && !contains(rangeOf(cidr, 'subnet'), rangeOf(`${asked.privateIp}/32`, 'network-interface'))) refuse('network-interface', 'privateIp', `'${asked.privateIp}' is not inside '${cidr}' of the subnet`);
    return { ...asked, networkId };
  },
  begin(step, { attributes }) {
    const place = step.find('subnet', attributes.subnetId);
    if (attributes.privateIp === '') attributes.privateIp = privateAddresses(step, place, 1)[0] ?? '';
    else if (!step.engine.privatePool(place).claim(attributes.privateIp)) refuse('network-interface', 'privateIp', `'${attributes.privateIp}' is taken`, 'address-in-use');
    attributes.macAddress = macOf(step);
  },
  end: (engine, thing) => giveBack(engine, thing, thing.attributes.subnetId, thing.attributes.privateIp),
};

const vpnGateway: Rule<'vpn-gateway'> = {
  create: [1 * MINUTE, 4 * MINUTE], delete: [0.5 * MINUTE, 2 * MINUTE],
  check(step, asked) {
    if (asked.networkId !== undefined) step.findStaying('network', asked.networkId);
    if (asked.subnetId !== undefined && step.findStaying('subnet', asked.subnetId).attributes.networkId !== asked.networkId) refuse('vpn-gateway', 'subnetId', `the subnet '${asked.subnetId}' is not in the network '${asked.networkId}'`);
    return asked;
  },
  begin: (step, { attributes }) => void (attributes.addresses = [publicAddress(step), publicAddress(step)]),
  end: (engine, { attributes }) => attributes.addresses.forEach((address) => engine.publicPool.release(address)),
};

const customerGateway: Rule<'customer-gateway'> = {
  check(_step, asked) {
    rangeOf(`${asked.address}/32`, 'customer-gateway');
    return asked;
  },
};

const vpnConnection: Rule<'vpn-connection'> = {
  create: [1 * MINUTE, 4 * MINUTE], delete: [0.5 * MINUTE, 1 * MINUTE],
  check(step, asked) {
    const gateway = step.findStaying('vpn-gateway', asked.vpnGatewayId);
    if (gateway.state === 'pending') throw new WorldError('CONFLICT', `the VPN gateway '${gateway.id}' is not ready yet`, { kind: 'vpn-gateway', id: gateway.id });
    rangeOf(`${asked.peerAddress}/32`, 'vpn-connection');
    for (const cidr of [...asked.peerCidrs, ...asked.localCidrs]) rangeOf(cidr, 'vpn-connection');
    return asked;
  },
  change(_step, _thing, { peerCidrs = [] }) {
    for (const cidr of peerCidrs) rangeOf(cidr, 'vpn-connection');
    return undefined;
  },
  // Link-local /30 ranges, as clouds give them to tunnels.
  begin: (step, { serial, attributes }) => void (attributes.insideCidrs = [0, 1].map((tunnel) => `169.254.${(serial * 2 + tunnel) % 250}.0/30`)),
};

export const networkRules = {
  network, subnet, 'security-group': securityGroup, 'internet-gateway': internetGateway, 'nat-gateway': natGateway, 'route-table': routeTable, 'network-interface': networkInterface,
  'vpn-gateway': vpnGateway, 'customer-gateway': customerGateway, 'vpn-connection': vpnConnection,
};
