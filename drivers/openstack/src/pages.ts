import type { Page, PageRequest, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door } from './client.js';
import { hasCode } from './errors.js';

/** Where a page begins: the phase of a list that is read in several, the cloud's own marker, or how many ids are done. */
interface Place { p?: number; m?: string; o?: number }

const encode = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function decode(token: string | undefined): Place {
  if (token === undefined) return {};
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Place;
    const whole = [place.p ?? 0, place.o ?? 0].every((count) => Number.isSafeInteger(count) && count >= 0);
    if (whole && !Array.isArray(place) && ['undefined', 'string'].includes(typeof place.m)) return place;
  } catch {
    // Told below.
  }
  throw strange();
}

const strange = (): DriverError => new DriverError('INVALID_REQUEST', 'pageToken is not one that this list gave, or what it names is gone: begin again without one.', { providerCode: 'BadMarker', field: 'pageToken' });

/** What one request to a list takes. */
export interface Query { limit: number; marker?: string }
/** Largest page that is asked for; VMs are followed by a request for their ports, whose address must stay short. */
const MOST = 100;

/** A page of the cloud: its rows, and whether it links to another one. */
export interface CloudPage<R> { rows: R[]; more: boolean }
type Body<R> = Record<string, R[] | { rel?: string }[] | string | undefined>;

/** Reads a page of one of OpenStack's lists, which tell by a link whether there is a next one: `servers_links` with `rel: next` beside `servers`, or `next` in Glance and Magnum. */
export async function listing<R>(door: Door, path: string, plural: string, query: Record<string, string | number | boolean | string[] | undefined>): Promise<CloudPage<R>> {
  const body = await door.get<Body<R>>(path, query);
  const links = body[`${plural}_links`] as { rel?: string }[] | undefined;
  return { rows: (body[plural] ?? []) as R[], more: links?.some(({ rel }) => rel === 'next') ?? typeof body.next === 'string' };
}

/**
 * One page by OpenStack's own `limit` and `marker` (the id of the last item).
 * @param phases readers of the parts of the list, one after another; most lists have one. A page goes on into the next part where it has room.
 */
export async function readPage<R, T>(request: PageRequest, phases: ((query: Query) => Promise<CloudPage<R>>)[], markerOf: (row: R) => string, show: (rows: R[]) => Promise<T[]> | T[]): Promise<Page<T>> {
  const size = Math.min(request.pageSize ?? MOST, MOST);
  const items: T[] = [];
  for (let place = decode(request.pageToken); ;) {
    const phase = place.p ?? 0;
    const read = phases[phase];
    if (!read) throw strange();
    const { rows, more } = await read({ limit: size - items.length, ...(place.m === undefined ? {} : { marker: place.m }) }).catch((error: unknown) => {
      // The thing that the marker names may be gone meanwhile.
      throw place.m !== undefined && hasCode(error, 'INVALID_REQUEST', 'NOT_FOUND') ? strange() : error;
    });
    items.push(...await show(rows));
    const last = rows.at(-1);
    if (more && last) return { items, nextPageToken: encode({ p: phase, m: markerOf(last) }) };
    if (phase + 1 >= phases.length) return { items };
    place = { p: phase + 1 };
    if (items.length >= size) return { items, nextPageToken: encode(place) };
  }
}

/** A page of a short list that the service gives whole. */
export async function cutPage<T>(request: PageRequest, read: () => Promise<T[]>): Promise<Page<T>> {
  const begin = decode(request.pageToken).o ?? 0;
  const all = await read();
  const size = request.pageSize ?? 1000;
  const items = all.slice(begin, begin + size);
  return begin + size < all.length ? { items, nextPageToken: encode({ o: begin + size }) } : { items };
}

/** Most things that are asked for one by one at once. */
const AT_ONCE = 8;

/** A page of things that are asked for by id, one by one; unknown ones and those without the tags are left out. */
export async function readByIds<T extends { tags: Tags }>(request: PageRequest & { ids: string[]; tags?: Tags }, find: (id: string) => Promise<T | undefined>): Promise<Page<T>> {
  const begin = decode(request.pageToken).o ?? 0;
  const ids = [...new Set(request.ids)];
  const end = Math.min(ids.length, begin + Math.min(request.pageSize ?? MOST, MOST));
  const items: T[] = [];
  for (let from = begin; from < end; from += AT_ONCE) {
    const found = await Promise.all(ids.slice(from, Math.min(end, from + AT_ONCE)).map(find));
    items.push(...found.filter((thing) => thing !== undefined).filter((thing) => carries(thing.tags, request.tags)));
  }
  return end < ids.length ? { items, nextPageToken: encode({ o: end }) } : { items };
}

/** Whether a thing has all these tags. */
export const carries = (tags: Tags, wanted: Tags = {}): boolean => Object.entries(wanted).every(([key, value]) => tags[key] === value);

/** Reads the whole of a list that we need inside one call. */
export async function readAll<R>(read: (query: Query) => Promise<CloudPage<R>>, markerOf: (row: R) => string, mostPages = 20): Promise<R[]> {
  const all: R[] = [];
  for (let pages = 0; pages < mostPages; pages += 1) {
    const last = all.at(-1);
    const { rows, more } = await read({ limit: 1000, ...(last === undefined ? {} : { marker: markerOf(last) }) });
    all.push(...rows);
    if (!more || rows.length === 0) return all;
  }
  throw new DriverError('UNAVAILABLE', `The list had no end after ${mostPages} pages.`);
}
