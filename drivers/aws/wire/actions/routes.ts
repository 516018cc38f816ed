import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { canonicalCidr } from '../cidr.js';
import { badCombination, Ec2Error, invalidValue, missing } from '../errors.js';
import { checkId, derivedId } from '../ids.js';
import { isGone } from '../instances.js';
import { hidden, readHidden } from '../tags.js';

type Table = Thing<'route-table'>;
type Route = Table['attributes']['routes'][number];
type Target = Exclude<Route['target'], 'local' | 'other'>;
/** Where a route leads, in EC2's members. */
type ShownTarget = Pick<ec2.Route, 'GatewayId' | 'NatGatewayId' | 'InstanceId' | 'InstanceOwnerId' | 'NetworkInterfaceId'>;

/** Routes of a table as EC2 shows them, with those that its VPN gateways brought. */
export function routesOf(view: RegionView, table: Table): Pick<ec2.RouteTable, 'Routes' | 'PropagatingVgws'> {
  const own = table.attributes.routes.map((route): ec2.Route => ({
    DestinationCidrBlock: route.cidr, ...shownTarget(view, route), Origin: route.target === 'local' ? 'CreateRouteTable' : 'CreateRoute', State: leads(view, table, route) ? 'active' : 'blackhole',
  }));
  const gateways = propagating(view, table);
  const brought = view.list('vpn-connection', { where: ({ state, attributes }) => state === 'available' && gateways.includes(attributes.vpnGatewayId) }).flatMap(({ attributes }) =>
    attributes.peerCidrs.map((cidr): ec2.Route => ({ DestinationCidrBlock: cidr, GatewayId: attributes.vpnGatewayId, Origin: 'EnableVgwRoutePropagation', State: 'active' })));
  // A route of the table's own goes before one that was brought.
  const fresh = brought.filter((route, index) => [...own, ...brought.slice(0, index)].every((other) => other.DestinationCidrBlock !== route.DestinationCidrBlock));
  return { Routes: [...own, ...fresh], PropagatingVgws: gateways.map((GatewayId) => ({ GatewayId })) };
}

/** Gateways that bring their routes, as long as they are attached to the table's VPC. */
const propagating = (view: RegionView, { tags, attributes }: Table): string[] => {
  const ids = readHidden(tags, 'propagating')?.split(',').filter(Boolean) ?? [];
  return ids.length ? view.list('vpn-gateway', { ids, where: (gateway) => gateway.attributes.networkId === attributes.networkId }).map(({ id }) => id) : [];
};

function shownTarget(view: RegionView, { target, targetId = '' }: Route): ShownTarget {
  switch (target) {
    case 'local': return { GatewayId: 'local' };
    case 'nat-gateway': return { NatGatewayId: targetId };
    case 'vm': return { InstanceId: targetId, InstanceOwnerId: ownerOf(view, targetId), NetworkInterfaceId: derivedId('interface', targetId) };
    case 'network-interface': {
      const vmId = view.list('network-interface', { ids: [targetId] })[0]?.attributes.vmId;
      return { NetworkInterfaceId: targetId, ...(vmId ? { InstanceId: vmId, InstanceOwnerId: ownerOf(view, vmId) } : {}) };
    }
    default: return { GatewayId: targetId };
  }
}
const ownerOf = (view: RegionView, vmId: string): string => view.list('vm', { ids: [vmId] })[0]?.account ?? '';

/** Whether the target of a route is there to take what is sent. */
function leads(view: RegionView, { attributes: { networkId } }: Table, { target, targetId = '' }: Route): boolean {
  const ids = [targetId];
  switch (target) {
    case 'local': return true;
    case 'internet-gateway': return view.list('internet-gateway', { ids, where: (each) => each.attributes.networkId === networkId }).length > 0;
    case 'vpn-gateway': return view.list('vpn-gateway', { ids, where: (each) => each.attributes.networkId === networkId }).length > 0;
    case 'nat-gateway': return view.list('nat-gateway', { ids, where: (each) => each.state !== 'deleting' }).length > 0;
    case 'network-interface': return view.list('network-interface', { ids, where: (each) => each.attributes.vmId !== undefined }).length > 0;
    case 'vm': return view.list('vm', { ids, where: (each) => !isGone(each) }).length > 0;
    default: return false;
  }
}

interface RouteInput { RouteTableId: string | undefined; DestinationCidrBlock?: string | undefined; GatewayId?: string | undefined; NatGatewayId?: string | undefined; NetworkInterfaceId?: string | undefined; InstanceId?: string | undefined }
const MEMBERS = ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId', 'NetworkInterfaceId', 'InstanceId', 'DryRun'] as const;

/** Checks what a new route leads to, and gives back the table with its other routes. */
function routeOf(view: RegionView, input: RouteInput): { table: Table; route: Route; others: Route[] } {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  const { DestinationCidrBlock: given } = input;
  if (!given) throw missing('destinationCidrBlock');
  const cidr = canonicalCidr(given)?.cidr;
  if (!cidr) throw invalidValue(`Value (${given}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`);
  const targets: [Target, string | undefined][] = [
    [input.GatewayId?.startsWith('vgw-') ? 'vpn-gateway' : 'internet-gateway', input.GatewayId], ['nat-gateway', input.NatGatewayId], ['network-interface', input.NetworkInterfaceId], ['vm', input.InstanceId],
  ];
  const [[target, id] = [undefined, undefined], ...more] = targets.filter(([, each]) => each !== undefined);
  if (!target || !id) throw missing('gatewayId');
  if (more.length) throw badCombination('A route leads to one target');
  // The card that comes with a VM is the VM.
  const vm = target === 'network-interface' ? view.list('vm', { where: (each) => !isGone(each) && derivedId('interface', each.id) === id })[0] : undefined;
  const found = vm ?? (view.get(target, checkId(target, id)) as Thing);
  if ((found.attributes as { networkId?: string }).networkId !== table.attributes.networkId) throw invalidValue(`route table ${table.id} and network gateway ${id} belong to different networks`);
  return { table, route: { cidr, target: vm ? 'vm' : target, targetId: found.id }, others: table.attributes.routes.filter((each) => each.cidr !== cidr) };
}

const setRoutes = (view: RegionView, { id }: Table, routes: Route[]): void => void view.change('route-table', id, { attributes: { routes } });

const createRoute = action<ec2.CreateRouteRequest, ec2.CreateRouteResult>('CreateRoute', 'route-table.setRoutes', [...MEMBERS], (input, { view }) => {
  const { table, route, others } = routeOf(view, input);
  const same = table.attributes.routes.find(({ cidr }) => cidr === route.cidr);
  // EC2 takes a repeat of the very same route for done.
  if (same && same.targetId !== route.targetId) throw new Ec2Error('RouteAlreadyExists', `The route identified by ${route.cidr} already exists.`, 400, 'ALREADY_EXISTS');
  setRoutes(view, table, [...others, route]);
  return { Return: true };
});

const replaceRoute = action<ec2.ReplaceRouteRequest, Done>('ReplaceRoute', 'route-table.setRoutes', [...MEMBERS], (input, { view }) => {
  const { table, route, others } = routeOf(view, input);
  if (others.length === table.attributes.routes.length) throw invalidValue(`There is no route defined for '${route.cidr}' in the route table. Use CreateRoute instead.`);
  setRoutes(view, table, [...others, route]);
  return done;
});

const deleteRoute = action<ec2.DeleteRouteRequest, Done>('DeleteRoute', 'route-table.setRoutes', ['RouteTableId', 'DestinationCidrBlock', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  const { DestinationCidrBlock: cidr } = input;
  if (!cidr) throw missing('destinationCidrBlock');
  const route = table.attributes.routes.find((each) => each.cidr === cidr);
  if (!route && routesOf(view, table).Routes?.some((each) => each.DestinationCidrBlock === cidr)) throw invalidValue(`cannot remove propagated route ${cidr} in route table ${table.id}`);
  if (!route) throw new Ec2Error('InvalidRoute.NotFound', `no route with destination-cidr-block ${cidr} in route table ${table.id}`, 400, 'NOT_FOUND');
  if (route.target === 'local') throw invalidValue(`cannot remove local route ${cidr} in route table ${table.id}`);
  setRoutes(view, table, table.attributes.routes.filter((each) => each !== route));
  return done;
});

/** Lets a VPN gateway bring its routes into a table, or no more. */
function propagate(view: RegionView, { RouteTableId, GatewayId }: { RouteTableId: string | undefined; GatewayId: string | undefined }, on: boolean): Done {
  const table = view.get('route-table', checkId('route-table', RouteTableId!)), gateway = view.get('vpn-gateway', checkId('vpn-gateway', GatewayId!));
  if (gateway.attributes.networkId !== table.attributes.networkId) throw new Ec2Error('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${table.attributes.networkId}`);
  const others = propagating(view, table).filter((id) => id !== gateway.id);
  view.change('route-table', table.id, { tags: hidden('propagating', (on ? [...others, gateway.id] : others).join(',')) });
  return done;
}
const enableVgwRoutePropagation = action<ec2.EnableVgwRoutePropagationRequest, Done>('EnableVgwRoutePropagation', 'route-table.setRoutes', ['RouteTableId', 'GatewayId', 'DryRun'], (input, { view }) => propagate(view, input, true));
const disableVgwRoutePropagation = action<ec2.DisableVgwRoutePropagationRequest, Done>('DisableVgwRoutePropagation', 'route-table.setRoutes', ['RouteTableId', 'GatewayId', 'DryRun'], (input, { view }) => propagate(view, input, false));

export const routeActions = [createRoute, replaceRoute, deleteRoute, enableVgwRoutePropagation, disableVgwRoutePropagation];
