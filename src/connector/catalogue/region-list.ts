import { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import type { Database } from '../../platform/index.js';
import type { CloudErrorNote, RegionRow } from '../connector.entities.js';
import type { CatalogueRegion } from './catalogue.js';
import { type KeyColumn, Where, afterToken, keysetPage, orderOf } from './where.js';
import { likePattern, tsQuery } from './words.js';

/** What narrows the list of regions. */
export const RegionQuery = PageQuery.extend({
  q: z.string().max(500).optional().meta({ description: 'Words that begin words of cloud, id or name; all must fit', example: 'seoul' }),
  cloud: z.string().max(100).optional().meta({ description: 'The cloud', example: 'aws' }),
  connection: z.string().max(100).optional().meta({ description: 'Id or name of a connection' }),
  region: z.string().max(200).optional().meta({ description: 'Region id, or a glob of it', example: 'ap-*' }),
  enabled: z.enum(['true', 'false']).optional().meta({ description: 'Whether the connection may use it' }),
});
export type RegionQuery = z.infer<typeof RegionQuery>;

/** A region with what went wrong when it was read last. */
export interface ListedRegion extends CatalogueRegion { lastError: CloudErrorNote | null }

type Row = Pick<RegionRow, 'connectionId' | 'cloud' | 'id' | 'name' | 'latitude' | 'longitude' | 'enabled' | 'zones' | 'specCount' | 'imageCount' | 'lastError'> & { syncedAt: Date | null };

const ENABLED = '(r.enabled AND (cardinality(c.regions) = 0 OR r.id = ANY(c.regions)))';
const COLUMNS = `r.connection_id AS "connectionId", r.cloud, r.id, r.name, r.latitude, r.longitude, ${ENABLED} AS enabled, r.zones, r.spec_count AS "specCount", r.image_count AS "imageCount",
  CASE WHEN r.specs_synced_at IS NULL OR r.images_synced_at IS NULL THEN NULL ELSE least(r.specs_synced_at, r.images_synced_at) END AS "syncedAt", r.last_error AS "lastError"`;
const FROM = 'connector.region r JOIN connector.connection c ON c.id = r.connection_id';
const KEY: KeyColumn[] = [
  { sql: 'r.cloud', type: 'text', schema: z.string().max(400), of: (row: Row) => row.cloud },
  { sql: 'r.id', type: 'text', schema: z.string().max(400), of: (row: Row) => row.id },
  { sql: 'r.connection_id', type: 'uuid', schema: z.uuid(), of: (row: Row) => row.connectionId },
];

const plain = ({ latitude, longitude, syncedAt, ...row }: Row): ListedRegion => ({
  ...row, ...(latitude !== null && { latitude }), ...(longitude !== null && { longitude }), ...(syncedAt !== null && { syncedAt: syncedAt.toISOString() }),
});

/** Lists the regions of these connections, page by page, in the order of cloud and id. */
export async function listRegions(database: Database, connectionIds: string[], query: RegionQuery): Promise<Page<ListedRegion>> {
  const where = new Where()
    .and('r.connection_id = ANY(?)', connectionIds)
    .and('r.words @@ ?::tsquery', query.q === undefined ? undefined : tsQuery(query.q))
    .and('r.id LIKE ?', query.region === undefined ? undefined : likePattern(query.region))
    .and(`${ENABLED} = ?::boolean`, query.enabled);
  afterToken(where, 'region', KEY, query.pageToken);
  const sql = `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.toString()} ORDER BY ${orderOf(KEY)} LIMIT ${where.value(query.pageSize + 1)}`;
  const page = keysetPage((await database.dataSource.query(sql, where.values)) as Row[], query.pageSize, 'region', KEY);
  return { items: page.items.map(plain), nextPageToken: page.nextPageToken };
}

/** All regions of one connection, by id. */
export async function regionsOf(database: Database, connectionId: string): Promise<ListedRegion[]> {
  return ((await database.dataSource.query(`SELECT ${COLUMNS} FROM ${FROM} WHERE r.connection_id = $1 ORDER BY r.id`, [connectionId])) as Row[]).map(plain);
}
