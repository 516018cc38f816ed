import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { WorldError } from '../../world/index.js';
import type { Granularity, RegionView, WorldCharge } from '../../world/index.js';
import { pageOfRows, sizeOf } from '../pages.js';
import type { Cursors } from '../pages.js';
import { method, page, region, text } from './method.js';

const kind = z.enum(RESOURCE_KINDS);
const time = z.string().max(40).refine((value) => !Number.isNaN(Date.parse(value)), 'is a time of ISO 8601');
const span = { region, from: time, to: time };
const iso = (at: number): string => new Date(at).toISOString();

const SEPARATOR = '/';
/** A page of a bill: the cursor says as of when it is read, in which period, and how many rows of it were told, so that later use moves nothing. */
function pageOfCharges(view: RegionView, { from, to, granularity, ...request }: { from: number; to: number; granularity: Granularity; pageSize?: number | undefined; pageToken?: string | undefined }, now: number, cursors: Cursors): { items: WorldCharge[]; nextPageToken?: string } {
  const [asOf = now, first = from, told = 0] = request.pageToken === undefined ? [] : cursors.read(request.pageToken).split(SEPARATOR).map(Number);
  const bill = view.bill(asOf);
  const items: WorldCharge[] = [];
  for (const begin of bill.periods(first, to, granularity)) {
    const rows = bill.rows(begin, granularity).slice(begin === first ? told : 0);
    const room = sizeOf(request, 1000) - items.length;
    items.push(...rows.slice(0, room));
    if (rows.length > room) return { items, nextPageToken: cursors.write([asOf, begin, (begin === first ? told : 0) + room].join(SEPARATOR)) };
  }
  return { items };
}

/** Metrics, the cloud's own log, and its bill. */
export const telemetry = {
  'metric.list': method(z.object({ region, kind, ...page }), (view, { kind: of, ...request }, { cursors }) => pageOfRows(view.metrics(of), request, cursors)),
  'metric.read': method(
    z.object({ ...span, kind, ids: z.array(text).min(1).max(500), name: text, periodSeconds: z.int().min(1).max(2_678_400), statistic: z.enum(['average', 'sum', 'minimum', 'maximum']) }),
    (view, { from, to, region: _, ...query }) => ({ items: view.readMetric({ ...query, from: Date.parse(from), to: Date.parse(to) }).map(({ id, points }) => ({ id, points: points.map(({ at, value }) => ({ at: iso(at), value })) })) }),
  ),
  'event.list': method(z.object({ ...span, resourceId: text.optional(), ...page }), (view, { from, to, resourceId, ...request }, { cursors }) => {
    const before = request.pageToken === undefined ? undefined : Number(cursors.read(request.pageToken));
    const size = sizeOf(request);
    const events = view.events({ from: Date.parse(from), to: Date.parse(to), resourceId, before }, size + 1);
    const last = events[size - 1];
    return { items: events.slice(0, size).map(({ serial, at, ...event }) => ({ id: `event-${serial}`, at: iso(at), ...event })), ...(events.length > size && last && { nextPageToken: cursors.write(last.serial) }) };
  }),
  'charge.list': method(z.object({ ...span, granularity: z.enum(['hour', 'day', 'month']), ...page }), (view, { from, to, granularity, region: _, ...request }, { cursors, now }) => {
    const [first, last] = [Date.parse(from), Date.parse(to)];
    if (granularity === 'hour' && last - first > 32 * 86_400_000) throw new WorldError('INVALID_REQUEST', 'hours are told for at most 32 days at once', { field: 'to' });
    const { items, ...rest } = pageOfCharges(view, { from: first, to: last, granularity, ...request }, now, cursors);
    return { items: items.map((row) => ({ ...row, from: iso(row.from), to: iso(row.to) })), ...rest };
  }),
};
