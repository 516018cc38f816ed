import type { HandlerGroups } from '../../driver.js';
import type { Route } from '../../gateway.js';
import type { SecurityRule } from '../../network.js';
import type { MemoryDoor } from './door.js';
import { dotted, refuse, span } from './ranges.js';

type Networks = Pick<HandlerGroups, 'network' | 'subnet' | 'security-group' | 'key-pair' | 'public-ip' | 'network-interface' | 'internet-gateway' | 'nat-gateway' | 'route-table' | 'vpn-gateway' | 'vpn-connection'>;

/** Networks, what stands in them, and the ways out of them. */
export function networkGroups(door: MemoryDoor): Networks {
  const { cloud } = door;
  return {
    network: door.single('network', ({ cidr }) => (span(cidr), { cidr })),
    subnet: door.single('subnet', ({ region, networkId, cidr, zone }) => {
      const [first, last] = span(cidr);
      const [low, high] = span(cloud.get('network', region, networkId).fields.cidr as string);
      if (first < low || last > high) refuse('BadValue', `${cidr} lies outside the network.`);
      const taken = cloud.of('subnet', region).find(({ fields }) => fields.networkId === networkId && span(fields.cidr as string)[0] <= last && first <= span(fields.cidr as string)[1]);
      if (taken) refuse('BadValue', `${cidr} overlaps ${taken.id}.`);
      return { networkId, cidr, zone };
    }),
    'security-group': {
      ...door.single('security-group', ({ region, networkId, rules }) => ({ networkId: cloud.get('network', region, networkId).id, rules: checkedRules(rules) })),
      setRules: (request, signal) => door.change('security-group.setRules', request, signal, ({ fields }) => void (fields.rules = checkedRules(request.rules))),
    },
    'key-pair': door.single('key-pair', ({ publicKey }) => {
      if (!/^ssh-(ed25519|rsa) [A-Za-z0-9+/=]{40,}/.test(publicKey)) refuse('BadValue', 'That is no public key.');
      return { fingerprint: `MEM:${[...publicKey].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffffffff, 7).toString(16)}` };
    }),
    'public-ip': {
      ...door.single('public-ip', ({ region }) => ({ address: dotted(0xc6336400 + ((cloud.of('public-ip', region).length + 1) % 255)) })),
      associate: (request, signal) => door.change('public-ip.associate', request, signal, ({ fields, region }) => void (fields.vmId = cloud.get('vm', region, request.vmId).id)),
      disassociate: (request, signal) => door.change('public-ip.disassociate', request, signal, ({ fields }) => void (fields.vmId = undefined)),
    },
    ...gatewayGroups(door),
  };
}

/** Interfaces, gateways, routes, tunnels. */
function gatewayGroups(door: MemoryDoor): Omit<Networks, 'network' | 'subnet' | 'security-group' | 'key-pair' | 'public-ip'> {
  const { cloud } = door;
  return {
    'network-interface': {
      ...door.single('network-interface', ({ region, subnetId, securityGroupIds, privateIp }) => {
        const { networkId, cidr } = cloud.get('subnet', region, subnetId).fields;
        return { networkId, subnetId, securityGroupIds, macAddress: '02:00:00:00:00:01', privateIp: privateIp ?? dotted(span(cidr as string)[0] + 100 + cloud.of('network-interface', region).length) };
      }),
      attach: (request, signal) => door.change('network-interface.attach', request, signal, ({ fields, region }) => void (fields.vmId = cloud.get('vm', region, request.vmId).id)),
      detach: (request, signal) => door.change('network-interface.detach', request, signal, ({ fields }) => void (fields.vmId = undefined)),
    },
    'internet-gateway': {
      ...door.single('internet-gateway', () => ({})),
      attach: (request, signal) => door.change('internet-gateway.attach', request, signal, ({ fields, region }) => void (fields.networkId = cloud.get('network', region, request.networkId).id)),
      detach: (request, signal) => door.change('internet-gateway.detach', request, signal, ({ fields }) => void (fields.networkId = undefined)),
    },
    'nat-gateway': door.single('nat-gateway', ({ region, subnetId, publicIpId }) => {
      const { networkId } = cloud.get('subnet', region, subnetId).fields;
      return { networkId, subnetId, publicIpId, publicIp: publicIpId === undefined ? dotted(0xc6336480 + (cloud.of('nat-gateway', region).length % 100)) : cloud.get('public-ip', region, publicIpId).fields.address };
    }, true),
    'route-table': {
      ...door.single('route-table', ({ region, networkId }) => ({ networkId, routes: localRoute(cloud.get('network', region, networkId).fields.cidr), subnetIds: [] })),
      setRoutes: (request, signal) => door.change('route-table.setRoutes', request, signal, ({ fields, region }) => {
        const routes = request.routes.filter(({ target }) => target !== 'local');
        for (const { cidr } of routes) span(cidr);
        fields.routes = [...localRoute(cloud.get('network', region, fields.networkId as string).fields.cidr), ...routes];
      }),
      setSubnets: (request, signal) => door.change('route-table.setSubnets', request, signal, ({ fields, region }) => void (fields.subnetIds = request.subnetIds.map((id) => cloud.get('subnet', region, id).id))),
    },
    'vpn-gateway': door.single('vpn-gateway', ({ region, networkId, asn = 64_512 }) => ({ networkId: cloud.get('network', region, networkId).id, addresses: ['203.0.113.1', '203.0.113.2'], asn }), true),
    'vpn-connection': door.single('vpn-connection', ({ region, vpnGatewayId, peerAddress, peerCidrs, preSharedKey }) => ({
      vpnGatewayId: cloud.get('vpn-gateway', region, vpnGatewayId).id, peerAddress, peerCidrs, tunnels: [{ address: '203.0.113.1', insideCidr: '169.254.10.0/30', up: false }], secrets: [preSharedKey],
    }), true),
  };
}

const localRoute = (cidr: unknown): Route[] => [{ cidr: String(cidr), target: 'local' }];

/** @throws Refusal BadValue. */
function checkedRules(rules: SecurityRule[]): SecurityRule[] {
  return rules.every(({ fromPort = 0, toPort = fromPort }) => fromPort <= toPort) ? rules : refuse('BadValue', 'The ports run backwards.');
}
