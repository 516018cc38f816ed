import { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import type { Database } from '../../platform/index.js';
import type { SpecRow } from '../connector.entities.js';
import type { CataloguePrice, CatalogueSpec, SpecWish } from './catalogue.js';
import { NOT_DOLLARS } from './best-price.js';
import { type KeyColumn, Where, afterToken, keysetPage, orderOf } from './where.js';
import { likePattern, tsQuery } from './words.js';

/** An empty parameter is no number, though JavaScript takes it for 0. */
const count = (description: string) => z.preprocess((value) => (value === '' ? Number.NaN : value), z.coerce.number().min(0).max(1e9)).optional().meta({ description });

/** What narrows and orders a search for specs. */
export const SpecQuery = PageQuery.extend({
  q: z.string().max(500).optional().meta({ description: 'Words that begin words of id, cloud, region, region name, GPU model or architecture; all must fit', example: 'aws seoul m5' }),
  cloud: z.string().max(100).optional().meta({ description: 'The cloud', example: 'aws' }),
  connection: z.string().max(100).optional().meta({ description: 'Id or name of a connection' }),
  region: z.string().max(200).optional().meta({ description: 'Region id, or a glob of it', example: 'ap-*' }),
  id: z.string().max(200).optional().meta({ description: 'Spec id, or a glob of it', example: 'm5.*' }),
  vcpu: count('Exactly so many vCPUs'),
  vcpuMin: count('Fewest vCPUs'),
  vcpuMax: count('Most vCPUs'),
  memoryMiB: count('Exactly so much memory, in MiB'),
  memoryMiBMin: count('Least memory, in MiB'),
  memoryMiBMax: count('Most memory, in MiB'),
  gpuCountMin: count('Fewest GPUs'),
  gpuCountMax: count('Most GPUs; 0 leaves GPU specs out'),
  gpuModel: z.string().max(100).optional().meta({ description: 'Part of the GPU model', example: 'A100' }),
  architecture: z.enum(['amd64', 'arm64']).optional().meta({ description: 'CPU architecture' }),
  purchase: z.enum(['on-demand', 'spot']).default('on-demand').meta({ description: 'Whose price is shown, filtered and sorted by; `spot` leaves out specs without one' }),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD').optional().meta({ description: 'Only specs that are priced in it', example: 'USD' }),
  priceMax: count('Highest price per hour, in `currency` (USD if that is absent)'),
  sort: z.enum(['price', 'vcpu', '-vcpu', 'memory', '-memory', 'name']).default('price').meta({ description: 'Order; by price, dollars come first, then other currencies, then specs without a price' }),
});
export type SpecQuery = z.infer<typeof SpecQuery>;

/** A spec as the search gives it; `price` is that of the purchase asked for. */
export type FoundSpec = CatalogueSpec;

type Row = Omit<SpecRow, 'words' | 'priceSort' | 'priceCurrency' | 'spotPriceSort' | 'spotPriceCurrency'> & { price: Omit<CataloguePrice, 'asOf'> | null; asOf: Date; sort: number; syncedAt: Date };

const Numeral = z.string().regex(/^(-?\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$/);
const text = (sql: string, of: (row: Row) => string): KeyColumn => ({ sql, type: 'text', schema: z.string().max(400), of });
const number = (sql: string, of: (row: Row) => number): KeyColumn => ({ sql, type: 'float8', schema: Numeral, of });
const PLACE = [text('s.id', (row) => row.id), text('s.region', (row) => row.region), { ...text('s.connection_id', (row) => row.connectionId), type: 'uuid', schema: z.uuid() }];

/**
 * The columns that put a search in order, without ties. Where rows are chosen by their words, `hidden` keeps the planner from walking the order's
 * index and fetching each row to look at its words: 70,000 fetches for a rare word.
 */
function keyOf(sort: SpecQuery['sort'], price: string, hidden: boolean): KeyColumn[] {
  const by = (sql: string, of: (row: Row) => number): KeyColumn => number(hidden ? `(${sql} + 0)` : sql, of);
  const byPrice = by(price, (row) => row.sort);
  switch (sort) {
    case 'price': return [byPrice, ...PLACE];
    case 'vcpu': return [by('s.vcpu', (row) => row.vcpu), byPrice, ...PLACE];
    case '-vcpu': return [{ ...by('s.vcpu', (row) => row.vcpu), descends: true }, byPrice, ...PLACE];
    case 'memory': return [by('s.memory_mib', (row) => row.memoryMiB), byPrice, ...PLACE];
    case '-memory': return [{ ...by('s.memory_mib', (row) => row.memoryMiB), descends: true }, byPrice, ...PLACE];
    case 'name': return hidden ? [text("(s.id || '')", (row) => row.id), ...PLACE.slice(1)] : PLACE;
  }
}

/** Words that fit half of all specs; a column tells them at once, where the index of words would name every second row. */
const MEANINGS = new Map([['amd64', "s.architecture = 'amd64'"], ['x86_64', "s.architecture = 'amd64'"], ['arm64', "s.architecture = 'arm64'"], ['aarch64', "s.architecture = 'arm64'"], ['gpu', 's.gpu_count > 0']]);

/** Whole rows with their best price, for the rows that `found` names. */
const rowsOf = (found: string, purchase: SpecQuery['purchase']): string => `
  SELECT s.connection_id AS "connectionId", s.region, s.id, s.cloud, s.vcpu, s.memory_mib AS "memoryMiB", s.architecture, s.gpu_count AS "gpuCount", s.gpu_model AS "gpuModel", s.gpu_memory_mib AS "gpuMemoryMiB",
    s.local_disk_gib AS "localDiskGiB", s.network_performance AS "networkPerformance", s.zones, s.${purchase === 'spot' ? 'spot_price_sort' : 'price_sort'} AS sort, r.specs_synced_at AS "syncedAt", p.as_of AS "asOf",
    CASE WHEN p.spec_id IS NOT NULL THEN jsonb_build_object('currency', p.currency, 'perHour', p.per_hour, 'source', p.source, 'simulated', p.simulated) END AS price
  FROM (${found}) AS found
  JOIN connector.spec s ON s.connection_id = found.connection_id AND s.region = found.region AND s.id = found.id
  JOIN connector.region r ON r.connection_id = s.connection_id AND r.id = s.region
  LEFT JOIN connector.price p ON p.connection_id = s.connection_id AND p.region = s.region AND p.spec_id = s.id AND p.purchase = '${purchase}' AND p.best`;

function plain({ sort: _sort, price, asOf, gpuModel, gpuMemoryMiB, localDiskGiB, networkPerformance, zones, architecture, syncedAt, ...row }: Row): FoundSpec {
  return {
    ...row, architecture: architecture as FoundSpec['architecture'], syncedAt: syncedAt.toISOString(),
    ...(gpuModel !== null && { gpuModel }), ...(gpuMemoryMiB !== null && { gpuMemoryMiB }), ...(localDiskGiB !== null && { localDiskGiB }),
    ...(networkPerformance !== null && { networkPerformance }), ...(zones !== null && { zones }), ...(price !== null && { price: { ...price, asOf: asOf.toISOString() } }),
  };
}

/**
 * The statement of a search over these connections, and its values; the bench measures exactly this.
 * It walks the index of the order, which carries the columns of the filters; with words it filters first and sorts what is left.
 */
export function specStatement(connectionIds: string[], query: SpecQuery): { sql: string; values: unknown[]; key: KeyColumn[] } {
  const spot = query.purchase === 'spot';
  const [sort, currency] = spot ? ['s.spot_price_sort', 's.spot_price_currency'] : ['s.price_sort', 's.price_currency'];
  const pieces = (query.q ?? '').toLowerCase().split(/\s+/);
  const words = tsQuery(pieces.filter((piece) => !MEANINGS.has(piece)).join(' '));
  const inDollars = query.currency === undefined || query.currency === 'USD';
  const key = keyOf(query.sort, sort, words !== undefined);
  const where = new Where()
    .and('s.connection_id = ANY(?)', connectionIds)
    .and('s.words @@ ?::tsquery', words)
    .and('s.region LIKE ?', query.region === undefined ? undefined : likePattern(query.region))
    .and('s.id LIKE ?', query.id === undefined ? undefined : likePattern(query.id))
    .and('s.vcpu = ?', query.vcpu).and('s.vcpu >= ?', query.vcpuMin).and('s.vcpu <= ?', query.vcpuMax)
    .and('s.memory_mib = ?::float8', query.memoryMiB).and('s.memory_mib >= ?::float8', query.memoryMiBMin).and('s.memory_mib <= ?::float8', query.memoryMiBMax)
    .and('s.gpu_count >= ?', query.gpuCountMin).and('s.gpu_count <= ?', query.gpuCountMax)
    .and('s.gpu_model ILIKE ?', query.gpuModel === undefined ? undefined : `%${likePattern(query.gpuModel)}%`)
    .and('s.architecture = ?', query.architecture)
    .and(`${currency} = ? AND ${sort} ${inDollars ? '<' : '>='} ${NOT_DOLLARS}`, query.currency)
    .and(`${sort} <= ?`, query.priceMax === undefined ? undefined : query.priceMax + (inDollars ? 0 : NOT_DOLLARS));
  for (const piece of pieces) if (MEANINGS.has(piece)) where.and(MEANINGS.get(piece) as string);
  if (spot) where.and("s.spot_price_sort < 'Infinity'");
  afterToken(where, query.sort, key, query.pageToken);
  const order = orderOf(key);
  const found = `SELECT s.connection_id, s.region, s.id FROM connector.spec s WHERE ${where.toString()} ORDER BY ${order} LIMIT ${where.value(query.pageSize + 1)}`;
  return { sql: `${rowsOf(found, query.purchase)} ORDER BY ${order}`, values: where.values, key };
}

/** Finds specs of these connections, page by page. */
export async function searchSpecs(database: Database, connectionIds: string[], query: SpecQuery): Promise<Page<FoundSpec>> {
  const { sql, values, key } = specStatement(connectionIds, query);
  const page = keysetPage((await database.dataSource.query(sql, values)) as Row[], query.pageSize, query.sort, key);
  return { items: page.items.map(plain), nextPageToken: page.nextPageToken };
}

/** One spec by its id. */
export async function findSpec(database: Database, connectionId: string, region: string, specId: string): Promise<CatalogueSpec | undefined> {
  const rows = (await database.dataSource.query(rowsOf('SELECT $1::uuid AS connection_id, $2 AS region, $3 AS id', 'on-demand'), [connectionId, region, specId])) as Row[];
  return rows[0] && plain(rows[0]);
}

/** Specs without GPU nearest to a size, by the ratio of vCPU and memory; among equals the cheapest first. */
export async function specsNear(database: Database, connectionId: string, region: string, near: SpecWish, limit: number): Promise<CatalogueSpec[]> {
  const order = 'round((abs(ln(s.vcpu / $4::float8)) + abs(ln(s.memory_mib / $5::float8)))::numeric, 3), s.price_sort, s.id';
  const found = `SELECT s.connection_id, s.region, s.id FROM connector.spec s WHERE s.connection_id = $1 AND s.region = $2 AND s.architecture = $3 AND s.gpu_count = 0 AND s.vcpu > 0 AND s.memory_mib > 0 ORDER BY ${order} LIMIT $6`;
  const rows = (await database.dataSource.query(`${rowsOf(found, 'on-demand')} ORDER BY ${order}`, [connectionId, region, near.architecture, near.vcpu, near.memoryMiB, limit])) as Row[];
  return rows.map(plain);
}
