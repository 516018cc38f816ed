import { createHmac } from 'node:crypto';
import { WorldError } from '../world/index.js';
import type { Thing } from '../world/index.js';

export interface PageRequest { pageSize?: number | undefined; pageToken?: string | undefined }
export interface Page<T> { items: T[]; nextPageToken?: string }

/** Seals cursors of one list of one caller, so that a strange token is told from a real one. */
export class Cursors {
  constructor(private readonly secret: string, private readonly list: string) {}

  write(cursor: number | string): string {
    return Buffer.from(`${this.#seal(String(cursor))}.${cursor}`).toString('base64url');
  }

  /** @throws WorldError INVALID_REQUEST for a token that this list never gave. */
  read(token: string): string {
    const [, seal, cursor] = /^([0-9a-f]{12})\.(.*)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
    if (cursor === undefined || seal !== this.#seal(cursor)) throw new WorldError('INVALID_REQUEST', 'the page token was not given by this list', { field: 'pageToken', reason: 'InvalidPageToken' });
    return cursor;
  }

  #seal(cursor: string): string {
    return createHmac('sha256', this.secret).update(`${this.list} ${cursor}`).digest('hex').slice(0, 12);
  }
}

/** Items of a page: what was asked, and no more than the most. */
export const sizeOf = (request: PageRequest, most = 100): number => Math.min(request.pageSize ?? most, most);

/** A page of rows that never change, by place. */
export function pageOfRows<T>(rows: readonly T[], request: PageRequest, cursors: Cursors, most = 100): Page<T> {
  const from = request.pageToken === undefined ? 0 : Number(cursors.read(request.pageToken));
  const to = from + sizeOf(request, most);
  return { items: rows.slice(from, to), ...(to < rows.length && { nextPageToken: cursors.write(to) }) };
}

/** A page of things, by the number of their making, so that what comes and goes in between moves nothing. */
export function pageOfThings<T extends Thing>(things: readonly T[], request: PageRequest, cursors: Cursors, most: number): Page<T> {
  const after = request.pageToken === undefined ? 0 : Number(cursors.read(request.pageToken));
  const rest = after === 0 ? things : things.filter((thing) => thing.serial > after);
  const items = rest.slice(0, sizeOf(request, most));
  const last = items.at(-1);
  return { items, ...(last && rest.length > items.length && { nextPageToken: cursors.write(last.serial) }) };
}

/** A page of rows in the order of their keys, by the last key. */
export function pageOfKeys<T>(rows: readonly T[], keyOf: (row: T) => string, request: PageRequest, cursors: Cursors, most = 100): Page<T> {
  const after = request.pageToken === undefined ? undefined : cursors.read(request.pageToken);
  const rest = after === undefined ? rows : rows.filter((row) => keyOf(row) > after);
  const items = rest.slice(0, sizeOf(request, most));
  const last = items.at(-1);
  return { items, ...(last && rest.length > items.length && { nextPageToken: cursors.write(keyOf(last)) }) };
}
