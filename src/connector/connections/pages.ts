import { DriverError, type Page } from '@mcmp/driver-sdk';

/** A list longer than this is a fault of the driver, not an account. */
const MAX_ITEMS = 200_000;

/**
 * Reads a cloud's list page by page to its end.
 * @throws DriverError UNKNOWN where the driver gives the same page token twice or never ends.
 */
export async function readPages<T>(what: string, read: (pageToken?: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  for (let pageToken: string | undefined; ; ) {
    const page: Page<T> = await read(pageToken);
    for (const item of page.items) items.push(item);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return items;
    if (seen.has(pageToken) || items.length > MAX_ITEMS) throw new DriverError('UNKNOWN', `The driver never ends the list of ${what}: it ${seen.has(pageToken) ? 'gave one page token twice' : `gave more than ${MAX_ITEMS} items`}.`);
    seen.add(pageToken);
  }
}
