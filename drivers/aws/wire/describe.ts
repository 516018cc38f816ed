import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { RegionView, Thing } from '../../simulator/world/types.js';
import { notFound, type Ec2Kind } from './errors.js';
import { exactTags, matcher, type FilterTable } from './filters.js';
import { checkId } from './ids.js';
import { checkPage, page, type PageInput, type PageRule } from './pages.js';

/** The manner that every Describe of a kind has. */
export interface Description<K extends Ec2Kind, T> {
  kind: K;
  /** The ids of the request, and the name that EC2's own error has for them, e.g. `instancesSet`. */
  ids: { name: string; given: string[] | undefined };
  show(thing: Thing<K>): T;
  filters: FilterTable<T>;
  tagsOf(item: T): Tag[] | undefined;
  rule: PageRule;
}

/** Things of a kind by ids and filters, one page of them. @throws Ec2Error for ids that nothing visible has. */
export function describe<K extends Ec2Kind, T>(view: RegionView, input: PageInput & { Filters?: Filter[] | undefined }, way: Description<K, T>): { things: Thing<K>[]; items: T[]; NextToken?: string } {
  checkPage(input, way.rule, way.ids);
  const things = thingsOf(view, way.kind, way.ids.given, input.Filters);
  const fits = matcher(input.Filters, way.filters, way.tagsOf);
  const shown = things.map((thing) => ({ thing, item: way.show(thing) })).filter(({ item }) => fits(item));
  const cut = page(shown, ({ thing }) => keyOf(thing), input, way.rule, way.ids);
  return { things: cut.items.map(({ thing }) => thing), items: cut.items.map(({ item }) => item), ...(cut.NextToken ? { NextToken: cut.NextToken } : {}) };
}

/** Visible things, narrowed by ids and by those filters for which the world has an index. */
export function thingsOf<K extends Ec2Kind>(view: RegionView, kind: K, given: string[] | undefined, filters?: Filter[]): Thing<K>[] {
  const tags = exactTags(filters);
  if (!given?.length) return view.list(kind, { tags });
  const ids = [...new Set(given.map((id) => checkId(kind, id)))];
  const found = new Set(view.list(kind, { ids }).map((thing) => thing.id));
  const absent = ids.filter((id) => !found.has(id));
  if (absent.length) throw notFound(kind, absent.join(', '));
  return view.list(kind, { ids, tags });
}

/** Oldest first. */
const keyOf = (thing: Thing): string => String(thing.serial).padStart(12, '0');
