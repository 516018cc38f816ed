import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, type EntityMetadata } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { entities } from '../../src/app.module.js';
import { Database } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

/** What a database and a set of entities can be compared by: `schema.table` → its shape. */
type Shape = Record<string, { columns: Record<string, string>; primary: string[]; unique: string[]; foreign: string[] }>;

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await Database.open({ databaseUrl: fresh.url, dataDir: '', entities, migrations });
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const sorted = (list: string[]): string[] => [...list].sort();

/** Reads the tables of our schemas from PostgreSQL's catalogue. */
async function catalogue(): Promise<Shape> {
  const client = new pg.Client({ connectionString: fresh.url });
  await client.connect();
  const query = async <T>(sql: string): Promise<T[]> => (await client.query(sql)).rows as T[];
  const ours = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'graphile_worker', 'public') AND n.nspname !~ '^pg_'`;
  const columns = await query<{ t: string; c: string; type: string; nullable: boolean }>(
    `SELECT n.nspname || '.' || r.relname AS t, a.attname AS c, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable
     FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid JOIN pg_namespace n ON n.oid = r.relnamespace
     WHERE r.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND ${ours}`);
  // Unique indexes over an expression or a part of the rows are more than an entity can say; the migrations have them alone.
  const indexes = await query<{ t: string; columns: string[]; primary: boolean }>(
    `SELECT n.nspname || '.' || r.relname AS t, i.indisprimary AS primary, ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (n, o) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.n ORDER BY o) AS columns
     FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND ${ours}`);
  const foreign = await query<{ t: string; name: string }>(`SELECT n.nspname || '.' || r.relname AS t, c.conname AS name FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE c.contype = 'f' AND ${ours}`);
  await client.end();
  const shape: Shape = {};
  for (const { t, c, type, nullable } of columns) (shape[t] ??= { columns: {}, primary: [], unique: [], foreign: [] }).columns[c] = `${type}${nullable ? ' null' : ''}`;
  delete shape['platform.migration'];
  for (const { t, columns, primary } of indexes) if (shape[t]) shape[t][primary ? 'primary' : 'unique'].push(...(primary ? sorted(columns) : [columns.join()]));
  for (const { t, name } of foreign) shape[t]?.foreign.push(name);
  for (const table of Object.values(shape)) for (const list of [table.unique, table.foreign]) list.sort();
  return shape;
}

const TYPES: Record<string, string> = { timestamptz: 'timestamp with time zone', int: 'integer', varchar: 'character varying', bool: 'boolean' };
/** The same of the entities. */
function ofEntities(metadatas: EntityMetadata[]): Shape {
  return Object.fromEntries(metadatas.map((metadata) => [metadata.tablePath, {
    columns: Object.fromEntries(metadata.columns.map((column) => [column.databaseName, `${TYPES[String(column.type)] ?? String(column.type)}${column.isArray ? '[]' : ''}${column.isNullable ? ' null' : ''}`])),
    primary: sorted(metadata.primaryColumns.map((column) => column.databaseName)),
    unique: sorted([...metadata.uniques, ...metadata.indices.filter((index) => index.isUnique && index.where === undefined)].map((unique) => unique.columns.map((column) => column.databaseName).join())),
    foreign: sorted(metadata.foreignKeys.map((key) => key.name as string)),
  }]));
}

describe('the schema', () => {
  it('is what the entities say, and the entities what it is', async () => {
    expect(await catalogue()).toEqual(ofEntities(database.dataSource.entityMetadatas));
  });

  it('is taken back by each migration, the last one first, and made again', async () => {
    const before = await catalogue();
    const source = new DataSource({ type: 'postgres', url: fresh.url, migrations, migrationsTableName: 'migration', schema: 'platform' });
    await source.initialize();
    try {
      for (let left = migrations.length; left > 0; left--) await source.undoLastMigration({ transaction: 'each' });
      expect(Object.keys(await catalogue())).toEqual([]);
      expect(await source.query(`SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('platform', 'iam')`)).toEqual([]);
      await source.runMigrations({ transaction: 'each' });
      expect(await catalogue()).toEqual(before);
    } finally {
      await source.destroy();
    }
  });

  it('is seen to differ where an entity has a column that the table has not', async () => {
    await database.dataSource.query('ALTER TABLE platform.server DROP COLUMN started_at');
    expect(await catalogue()).not.toEqual(ofEntities(database.dataSource.entityMetadatas));
  });
});
