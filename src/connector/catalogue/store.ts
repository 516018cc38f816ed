import type { Image, Price, Region, Spec, Zone } from '@mcmp/driver-sdk';
import type { EntityManager } from 'typeorm';
import { bestPrices, priceSort } from './best-price.js';
import { notePrices } from './price-history.js';
import { wordsOf } from './words.js';

/** A place whose rows are replaced. */
export interface Place { connectionId: string; cloud: string; region: string }

/** What was read of one region; a part (or the prices of a purchase) that is absent is left as it is. */
export interface RegionContents { specs?: Spec[]; images?: Image[]; prices?: Partial<Record<Price['purchase'], Price[]>> }

/** Other names under which people look for an architecture. */
const ARCHITECTURE_WORDS: Record<string, string> = { amd64: 'amd64 x86_64 x86', arm64: 'arm64 aarch64 arm' };

/** The last one of each key, since a cloud may list a thing twice while it changes. */
const unique = <T>(items: T[], key: (item: T) => string): T[] => [...new Map(items.map((item) => [key(item), item])).values()];

/**
 * Whether a connection is there; it then stays until the caller's transaction ends. Every transaction that writes for a connection begins with this: a deletion takes the connection's row first and what hangs on it after,
 * and each would wait for the other if it were done the other way round.
 */
export async function holdConnection(manager: EntityManager, connectionId: string): Promise<boolean> {
  return ((await manager.query('SELECT 1 FROM connector.connection WHERE id = $1 FOR KEY SHARE', [connectionId])) as unknown[]).length > 0;
}

/**
 * Writes the regions of a connection, and takes away those that the cloud no longer lists, with all that was in them.
 * Zones are kept where they were not read.
 */
export async function replaceRegions(manager: EntityManager, of: { connectionId: string; cloud: string }, regions: (Region & { zones?: Zone[] })[]): Promise<void> {
  const rows = unique(regions, ({ id }) => id).map(({ id, name, latitude, longitude, enabled, zones }) => ({
    id, name, latitude, longitude, enabled, zones: zones?.map((zone) => ({ id: zone.id, available: zone.available })), words: wordsOf([of.cloud, id, name]),
  }));
  const ids = rows.map(({ id }) => id);
  await manager.query(
    `INSERT INTO connector.region AS region (connection_id, id, cloud, name, latitude, longitude, enabled, zones, words)
     SELECT $1, r.id, $2, r.name, r.latitude, r.longitude, r.enabled, coalesce(r.zones, '[]'), array_to_tsvector(r.words)
     FROM jsonb_to_recordset($3) AS r(id text, name text, latitude float8, longitude float8, enabled boolean, zones jsonb, words text[])
     ON CONFLICT (connection_id, id) DO UPDATE SET cloud = excluded.cloud, name = excluded.name, latitude = excluded.latitude, longitude = excluded.longitude, enabled = excluded.enabled,
       words = excluded.words, zones = CASE WHEN excluded.zones = '[]' THEN region.zones ELSE excluded.zones END`,
    [of.connectionId, of.cloud, JSON.stringify(rows)],
  );
  for (const table of ['spec', 'price', 'price_change', 'image']) await manager.query(`DELETE FROM connector.${table} WHERE connection_id = $1 AND region <> ALL($2)`, [of.connectionId, ids]);
  await manager.query('DELETE FROM connector.region WHERE connection_id = $1 AND id <> ALL($2)', [of.connectionId, ids]);
}

/** Keeps the zones of a region as they were read. */
export async function writeZones(manager: EntityManager, { connectionId, region }: Place, zones: Zone[]): Promise<void> {
  await manager.query('UPDATE connector.region SET zones = $3 WHERE connection_id = $1 AND id = $2', [connectionId, region, JSON.stringify(zones.map(({ id, available }) => ({ id, available })))]);
}

/**
 * Replaces what a region offers, within the caller's transaction, so that readers see the former or the new offer and never a half.
 * Specs and images that did not change are not written again. Gives how many rows there are now.
 */
export async function replaceContents(manager: EntityManager, place: Place, contents: RegionContents): Promise<{ spec?: number; image?: number; price?: number }> {
  const [region] = (await manager.query('SELECT name FROM connector.region WHERE connection_id = $1 AND id = $2 FOR UPDATE', [place.connectionId, place.region])) as { name: string }[];
  if (!region) return {};
  const prices = contents.prices && (await replacePrices(manager, place, contents.prices));
  const counts = {
    ...(prices && { price: prices.length }),
    ...(contents.specs && { spec: await replaceSpecs(manager, place, region.name, contents.specs, prices ?? (await readPrices(manager, place))) }),
    ...(contents.images && { image: await replaceImages(manager, place, region.name, contents.images) }),
  };
  if (prices && !contents.specs) await pricesOntoSpecs(manager, place, prices);
  await manager.query(
    `UPDATE connector.region SET last_error = NULL,
       spec_count = coalesce($3, spec_count), specs_synced_at = CASE WHEN $3::int IS NULL THEN specs_synced_at ELSE now() END,
       image_count = coalesce($4, image_count), images_synced_at = CASE WHEN $4::int IS NULL THEN images_synced_at ELSE now() END,
       price_count = coalesce($5, price_count), prices_synced_at = CASE WHEN $5::int IS NULL THEN prices_synced_at ELSE now() END
     WHERE connection_id = $1 AND id = $2`,
    [place.connectionId, place.region, counts.spec ?? null, counts.image ?? null, counts.price ?? null],
  );
  return counts;
}

type Column = [column: string, field: string, type: string];

const PRICE_COLUMNS: Column[] = [['price_sort', 'priceSort', 'float8'], ['price_currency', 'priceCurrency', 'text'], ['spot_price_sort', 'spotPriceSort', 'float8'], ['spot_price_currency', 'spotPriceCurrency', 'text']];

/** Adds to each spec what people sort its prices by; a spec without price sorts last. */
function priced<T extends { id: string }>(specs: T[], prices: Price[]) {
  const [onDemand, spot] = [bestPrices(prices, 'on-demand'), bestPrices(prices, 'spot')];
  // JSON has no infinity; PostgreSQL reads it from text.
  const sort = (price: Price | undefined) => (price ? priceSort(price) : 'Infinity');
  return specs.map((spec) => ({ ...spec, priceSort: sort(onDemand.get(spec.id)), priceCurrency: onDemand.get(spec.id)?.currency, spotPriceSort: sort(spot.get(spec.id)), spotPriceCurrency: spot.get(spec.id)?.currency }));
}

async function replaceSpecs(manager: EntityManager, place: Place, regionName: string, specs: Spec[], prices: Price[]): Promise<number> {
  const rows = unique(specs, ({ id }) => id).map((spec) => ({
    ...spec, memoryMiB: Math.round(spec.memoryMiB), gpuMemoryMiB: rounded(spec.gpuMemoryMiB), localDiskGiB: rounded(spec.localDiskGiB),
    words: wordsOf([place.cloud, place.region, regionName, spec.id, spec.gpuModel, spec.gpuCount > 0 ? 'gpu' : undefined, ARCHITECTURE_WORDS[spec.architecture]]),
  }));
  await upsert(manager, place, 'spec', priced(rows, prices), [
    ['vcpu', 'vcpu', 'float8'], ['memory_mib', 'memoryMiB', 'int'], ['architecture', 'architecture', 'text'], ['gpu_count', 'gpuCount', 'float8'], ['gpu_model', 'gpuModel', 'text'],
    ['gpu_memory_mib', 'gpuMemoryMiB', 'int'], ['local_disk_gib', 'localDiskGiB', 'int'], ['network_performance', 'networkPerformance', 'text'], ['zones', 'zones', 'text[]'], ...PRICE_COLUMNS,
  ]);
  return rows.length;
}

async function replaceImages(manager: EntityManager, place: Place, regionName: string, images: Image[]): Promise<number> {
  const rows = unique(images, ({ id }) => id).map((image) => ({
    ...image, minDiskGiB: image.minDiskGiB === undefined ? undefined : Math.ceil(image.minDiskGiB), createdAt: image.createdAt === undefined ? undefined : inUtc(image.createdAt),
    words: wordsOf([place.cloud, place.region, regionName, image.name, image.osFamily, image.osVersion, image.publisher, ARCHITECTURE_WORDS[image.architecture]]),
  }));
  await upsert(manager, place, 'image', rows, [
    ['name', 'name', 'text'], ['os_family', 'osFamily', 'text'], ['os_version', 'osVersion', 'text'], ['architecture', 'architecture', 'text'], ['ssh_user', 'sshUser', 'text'],
    ['min_disk_gib', 'minDiskGiB', 'int'], ['created_at', 'createdAt', 'timestamptz'], ['publisher', 'publisher', 'text'],
  ]);
  return rows.length;
}

/** Writes what is new or changed of a region's rows, and deletes what is gone. */
async function upsert(manager: EntityManager, { connectionId, region, cloud }: Place, table: 'spec' | 'image', rows: { id: string; words: string[] }[], columns: Column[]): Promise<void> {
  const names = columns.map(([column]) => column);
  const all = ['cloud', 'words', ...names];
  await manager.query(
    `INSERT INTO connector.${table} AS old (connection_id, region, id, ${all.join(', ')})
     SELECT $1, $2, r.id, $3, array_to_tsvector(r.words), ${columns.map(([, field]) => `r."${field}"`).join(', ')}
     FROM jsonb_to_recordset($4) AS r(id text, words text[], ${columns.map(([, field, type]) => `"${field}" ${type}`).join(', ')})
     ON CONFLICT (connection_id, region, id) DO UPDATE SET ${all.map((column) => `${column} = excluded.${column}`).join(', ')}
     WHERE (${all.map((column) => `old.${column}`).join(', ')}) IS DISTINCT FROM (${all.map((column) => `excluded.${column}`).join(', ')})`,
    [connectionId, region, cloud, JSON.stringify(rows)],
  );
  await manager.query(`DELETE FROM connector.${table} WHERE connection_id = $1 AND region = $2 AND id <> ALL($3)`, [connectionId, region, rows.map(({ id }) => id)]);
}

/** A price of nothing is a gap in somebody's table: it is shown as missing, never as zero. */
const uniquePrices = (prices: Price[]): Price[] =>
  unique(prices.filter(({ perHour }) => perHour > 0).map((price) => ({ ...price, asOf: inUtc(price.asOf) })), ({ specId, purchase, osFamily, zone, currency }) => [specId, purchase, osFamily, zone, currency].join('\n'));

/** Replaces the prices of the purchases that were read, and gives all prices that the region has now. */
async function replacePrices(manager: EntityManager, place: Place, read: NonNullable<RegionContents['prices']>): Promise<Price[]> {
  const { connectionId, region } = place;
  const purchases = Object.keys(read) as Price['purchase'][];
  const prices = uniquePrices(purchases.flatMap((purchase) => read[purchase] ?? []));
  const best = new Set(purchases.flatMap((purchase) => [...bestPrices(prices, purchase).values()]));
  const { length: others } = (await manager.query('SELECT 1 FROM connector.price WHERE connection_id = $1 AND region = $2 AND purchase <> ALL($3) LIMIT 1', [connectionId, region, purchases])) as unknown[];
  await manager.query('DELETE FROM connector.price WHERE connection_id = $1 AND region = $2 AND purchase = ANY($3)', [connectionId, region, purchases]);
  await manager.query(
    `INSERT INTO connector.price (connection_id, region, spec_id, purchase, os_family, zone, currency, per_hour, source, as_of, simulated, best)
     SELECT $1, $2, p."specId", p.purchase, p."osFamily", coalesce(p.zone, ''), p.currency, p."perHour", p.source, p."asOf", p.simulated, p.best
     FROM jsonb_to_recordset($3) AS p("specId" text, purchase text, "osFamily" text, zone text, currency text, "perHour" float8, source text, "asOf" timestamptz, simulated boolean, best boolean)`,
    [connectionId, region, JSON.stringify(prices.map((price) => ({ ...price, best: best.has(price) })))],
  );
  await notePrices(manager, place, purchases, prices);
  return others > 0 ? readPrices(manager, place) : prices;
}

/** The prices that an earlier sync read. */
async function readPrices(manager: EntityManager, { connectionId, region }: Place): Promise<Price[]> {
  const rows = (await manager.query(
    `SELECT spec_id AS "specId", purchase, os_family AS "osFamily", nullif(zone, '') AS zone, currency, per_hour AS "perHour", source, as_of AS "asOf", simulated FROM connector.price WHERE connection_id = $1 AND region = $2`, [connectionId, region],
  )) as (Omit<Price, 'asOf'> & { asOf: Date })[];
  return rows.map(({ asOf, ...price }) => ({ ...price, region, asOf: asOf.toISOString() }));
}

/** Lays new prices onto the specs that are there. */
async function pricesOntoSpecs(manager: EntityManager, { connectionId, region }: Place, prices: Price[]): Promise<void> {
  const specs = (await manager.query('SELECT id FROM connector.spec WHERE connection_id = $1 AND region = $2', [connectionId, region])) as { id: string }[];
  await manager.query(
    `UPDATE connector.spec AS old SET ${PRICE_COLUMNS.map(([column, field]) => `${column} = r."${field}"`).join(', ')}
     FROM jsonb_to_recordset($3) AS r(id text, ${PRICE_COLUMNS.map(([, field, type]) => `"${field}" ${type}`).join(', ')})
     WHERE old.connection_id = $1 AND old.region = $2 AND old.id = r.id AND (${PRICE_COLUMNS.map(([column]) => `old.${column}`).join(', ')}) IS DISTINCT FROM (${PRICE_COLUMNS.map(([, field]) => `r."${field}"`).join(', ')})`,
    [connectionId, region, JSON.stringify(priced(specs, prices))],
  );
}

/** A time without zone, or a mere date, is meant in UTC, whatever zone the database is in. */
const inUtc = (time: string): string => new Date(/T.*(Z|[+-]\d\d:?\d\d)$/.test(time) || !time.includes('T') ? time : `${time}Z`).toISOString();

const rounded = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.round(value));
