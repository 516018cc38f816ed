/** What the shapes of every kind are made of; members that the SDK does not know are dropped. */
import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { z } from 'zod';

export const text = z.string().max(65_536);
export const id = z.string().min(1).max(2048);
export const count = z.number().nonnegative();
export const time = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/, 'must be an ISO 8601 time');

export const region = { region: id };
export const page = { pageSize: z.int().min(1).max(1000).optional(), pageToken: text.optional() };
export const ownTags = z.record(z.string().regex(/^[a-z0-9-]{1,63}$/, 'tag keys are of a-z, 0-9 and hyphen'), z.string().regex(/^[a-z0-9\-_.]{0,63}$/, 'tag values are at most 63 of a-z, 0-9, - _ and .'));
export const list = { ...region, ...page, ids: z.array(id).optional(), tags: ownTags.optional() };
export const byId = { ...region, id };
export const creates = { ...region, token: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 ASCII characters'), tags: ownTags, resume: z.boolean().optional() };
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,61}$/, 'must be at most 62 of a-z, 0-9 and hyphen, beginning with a letter');
export const create = { ...creates, name };
export const rules = z.array(
  z.object({ direction: z.enum(['ingress', 'egress']), protocol: z.enum(['tcp', 'udp', 'icmp', 'all']), fromPort: z.int().min(0).max(65_535).optional(), toPort: z.int().min(0).max(65_535).optional(), cidr: text }),
);

export const architecture = z.enum(['amd64', 'arm64']);
export const purchase = z.enum(['on-demand', 'spot']);
export const kind = z.enum(RESOURCE_KINDS);
export const state = z.enum(['pending', 'available', 'in-use', 'deleting', 'failed']);
export const resource = { ...byId, name: text, tags: z.record(z.string(), text), providerState: text };
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextPageToken: z.string().min(1).max(65_536).optional() });

export const done = z.unknown().transform(() => undefined);
export const lifecycle = <T extends z.ZodType, C extends z.ZodType>(thing: T, toCreate: C) => ({
  create: { request: toCreate, result: thing }, get: { request: z.object(byId), result: thing }, list: { request: z.object(list), result: pageOf(thing) }, delete: { request: z.object(byId), result: done },
});
export const inRegion = z.object({ ...region, ...page });
export const action = { request: z.object(byId), result: done };
