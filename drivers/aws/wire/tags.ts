import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Tags } from '@mcmp/driver-sdk';
import { Ec2Error, invalidValue } from './errors.js';

/**
 * EC2 keeps things beside a resource for which the world has no field (a VM's key name, tags of its root volume, a VPC's DNS settings).
 * They are tags under the prefix `aws:`, which EC2 reserves: nobody can set, delete or see them.
 */
const HIDDEN = 'aws:';
const MOST_TAGS = 50;

/** What a resource shows as its tags. */
export const shownTags = (tags: Tags): Tag[] => Object.entries(tags).filter(([key]) => !key.startsWith(HIDDEN)).map(([Key, Value]) => ({ Key, Value }));

/** Moves tags under a reserved prefix, e.g. `aws:volume:`, and back. */
export const hideTags = (tags: Tags, what: string): Tags => Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${HIDDEN}${what}:${key}`, value]));
export function hiddenTags(tags: Tags, what: string): Tags {
  const prefix = `${HIDDEN}${what}:`;
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]));
}

/** One value kept out of sight, and how it is read again. */
export const hidden = (what: string, value: string): Tags => ({ [HIDDEN + what]: value });
export const readHidden = (tags: Tags, what: string): string | undefined => tags[HIDDEN + what];

/**
 * Checks tags that a person gives: keys of 1–127 and values of at most 256 characters, no reserved prefix, no key twice, 50 at most.
 * @throws Ec2Error InvalidParameterValue, TagLimitExceeded.
 */
export function checkTags(given: Tag[] | undefined): Tags {
  const tags: Tags = {};
  for (const { Key: key, Value: value = '' } of given ?? []) {
    if (!key || key.length > 127) throw invalidValue('Tag key length must be between 1 and 127 characters');
    if (key.toLowerCase().startsWith(HIDDEN)) throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    if (value.length > 256) throw invalidValue('Tag value exceeds the maximum length of 256 characters');
    if (Object.hasOwn(tags, key)) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    tags[key] = value;
  }
  checkTagCount(tags);
  return tags;
}

/** @throws Ec2Error TagLimitExceeded for more than 50 tags of a person's own. */
export function checkTagCount(tags: Tags): void {
  if (shownTags(tags).length > MOST_TAGS) throw new Ec2Error('TagLimitExceeded', 'You have reached the maximum number of tags on a resource (50)', 400, 'QUOTA_EXCEEDED');
}

/** The tags of a create call by resource type; any other type than those of the call is refused as EC2 does. */
export function tagsOf<T extends string>(specifications: TagSpecification[] | undefined, ...types: T[]): Record<T, Tags> {
  const result = Object.fromEntries(types.map((type) => [type, {}])) as Record<T, Tags>;
  const seen = new Set<string>();
  for (const { ResourceType: type, Tags: tags } of specifications ?? []) {
    if (!type || !types.includes(type as string as T)) throw invalidValue(`'${type ?? ''}' is not a valid taggable resource type for this operation.`);
    if (seen.has(type)) throw invalidValue(`Tag specification resource type '${type}' was given twice`);
    seen.add(type);
    result[type as string as T] = checkTags(tags);
  }
  return result;
}
