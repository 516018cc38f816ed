import type { InternetGateway, Vpc } from '@aws-sdk/client-ec2';
import type { CreateNetwork, NetworkHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { Aws, Ec2 } from './client.js';
import { steady, untilSeen } from './client.js';
import { deleted, existing, failedWith } from './errors.js';
import { byToken, filter, marked, narrow, NETWORK_TAG, tagged, toNetwork } from './map.js';
import { readPageOfIds } from './pages.js';

const EVERYWHERE = '0.0.0.0/0';

/**
 * A network is a VPC with DNS names, an internet gateway, and a default route to it in the main route table.
 * AWS has no token for any of them: the VPC carries ours as a tag and the gateway the VPC's id, so that a repeated create goes on where the first one stopped, and a delete also finds a gateway that was never attached.
 */
export function networks(aws: Aws): NetworkHandlers {
  return {
    async create(request, signal) {
      // A route that is there already is understood below.
      const ec2 = steady(await aws.ec2(request.region, signal), signal, ['CreateRoute']);
      const found = await ec2.send(new ec2.DescribeVpcsCommand({ Filters: [byToken(request.token)], MaxResults: 5 }));
      const vpc = found.Vpcs?.[0] ?? (await ec2.send(new ec2.CreateVpcCommand({
        CidrBlock: request.cidr, TagSpecifications: [tagged('vpc', marked(request), request.name)],
      }))).Vpc!;
      await complete(ec2, vpc, request, found.Vpcs?.[0] === undefined, signal);
      return toNetwork(vpc, request.region);
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      return toNetwork(await existing('network', id, 'InvalidVpcID.NotFound', ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [id] })).then(({ Vpcs }) => Vpcs?.[0])), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { Vpcs = [], NextToken } = await ec2.send(new ec2.DescribeVpcsCommand({ ...query, Filters: narrow(request.tags, 'vpc-id', ids) }));
        return { items: Vpcs.map((vpc) => toNetwork(vpc, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = steady(await aws.ec2(region, signal), signal);
      const [gateways] = await Promise.all([gatewaysOf(ec2, id), refuseIfUsed(aws, ec2, id)]);
      for (const gateway of gateways) {
        for (const { VpcId } of gateway.Attachments ?? []) await detach(ec2, gateway, VpcId);
        await deleted(ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gateway.InternetGatewayId })));
      }
      await deleted(ec2.send(new ec2.DeleteVpcCommand({ VpcId: id })));
    },
  };
}

/** Makes what a fresh or half-made VPC lacks. Each step looks first or may be repeated as it is. */
async function complete(ec2: Ec2, vpc: Vpc, request: CreateNetwork, fresh: boolean, signal: AbortSignal): Promise<void> {
  const VpcId = vpc.VpcId!;
  const names = untilSeen(signal, () => ec2.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } })));
  const gateway = ensureGateway(ec2, VpcId, request, fresh, signal);
  const [InternetGatewayId, RouteTableId] = await Promise.all([gateway, mainRouteTable(ec2, VpcId, signal), names]);
  await untilSeen(signal, () => ec2.send(new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock: EVERYWHERE, GatewayId: InternetGatewayId }))).catch((error: unknown) => {
    if (!failedWith(error, 'RouteAlreadyExists')) throw error;
  });
}

async function ensureGateway(ec2: Ec2, VpcId: string, request: CreateNetwork, fresh: boolean, signal: AbortSignal): Promise<string> {
  const known = fresh ? [] : await gatewaysOf(ec2, VpcId);
  const attached = known.find(({ Attachments }) => Attachments?.some((attachment) => attachment.VpcId === VpcId));
  if (attached) return attached.InternetGatewayId!;
  const gateway = known[0] ?? (await ec2.send(new ec2.CreateInternetGatewayCommand({ TagSpecifications: [tagged('internet-gateway', { ...request.tags, [NETWORK_TAG]: VpcId }, request.name)] }))).InternetGateway!;
  const InternetGatewayId = gateway.InternetGatewayId!;
  await untilSeen(signal, () => ec2.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }))).catch(async (error: unknown) => {
    // Another call of the same create was first: its gateway serves, and ours goes with the network at its end.
    const other = failedWith(error, 'Resource.AlreadyAssociated') ? (await gatewaysOf(ec2, VpcId)).find(({ Attachments }) => Attachments?.length) : undefined;
    if (!other) throw error;
    return other;
  });
  return InternetGatewayId;
}

/** Gateways that are attached to the VPC or were made for it, each once. */
async function gatewaysOf(ec2: Ec2, VpcId: string): Promise<InternetGateway[]> {
  const answers = await Promise.all(['attachment.vpc-id', `tag:${NETWORK_TAG}`].map((name) => ec2.send(new ec2.DescribeInternetGatewaysCommand({ Filters: [filter(name, VpcId)], MaxResults: 100 }))));
  return [...new Map(answers.flatMap(({ InternetGateways = [] }) => InternetGateways).map((gateway) => [gateway.InternetGatewayId, gateway])).values()];
}

/** The table that AWS made with the VPC; it may be unseen for some seconds. */
export async function mainRouteTable(ec2: Ec2, VpcId: string, signal: AbortSignal): Promise<string> {
  for (let waitMs = 200; ; waitMs *= 2) {
    const { RouteTables } = await ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: [filter('vpc-id', VpcId), filter('association.main', 'true')] }));
    if (RouteTables?.[0]?.RouteTableId) return RouteTables[0].RouteTableId;
    if (waitMs > 3_200) throw new DriverError('CONFLICT', `The main route table of ${VpcId} is not visible yet: repeat the create.`);
    await wait(waitMs, undefined, { signal }).catch(() => { throw new DriverError('TIMEOUT', 'ec2:DescribeRouteTables was stopped.'); });
  }
}

async function detach(ec2: Ec2, { InternetGatewayId }: InternetGateway, VpcId: string | undefined): Promise<void> {
  await deleted(ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId }))).catch((error: unknown) => {
    if (!failedWith(error, 'Gateway.NotAttached')) throw error;
  });
}

/** A network in use must keep its gateway: asked before anything is taken away, as DeleteVpc would answer only afterwards. */
async function refuseIfUsed(aws: Aws, ec2: Ec2, VpcId: string): Promise<void> {
  const [{ Subnets = [] }, { SecurityGroups = [] }, { RouteTables = [] }, { VpnGateways = [] }] = await Promise.all([
    ec2.send(new ec2.DescribeSubnetsCommand({ Filters: [filter('vpc-id', VpcId)], MaxResults: 5 })),
    ec2.send(new ec2.DescribeSecurityGroupsCommand({ Filters: [filter('vpc-id', VpcId)], MaxResults: 5 })),
    ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: [filter('vpc-id', VpcId)], MaxResults: 5 })),
    ec2.send(new ec2.DescribeVpnGatewaysCommand({ Filters: [filter('attachment.vpc-id', VpcId), filter('attachment.state', 'attaching', 'attached')] })).catch((error: unknown) => {
      // An endpoint of another than AWS may have no VPN.
      if (aws.lacks(error)) return { VpnGateways: [] };
      throw error;
    }),
  ]);
  const users = [
    ...Subnets.map(({ SubnetId }) => SubnetId), ...SecurityGroups.filter(({ GroupName }) => GroupName !== 'default').map(({ GroupId }) => GroupId),
    ...RouteTables.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main)).map(({ RouteTableId }) => RouteTableId), ...VpnGateways.map(({ VpnGatewayId }) => VpnGatewayId),
  ];
  if (users.length > 0) throw new DriverError('IN_USE', `Network ${VpcId} still holds ${users.join(', ')}.`, { providerCode: 'DependencyViolation' });
}
