import type { Capability } from '../../driver.js';
import type { Page, PageRequest } from '../../shapes.js';
import { ensure, ensureNoTwin, ensureRefused, ensureSame, ensureSameSet, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';

/** A list of rows that have no lifecycle of their own. */
export interface Listing<T> {
  /** Names the rows, and is the first part of its checks' ids, e.g. `zone`. */
  name: string;
  capability: Capability;
  method: string;
  /** The request without its page; the same each time. */
  request: (context: CheckContext) => Promise<object>;
  /** Tells rows apart. */
  key: (row: T) => string;
  /** True where a right cloud may have none. */
  mayBeEmpty?: true;
  needs?: Check['needs'];
}
export interface Reading<T> { items: T[]; complete: boolean }

async function pageOf<T>(context: CheckContext, { method, request }: Listing<T>, page: PageRequest): Promise<Page<T>> {
  const answer = (await context.invoke(method, { ...(await request(context)), ...page })) as Page<T>;
  ensure(Array.isArray(answer?.items), `${method} answered ${show(answer)}, not a page`);
  return answer;
}

/** Pages one after another, at most `most` of them; each is held to its size, and no row may come twice. */
async function pages<T>(context: CheckContext, listing: Listing<T>, pageSize: number, most: number): Promise<Reading<T>> {
  const items: T[] = [];
  let pageToken: string | undefined;
  for (let count = 0; count < most; count++) {
    const page = await pageOf(context, listing, { pageSize, ...(pageToken !== undefined && { pageToken }) });
    ensure(page.items.length <= pageSize, `a page of ${pageSize} has ${page.items.length} items`);
    items.push(...page.items);
    ensureNoTwin(items.map(listing.key), listing.name);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return { items, complete: true };
    ensure(typeof pageToken === 'string' && pageToken !== '', `nextPageToken is ${show(pageToken)}`);
  }
  return { items, complete: false };
}

/** The rows in big pages, read once; of a very long list the first 20. */
const readRaw = <T>(context: CheckContext, listing: Listing<T>): Promise<Reading<T>> => context.once(`listing:${listing.name}`, () => pages(context, listing, 1_000, 20));

/** The same for a check that is about the rows. @throws CheckSkipped where they could not be read. */
export const read = <T>(context: CheckContext, listing: Listing<T>): Promise<Reading<T>> =>
  readRaw(context, listing).catch((error: unknown) => {
    throw consequence(`the list of ${listing.name}s`, error);
  });

/** Holds every row to a rule. */
export async function everyRow<T>(context: CheckContext, listing: Listing<T>, holds: (row: T) => boolean): Promise<void> {
  const { items } = await read(context, listing);
  const wrong = items.find((row) => !holds(row));
  ensure(wrong === undefined, `wrong: ${show(wrong)}`);
}

/** What every list keeps. */
export const listingChecks = <T>(listing: Listing<T>): Check[] => {
  const { name, capability, needs = [] } = listing;
  return [
    {
      id: `${name}.pages`, capability, needs, sentence: `lists each ${name} once, in pages of the size that was asked`,
      run: async (context) => {
        const whole = await readRaw(context, listing);
        ensure(whole.items.length > 0 || listing.mayBeEmpty, 'nothing is listed');
        const small = await pages(context, listing, 2, 5);
        const known = whole.items.map(listing.key);
        const seen = small.items.map(listing.key);
        if (small.complete) ensureSameSet(seen, known, 'small pages against big ones');
        ensure(small.complete || seen.length > 0, 'five pages are empty');
        if (whole.complete) ensureSame(seen.filter((key) => !known.includes(key)), [], 'in small pages only');
      },
    },
    {
      id: `${name}.page-token`, capability, needs, sentence: `refuses a page token of a ${name} list that it never gave`,
      run: async (context) => void (await ensureRefused(pageOf(context, listing, { pageToken: 'never-given' }), ['INVALID_REQUEST'], 'a strange page token')),
    },
  ];
};
