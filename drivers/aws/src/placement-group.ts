import type { PlacementGroup as AwsGroup } from '@aws-sdk/client-ec2';
import type { PlacementGroup, PlacementGroupHandlers, ResourceState } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith, notSeenYet } from './errors.js';
import { filter, hasToken, marked, narrow, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

const STATES: Record<string, ResourceState> = { pending: 'pending', available: 'available', deleting: 'deleting', deleted: 'deleting' };

/** EC2 knows a placement group by its name, which is its id here. */
const toGroup = (group: AwsGroup, region: string, vmIds: string[]): PlacementGroup => ({
  id: group.GroupName ?? '', name: group.GroupName ?? '', region, tags: tagsOf(group.Tags), providerState: group.State ?? 'unknown', state: STATES[group.State ?? ''] ?? 'pending', policy: group.Strategy === 'cluster' ? 'cluster' : 'spread', vmIds,
});

/** VMs by the group that they are in. */
async function members(ec2: Ec2, names: string[]): Promise<Map<string, string[]>> {
  const byGroup = new Map<string, string[]>(names.map((name) => [name, []]));
  let NextToken: string | undefined;
  do {
    if (names.length === 0) break;
    const page = await ec2.send(new ec2.DescribeInstancesCommand({ Filters: [filter('placement-group-name', ...names), filter('instance-state-name', 'pending', 'running', 'stopping', 'stopped')], MaxResults: 1000, NextToken }));
    for (const { InstanceId, Placement } of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) if (InstanceId) byGroup.get(Placement?.GroupName ?? '')?.push(InstanceId);
    NextToken = page.NextToken || undefined;
  } while (NextToken);
  return byGroup;
}

const find = (ec2: Ec2, name: string): Promise<AwsGroup | undefined> => ec2.send(new ec2.DescribePlacementGroupsCommand({ Filters: [filter('group-name', name)] })).then(({ PlacementGroups }) => PlacementGroups?.[0]);

/** @throws DriverError NOT_FOUND. */
export const readPlacementGroup = (ec2: Ec2, name: string): Promise<AwsGroup> => existing('placement group', name, 'InvalidPlacementGroup.Unknown', find(ec2, name));

/** Placement groups of the strategies `spread` and `cluster`; names are unique in a region. */
export function placementGroups(aws: Aws): PlacementGroupHandlers {
  return {
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const group = await ec2.send(new ec2.CreatePlacementGroupCommand({ GroupName: request.name, Strategy: request.policy, TagSpecifications: [tagged('placement-group', marked(request))] })).then(({ PlacementGroup: made }) => made, async (error: unknown) => {
        if (!failedWith(error, 'InvalidPlacementGroup.Duplicate')) throw error;
        const found = await find(ec2, request.name);
        if (found && hasToken(found.Tags, request.token)) return found;
        throw found ? error : notSeenYet(`The name ${request.name}`);
      });
      return toGroup(group ?? { GroupName: request.name, Strategy: request.policy, State: 'available', Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })) }, request.region, []);
    },

    async get({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const group = await readPlacementGroup(ec2, id);
      return toGroup(group, region, (await members(ec2, [id])).get(id) ?? []);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      // DescribePlacementGroups gives all at once.
      return readPageOfIds(request, [1000, 1000], async (_query, ids) => {
        const { PlacementGroups = [] } = await ec2.send(new ec2.DescribePlacementGroupsCommand({ Filters: narrow(request.tags, 'group-name', ids) }));
        const vms = await members(ec2, PlacementGroups.flatMap(({ GroupName }) => GroupName ?? []));
        return { items: PlacementGroups.map((group) => toGroup(group, request.region, vms.get(group.GroupName ?? '') ?? [])), next: undefined };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeletePlacementGroupCommand({ GroupName: id })).catch((error: unknown) => {
        if (!failedWith(error, 'InvalidPlacementGroup.Unknown')) throw error;
      }));
    },
  };
}
