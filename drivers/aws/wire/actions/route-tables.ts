import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { canonicalCidr } from '../cidr.js';
import { describe } from '../describe.js';
import { Ec2Error, inUse, invalidValue, missing } from '../errors.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { shownTags, tagsOf } from '../tags.js';

type Table = Thing<'route-table'>;
const associated = { State: 'associated' } as const;

function showTable(view: RegionView, table: Table): ec2.RouteTable {
  const associations: ec2.RouteTableAssociation[] = table.attributes.subnetIds.map((SubnetId) => ({
    Main: false, RouteTableAssociationId: derivedId('subnetAssociation', SubnetId), RouteTableId: table.id, SubnetId, AssociationState: associated,
  }));
  if (table.attributes.main) associations.unshift({ Main: true, RouteTableAssociationId: derivedId('mainAssociation', table.id), RouteTableId: table.id, AssociationState: associated });
  const attached = new Set(view.list('internet-gateway', { where: (gateway) => gateway.attributes.networkId === table.attributes.networkId }).map((gateway) => gateway.id));
  return {
    RouteTableId: table.id, VpcId: table.attributes.networkId, OwnerId: table.account, Associations: associations, PropagatingVgws: [], Tags: shownTags(table.tags),
    Routes: table.attributes.routes.map(({ cidr, target, targetId }) => ({
      DestinationCidrBlock: cidr, GatewayId: target === 'local' ? 'local' : targetId,
      Origin: target === 'local' ? 'CreateRouteTable' : 'CreateRoute', State: target === 'local' || (targetId && attached.has(targetId)) ? 'active' : 'blackhole',
    })),
  };
}

const createRouteTable = action<ec2.CreateRouteTableRequest, ec2.CreateRouteTableResult>('CreateRouteTable', 'network.create', ['VpcId', 'TagSpecifications', 'ClientToken', 'DryRun'], (input, { view }) => {
  const vpc = view.get('network', checkId('network', input.VpcId!));
  const tags = tagsOf(input.TagSpecifications, 'route-table')['route-table'];
  const table = view.create('route-table', {
    name: tags.Name ?? '', tags, ...(input.ClientToken ? { token: input.ClientToken } : {}),
    attributes: { networkId: vpc.id, main: false, routes: [{ cidr: vpc.attributes.cidr!, target: 'local' }], subnetIds: [] },
  });
  return { RouteTable: showTable(view, table), ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
});

const describeRouteTables = action<ec2.DescribeRouteTablesRequest, ec2.DescribeRouteTablesResult>(
  'DescribeRouteTables', 'network.list', ['RouteTableIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const { items, NextToken } = describe(view, input, {
      kind: 'route-table', ids: { name: 'routeTableIdSet', given: input.RouteTableIds }, show: (table) => showTable(view, table), tagsOf: (table) => table.Tags, rule: { least: 5, most: 100 },
      filters: {
        'route-table-id': (table) => table.RouteTableId, 'vpc-id': (table) => table.VpcId, 'owner-id': (table) => table.OwnerId,
        'association.main': (table) => table.Associations!.map((association) => association.Main),
        'association.subnet-id': (table) => table.Associations!.map((association) => association.SubnetId),
        'association.route-table-id': (table) => table.Associations!.map((association) => association.RouteTableId),
        'association.route-table-association-id': (table) => table.Associations!.map((association) => association.RouteTableAssociationId),
        'route.destination-cidr-block': (table) => table.Routes!.map((route) => route.DestinationCidrBlock),
        'route.gateway-id': (table) => table.Routes!.map((route) => route.GatewayId), 'route.state': (table) => table.Routes!.map((route) => route.State),
      },
    });
    return { RouteTables: items, ...(NextToken ? { NextToken } : {}) };
  });

const deleteRouteTable = action<ec2.DeleteRouteTableRequest, Done>('DeleteRouteTable', 'network.delete', ['RouteTableId', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  if (table.attributes.main || table.attributes.subnetIds.length) throw inUse(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
  view.delete('route-table', table.id);
  return done;
});

/** Checks the gateway of a new route and gives back the table with its other routes. */
function routeOf(view: RegionView, input: { RouteTableId: string | undefined; DestinationCidrBlock?: string | undefined; GatewayId?: string | undefined }): { table: Table; cidr: string; gatewayId: string; others: Table['attributes']['routes'] } {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  const { DestinationCidrBlock: given, GatewayId: gatewayId } = input;
  if (!given) throw missing('destinationCidrBlock');
  const cidr = canonicalCidr(given)?.cidr;
  if (!cidr) throw invalidValue(`Value (${given}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`);
  if (!gatewayId) throw missing('gatewayId');
  const gateway = view.get('internet-gateway', checkId('internet-gateway', gatewayId));
  if (gateway.attributes.networkId !== table.attributes.networkId) throw invalidValue(`route table ${table.id} and network gateway ${gatewayId} belong to different networks`);
  return { table, cidr, gatewayId, others: table.attributes.routes.filter((route) => route.cidr !== cidr) };
}

const createRoute = action<ec2.CreateRouteRequest, ec2.CreateRouteResult>('CreateRoute', 'network.create', ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'DryRun'], (input, { view }) => {
  const { table, cidr, gatewayId, others } = routeOf(view, input);
  const same = table.attributes.routes.find((route) => route.cidr === cidr);
  // EC2 takes a repeat of the very same route for done.
  if (same && same.targetId !== gatewayId) throw new Ec2Error('RouteAlreadyExists', `The route identified by ${cidr} already exists.`, 400, 'ALREADY_EXISTS');
  view.change('route-table', table.id, { attributes: { routes: [...others, { cidr, target: 'internet-gateway', targetId: gatewayId }] } });
  return { Return: true };
});

const replaceRoute = action<ec2.ReplaceRouteRequest, Done>('ReplaceRoute', 'network.create', ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'DryRun'], (input, { view }) => {
  const { table, cidr, gatewayId, others } = routeOf(view, input);
  if (others.length === table.attributes.routes.length) throw invalidValue(`There is no route defined for '${cidr}' in the route table. Use CreateRoute instead.`);
  view.change('route-table', table.id, { attributes: { routes: [...others, { cidr, target: 'internet-gateway', targetId: gatewayId }] } });
  return done;
});

const deleteRoute = action<ec2.DeleteRouteRequest, Done>('DeleteRoute', 'network.delete', ['RouteTableId', 'DestinationCidrBlock', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  const { DestinationCidrBlock: cidr } = input;
  const route = table.attributes.routes.find((each) => each.cidr === cidr);
  if (!cidr) throw missing('destinationCidrBlock');
  if (!route) throw new Ec2Error('InvalidRoute.NotFound', `no route with destination-cidr-block ${cidr} in route table ${table.id}`, 400, 'NOT_FOUND');
  if (route.target === 'local') throw invalidValue(`cannot remove local route ${cidr} in route table ${table.id}`);
  view.change('route-table', table.id, { attributes: { routes: table.attributes.routes.filter((each) => each !== route) } });
  return done;
});

const associateRouteTable = action<ec2.AssociateRouteTableRequest, ec2.AssociateRouteTableResult>('AssociateRouteTable', 'network.create', ['RouteTableId', 'SubnetId', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  if (!input.SubnetId) throw missing('subnetId');
  const subnet = view.get('subnet', checkId('subnet', input.SubnetId));
  if (subnet.attributes.networkId !== table.attributes.networkId) throw invalidValue(`Route table ${table.id} and subnet ${subnet.id} belong to different networks`);
  const holder = tableOf(view, subnet.id);
  if (holder && holder.id !== table.id) throw new Ec2Error('Resource.AlreadyAssociated', `the specified association for route table ${table.id} conflicts with an existing association`, 400, 'ALREADY_EXISTS');
  if (!holder) view.change('route-table', table.id, { attributes: { subnetIds: [...table.attributes.subnetIds, subnet.id] } });
  return { AssociationId: derivedId('subnetAssociation', subnet.id), AssociationState: associated };
});

const disassociateRouteTable = action<ec2.DisassociateRouteTableRequest, Done>('DisassociateRouteTable', 'network.delete', ['AssociationId', 'DryRun'], (input, { view }) => {
  const id = input.AssociationId!, subnetId = ownerId('subnetAssociation', id);
  const table = tableOf(view, subnetId);
  if (!table) {
    const main = view.list('route-table', { ids: [ownerId('mainAssociation', id)] })[0];
    if (main?.attributes.main) throw invalidValue(`cannot disassociate the main route table association ${id}`);
    throw new Ec2Error('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`, 400, 'NOT_FOUND');
  }
  dropSubnet(view, table, subnetId);
  return done;
});

const tableOf = (view: RegionView, subnetId: string): Table | undefined => view.list('route-table', { where: (table) => table.attributes.subnetIds.includes(subnetId) })[0];
const dropSubnet = (view: RegionView, table: Table, subnetId: string): unknown =>
  view.change('route-table', table.id, { attributes: { subnetIds: table.attributes.subnetIds.filter((id) => id !== subnetId) } });

/** A deleted subnet takes its association with it. */
export function forgetSubnet(view: RegionView, subnetId: string): void {
  const table = tableOf(view, subnetId);
  if (table) dropSubnet(view, table, subnetId);
}

export const routeTableActions = [
  createRouteTable, describeRouteTables, deleteRouteTable, createRoute, replaceRoute, deleteRoute, associateRouteTable, disassociateRouteTable,
];
