import { z } from 'zod';
import { Problem } from './problem.js';

/** Query of every list: at most `pageSize` items, beginning after the place that `pageToken` names. */
export const PageQuery = z
  .object({
    pageSize: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Most items in one answer, 1 to 200', example: 50 }),
    pageToken: z.string().min(1).max(512).optional().meta({ description: '`nextPageToken` of the answer before; absent for the first page' }),
  })
  .strict();

/** A checked {@link PageQuery}. */
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Hand it back as `pageToken` for the next page; null on the last one. */
  nextPageToken: string | null;
}

/** Schema of a page of `item`, for an answer in the API document. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextPageToken: z.string().nullable().meta({ description: 'Hand it back as `pageToken`; null on the last page', example: null }),
  });

/** An opaque token that names the place after `key` (the values of the list's sort columns). */
export const encodePageToken = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The sort key within a token.
 * @throws Problem INVALID_REQUEST where the token is not one of ours, or not of `length` parts.
 */
export function decodePageToken(token: string, length: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string' && !part.includes('\0'))) return key as string[];
  } catch {
    // told below, as any other wrong token
  }
  throw wrongToken();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is an identifier (a UUID in lower case), so that PostgreSQL takes it as `uuid`. */
export const isId = (text: string): boolean => UUID.test(text);

/** The id after which a list sorted by id goes on; undefined on the first page. */
export function idAfter(query: PageQuery): string | undefined {
  if (query.pageToken === undefined) return undefined;
  const [id] = decodePageToken(query.pageToken, 1);
  if (id === undefined || !isId(id)) throw wrongToken();
  return id;
}

/** Makes a page of `rows`, of which the caller has read one more than `pageSize` to see whether others follow. */
export function toPage<T>(rows: T[], pageSize: number, keyOf: (row: T) => readonly string[]): Page<T> {
  const items = rows.slice(0, pageSize);
  const last = items.at(-1);
  return { items, nextPageToken: rows.length > pageSize && last !== undefined ? encodePageToken(keyOf(last)) : null };
}

const wrongToken = () =>
  new Problem('INVALID_REQUEST', 'The page token is not one that this list gave.', {
    errors: [{ field: 'pageToken', rule: 'must be the nextPageToken of an earlier answer of this list', help: 'leave pageToken out to begin at the first page' }],
  });
