import type { Route as AwsRoute, RouteTable as AwsTable } from '@aws-sdk/client-ec2';
import type { Route, RouteTable, RouteTableHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing } from './errors.js';
import { byToken, filter, marked, nameOf, narrow, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

function toRoute(route: AwsRoute): Route[] {
  const cidr = route.DestinationCidrBlock;
  if (!cidr) return [];
  if (route.GatewayId === 'local') return [{ cidr, target: 'local' }];
  if (route.NatGatewayId) return [{ cidr, target: 'nat-gateway', targetId: route.NatGatewayId }];
  if (route.InstanceId) return [{ cidr, target: 'vm', targetId: route.InstanceId }];
  if (route.NetworkInterfaceId) return [{ cidr, target: 'network-interface', targetId: route.NetworkInterfaceId }];
  const targetId = route.GatewayId ?? route.TransitGatewayId ?? route.VpcPeeringConnectionId;
  const target = targetId?.startsWith('igw-') ? 'internet-gateway' : targetId?.startsWith('vgw-') ? 'vpn-gateway' : 'other';
  return [{ cidr, target, ...(targetId !== undefined && { targetId }) }];
}

/** Where a route leads, in AWS's words. @throws DriverError INVALID_REQUEST for what cannot be asked for. */
function targetOf({ target, targetId }: Route, index: number): Pick<AwsRoute, 'GatewayId' | 'NatGatewayId' | 'NetworkInterfaceId' | 'InstanceId'> {
  const member = ({ 'internet-gateway': 'GatewayId', 'vpn-gateway': 'GatewayId', 'nat-gateway': 'NatGatewayId', 'network-interface': 'NetworkInterfaceId', vm: 'InstanceId' } as const)[target as 'vm'];
  if (!member || !targetId) throw new DriverError('INVALID_REQUEST', `routes[${index}]: a route to ${target} needs a targetId of a gateway, an interface or a VM.`, { field: `routes[${index}].targetId` });
  return { [member]: targetId };
}

const subnetsOf = (table: AwsTable): { id: string; subnetId: string }[] =>
  (table.Associations ?? []).flatMap(({ RouteTableAssociationId, SubnetId, AssociationState }) => (RouteTableAssociationId && SubnetId && AssociationState?.State !== 'disassociated' ? [{ id: RouteTableAssociationId, subnetId: SubnetId }] : []));

const toTable = (table: AwsTable, region: string): RouteTable => {
  const id = table.RouteTableId ?? '';
  const subnetIds = subnetsOf(table).map(({ subnetId }) => subnetId);
  return {
    id, name: nameOf(table.Tags, id), region, tags: tagsOf(table.Tags), providerState: 'available', state: subnetIds.length > 0 ? 'in-use' : 'available', networkId: table.VpcId ?? '', routes: (table.Routes ?? []).flatMap(toRoute), subnetIds,
  };
};

const read = async (ec2: Ec2, id: string): Promise<AwsTable> =>
  (await told(ec2, [await existing('route table', id, 'InvalidRouteTableID.NotFound', ec2.send(new ec2.DescribeRouteTablesCommand({ RouteTableIds: [id] })).then(({ RouteTables }) => RouteTables?.[0]))]))[0] as AwsTable;

/** AWS tells of a route to an attached card the VM too, and of one to a VM its first card: what is not a first card was asked for as a card. */
async function told(ec2: Ec2, tables: AwsTable[]): Promise<AwsTable[]> {
  const cards = new Set(tables.flatMap(({ Routes = [] }) => Routes).flatMap(({ InstanceId, NetworkInterfaceId }) => (InstanceId && NetworkInterfaceId ? [NetworkInterfaceId] : [])));
  if (cards.size === 0) return tables;
  const { NetworkInterfaces = [] } = await ec2.send(new ec2.DescribeNetworkInterfacesCommand({ Filters: [filter('network-interface-id', ...cards)] }));
  const own = new Set(NetworkInterfaces.flatMap(({ NetworkInterfaceId, Attachment }) => (Attachment?.DeviceIndex !== 0 ? [NetworkInterfaceId] : [])));
  return tables.map((table) => ({ ...table, Routes: table.Routes?.map(({ InstanceId, ...route }) => (own.has(route.NetworkInterfaceId) || InstanceId === undefined ? route : { ...route, InstanceId })) }));
}

/** Route tables beside the main one of each network. */
export function routeTables(aws: Aws): RouteTableHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const { RouteTables } = await ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: [byToken(request.token)], MaxResults: 5 }));
      const table = RouteTables?.[0] ?? (await ec2.send(new ec2.CreateRouteTableCommand({ VpcId: request.networkId, TagSpecifications: [tagged('route-table', marked(request), request.name)] }))).RouteTable!;
      return { ...toTable(table, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toTable(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 100], async (query, ids) => {
        const { RouteTables = [], NextToken } = await ec2.send(new ec2.DescribeRouteTablesCommand({ ...query, Filters: narrow(request.tags, 'route-table-id', ids) }));
        return { items: (await told(ec2, RouteTables)).map((table) => toTable(table, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: id })));
    },

    async setRoutes({ region, id, routes }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const wanted = routes.filter(({ target }) => target !== 'local').map((route, index) => ({ ...route, to: targetOf(route, index) }));
      // What a VPN gateway brought by propagation is not ours to take away.
      const there = (await read(ec2, id)).Routes?.filter(({ Origin }) => Origin !== 'EnableVgwRoutePropagation').flatMap(toRoute).filter(({ target }) => target !== 'local') ?? [];
      for (const { cidr, target, targetId, to } of wanted) {
        const known = there.find((route) => route.cidr === cidr);
        const asked = { RouteTableId: id, DestinationCidrBlock: cidr, ...to };
        if (!known) await ec2.send(new ec2.CreateRouteCommand(asked));
        else if (known.target !== target || known.targetId !== targetId) await ec2.send(new ec2.ReplaceRouteCommand(asked));
      }
      for (const { cidr } of there) if (!wanted.some((route) => route.cidr === cidr)) await deleted(ec2.send(new ec2.DeleteRouteCommand({ RouteTableId: id, DestinationCidrBlock: cidr })));
      return toTable(await read(ec2, id), region);
    },

    async setSubnets({ region, id, subnetIds }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const there = subnetsOf(await read(ec2, id));
      for (const SubnetId of subnetIds.filter((subnetId) => !there.some((one) => one.subnetId === subnetId))) {
        const { RouteTables = [] } = await ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: [filter('association.subnet-id', SubnetId)] }));
        const other = RouteTables.flatMap(subnetsOf).find(({ subnetId }) => subnetId === SubnetId);
        if (other) await ec2.send(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId: other.id, RouteTableId: id }));
        else await ec2.send(new ec2.AssociateRouteTableCommand({ RouteTableId: id, SubnetId }));
      }
      for (const { id: AssociationId, subnetId } of there) if (!subnetIds.includes(subnetId)) await deleted(ec2.send(new ec2.DisassociateRouteTableCommand({ AssociationId })));
      return toTable(await read(ec2, id), region);
    },
  };
}
