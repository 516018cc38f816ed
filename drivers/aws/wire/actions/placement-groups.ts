import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { thingsOf } from '../describe.js';
import { invalidValue, missing, notFound, notPlayed } from '../errors.js';
import { matcher } from '../filters.js';
import { shownTags, tagsOf } from '../tags.js';

type Group = Thing<'placement-group'>;

const showGroup = (group: Group): ec2.PlacementGroup => ({
  GroupId: group.id, GroupName: group.name, GroupArn: `arn:aws:ec2:${group.region}:${group.account}:placement-group/${group.name}`, State: group.state === 'deleting' ? 'deleting' : 'available', Strategy: group.attributes.policy,
  ...(group.attributes.policy === 'spread' ? { SpreadLevel: 'rack' } : {}), Tags: shownTags(group.tags),
});

/** The group of a name; EC2 knows it by that in nearly all requests. */
export function groupNamed(view: RegionView, name: string): Group {
  const [group] = view.list('placement-group', { where: (each) => each.name === name });
  if (!group) throw notFound('placement-group', name);
  return group;
}

const createPlacementGroup = action<ec2.CreatePlacementGroupRequest, ec2.CreatePlacementGroupResult>(
  'CreatePlacementGroup', 'placement-group.create', ['GroupName', 'Strategy', 'SpreadLevel', 'TagSpecifications', 'DryRun'], (input, { view }) => {
    const { GroupName: name, Strategy: strategy = 'cluster' } = input;
    if (!name) throw missing('groupName');
    if (name.length > 255) throw invalidValue(`Value (${name}) for parameter groupName is invalid. It must have at most 255 characters.`);
    if (strategy !== 'cluster' && strategy !== 'spread') throw notPlayed(`The cloud in a box plays placement groups of the strategies cluster and spread, not ${strategy}`);
    if (input.SpreadLevel && (strategy !== 'spread' || input.SpreadLevel !== 'rack')) throw notPlayed('The cloud in a box plays spread groups of the level rack only');
    return { PlacementGroup: showGroup(view.create('placement-group', { name, tags: tagsOf(input.TagSpecifications, 'placement-group')['placement-group'], attributes: { policy: strategy } })) };
  });

/** All at once: this list has no pages. */
const describePlacementGroups = action<ec2.DescribePlacementGroupsRequest, ec2.DescribePlacementGroupsResult>('DescribePlacementGroups', 'placement-group.list', ['GroupNames', 'GroupIds', 'Filters', 'DryRun'], (input, { view }) => {
  const fits = matcher(input.Filters, {
    'group-name': (group: ec2.PlacementGroup) => group.GroupName, 'group-arn': (group) => group.GroupArn, state: (group) => group.State, strategy: (group) => group.Strategy, 'spread-level': (group) => group.SpreadLevel,
  }, (group) => group.Tags);
  const things = input.GroupNames?.length ? input.GroupNames.map((name) => groupNamed(view, name)) : thingsOf(view, 'placement-group', input.GroupIds, input.Filters);
  return { PlacementGroups: things.map(showGroup).filter(fits) };
});

const deletePlacementGroup = action<ec2.DeletePlacementGroupRequest, Done>('DeletePlacementGroup', 'placement-group.delete', ['GroupName', 'DryRun'], (input, { view }) => {
  view.delete('placement-group', groupNamed(view, input.GroupName!).id);
  return done;
});

export const placementGroupActions = [createPlacementGroup, describePlacementGroups, deletePlacementGroup];
