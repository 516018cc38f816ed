import type { z } from 'zod';
import { type Page, decodePageToken, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';

/** Conditions of a search with the values that they name by place, joined by AND. */
export class Where {
  readonly values: unknown[] = [];
  private readonly conditions: string[] = [];

  /** Adds a condition in which each `?` stands for the next of `values`; nothing is added where a value is undefined. */
  and(condition: string, ...values: unknown[]): this {
    if (values.includes(undefined)) return this;
    let next = 0;
    this.conditions.push(condition.replaceAll('?', () => this.value(values[next++])));
    return this;
  }

  /** Names a value in the statement, e.g. `$3`. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  toString(): string {
    return this.conditions.length > 0 ? this.conditions.join(' AND ') : 'true';
  }
}

/** One column of a keyset: its SQL, its type, and how a row's value is written in a page token. Only the first may descend. */
export interface KeyColumn { sql: string; type: string; schema: z.ZodType; descends?: boolean; of(row: never): string | number }

/** The ORDER BY list of a keyset. */
export const orderOf = (columns: KeyColumn[]): string => columns.map(({ sql, descends }) => (descends ? `${sql} DESC` : sql)).join(', ');

/** Goes on after the place that a page token names. @throws Problem INVALID_REQUEST where the token is of another list or another sort. */
export function afterToken(where: Where, sort: string, columns: KeyColumn[], pageToken: string | undefined): void {
  if (pageToken === undefined) return;
  const [of, ...key] = decodePageToken(pageToken, columns.length + 1);
  if (of !== sort || !columns.every((column, index) => column.schema.safeParse(key[index]).success)) {
    throw new Problem('INVALID_REQUEST', 'The page token is of another search: repeat the parameters of the request that gave it.', { errors: [{ field: 'pageToken', rule: 'must be the nextPageToken of the same search and sort' }] });
  }
  const later = (of: KeyColumn[]): string => `(${of.map(({ sql }) => sql).join(', ')}) > (${of.map(({ type }) => `?::${type}`).join(', ')})`;
  const [first, ...rest] = columns;
  if (!first?.descends) return void where.and(later(columns), ...key);
  const [value, ...others] = key;
  where.and(`${first.sql} <= ?::${first.type}`, value).and(`(${first.sql} < ?::${first.type} OR ${later(rest)})`, value, ...others);
}

/** A page of rows with its token. */
export const keysetPage = <T>(rows: T[], pageSize: number, sort: string, columns: KeyColumn[]): Page<T> => toPage(rows, pageSize, (row) => [sort, ...columns.map((column) => String(column.of(row as never)))]);
