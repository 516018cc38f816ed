/** Shapes of gateways, routes, interfaces, VPN, load balancers and DNS. */
import { z } from 'zod';
import { byId, create, done, id, lifecycle, page, pageOf, region, resource, state, text } from './base.js';

const port = z.int().min(0).max(65_535);
const ids = z.array(id);
const cidrs = z.array(text);
const onId = <T extends z.ZodRawShape>(members: T) => z.object({ ...byId, ...members });

const NetworkInterface = z.object({ ...resource, state, networkId: id.optional(), subnetId: id, securityGroupIds: ids, privateIp: text.optional(), macAddress: text.optional(), vmId: id.optional() });
const InternetGateway = z.object({ ...resource, state, networkId: id.optional() });
const NatGateway = z.object({ ...resource, state, networkId: id.optional(), subnetId: id.optional(), publicIp: text.optional(), publicIpId: id.optional() });
const routes = z.array(z.object({ cidr: text, target: z.enum(['local', 'internet-gateway', 'nat-gateway', 'vpn-gateway', 'network-interface', 'vm', 'other']), targetId: id.optional() }));
const RouteTable = z.object({ ...resource, state, networkId: id, routes, subnetIds: ids });
const VpnGateway = z.object({ ...resource, state, networkId: id, addresses: z.array(text), asn: z.int().positive().optional() });
const VpnConnection = z.object({ ...resource, state, vpnGatewayId: id, peerAddress: text, peerCidrs: cidrs, tunnels: z.array(z.object({ address: text, insideCidr: text.optional(), up: z.boolean() })) });

const seconds = z.int().positive().max(86_400);
const traffic = z.enum(['tcp', 'udp', 'http', 'https']);
const healthCheck = z.object({ protocol: z.enum(['tcp', 'http', 'https']), port: port.optional(), path: text.optional(), intervalSeconds: seconds, timeoutSeconds: seconds, healthyThreshold: z.int().positive(), unhealthyThreshold: z.int().positive() });
const listeners = z.array(z.object({ protocol: traffic, port, targetPort: port, targetProtocol: traffic.optional(), certificateId: id.optional(), healthCheck }));
const balancer = { type: z.enum(['network', 'application']), scheme: z.enum(['public', 'internal']), subnetIds: ids, listeners, vmIds: ids };
const LoadBalancer = z.object({ ...resource, state, ...balancer, networkId: id.optional(), address: text.optional() });
const TargetHealth = z.object({ vmId: id, port, state: z.enum(['healthy', 'unhealthy', 'pending', 'draining', 'unknown']), reason: text.optional() });

const domain = z.string().min(1).max(253);
const DnsZone = z.object({ ...resource, state, domain, private: z.boolean(), nameServers: z.array(text) });
const recordKey = { zoneId: id, name: domain, type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'SOA', 'CAA', 'PTR']), setId: text.optional() };
const record = { ...recordKey, ttlSeconds: z.int().nonnegative(), values: z.array(text).min(1), weight: z.int().min(0).max(255).optional() };

const networkInterface = lifecycle(NetworkInterface, z.object({ ...create, subnetId: id, securityGroupIds: ids, privateIp: text.optional() }));
const internetGateway = lifecycle(InternetGateway, z.object(create));
const natGateway = lifecycle(NatGateway, z.object({ ...create, subnetId: id, publicIpId: id.optional() }));
const routeTable = lifecycle(RouteTable, z.object({ ...create, networkId: id }));
const vpnGateway = lifecycle(VpnGateway, z.object({ ...create, networkId: id, subnetId: id.optional(), asn: z.int().positive().optional() }));
const vpnConnection = lifecycle(VpnConnection, z.object({ ...create, vpnGatewayId: id, peerAddress: text, peerCidrs: cidrs, localCidrs: cidrs, preSharedKey: z.string().regex(/^[A-Za-z0-9._]{8,64}$/, 'must be 8 to 64 letters, digits, dots and underscores') }));
const loadBalancer = lifecycle(LoadBalancer, z.object({ ...create, ...balancer, networkId: id, subnetIds: ids.min(1), securityGroupIds: ids.optional(), listeners: listeners.min(1) }));
const dnsZone = lifecycle(DnsZone, z.object({ ...create, domain, private: z.boolean(), networkIds: ids.optional() }));

/** Schemas by method. */
export const NETWORK = {
  'network-interface.create': networkInterface.create, 'network-interface.get': networkInterface.get, 'network-interface.list': networkInterface.list, 'network-interface.delete': networkInterface.delete,
  'network-interface.attach': { request: onId({ vmId: id }), result: NetworkInterface },
  'network-interface.detach': { request: onId({}), result: NetworkInterface },
  'internet-gateway.create': internetGateway.create, 'internet-gateway.get': internetGateway.get, 'internet-gateway.list': internetGateway.list, 'internet-gateway.delete': internetGateway.delete,
  'internet-gateway.attach': { request: onId({ networkId: id }), result: InternetGateway },
  'internet-gateway.detach': { request: onId({}), result: InternetGateway },
  'nat-gateway.create': natGateway.create, 'nat-gateway.get': natGateway.get, 'nat-gateway.list': natGateway.list, 'nat-gateway.delete': natGateway.delete,
  'route-table.create': routeTable.create, 'route-table.get': routeTable.get, 'route-table.list': routeTable.list, 'route-table.delete': routeTable.delete,
  'route-table.setRoutes': { request: onId({ routes }), result: RouteTable },
  'route-table.setSubnets': { request: onId({ subnetIds: ids }), result: RouteTable },
  'vpn-gateway.create': vpnGateway.create, 'vpn-gateway.get': vpnGateway.get, 'vpn-gateway.list': vpnGateway.list, 'vpn-gateway.delete': vpnGateway.delete,
  'vpn-connection.create': vpnConnection.create, 'vpn-connection.get': vpnConnection.get, 'vpn-connection.list': vpnConnection.list, 'vpn-connection.delete': vpnConnection.delete,
  'load-balancer.create': loadBalancer.create, 'load-balancer.get': loadBalancer.get, 'load-balancer.list': loadBalancer.list, 'load-balancer.delete': loadBalancer.delete,
  'load-balancer.setListeners': { request: onId({ listeners: listeners.min(1) }), result: LoadBalancer },
  'load-balancer.setTargets': { request: onId({ vmIds: ids }), result: LoadBalancer },
  'load-balancer.health': { request: onId({}), result: z.object({ items: z.array(TargetHealth) }) },
  'dns-zone.create': dnsZone.create, 'dns-zone.get': dnsZone.get, 'dns-zone.list': dnsZone.list, 'dns-zone.delete': dnsZone.delete,
  'dns-record.list': { request: z.object({ ...region, ...page, zoneId: id }), result: pageOf(z.object(record)) },
  'dns-record.set': { request: z.object({ ...region, ...record }), result: z.object(record) },
  'dns-record.delete': { request: z.object({ ...region, ...recordKey }), result: done },
};
