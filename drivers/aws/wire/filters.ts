import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { Tags } from '@mcmp/driver-sdk';
import { invalidValue } from './errors.js';

/** How to read the values of one filter off an item; numbers and booleans in EC2's text. */
export type FilterTable<T> = Record<string, (item: T) => string | number | boolean | undefined | (string | number | boolean | undefined)[]>;

/** Reads the table once, so that each item is only compared: all filters must hold, each by any of its values. @throws Ec2Error InvalidParameterValue for a filter that the action has not. */
export function matcher<T>(filters: Filter[] | undefined, table: FilterTable<T>, tagsOf?: (item: T) => Tag[] | undefined): (item: T) => boolean {
  const tests = (filters ?? []).map(({ Name: name = '', Values: values = [] }) => {
    if (values.length > 200) throw invalidValue('The maximum number of filter values specified on a single call is 200');
    const fits = anyOf(values);
    if (tagsOf && name === 'tag-key') return (item: T) => (tagsOf(item) ?? []).some((tag) => fits(tag.Key ?? ''));
    if (tagsOf && name === 'tag-value') return (item: T) => (tagsOf(item) ?? []).some((tag) => fits(tag.Value ?? ''));
    if (tagsOf && name.startsWith('tag:')) return (item: T) => (tagsOf(item) ?? []).some((tag) => tag.Key === name.slice(4) && fits(tag.Value ?? ''));
    const read = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!read) throw invalidValue(`The filter '${name}' is invalid`);
    return (item: T) => [read(item)].flat().some((value) => value !== undefined && fits(String(value)));
  });
  return (item) => tests.every((test) => test(item));
}

/** Tags that must be exactly so: the part of the filters by which the world's own index can look. */
export function exactTags(filters: Filter[] | undefined): Tags {
  const exact = (filters ?? []).filter(({ Name: name, Values: values }) => name?.startsWith('tag:') && values?.length === 1 && !/[*?\\]/.test(values[0]!));
  return Object.fromEntries(exact.map(({ Name: name, Values: values }) => [name!.slice(4), values![0]!]));
}

/** `*` is any text, `?` any one character, `\` takes the next as it is; case counts. */
function anyOf(values: string[]): (text: string) => boolean {
  const plain = new Set(values.filter((value) => !/[*?\\]/.test(value)));
  const patterns = values.filter((value) => /[*?\\]/.test(value)).map((value) => new RegExp(`^${value.replace(/\\?[^]/g, asPattern)}$`, 's'));
  return (text) => plain.has(text) || patterns.some((pattern) => pattern.test(text));
}

function asPattern(token: string): string {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  return token.slice(-1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
