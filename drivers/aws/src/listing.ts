import type { CloudResource, ListRequest, Page, PageRequest, Tags } from '@mcmp/driver-sdk';
import type { ApiPage, ApiQuery } from './pages.js';
import { isGone } from './errors.js';
import { readPage } from './pages.js';

/** Whether a thing carries all these tags. */
export const carries = (has: Tags, wanted: Tags = {}): boolean => Object.entries(wanted).every(([key, value]) => has[key] === value);

/** Calls at once of one page; AWS's small services allow some ten per second. */
const WIDTH = 5;

/** Works on each item, a few at once, and keeps the order. */
export async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return results;
}

/** A thing by its id, or nothing where it is gone by now. */
export const orGone = <T>(look: Promise<T>): Promise<T | undefined> => look.catch((error: unknown) => {
  if (isGone(error)) return undefined;
  throw error;
});

/** Ids that a caller named, in pages like a list of AWS's. */
const pageOfIds = (ids: readonly string[]) => async ({ MaxResults, NextToken = '0' }: ApiQuery): Promise<ApiPage<string>> => {
  const begin = Number(NextToken) || 0;
  const end = begin + MaxResults;
  return { items: ids.slice(begin, end), ...(end < ids.length ? { next: String(end) } : {}) };
};

/**
 * One page of a kind whose list at AWS tells names only, and can be narrowed by nothing: each thing is then asked for by itself.
 * So a page may hold fewer things than the list has names.
 * @param max most names of a page, each of which costs calls.
 */
export async function readPageOfEach<T extends CloudResource>(request: ListRequest, max: number, names: (query: ApiQuery) => Promise<ApiPage<string>>, get: (id: string) => Promise<T | undefined>): Promise<Page<T>> {
  const { items, ...rest } = await readPage(request, [1, max], request.ids ? pageOfIds([...new Set(request.ids)]) : names);
  const things = await each(items, (id) => orGone(get(id)));
  return { items: things.filter((thing): thing is Awaited<T> & T => thing !== undefined && carries(thing.tags, request.tags)), ...rest };
}

/** One page of a kind whose list at AWS tells all of each thing, but can be narrowed by neither tags nor several ids. */
export async function readPageOfAll<T extends CloudResource>(request: ListRequest, bounds: [min: number, max: number], read: (query: ApiQuery) => Promise<ApiPage<T>>): Promise<Page<T>> {
  const page = await readPage(request as PageRequest, bounds, read);
  return { ...page, items: page.items.filter(({ id, tags }) => (request.ids?.includes(id) ?? true) && carries(tags, request.tags)) };
}
