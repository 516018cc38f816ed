import type { NetworkInterface as AwsInterface } from '@aws-sdk/client-ec2';
import type { NetworkInterface, NetworkInterfaceHandlers, ResourceState } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith } from './errors.js';
import { ROLE_TAG, byToken, marked, nameOf, narrow, present, tagOf, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { available: 'available', 'in-use': 'in-use', attaching: 'in-use', detaching: 'pending', associated: 'in-use' };

const toInterface = (card: AwsInterface, region: string): NetworkInterface => {
  const id = card.NetworkInterfaceId ?? '';
  return {
    id, name: nameOf(card.TagSet, id), region, tags: tagsOf(card.TagSet), providerState: card.Status ?? 'unknown', state: STATES[card.Status ?? ''] ?? 'pending', subnetId: card.SubnetId ?? '',
    securityGroupIds: (card.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    ...present({ networkId: card.VpcId, privateIp: card.PrivateIpAddress, macAddress: card.MacAddress, vmId: attachmentOf(card)?.InstanceId }),
  };
};

const attachmentOf = ({ Attachment }: AwsInterface) => (Attachment?.InstanceId && !['detached', 'detaching'].includes(Attachment.Status ?? '') ? Attachment : undefined);

const read = (ec2: Ec2, id: string): Promise<AwsInterface> =>
  existing('network interface', id, 'InvalidNetworkInterfaceID.NotFound', ec2.send(new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] })).then(({ NetworkInterfaces }) => NetworkInterfaces?.[0]));

/** Network cards of their own life. The cards that come with a VM are part of it, and lists leave them out. */
export function networkInterfaces(aws: Aws): NetworkInterfaceHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const { NetworkInterfaces } = await ec2.send(new ec2.DescribeNetworkInterfacesCommand({ Filters: [byToken(request.token)], MaxResults: 5 }));
      const card = NetworkInterfaces?.[0] ?? (await ec2.send(new ec2.CreateNetworkInterfaceCommand({
        SubnetId: request.subnetId, Groups: request.securityGroupIds, Description: request.name, TagSpecifications: [tagged('network-interface', marked(request), request.name)],
        ...(request.privateIp !== undefined && { PrivateIpAddress: request.privateIp }),
      }))).NetworkInterface!;
      return { ...toInterface(card, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toInterface(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { NetworkInterfaces = [], NextToken } = await ec2.send(new ec2.DescribeNetworkInterfacesCommand({ ...query, Filters: narrow(request.tags, 'network-interface-id', ids) }));
        return { items: NetworkInterfaces.filter(({ TagSet }) => tagOf(TagSet, ROLE_TAG) !== 'vm').map((card) => toInterface(card, request.region)), next: NextToken };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })));
    },

    async attach({ region, id, vmId }, signal) {
      const ec2 = await aws.ec2(region, signal);
      if (attachmentOf(await read(ec2, id))?.InstanceId !== vmId) {
        await ec2.send(new ec2.AttachNetworkInterfaceCommand({ NetworkInterfaceId: id, InstanceId: vmId, DeviceIndex: await freeIndex(ec2, vmId) }));
      }
      return toInterface(await read(ec2, id), region);
    },

    async detach({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const attachment = attachmentOf(await read(ec2, id));
      // Detached in between by somebody else is as good as done.
      if (attachment) await deleted(ec2.send(new ec2.DetachNetworkInterfaceCommand({ AttachmentId: attachment.AttachmentId }))).catch((error: unknown) => { if (!failedWith(error, 'InvalidAttachmentID.NotFound')) throw error; });
      return toInterface(await read(ec2, id), region);
    },
  };
}

/** The first place for a card that a VM has free; 0 is its primary one. */
async function freeIndex(ec2: Ec2, vmId: string): Promise<number> {
  const { Reservations = [] } = await ec2.send(new ec2.DescribeInstancesCommand({ InstanceIds: [vmId] }));
  const taken = new Set(Reservations[0]?.Instances?.[0]?.NetworkInterfaces?.map(({ Attachment }) => Attachment?.DeviceIndex));
  let index = 1;
  while (taken.has(index)) index += 1;
  return index;
}
