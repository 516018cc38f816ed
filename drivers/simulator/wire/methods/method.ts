import { z } from 'zod';
import type { RegionView } from '../../world/index.js';
import type { Cursors } from '../pages.js';

/** What a method has at hand beside the region. */
export interface Caller {
  account: string;
  cursors: Cursors;
  /** Base URL at which this wire was called, e.g. `http://127.0.0.1:40003`. */
  base: string;
  /** The secret of the account: what it signs is its own. */
  secret: string;
  /** Milliseconds of the clouds' date. */
  now: number;
}

/** One method of the plain wire: what it takes, and what it does in one step of the world. */
export interface Method {
  request: z.ZodType<{ region?: string | undefined; token?: string | undefined; names?: string[] | undefined }>;
  run(view: RegionView, request: unknown, caller: Caller): unknown;
}

export const method = <T extends object>(request: z.ZodType<T>, run: (view: RegionView, request: T, caller: Caller) => unknown): Method => ({
  request: request as Method['request'], run: (view, given, caller) => run(view, given as T, caller),
});

export const text = z.string().min(1).max(512);
export const ids = z.array(text).max(100);
export const region = text;
export const tags = z.record(z.string().min(1).max(128), z.string().max(256));
export const page = { pageSize: z.int().min(1).max(1000).optional(), pageToken: z.string().max(2048).optional() };
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,61}$/, 'is a name of [a-z][a-z0-9-]{0,61}');
export const born = { region, name, token: z.string().max(64).optional(), tags: tags.default({}) };
export const byId = { region, id: text };
export const ById = z.object(byId);

/** Drops members that are undefined, so that a repeat compares alike. */
export const given = <T extends object>(value: T): { [P in keyof T]: Exclude<T[P], undefined> } => JSON.parse(JSON.stringify(value)) as { [P in keyof T]: Exclude<T[P], undefined> };

/** Takes one thing, does something with it, tells nothing. */
export const act = (work: (view: RegionView, id: string) => unknown): Method => method(ById, (view, { id }) => {
  work(view, id);
  return {};
});
