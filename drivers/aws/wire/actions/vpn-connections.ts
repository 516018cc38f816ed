import type * as ec2 from '@aws-sdk/client-ec2';
import { createHash, randomBytes } from 'node:crypto';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { canonicalCidr } from '../cidr.js';
import { thingsOf } from '../describe.js';
import { badCombination, Ec2Error, invalidValue, missing, notPlayed } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId } from '../ids.js';
import { hidden, readHidden, shownTags, tagsOf } from '../tags.js';

type Connection = Thing<'vpn-connection'>;
/** API reference, VpnTunnelOptionsSpecification: letters, digits, dots and underscores, not a zero first. */
const PRE_SHARED_KEY = /^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/;

const isStatic = (connection: Connection): boolean => readHidden(connection.tags, 'static-routes') === 'true';

/** Without the device's configuration, in which EC2 tells the key again: the world keeps only a digest of it. */
function showConnection(view: RegionView, connection: Connection): ec2.VpnConnection {
  const { vpnGatewayId, customerGatewayId, peerCidrs, insideCidrs } = connection.attributes;
  const gateway = view.list('vpn-gateway', { ids: [vpnGatewayId] })[0], at = new Date(connection.since);
  const tunnels = (gateway?.attributes.addresses ?? []).map((OutsideIpAddress, tunnel) => ({ OutsideIpAddress, TunnelInsideCidr: insideCidrs[tunnel] ?? '' }));
  return {
    VpnConnectionId: connection.id, VpnGatewayId: vpnGatewayId, ...(customerGatewayId ? { CustomerGatewayId: customerGatewayId } : {}), Type: 'ipsec.1', Category: 'VPN', Tags: shownTags(connection.tags),
    State: (connection.state === 'in-use' ? 'available' : connection.state) as ec2.VpnState, Options: { StaticRoutesOnly: isStatic(connection), TunnelOptions: tunnels },
    Routes: peerCidrs.map((DestinationCidrBlock) => ({ DestinationCidrBlock, Source: 'Static', State: 'available' })),
    VgwTelemetry: tunnels.map(({ OutsideIpAddress }) => {
      const up = view.isUp(connection, OutsideIpAddress);
      return { OutsideIpAddress, Status: up ? 'UP' : 'DOWN', StatusMessage: up ? '' : 'IPSEC IS DOWN', AcceptedRouteCount: up ? peerCidrs.length : 0, LastStatusChange: at };
    }),
  };
}

const createVpnConnection = action<ec2.CreateVpnConnectionRequest, ec2.CreateVpnConnectionResult>(
  'CreateVpnConnection', 'vpn-connection.create', ['CustomerGatewayId', 'VpnGatewayId', 'Type', 'Options', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    if (input.Type !== 'ipsec.1') throw invalidValue(`Value (${String(input.Type)}) for parameter type is invalid.`);
    if (!input.VpnGatewayId) throw missing('vpnGatewayId');
    const peer = view.get('customer-gateway', checkId('customer-gateway', input.CustomerGatewayId ?? '')), gateway = view.get('vpn-gateway', checkId('vpn-gateway', input.VpnGatewayId));
    const { StaticRoutesOnly: fixed = false, ...options } = input.Options ?? {};
    const tags = tagsOf(input.TagSpecifications, 'vpn-connection')['vpn-connection'];
    const connection = view.create('vpn-connection', {
      name: tags.Name ?? '', tags: { ...tags, ...hidden('static-routes', String(fixed)) },
      attributes: { vpnGatewayId: gateway.id, customerGatewayId: peer.id, peerAddress: peer.attributes.address, peerCidrs: [], localCidrs: [], insideCidrs: [], keyDigest: createHash('sha256').update(keyOf(options)).digest('hex') },
    });
    return { VpnConnection: showConnection(view, connection) };
  });

/** The shared key of both tunnels; one of its own where none is given, which no peer in the box knows. */
function keyOf({ TunnelOptions: tunnels = [], ...other }: Omit<ec2.VpnConnectionOptionsSpecification, 'StaticRoutesOnly'>): string {
  const strange = [...Object.keys(other), ...tunnels.flatMap(({ PreSharedKey: _, IKEVersions: versions, ...more }) => [...Object.keys(more), ...(versions?.some(({ Value }) => Value !== 'ikev2') ? ['IKEVersions'] : [])])][0];
  if (strange) throw notPlayed(`The cloud in a box does not play ${strange} of a VPN connection`);
  if (tunnels.length > 2) throw badCombination('A VPN connection has two tunnels');
  const keys = new Set(tunnels.flatMap(({ PreSharedKey: key }) => key ?? []));
  if (keys.size > 1) throw notPlayed('The cloud in a box plays VPN connections whose tunnels have the same key');
  const [key] = keys;
  if (key !== undefined && !PRE_SHARED_KEY.test(key)) throw invalidValue('Value for parameter PreSharedKey is invalid. It must have 8 to 64 letters, digits, dots and underscores, and not begin with zero.');
  return key ?? randomBytes(24).toString('base64url');
}

/** All at once: this list has no pages. */
const describeVpnConnections = action<ec2.DescribeVpnConnectionsRequest, ec2.DescribeVpnConnectionsResult>('DescribeVpnConnections', 'vpn-connection.list', ['VpnConnectionIds', 'Filters', 'DryRun'], (input, { view }) => {
  const fits = matcher(input.Filters, {
    'vpn-connection-id': (each: ec2.VpnConnection) => each.VpnConnectionId, 'vpn-gateway-id': (each) => each.VpnGatewayId, 'customer-gateway-id': (each) => each.CustomerGatewayId, state: (each) => each.State, type: (each) => each.Type,
    'option.static-routes-only': (each) => each.Options!.StaticRoutesOnly, 'route.destination-cidr-block': (each) => each.Routes!.map((route) => route.DestinationCidrBlock),
  }, (each) => each.Tags);
  return { VpnConnections: thingsOf(view, 'vpn-connection', input.VpnConnectionIds, input.Filters).map((each) => showConnection(view, each)).filter(fits) };
});

const deleteVpnConnection = action<ec2.DeleteVpnConnectionRequest, Done>('DeleteVpnConnection', 'vpn-connection.delete', ['VpnConnectionId', 'DryRun'], (input, { view }) => {
  view.delete('vpn-connection', view.get('vpn-connection', checkId('vpn-connection', input.VpnConnectionId!)).id);
  return done;
});

/** The connection of a static route, and its range. @throws Ec2Error InvalidVpnConnection.InvalidState until it is available, InvalidVpnConnection.InvalidType where routes come by BGP ("Error codes for the Amazon EC2 API"). */
function routedOf(view: RegionView, input: { VpnConnectionId: string | undefined; DestinationCidrBlock: string | undefined }): { connection: Connection; cidr: string } {
  const connection = view.get('vpn-connection', checkId('vpn-connection', input.VpnConnectionId!));
  const cidr = canonicalCidr(input.DestinationCidrBlock ?? '')?.cidr;
  if (!cidr) throw invalidValue(`Value (${input.DestinationCidrBlock ?? ''}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`);
  if (!isStatic(connection)) throw new Ec2Error('InvalidVpnConnection.InvalidType', `The VPN connection ${connection.id} does not support static routes`);
  if (connection.state !== 'available') throw new Ec2Error('InvalidVpnConnection.InvalidState', `The VPN connection ${connection.id} is ${connection.state}; it must be available`, 400, 'CONFLICT');
  return { connection, cidr };
}

const createVpnConnectionRoute = action<ec2.CreateVpnConnectionRouteRequest, Done>('CreateVpnConnectionRoute', 'vpn-connection.setRoutes', ['VpnConnectionId', 'DestinationCidrBlock'], (input, { view }) => {
  const { connection, cidr } = routedOf(view, input), { peerCidrs } = connection.attributes;
  if (!peerCidrs.includes(cidr)) view.change('vpn-connection', connection.id, { attributes: { peerCidrs: [...peerCidrs, cidr] } });
  return done;
});

const deleteVpnConnectionRoute = action<ec2.DeleteVpnConnectionRouteRequest, Done>('DeleteVpnConnectionRoute', 'vpn-connection.setRoutes', ['VpnConnectionId', 'DestinationCidrBlock'], (input, { view }) => {
  const { connection, cidr } = routedOf(view, input), { peerCidrs } = connection.attributes;
  if (!peerCidrs.includes(cidr)) throw new Ec2Error('InvalidRoute.NotFound', `The VPN connection ${connection.id} has no route to ${cidr}`, 400, 'NOT_FOUND');
  view.change('vpn-connection', connection.id, { attributes: { peerCidrs: peerCidrs.filter((each) => each !== cidr) } });
  return done;
});

export const vpnConnectionActions = [createVpnConnection, describeVpnConnections, deleteVpnConnection, createVpnConnectionRoute, deleteVpnConnectionRoute];
