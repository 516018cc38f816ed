import type { NatGateway as AwsGateway } from '@aws-sdk/client-ec2';
import type { NatGateway, NatGatewayHandlers, ResourceState } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { Aws, Ec2 } from './client.js';
import { steady, untilSeen } from './client.js';
import { deleted, existing } from './errors.js';
import { PART_TAG, ROLE_TAG, byToken, carries, filter, hasToken, marked, nameOf, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { pending: 'pending', available: 'available', deleting: 'deleting', deleted: 'deleting', failed: 'failed' };
/** On an address that lives as long as its gateway. */
const NAT_ADDRESS = 'nat';
const LONGEST_LOOK_MS = 2_000;

const toGateway = (gateway: AwsGateway, region: string): NatGateway => {
  const id = gateway.NatGatewayId ?? '';
  const address = gateway.NatGatewayAddresses?.[0];
  return {
    id, name: nameOf(gateway.Tags, id), region, tags: tagsOf(gateway.Tags), providerState: gateway.State ?? 'unknown', state: STATES[gateway.State ?? ''] ?? 'pending',
    ...present({ networkId: gateway.VpcId, subnetId: gateway.SubnetId, publicIp: address?.PublicIp, publicIpId: address?.AllocationId }),
  };
};

/** One that is deleted stays visible for about an hour. */
const isThere = ({ State }: AwsGateway): boolean => State !== 'deleted';

const look = async (ec2: Ec2, id: string): Promise<AwsGateway | undefined> => (await ec2.send(new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))).NatGateways?.[0];

/** NAT gateways. CreateNatGateway takes a token; the address that it needs is found by our mark. Tags are looked at here too, since not every endpoint knows them as a filter of this list. */
export function natGateways(aws: Aws): NatGatewayHandlers {
  return {
    async create(request, signal) {
      const ec2 = steady(await aws.ec2(request.region, signal), signal, ['CreateNatGateway']);
      const { NatGateways = [] } = await ec2.send(new ec2.DescribeNatGatewaysCommand({ Filter: [byToken(request.token)] }));
      const known = NatGateways.find((gateway) => isThere(gateway) && hasToken(gateway.Tags, request.token));
      const own = known || request.publicIpId !== undefined ? undefined : await ownAddress(ec2, request);
      const make = async (): Promise<AwsGateway> => (await ec2.send(new ec2.CreateNatGatewayCommand({
        SubnetId: request.subnetId, AllocationId: request.publicIpId ?? own, ClientToken: request.token, TagSpecifications: [tagged('natgateway', marked(request), request.name)],
      }))).NatGateway!;
      // An address that was just made may be unseen; one that was asked for is there or not.
      const gateway = known ?? (own === undefined ? await make() : await untilSeen(signal, make));
      const address = own ?? (request.publicIpId === undefined ? gateway.NatGatewayAddresses?.[0]?.AllocationId : undefined);
      if (address) await untilSeen(signal, () => ec2.send(new ec2.CreateTagsCommand({ Resources: [address], Tags: [{ Key: PART_TAG, Value: gateway.NatGatewayId }] })));
      return { ...toGateway(gateway, request.region), name: request.name, tags: request.tags };
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      return toGateway(await existing('NAT gateway', id, 'NatGatewayNotFound', look(ec2, id).then((gateway) => (gateway && isThere(gateway) ? gateway : undefined))), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (query, ids) => {
        const { NatGateways = [], NextToken } = await ec2.send(new ec2.DescribeNatGatewaysCommand({ ...query, Filter: narrow(request.tags, 'nat-gateway-id', ids) }));
        return { items: NatGateways.filter(isThere).map((gateway) => toGateway(gateway, request.region)).filter((gateway) => carries(gateway.tags, request.tags)), next: NextToken };
      });
    },

    /** Waits until AWS lets the gateway's own address go, which takes a minute or two; repeated, it goes on there. */
    async delete({ region, id }, signal) {
      const ec2 = steady(await aws.ec2(region, signal), signal);
      await deleted(ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: id })));
      const gateway = await lookAgain(ec2, id);
      const allocations = (gateway?.NatGatewayAddresses ?? []).flatMap(({ AllocationId }) => AllocationId ?? []);
      const ours = await Promise.all([filter(`tag:${PART_TAG}`, id), ...(allocations.length > 0 ? [filter('allocation-id', ...allocations)] : [])].map((which) =>
        ec2.send(new ec2.DescribeAddressesCommand({ Filters: [which, filter(`tag:${ROLE_TAG}`, NAT_ADDRESS)] }))));
      const owned = new Set(ours.flatMap(({ Addresses = [] }) => Addresses).flatMap(({ AllocationId }) => AllocationId ?? []));
      let waitMs = 100;
      for (let still = gateway; owned.size > 0 && still && isThere(still); still = await lookAgain(ec2, id)) {
        await wait(waitMs, undefined, { signal }).catch(() => { throw new DriverError('CONFLICT', `AWS still deletes the NAT gateway ${id}: repeat the delete, which then releases its address.`); });
        waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS);
      }
      for (const AllocationId of owned) await deleted(ec2.send(new ec2.ReleaseAddressCommand({ AllocationId })));
    },
  };
}

/** What AWS still tells of a gateway that is on its way out. */
async function lookAgain(ec2: Ec2, id: string): Promise<AwsGateway | undefined> {
  let gateway: AwsGateway | undefined;
  await deleted(look(ec2, id).then((found) => { gateway = found; }));
  return gateway;
}

/** An address for this gateway alone, that of an earlier try where there is one. */
async function ownAddress(ec2: Ec2, request: Parameters<typeof marked>[0] & { name: string }): Promise<string> {
  const { Addresses = [] } = await ec2.send(new ec2.DescribeAddressesCommand({ Filters: [byToken(request.token)] }));
  const known = Addresses[0]?.AllocationId;
  if (known) return known;
  const made = await ec2.send(new ec2.AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: [tagged('elastic-ip', { ...marked(request), [ROLE_TAG]: NAT_ADDRESS }, request.name)] }));
  return made.AllocationId!;
}
