import { createHash } from 'node:crypto';
import { z } from 'zod';
import { show } from '../show.js';
import { ById, born, byId, given, ids, method, text } from './method.js';

const port = z.int().min(0).max(65_535).optional();
const rules = z.array(z.object({ direction: z.enum(['ingress', 'egress']), protocol: z.enum(['tcp', 'udp', 'icmp', 'all']), fromPort: port, toPort: port, cidr: text })).max(200);
const routes = z.array(z.object({ cidr: text, target: z.enum(['local', 'internet-gateway', 'nat-gateway', 'vpn-gateway', 'network-interface', 'vm', 'other']), targetId: text.optional() })).max(200);
const cidrs = z.array(text).max(100);

/** Networks, their gateways and routes, and the ways between them. */
export const network = {
  'network.create': method(z.object({ ...born, cidr: text }), (view, { region: _, cidr, ...input }, caller) =>
    show(view, view.create('network', { ...given(input), attributes: view.personality.networkScope === 'global' ? {} : { cidr } }), caller)),
  'subnet.create': method(z.object({ ...born, networkId: text, cidr: text, zone: text.optional() }), (view, { region: _, networkId, cidr, zone, ...input }, caller) =>
    show(view, view.create('subnet', { ...given(input), attributes: given({ networkId, cidr, zone, publicAddresses: true }) }), caller)),
  'security-group.create': method(z.object({ ...born, networkId: text, description: z.string().max(255), rules }), (view, { region: _, networkId, description, rules: wanted, ...input }, caller) =>
    show(view, view.create('security-group', { ...given(input), attributes: { networkId, description, rules: given(wanted) } }), caller)),
  'security-group.setRules': method(z.object({ ...byId, rules }), (view, { id, rules: wanted }, caller) => show(view, view.change('security-group', id, { attributes: { rules: given(wanted) } }), caller)),
  'internet-gateway.create': method(z.object(born), (view, { region: _, ...input }, caller) => show(view, view.create('internet-gateway', { ...given(input), attributes: {} }), caller)),
  'internet-gateway.attach': method(z.object({ ...byId, networkId: text }), (view, { id, networkId }, caller) => show(view, view.attachGateway(id, networkId), caller)),
  'internet-gateway.detach': method(ById, (view, { id }, caller) => show(view, view.detachGateway(id), caller)),
  'nat-gateway.create': method(z.object({ ...born, subnetId: text, publicIpId: text.optional() }), (view, { region: _, subnetId, publicIpId, ...input }, caller) =>
    show(view, view.create('nat-gateway', { ...given(input), attributes: { networkId: '', subnetId, publicIp: '', ...(publicIpId !== undefined && { publicIpId }) } }), caller)),
  'route-table.create': method(z.object({ ...born, networkId: text }), (view, { region: _, networkId, ...input }, caller) =>
    show(view, view.create('route-table', { ...given(input), attributes: { networkId, main: false, routes: [], subnetIds: [] } }), caller)),
  'route-table.setRoutes': method(z.object({ ...byId, routes }), (view, { id, routes: wanted }, caller) =>
    show(view, view.change('route-table', id, { attributes: { routes: given(wanted.filter(({ target }) => target !== 'local')) } }), caller)),
  'route-table.setSubnets': method(z.object({ ...byId, subnetIds: ids }), (view, { id, subnetIds }, caller) => show(view, view.change('route-table', id, { attributes: { subnetIds: [...new Set(subnetIds)] } }), caller)),
  'vpn-gateway.create': method(z.object({ ...born, networkId: text, subnetId: text.optional(), asn: z.int().min(1).max(4_294_967_294).default(64_512) }), (view, { region: _, networkId, subnetId, asn, ...input }, caller) =>
    show(view, view.create('vpn-gateway', { ...given(input), attributes: { networkId, asn, addresses: [], ...(subnetId !== undefined && { subnetId }) } }), caller)),
  'vpn-connection.create': method(
    z.object({ ...born, vpnGatewayId: text, peerAddress: text, peerCidrs: cidrs, localCidrs: cidrs, preSharedKey: z.string().regex(/^[A-Za-z0-9._]{8,64}$/, 'is 8 to 64 letters, digits, dots and underscores') }),
    (view, { region: _, preSharedKey, vpnGatewayId, peerAddress, peerCidrs, localCidrs, ...input }, caller) =>
      show(view, view.create('vpn-connection', { ...given(input), attributes: { vpnGatewayId, peerAddress, peerCidrs, localCidrs, insideCidrs: [], keyDigest: createHash('sha256').update(preSharedKey).digest('hex') } }), caller),
  ),
};
