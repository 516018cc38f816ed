import type { Image } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import type { Database } from '../../platform/index.js';
import type { ImageRow } from '../connector.entities.js';
import type { CatalogueImage, ImageWish } from './catalogue.js';
import { type KeyColumn, Where, afterToken, keysetPage, orderOf } from './where.js';
import { likePattern, tsQuery } from './words.js';

/** What narrows and orders a search for images. */
export const ImageQuery = PageQuery.extend({
  q: z.string().max(500).optional().meta({ description: 'Words that begin words of name, system, version, publisher, cloud, region or region name; all must fit', example: 'ubuntu 24.04 seoul' }),
  cloud: z.string().max(100).optional().meta({ description: 'The cloud', example: 'aws' }),
  connection: z.string().max(100).optional().meta({ description: 'Id or name of a connection' }),
  region: z.string().max(200).optional().meta({ description: 'Region id, or a glob of it', example: 'ap-*' }),
  osFamily: z.string().max(100).optional().meta({ description: 'Operating system', example: 'ubuntu' }),
  osVersion: z.string().max(100).optional().meta({ description: 'Version, or the beginning of it up to a dot', example: '24.04' }),
  architecture: z.enum(['amd64', 'arm64']).optional().meta({ description: 'CPU architecture' }),
  sort: z.enum(['name', 'newest']).default('name').meta({ description: 'Order' }),
});
export type ImageQuery = z.infer<typeof ImageQuery>;

type Row = Omit<ImageRow, 'words'> & { age: number; syncedAt: Date | null };

const PLACE: KeyColumn[] = [
  { sql: 'i.id', type: 'text', schema: z.string().max(1000), of: (row: Row) => row.id },
  { sql: 'i.region', type: 'text', schema: z.string().max(400), of: (row: Row) => row.region },
  { sql: 'i.connection_id', type: 'uuid', schema: z.uuid(), of: (row: Row) => row.connectionId },
];
const AGE = "coalesce(-date_part('epoch', i.created_at), 'Infinity')";
const KEYS: Record<ImageQuery['sort'], KeyColumn[]> = {
  name: [{ sql: 'i.name', type: 'text', schema: z.string().max(1000), of: (row: Row) => row.name }, ...PLACE],
  newest: [{ sql: AGE, type: 'float8', schema: z.string().regex(/^(-?\d+(\.\d+)?|Infinity)$/), of: (row: Row) => row.age }, ...PLACE],
};

const COLUMNS = `i.connection_id AS "connectionId", i.region, i.id, i.cloud, i.name, i.os_family AS "osFamily", i.os_version AS "osVersion", i.architecture, i.ssh_user AS "sshUser", i.min_disk_gib AS "minDiskGiB",
  i.created_at AS "createdAt", i.publisher, ${AGE} AS age, (SELECT r.images_synced_at FROM connector.region r WHERE r.connection_id = i.connection_id AND r.id = i.region) AS "syncedAt"`;

const plain = ({ age: _age, minDiskGiB, createdAt, publisher, architecture, syncedAt, ...row }: Row): CatalogueImage => ({
  ...row, architecture: architecture as Image['architecture'], syncedAt: (syncedAt ?? new Date()).toISOString(),
  ...(minDiskGiB !== null && { minDiskGiB }), ...(createdAt !== null && { createdAt: createdAt.toISOString() }), ...(publisher !== null && { publisher }),
});

/** `24` fits `24` and `24.04`, not `240`. */
const versionFits = (where: Where, version: string | undefined): Where =>
  version === undefined ? where : where.and('(i.os_version = ? OR i.os_version LIKE ?)', version, `${likePattern(version)}.%`);

/** Finds images of these connections, page by page. */
export async function searchImages(database: Database, connectionIds: string[], query: ImageQuery): Promise<Page<CatalogueImage>> {
  const key = KEYS[query.sort];
  const where = new Where()
    .and('i.connection_id = ANY(?)', connectionIds)
    .and('i.words @@ ?::tsquery', query.q === undefined ? undefined : tsQuery(query.q))
    .and('i.region LIKE ?', query.region === undefined ? undefined : likePattern(query.region))
    .and('i.os_family = ?', query.osFamily)
    .and('i.architecture = ?', query.architecture);
  afterToken(versionFits(where, query.osVersion), query.sort, key, query.pageToken);
  const sql = `SELECT ${COLUMNS} FROM connector.image i WHERE ${where.toString()} ORDER BY ${orderOf(key)} LIMIT ${where.value(query.pageSize + 1)}`;
  const page = keysetPage((await database.dataSource.query(sql, where.values)) as Row[], query.pageSize, query.sort, key);
  return { items: page.items.map(plain), nextPageToken: page.nextPageToken };
}

/** One image by its id. */
export async function findImage(database: Database, connectionId: string, region: string, imageId: string): Promise<CatalogueImage | undefined> {
  const rows = (await database.dataSource.query(`SELECT ${COLUMNS} FROM connector.image i WHERE i.connection_id = $1 AND i.region = $2 AND i.id = $3`, [connectionId, region, imageId])) as Row[];
  return rows[0] && plain(rows[0]);
}

/** The newest image that is what was asked for: the highest version, then the latest made. */
export async function newestImage(database: Database, connectionId: string, region: string, wish: ImageWish): Promise<CatalogueImage | undefined> {
  const where = new Where().and('i.connection_id = ?', connectionId).and('i.region = ?', region).and('i.os_family = ?', wish.osFamily).and('i.architecture = ?', wish.architecture);
  versionFits(where, wish.osVersion);
  const version = `string_to_array(regexp_replace(i.os_version, '[^0-9.].*$|^\\.+|\\.+$', '', 'g'), '.')`;
  const rows = (await database.dataSource.query(
    `SELECT ${COLUMNS} FROM connector.image i WHERE ${where.toString()}
     ORDER BY (SELECT array_agg(lpad(part, 8, '0') ORDER BY place) FROM unnest(${version}) WITH ORDINALITY AS parts(part, place)) DESC NULLS LAST, i.created_at DESC NULLS LAST, i.name DESC, i.id LIMIT 1`,
    where.values,
  )) as Row[];
  return rows[0] && plain(rows[0]);
}
