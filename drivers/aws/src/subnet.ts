import type { Subnet as AwsSubnet } from '@aws-sdk/client-ec2';
import type { Subnet, SubnetHandlers } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { steady, untilSeen } from './client.js';
import { deleted, existing, failedWith, notSeenYet } from './errors.js';
import { filter, hasToken, marked, nameOf, narrow, present, stateOf, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const toSubnet = (subnet: AwsSubnet, region: string): Subnet => {
  const id = subnet.SubnetId ?? '';
  return {
    id, name: nameOf(subnet.Tags, id), region, tags: tagsOf(subnet.Tags), providerState: subnet.State ?? 'unknown', state: stateOf(subnet.State),
    networkId: subnet.VpcId ?? '', cidr: subnet.CidrBlock ?? '', ...present({ zone: subnet.AvailabilityZone }),
  };
};

/** Subnets, each in one zone, whose VMs take a public address. */
export function subnets(aws: Aws): SubnetHandlers {
  return {
    /** AWS has no token here, but never gives one range of a VPC twice: a conflict with a subnet that carries our token is our own first try. */
    async create(request, signal) {
      const ec2 = steady(await aws.ec2(request.region, signal), signal, ['CreateSubnet']);
      const subnet = await ec2.send(new ec2.CreateSubnetCommand({
        VpcId: request.networkId, CidrBlock: request.cidr, AvailabilityZone: request.zone,
        TagSpecifications: [tagged('subnet', marked(request), request.name)],
      })).then(({ Subnet }) => Subnet!, async (error: unknown) => {
        if (!failedWith(error, 'InvalidSubnet.Conflict')) throw error;
        const { Subnets = [] } = await ec2.send(new ec2.DescribeSubnetsCommand({ Filters: [filter('vpc-id', request.networkId)], MaxResults: 1000 }));
        const ours = Subnets.find(({ Tags }) => hasToken(Tags, request.token));
        if (ours) return ours;
        throw Subnets.some(({ CidrBlock = '' }) => overlap(CidrBlock, request.cidr)) ? error : notSeenYet(`${request.cidr} in ${request.networkId}`);
      });
      await untilSeen(signal, () => ec2.send(new ec2.ModifySubnetAttributeCommand({ SubnetId: subnet.SubnetId, MapPublicIpOnLaunch: { Value: true } })));
      return toSubnet(subnet, request.region);
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      return toSubnet(await existing('subnet', id, 'InvalidSubnetID.NotFound', ec2.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [id] })).then(({ Subnets }) => Subnets?.[0])), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { Subnets = [], NextToken } = await ec2.send(new ec2.DescribeSubnetsCommand({ ...query, Filters: narrow(request.tags, 'subnet-id', ids) }));
        return { items: Subnets.map((subnet) => toSubnet(subnet, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: id })));
    },
  };
}

/** Whether two IPv4 ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map((cidr) => {
    const [address = '', bits = '32'] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    const begin = Math.floor(address.split('.').reduce((number, part) => number * 256 + Number(part), 0) / size) * size;
    return { begin, end: begin + size };
  }) as [{ begin: number; end: number }, { begin: number; end: number }];
  return first.begin < second.end && second.begin < first.end;
}
