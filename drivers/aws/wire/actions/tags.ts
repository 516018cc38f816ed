import type * as ec2 from '@aws-sdk/client-ec2';
import type { Tags } from '@mcmp/driver-sdk';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action, done, type Done } from '../action.js';
import { Ec2Error, invalidValue, missing, notFound, type Ec2Kind } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId, derivedId, kindOf, ownerId, RESOURCE_TYPE } from '../ids.js';
import { isGone } from '../instances.js';
import { page } from '../pages.js';
import { checkTagCount, checkTags, hiddenTags, hideTags, shownTags } from '../tags.js';

const KINDS = Object.keys(RESOURCE_TYPE) as Ec2Kind[];
/** Kinds whose name is their Name tag; groups, key pairs and images have names of their own. */
const NAMED_BY_TAG = new Set<string>([
  'network', 'internet-gateway', 'route-table', 'subnet', 'vm', 'disk', 'public-ip', 'network-interface', 'nat-gateway', 'snapshot', 'vpn-gateway', 'customer-gateway', 'vpn-connection',
]);

/** Whose tags an id means: a thing's own, or those of a part of a VM. */
interface Tagged { thing: Thing; part?: 'volume' | 'interface' }

function taggedOf(view: RegionView, id: string): Tagged {
  const kind = kindOf(id);
  if (!kind) throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`);
  const [thing] = view.list(kind, { ids: [checkId(kind, id)] }) as Thing[];
  if (thing) return { thing };
  // A part of a VM has no tags of its own in the world.
  const part = kind === 'disk' ? 'volume' : kind === 'network-interface' ? 'interface' : undefined;
  const [vm] = part ? view.list('vm', { ids: [ownerId(part === 'volume' ? 'rootVolume' : 'interface', id)], where: (each) => !isGone(each) }) : [];
  if (!part || !vm) throw notFound(kind, id);
  return { thing: vm, part };
}
const ownTags = ({ thing, part }: Tagged): Tags => (part ? hiddenTags(thing.tags, part) : thing.tags);

const createTags = action<ec2.CreateTagsRequest, Done>('CreateTags', 'tag.set', ['Resources', 'Tags', 'DryRun'], (input, { view }) => {
  const tags = checkTags(input.Tags);
  if (!Object.keys(tags).length) throw missing('tagSet');
  const all = [...new Set(input.Resources)].map((id) => taggedOf(view, id));
  if (!all.length || all.length > 1000) throw invalidValue('Expecting 1 to 1000 resources');
  for (const tagged of all) checkTagCount({ ...ownTags(tagged), ...tags });
  for (const { thing, part } of all) {
    const renamed = !part && tags.Name !== undefined && NAMED_BY_TAG.has(thing.kind) ? { name: tags.Name } : {};
    view.change(thing.kind, thing.id, { ...renamed, tags: part ? hideTags(tags, part) : tags });
  }
  return done;
}, { count: (input) => input.Resources?.length ?? 1 });

/** A tag given with a value goes only if it has that value; no tags at all means every tag of a person. */
const deleteTags = action<ec2.DeleteTagsRequest, Done>('DeleteTags', 'tag.remove', ['Resources', 'Tags', 'DryRun'], (input, { view }) => {
  for (const tagged of [...new Set(input.Resources)].map((id) => taggedOf(view, id))) {
    const { thing, part } = tagged, own = ownTags(tagged);
    const doomed = input.Tags?.length ? input.Tags : shownTags(own).map(({ Key }) => ({ Key }) as ec2.Tag);
    const keys = doomed.filter(({ Key: key = '', Value: value }) => Object.hasOwn(own, key) && !key.startsWith('aws:') && (value === undefined || own[key] === value)).map(({ Key }) => Key!);
    if (!keys.length) continue;
    const unnamed = !part && keys.includes('Name') && NAMED_BY_TAG.has(thing.kind) ? { name: '' } : {};
    view.change(thing.kind, thing.id, { ...unnamed, removeTags: part ? Object.keys(hideTags(Object.fromEntries(keys.map((key) => [key, ''])), part)) : keys });
  }
  return done;
}, { count: (input) => input.Resources?.length ?? 1 });

const describeTags = action<ec2.DescribeTagsRequest, ec2.DescribeTagsResult>('DescribeTags', 'tag.list', ['Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
  const tell = (ResourceId: string, type: string, tags: Tags): ec2.TagDescription[] => shownTags(tags).map(({ Key, Value }) => ({ Key: Key!, Value: Value!, ResourceId, ResourceType: type as ec2.ResourceType }));
  const all = KINDS.flatMap((kind) => (view.list(kind) as Thing[]).flatMap((thing) => [
    ...tell(thing.id, RESOURCE_TYPE[kind], thing.tags),
    ...(kind === 'vm' ? [...tell(derivedId('rootVolume', thing.id), 'volume', hiddenTags(thing.tags, 'volume')), ...tell(derivedId('interface', thing.id), 'network-interface', hiddenTags(thing.tags, 'interface'))] : []),
  ]));
  const fits = matcher(input.Filters, {
    key: (tag: ec2.TagDescription) => tag.Key, value: (tag) => tag.Value, 'resource-id': (tag) => tag.ResourceId, 'resource-type': (tag) => tag.ResourceType,
  }, (tag) => [{ Key: tag.Key!, Value: tag.Value! }]);
  const { items, NextToken } = page(all.filter(fits), (tag) => `${tag.ResourceId!} ${tag.Key!}`, input, { least: 5, most: 1000 });
  return { Tags: items, ...(NextToken ? { NextToken } : {}) };
});

export const tagActions = [createTags, deleteTags, describeTags];
