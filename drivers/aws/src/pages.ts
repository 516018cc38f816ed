import type { Page, PageRequest } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';

/** What one call to an AWS list takes and gives. */
export interface ApiQuery { MaxResults: number; NextToken?: string }
export interface ApiPage<T> { items: T[]; next?: string }

/** Where a page begins: AWS's own token of its page, the items of that page already given, and the chunk of ids. */
interface Place { t?: string; o?: number; c?: number }

const encode = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function decode(token: string | undefined): Place {
  if (token === undefined) return {};
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place;
    const sound = typeof place === 'object' && place !== null && !Array.isArray(place) && ['undefined', 'string'].includes(typeof place.t) && [place.o ?? 0, place.c ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (sound) return place;
  } catch {
    // Told below.
  }
  throw new DriverError('INVALID_REQUEST', 'pageToken is not one that this list gave: begin again without one.', { field: 'pageToken' });
}

/**
 * One page of ours from one page of AWS. AWS takes no MaxResults below 5 and some of its lists take none at all, so a page of AWS may be given in several of ours; it is then read again.
 * @param bounds the smallest and largest MaxResults of this API.
 */
export async function readPage<T>(request: PageRequest, bounds: [min: number, max: number], read: (query: ApiQuery) => Promise<ApiPage<T>>): Promise<Page<T>> {
  return givePage(request, decode(request.pageToken), bounds, read);
}

/** EC2 takes at most this many values in one filter. */
const FILTER_VALUES = 200;

/** As {@link readPage}, for a list that may be narrowed by ids, which go into a filter: unlike explicit ids, unknown ones are then no error and pages are allowed. */
export async function readPageOfIds<T>(
  request: PageRequest & { ids?: string[] }, bounds: [min: number, max: number], read: (query: ApiQuery, ids: string[] | undefined) => Promise<ApiPage<T>>,
): Promise<Page<T>> {
  if (request.ids?.length === 0) return { items: [] };
  const place = decode(request.pageToken);
  const begin = (place.c ?? 0) * FILTER_VALUES;
  const ids = request.ids?.slice(begin, begin + FILTER_VALUES);
  if (ids?.length === 0) return { items: [] };
  const page = await givePage(request, place, bounds, (query) => read(query, ids));
  const further = request.ids !== undefined && request.ids.length > begin + FILTER_VALUES;
  return page.nextPageToken === undefined && further ? { ...page, nextPageToken: encode({ c: (place.c ?? 0) + 1 }) } : page;
}

async function givePage<T>(request: PageRequest, place: Place, [min, max]: [number, number], read: (query: ApiQuery) => Promise<ApiPage<T>>): Promise<Page<T>> {
  const size = Math.min(request.pageSize ?? max, max);
  const { items, next } = await read({ MaxResults: Math.min(max, Math.max(min, size)), ...(place.t === undefined ? {} : { NextToken: place.t }) });
  const begin = place.o ?? 0;
  const page = items.slice(begin, begin + size);
  const following: Place | undefined = begin + size < items.length ? { t: place.t, o: begin + size, c: place.c } : next ? { t: next, c: place.c } : undefined;
  return following ? { items: page, nextPageToken: encode(following) } : { items: page };
}

/** For lists that change by the day only: holds the page of AWS that the last page of ours was cut from for a minute, so that the next cut is no call. */
export class LastPage<T> {
  #held: { key: string; untilMs: number; page: ApiPage<T> } | undefined;

  async read(region: string, { MaxResults, NextToken }: ApiQuery, read: () => Promise<ApiPage<T>>): Promise<ApiPage<T>> {
    const key = JSON.stringify([region, MaxResults, NextToken]);
    if (this.#held?.key === key && Date.now() < this.#held.untilMs) return this.#held.page;
    const page = await read();
    this.#held = { key, untilMs: Date.now() + 60_000, page };
    return page;
  }
}

/** Reads the whole of a short list that we need inside one call, such as the zones of a region. */
export async function readAll<T>(max: number, read: (query: ApiQuery) => Promise<ApiPage<T>>, mostPages = 20): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await read({ MaxResults: max, ...(next === undefined ? {} : { NextToken: next }) });
    all.push(...answer.items);
    next = answer.next;
    if (!next) return all;
  }
  throw new DriverError('UNAVAILABLE', `AWS's list had no end after ${mostPages} pages.`);
}
