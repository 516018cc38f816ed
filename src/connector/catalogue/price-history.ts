import type { Price } from '@mcmp/driver-sdk';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { type Page, PageQuery, decodePageToken, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import type { Database } from '../../platform/index.js';
import type { CataloguePrice } from './catalogue.js';
import { bestPrices } from './best-price.js';

/** Changes of one spec and purchase that are kept, whatever their age: spot prices change with each reading. */
const MOST_CHANGES = 100;
/** Older changes go, but for the one in force. */
const KEPT = '2 years';

/** Which changes are asked for. */
export const SpecPriceQuery = PageQuery.extend({
  purchase: z.enum(['on-demand', 'spot']).default('on-demand').meta({ description: 'Whose price' }),
}).strict();
export type SpecPriceQuery = z.infer<typeof SpecPriceQuery>;

/** The price from a time on; null where there was none any more. */
export interface PriceChange { seenAt: string; price: CataloguePrice | null }

/**
 * Notes which prices by which people sort are others than before, in the transaction that replaces them; a price that is gone is noted as gone.
 * `purchases` are those that were read; of others nothing is known.
 */
export async function notePrices(manager: EntityManager, { connectionId, region }: { connectionId: string; region: string }, purchases: Price['purchase'][], prices: Price[]): Promise<void> {
  const best = purchases.flatMap((purchase) => [...bestPrices(prices, purchase).values()]);
  const rows = best.map(({ specId, purchase, currency, perHour, source, asOf, simulated }) => ({ specId, purchase, currency, perHour, source, asOf, simulated }));
  await manager.query(
    `WITH former AS (SELECT DISTINCT ON (spec_id, purchase) spec_id, purchase, currency, per_hour FROM connector.price_change WHERE connection_id = $1 AND region = $2 AND purchase = ANY($3) ORDER BY spec_id, purchase, seen_at DESC)
     INSERT INTO connector.price_change (connection_id, region, spec_id, purchase, seen_at, currency, per_hour, source, as_of, simulated)
     SELECT $1, $2, coalesce(p."specId", f.spec_id), coalesce(p.purchase, f.purchase), clock_timestamp(), p.currency, p."perHour", p.source, p."asOf", p.simulated
     FROM jsonb_to_recordset($4) AS p("specId" text, purchase text, currency text, "perHour" float8, source text, "asOf" timestamptz, simulated boolean)
     FULL JOIN former f ON f.spec_id = p."specId" AND f.purchase = p.purchase
     WHERE (p."perHour", p.currency) IS DISTINCT FROM (f.per_hour, f.currency)
     ON CONFLICT DO NOTHING`,
    [connectionId, region, purchases, JSON.stringify(rows)],
  );
  await manager.query(
    `DELETE FROM connector.price_change AS gone USING (
       SELECT spec_id, purchase, seen_at, row_number() OVER (PARTITION BY spec_id, purchase ORDER BY seen_at DESC) AS place FROM connector.price_change WHERE connection_id = $1 AND region = $2) AS old
     WHERE gone.connection_id = $1 AND gone.region = $2 AND gone.spec_id = old.spec_id AND gone.purchase = old.purchase AND gone.seen_at = old.seen_at
       AND (old.place > ${MOST_CHANGES} OR (old.place > 1 AND old.seen_at < now() - interval '${KEPT}'))`,
    [connectionId, region],
  );
}

/** Price changes of a spec, the latest first. */
export async function priceChanges(database: Database, connectionIds: string[], of: { region: string; spec: string }, query: SpecPriceQuery): Promise<Page<PriceChange>> {
  const before = query.pageToken === undefined ? undefined : decodePageToken(query.pageToken, 1)[0];
  if (before !== undefined && Number.isNaN(Date.parse(before))) throw new Problem('INVALID_REQUEST', 'The page token is not one that this list gave.', { errors: [{ field: 'pageToken', rule: 'must be the nextPageToken of an earlier answer of this list' }] });
  const rows = await database.dataSource.query<{ key: string; seenAt: Date; currency: string | null; perHour: number; source: string; asOf: Date; simulated: boolean }[]>(
    `SELECT to_char(seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key, seen_at AS "seenAt", currency, per_hour AS "perHour", source, as_of AS "asOf", simulated FROM connector.price_change
     WHERE connection_id = ANY($1) AND region = $2 AND spec_id = $3 AND purchase = $4 AND ($5::timestamptz IS NULL OR seen_at < $5) ORDER BY seen_at DESC LIMIT $6`,
    [connectionIds, of.region, of.spec, query.purchase, before ?? null, query.pageSize + 1],
  );
  const page = toPage(rows, query.pageSize, ({ key }) => [key]);
  return { ...page, items: page.items.map(({ seenAt, currency, perHour, source, asOf, simulated }) => ({ seenAt: seenAt.toISOString(), price: currency === null ? null : { currency, perHour, source, asOf: asOf.toISOString(), simulated } })) };
}
