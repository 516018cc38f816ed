import type { Address } from '@aws-sdk/client-ec2';
import type { PublicIp, PublicIpHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith } from './errors.js';
import { byToken, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

/** AWS gives addresses no state: they are associated or not. */
const toPublicIp = (address: Address, region: string): PublicIp => {
  const id = address.AllocationId ?? '';
  const used = address.AssociationId !== undefined && address.AssociationId !== '';
  return {
    id, name: nameOf(address.Tags, id), region, tags: tagsOf(address.Tags), address: address.PublicIp ?? '', providerState: used ? 'associated' : 'allocated', state: used ? 'in-use' : 'available',
    ...present({ vmId: address.InstanceId || undefined }),
  };
};

const read = (ec2: Ec2, id: string): Promise<Address> =>
  existing('public IP', id, 'InvalidAllocationID.NotFound', ec2.send(new ec2.DescribeAddressesCommand({ AllocationIds: [id] })).then(({ Addresses }) => Addresses?.[0]));

/** Elastic IP addresses. AWS has no token for them: the token is a tag, and looked for first. */
export function publicIps(aws: Aws): PublicIpHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const found = (await ec2.send(new ec2.DescribeAddressesCommand({ Filters: [byToken(request.token)] }))).Addresses?.[0];
      if (found) return toPublicIp(found, request.region);
      const made = await ec2.send(new ec2.AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: [tagged('elastic-ip', marked(request), request.name)] }));
      return { ...toPublicIp(made, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      return toPublicIp(await read(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (_query, ids) => {
        const { Addresses = [] } = await ec2.send(new ec2.DescribeAddressesCommand({ Filters: narrow(request.tags, 'allocation-id', ids) }));
        return { items: Addresses.map((address) => toPublicIp(address, request.region)) };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.ReleaseAddressCommand({ AllocationId: id })));
    },

    async associate({ region, id, vmId }, signal) {
      const ec2 = await aws.ec2(region, signal);
      try {
        await ec2.send(new ec2.AssociateAddressCommand({ AllocationId: id, InstanceId: vmId, AllowReassociation: false }));
      } catch (error) {
        if (!failedWith(error, 'Resource.AlreadyAssociated') || (await read(ec2, id)).InstanceId !== vmId) throw error;
      }
      return toPublicIp(await read(ec2, id), region);
    },

    async disassociate({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const address = await read(ec2, id);
      if (!address.AssociationId) return toPublicIp(address, region);
      await deleted(ec2.send(new ec2.DisassociateAddressCommand({ AssociationId: address.AssociationId })));
      return toPublicIp({ ...address, AssociationId: undefined, InstanceId: undefined }, region);
    },
  };
}
