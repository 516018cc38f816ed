import type { InternetGateway as AwsGateway } from '@aws-sdk/client-ec2';
import type { InternetGateway, InternetGatewayHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith } from './errors.js';
import { NETWORK_TAG, byToken, marked, nameOf, narrow, present, tagOf, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const toGateway = (gateway: AwsGateway, region: string): InternetGateway => {
  const id = gateway.InternetGatewayId ?? '';
  const attachment = gateway.Attachments?.find(({ VpcId }) => VpcId !== undefined);
  return { id, name: nameOf(gateway.Tags, id), region, tags: tagsOf(gateway.Tags), providerState: attachment?.State ?? 'detached', state: attachment ? 'in-use' : 'available', ...present({ networkId: attachment?.VpcId }) };
};

const read = (ec2: Ec2, id: string): Promise<AwsGateway> =>
  existing('internet gateway', id, 'InvalidInternetGatewayID.NotFound', ec2.send(new ec2.DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })).then(({ InternetGateways }) => InternetGateways?.[0]));

/** Internet gateways beside those that are part of a network of ours, which lists leave out. */
export function internetGateways(aws: Aws): InternetGatewayHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const { InternetGateways } = await ec2.send(new ec2.DescribeInternetGatewaysCommand({ Filters: [byToken(request.token)], MaxResults: 5 }));
      const gateway = InternetGateways?.[0] ?? (await ec2.send(new ec2.CreateInternetGatewayCommand({ TagSpecifications: [tagged('internet-gateway', marked(request), request.name)] }))).InternetGateway!;
      return { ...toGateway(gateway, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toGateway(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { InternetGateways = [], NextToken } = await ec2.send(new ec2.DescribeInternetGatewaysCommand({ ...query, Filters: narrow(request.tags, 'internet-gateway-id', ids) }));
        return { items: InternetGateways.filter(({ Tags }) => tagOf(Tags, NETWORK_TAG) === undefined).map((gateway) => toGateway(gateway, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: id })));
    },

    async attach({ region, id, networkId }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await ec2.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: networkId })).catch(async (error: unknown) => {
        if (!failedWith(error, 'Resource.AlreadyAssociated') || toGateway(await read(ec2, id), region).networkId !== networkId) throw error;
      });
      return toGateway(await read(ec2, id), region);
    },

    async detach({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      for (const { VpcId } of (await read(ec2, id)).Attachments ?? []) {
        await ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId })).catch((error: unknown) => {
          if (!failedWith(error, 'Gateway.NotAttached')) throw error;
        });
      }
      return toGateway(await read(ec2, id), region);
    },
  };
}
