import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { describe } from '../describe.js';
import { Ec2Error, inUse, invalidValue, missing, notPlayed } from '../errors.js';
import { checkId, derivedId, ownerId } from '../ids.js';
import { shownTags, tagsOf } from '../tags.js';
import { routesOf } from './routes.js';

type Table = Thing<'route-table'>;
const associated = { State: 'associated' } as const;

function showTable(view: RegionView, table: Table): ec2.RouteTable {
  const associations: ec2.RouteTableAssociation[] = table.attributes.subnetIds.map((SubnetId) => ({
    Main: false, RouteTableAssociationId: derivedId('subnetAssociation', SubnetId), RouteTableId: table.id, SubnetId, AssociationState: associated,
  }));
  if (table.attributes.main) associations.unshift({ Main: true, RouteTableAssociationId: derivedId('mainAssociation', table.id), RouteTableId: table.id, AssociationState: associated });
  return {
    RouteTableId: table.id, VpcId: table.attributes.networkId, OwnerId: table.account, Associations: associations, Tags: shownTags(table.tags), ...routesOf(view, table),
  };
}

const createRouteTable = action<ec2.CreateRouteTableRequest, ec2.CreateRouteTableResult>('CreateRouteTable', 'route-table.create', ['VpcId', 'TagSpecifications', 'ClientToken', 'DryRun'], (input, { view }) => {
  const vpc = view.get('network', checkId('network', input.VpcId!));
  const tags = tagsOf(input.TagSpecifications, 'route-table')['route-table'];
  const table = view.create('route-table', {
    name: tags.Name ?? '', tags, ...(input.ClientToken ? { token: input.ClientToken } : {}),
    attributes: { networkId: vpc.id, main: false, routes: [{ cidr: vpc.attributes.cidr!, target: 'local' }], subnetIds: [] },
  });
  return { RouteTable: showTable(view, table), ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
});

const describeRouteTables = action<ec2.DescribeRouteTablesRequest, ec2.DescribeRouteTablesResult>(
  'DescribeRouteTables', 'route-table.list', ['RouteTableIds', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const { items, NextToken } = describe(view, input, {
      kind: 'route-table', ids: { name: 'routeTableIdSet', given: input.RouteTableIds }, show: (table) => showTable(view, table), tagsOf: (table) => table.Tags, rule: { least: 5, most: 100 },
      filters: {
        'route-table-id': (table) => table.RouteTableId, 'vpc-id': (table) => table.VpcId, 'owner-id': (table) => table.OwnerId,
        'association.main': (table) => table.Associations!.map((association) => association.Main),
        'association.subnet-id': (table) => table.Associations!.map((association) => association.SubnetId),
        'association.route-table-id': (table) => table.Associations!.map((association) => association.RouteTableId),
        'association.route-table-association-id': (table) => table.Associations!.map((association) => association.RouteTableAssociationId),
        'route.destination-cidr-block': (table) => table.Routes!.map((route) => route.DestinationCidrBlock),
        'route.gateway-id': (table) => table.Routes!.map((route) => route.GatewayId), 'route.state': (table) => table.Routes!.map((route) => route.State), 'route.origin': (table) => table.Routes!.map((route) => route.Origin),
        'route.nat-gateway-id': (table) => table.Routes!.map((route) => route.NatGatewayId), 'route.instance-id': (table) => table.Routes!.map((route) => route.InstanceId),
      },
    });
    return { RouteTables: items, ...(NextToken ? { NextToken } : {}) };
  });

const deleteRouteTable = action<ec2.DeleteRouteTableRequest, Done>('DeleteRouteTable', 'route-table.delete', ['RouteTableId', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  if (table.attributes.main || table.attributes.subnetIds.length) throw inUse(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
  view.delete('route-table', table.id);
  return done;
});

const associateRouteTable = action<ec2.AssociateRouteTableRequest, ec2.AssociateRouteTableResult>('AssociateRouteTable', 'route-table.setSubnets', ['RouteTableId', 'SubnetId', 'DryRun'], (input, { view }) => {
  const table = view.get('route-table', checkId('route-table', input.RouteTableId!));
  if (!input.SubnetId) throw missing('subnetId');
  const subnet = view.get('subnet', checkId('subnet', input.SubnetId));
  if (subnet.attributes.networkId !== table.attributes.networkId) throw invalidValue(`Route table ${table.id} and subnet ${subnet.id} belong to different networks`);
  const holder = tableOf(view, subnet.id);
  if (holder && holder.id !== table.id) throw new Ec2Error('Resource.AlreadyAssociated', `the specified association for route table ${table.id} conflicts with an existing association`, 400, 'ALREADY_EXISTS');
  if (!holder) view.change('route-table', table.id, { attributes: { subnetIds: [...table.attributes.subnetIds, subnet.id] } });
  return { AssociationId: derivedId('subnetAssociation', subnet.id), AssociationState: associated };
});

const disassociateRouteTable = action<ec2.DisassociateRouteTableRequest, Done>('DisassociateRouteTable', 'route-table.setSubnets', ['AssociationId', 'DryRun'], (input, { view }) => {
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

/** Moves a subnet to another table in one step; the association gets no other id here, where EC2 gives it a new one. */
const replaceRouteTableAssociation = action<ec2.ReplaceRouteTableAssociationRequest, ec2.ReplaceRouteTableAssociationResult>(
  'ReplaceRouteTableAssociation', 'route-table.setSubnets', ['AssociationId', 'RouteTableId', 'DryRun'], (input, { view }) => {
    const id = input.AssociationId!, subnetId = ownerId('subnetAssociation', id);
    const table = view.get('route-table', checkId('route-table', input.RouteTableId!)), holder = tableOf(view, subnetId);
    if (!holder) {
      if (view.list('route-table', { ids: [ownerId('mainAssociation', id)] })[0]?.attributes.main) throw notPlayed('The cloud in a box plays no other main route table of a VPC');
      throw new Ec2Error('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`, 400, 'NOT_FOUND');
    }
    if (holder.attributes.networkId !== table.attributes.networkId) throw invalidValue(`Route table ${table.id} and subnet ${subnetId} belong to different networks`);
    // The world takes the subnet off its other table.
    if (holder.id !== table.id) view.change('route-table', table.id, { attributes: { subnetIds: [...table.attributes.subnetIds, subnetId] } });
    return { NewAssociationId: derivedId('subnetAssociation', subnetId), AssociationState: associated };
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
  createRouteTable, describeRouteTables, deleteRouteTable, associateRouteTable, disassociateRouteTable, replaceRouteTableAssociation,
];
