import type { VpnConnection as AwsConnection, VpnGateway as AwsGateway } from '@aws-sdk/client-ec2';
import type { ResourceState, VpnConnection, VpnConnectionHandlers, VpnGateway, VpnGatewayHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { Aws, Ec2 } from './client.js';
import { steady, untilSeen } from './client.js';
import { concealed, deleted, existing, failedWith } from './errors.js';
import { PART_TAG, ROLE_TAG, byToken, filter, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { mainRouteTable } from './network.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { pending: 'pending', available: 'available', deleting: 'deleting', deleted: 'deleting' };
const isThere = ({ State }: { State?: string }): boolean => State !== 'deleted';
/** Any private number; static routes need none, but AWS wants one. */
const PEER_ASN = 65_000;

/** One tunnel of ours; AWS offers IKEv1 too where nothing is said. */
const tunnel = (PreSharedKey: string) => ({ PreSharedKey, IKEVersions: [{ Value: 'ikev2' }] });

const attachmentOf = (gateway: AwsGateway) => gateway.VpcAttachments?.find(({ State }) => State === 'attached' || State === 'attaching');
/** AWS calls one available that is not with its network yet. */
const stateOf = (gateway: AwsGateway): ResourceState => (gateway.State === 'available' && attachmentOf(gateway)?.State === 'attaching' ? 'pending' : (STATES[gateway.State ?? ''] ?? 'pending'));
const toGateway = (gateway: AwsGateway, region: string): VpnGateway => {
  const id = gateway.VpnGatewayId ?? '';
  const network = attachmentOf(gateway)?.VpcId ?? gateway.VpcAttachments?.[0]?.VpcId ?? 'detached';
  return { id, name: nameOf(gateway.Tags, id), region, tags: tagsOf(gateway.Tags), providerState: gateway.State ?? 'unknown', state: stateOf(gateway), networkId: network, addresses: [], ...present({ asn: gateway.AmazonSideAsn }) };
};
const readGateway = (ec2: Ec2, id: string): Promise<AwsGateway> =>
  existing('VPN gateway', id, 'InvalidVpnGatewayID.NotFound', ec2.send(new ec2.DescribeVpnGatewaysCommand({ VpnGatewayIds: [id] })).then(({ VpnGateways }) => VpnGateways?.find(isThere)));

/** Virtual private gateways, attached to their network. Their outer addresses come with each connection. */
export function vpnGateways(aws: Aws): VpnGatewayHandlers {
  return {
    async create(request, signal) {
      const ec2 = steady(await aws.ec2(request.region, signal), signal);
      const { VpnGateways = [] } = await ec2.send(new ec2.DescribeVpnGatewaysCommand({ Filters: [byToken(request.token)] }));
      const gateway = VpnGateways.find(isThere) ?? (await ec2.send(new ec2.CreateVpnGatewayCommand({
        Type: 'ipsec.1', TagSpecifications: [tagged('vpn-gateway', marked(request), request.name)], ...(request.asn !== undefined && { AmazonSideAsn: request.asn }),
      }))).VpnGateway!;
      if (attachmentOf(gateway)?.VpcId !== request.networkId) await untilSeen(signal, () => ec2.send(new ec2.AttachVpnGatewayCommand({ VpnGatewayId: gateway.VpnGatewayId, VpcId: request.networkId })));
      return { ...toGateway(gateway, request.region), name: request.name, tags: request.tags, networkId: request.networkId };
    },

    async get({ region, id }, signal) {
      return toGateway(await readGateway(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      // DescribeVpnGateways gives all at once.
      return readPageOfIds(request, [1000, 1000], async (_query, ids) => {
        const { VpnGateways = [] } = await ec2.send(new ec2.DescribeVpnGatewaysCommand({ Filters: narrow(request.tags, 'vpn-gateway-id', ids) }));
        return { items: VpnGateways.filter(isThere).map((gateway) => toGateway(gateway, request.region)), next: undefined };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const { VpnConnections = [] } = await ec2.send(new ec2.DescribeVpnConnectionsCommand({}));
      const held = VpnConnections.find(({ VpnGatewayId, State }) => VpnGatewayId === id && State !== 'deleted' && State !== 'deleting');
      if (held) throw new DriverError('IN_USE', `The connection ${held.VpnConnectionId} stands on it.`, { providerCode: 'DependencyViolation' });
      const gateway = await readGateway(ec2, id).catch((error: unknown) => { if (!(error instanceof DriverError && error.code === 'NOT_FOUND')) throw error; });
      for (const { VpcId, State } of gateway?.VpcAttachments ?? []) {
        if (State === 'attached') await deleted(ec2.send(new ec2.DetachVpnGatewayCommand({ VpnGatewayId: id, VpcId })));
      }
      // While AWS detaches it, it answers IncorrectState: CONFLICT, and the delete is repeated.
      if (gateway) await deleted(ec2.send(new ec2.DeleteVpnGatewayCommand({ VpnGatewayId: id })));
    },
  };
}

const toConnection = (connection: AwsConnection, region: string, peerAddress: string): VpnConnection => {
  const id = connection.VpnConnectionId ?? '';
  const inside = connection.Options?.TunnelOptions ?? [];
  return {
    id, name: nameOf(connection.Tags, id), region, tags: tagsOf(connection.Tags), providerState: connection.State ?? 'unknown', state: STATES[connection.State ?? ''] ?? 'pending', vpnGatewayId: connection.VpnGatewayId ?? '', peerAddress,
    peerCidrs: (connection.Routes ?? []).filter(({ State }) => State !== 'deleted' && State !== 'deleting').flatMap(({ DestinationCidrBlock }) => DestinationCidrBlock ?? []),
    tunnels: (connection.VgwTelemetry ?? []).map(({ OutsideIpAddress, Status }) => ({
      address: OutsideIpAddress ?? '', up: Status === 'UP', ...present({ insideCidr: inside.find((tunnel) => tunnel.OutsideIpAddress === OutsideIpAddress)?.TunnelInsideCidr }),
    })),
  };
};

async function peers(ec2: Ec2, connections: AwsConnection[]): Promise<Map<string, string>> {
  const ids = connections.flatMap(({ CustomerGatewayId }) => CustomerGatewayId ?? []);
  if (ids.length === 0) return new Map();
  const { CustomerGateways = [] } = await ec2.send(new ec2.DescribeCustomerGatewaysCommand({ Filters: [filter('customer-gateway-id', ...new Set(ids))] }));
  return new Map(CustomerGateways.map(({ CustomerGatewayId = '', IpAddress = '' }) => [CustomerGatewayId, IpAddress]));
}

/**
 * Makes the gateway's routes known in the main route table of its network; route tables beside it hold exactly what was set in them. May be repeated.
 * @throws DriverError CONFLICT while AWS still attaches the gateway.
 */
async function propagate(ec2: Ec2, GatewayId: string, signal: AbortSignal): Promise<void> {
  const busy = new DriverError('CONFLICT', `AWS still attaches the VPN gateway ${GatewayId}: repeat the create.`, { providerCode: 'Gateway.NotAttached' });
  const network = attachmentOf(await readGateway(ec2, GatewayId))?.VpcId;
  if (network === undefined) throw busy;
  const RouteTableId = await mainRouteTable(ec2, network, signal);
  await ec2.send(new ec2.EnableVgwRoutePropagationCommand({ GatewayId, RouteTableId })).catch((error: unknown) => { throw failedWith(error, 'Gateway.NotAttached') ? busy : error; });
}

/** Site-to-site connections of IKEv2 with static routes; the customer gateway that AWS wants for the peer is part of each. */
export function vpnConnections(aws: Aws): VpnConnectionHandlers {
  const look = (ec2: Ec2, id: string): Promise<AwsConnection | undefined> => ec2.send(new ec2.DescribeVpnConnectionsCommand({ VpnConnectionIds: [id] })).then(({ VpnConnections }) => VpnConnections?.[0]);
  const show = async (ec2: Ec2, region: string, connections: AwsConnection[]): Promise<VpnConnection[]> => {
    const addresses = await peers(ec2, connections);
    return connections.map((connection) => toConnection(connection, region, addresses.get(connection.CustomerGatewayId ?? '') ?? ''));
  };
  return {
    /** Static routes are taken once the connection is available, which is minutes later: waits as long as it may; repeated, it goes on there. */
    async create(request, signal) {
      if (request.preSharedKey.startsWith('0')) throw new DriverError('INVALID_REQUEST', 'AWS takes no shared key that begins with 0.', { field: 'preSharedKey' });
      const ec2 = steady(await aws.ec2(request.region, signal), signal, ['CreateVpnConnectionRoute']);
      const { VpnConnections = [] } = await ec2.send(new ec2.DescribeVpnConnectionsCommand({ Filters: [byToken(request.token)] }));
      let connection = VpnConnections.find(isThere);
      const CustomerGatewayId = connection?.CustomerGatewayId ?? (await customerGateway(ec2, request));
      connection ??= (await concealed(request.preSharedKey, untilSeen(signal, () => ec2.send(new ec2.CreateVpnConnectionCommand({
        Type: 'ipsec.1', VpnGatewayId: request.vpnGatewayId, CustomerGatewayId, TagSpecifications: [tagged('vpn-connection', marked(request), request.name)],
        Options: { StaticRoutesOnly: true, TunnelOptions: [tunnel(request.preSharedKey), tunnel(request.preSharedKey)] },
      }))))).VpnConnection!;
      const VpnConnectionId = connection.VpnConnectionId!;
      await untilSeen(signal, () => ec2.send(new ec2.CreateTagsCommand({ Resources: [CustomerGatewayId], Tags: [{ Key: PART_TAG, Value: VpnConnectionId }] })));
      connection = await available(ec2, VpnConnectionId, signal);
      const there = (connection.Routes ?? []).flatMap(({ DestinationCidrBlock, State }) => (DestinationCidrBlock && State !== 'deleted' && State !== 'deleting' ? [DestinationCidrBlock] : []));
      for (const cidr of request.peerCidrs.filter((one) => !there.includes(one))) await untilSeen(signal, () => ec2.send(new ec2.CreateVpnConnectionRouteCommand({ VpnConnectionId, DestinationCidrBlock: cidr })));
      if (request.peerCidrs.length > 0) await propagate(ec2, request.vpnGatewayId, signal);
      return { ...toConnection(connection, request.region, request.peerAddress), name: request.name, tags: request.tags, peerCidrs: request.peerCidrs };
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const found = await existing('VPN connection', id, 'InvalidVpnConnectionID.NotFound', look(ec2, id).then((connection) => (connection && isThere(connection) ? connection : undefined)));
      return (await show(ec2, region, [found]))[0] as VpnConnection;
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      // DescribeVpnConnections gives all at once; an account has few.
      return readPageOfIds(request, [1000, 1000], async (_query, ids) => {
        const { VpnConnections = [] } = await ec2.send(new ec2.DescribeVpnConnectionsCommand({ Filters: narrow(request.tags, 'vpn-connection-id', undefined) }));
        return { items: await show(ec2, request.region, VpnConnections.filter((connection) => isThere(connection) && (ids?.includes(connection.VpnConnectionId ?? '') ?? true))), next: undefined };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = steady(await aws.ec2(region, signal), signal);
      let connection: AwsConnection | undefined;
      await deleted(look(ec2, id).then((found) => { connection = found; }));
      if (connection && isThere(connection)) await deleted(ec2.send(new ec2.DeleteVpnConnectionCommand({ VpnConnectionId: id })));
      const found = await Promise.all([filter(`tag:${PART_TAG}`, id), ...(connection?.CustomerGatewayId ? [filter('customer-gateway-id', connection.CustomerGatewayId)] : [])].map((which) =>
        ec2.send(new ec2.DescribeCustomerGatewaysCommand({ Filters: [which, filter(`tag:${ROLE_TAG}`, 'vpn-peer')] }))));
      const CustomerGateways = [...new Map(found.flatMap(({ CustomerGateways: some = [] }) => some).map((gateway) => [gateway.CustomerGatewayId, gateway])).values()];
      for (const { CustomerGatewayId } of CustomerGateways.filter(isThere)) await released(ec2, CustomerGatewayId!, id, signal);
    },
  };
}

/** Takes a customer gateway away, which AWS holds on to until its connection is gone. @throws DriverError CONFLICT where that is not by the end of the call. */
async function released(ec2: Ec2, CustomerGatewayId: string, connectionId: string, signal: AbortSignal): Promise<void> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      return await deleted(ec2.send(new ec2.DeleteCustomerGatewayCommand({ CustomerGatewayId })));
    } catch (error) {
      if (!failedWith(error, 'IncorrectState', 'DependencyViolation')) throw error;
      await wait(waitMs, undefined, { signal }).catch(() => {
        throw new DriverError('CONFLICT', `AWS still deletes the connection ${connectionId}: repeat the delete, which then takes its customer gateway away.`, { providerCode: 'IncorrectState' });
      });
    }
  }
}

/** The connection once it is ready. @throws DriverError CONFLICT where it is not by the end of the call. */
async function available(ec2: Ec2, id: string, signal: AbortSignal): Promise<AwsConnection> {
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    const { VpnConnections } = await untilSeen(signal, () => ec2.send(new ec2.DescribeVpnConnectionsCommand({ VpnConnectionIds: [id] })));
    const connection = VpnConnections?.[0];
    if (connection && connection.State !== 'pending') return connection;
    await wait(waitMs, undefined, { signal }).catch(() => { throw new DriverError('CONFLICT', `AWS still makes the VPN connection ${id}: repeat the create, which then adds its routes.`, { providerCode: 'InvalidVpnConnection.InvalidState' }); });
  }
}

/** One for each connection: without a device name of its own AWS would give that of another connection to the same peer, which then could not be deleted. */
async function customerGateway(ec2: Ec2, request: Parameters<VpnConnectionHandlers['create']>[0]): Promise<string> {
  const { CustomerGateways = [] } = await ec2.send(new ec2.DescribeCustomerGatewaysCommand({ Filters: [byToken(request.token)] }));
  const known = CustomerGateways.find(isThere)?.CustomerGatewayId;
  if (known) return known;
  const tags = { ...marked(request), [ROLE_TAG]: 'vpn-peer' };
  const made = await ec2.send(new ec2.CreateCustomerGatewayCommand({ Type: 'ipsec.1', BgpAsn: PEER_ASN, IpAddress: request.peerAddress, DeviceName: request.token, TagSpecifications: [tagged('customer-gateway', tags, request.name)] }));
  return made.CustomerGateway!.CustomerGatewayId!;
}
