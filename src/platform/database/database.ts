import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { migrateEngine } from '../work/engine.js';
import { startEmbeddedPostgres } from './embedded.js';

type EntityClass = new () => object;
type MigrationClass = new () => object;

/** What {@link Database.open} needs. */
export interface DatabaseOptions {
  /** An outside PostgreSQL; undefined runs the embedded one in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  entities: EntityClass[];
  migrations: MigrationClass[];
  /** Hears when the embedded PostgreSQL had to be started again. */
  warn?: (message: string, fields: object) => void;
}

/** Any number that no other user of the same database takes for an advisory lock. */
const MIGRATION_LOCK = 7_216_401;

/** The one PostgreSQL, migrated and ready. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    /** Connection URL; holds the password, so it is never logged. */
    readonly url: string,
    private readonly stopServer: () => Promise<void>,
  ) {}

  /** Starts or reaches PostgreSQL and applies pending migrations under a lock, so that servers may start together. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const embedded = options.databaseUrl === undefined ? await startEmbeddedPostgres(options.dataDir, options.warn) : undefined;
    const url = options.databaseUrl ?? (embedded as { url: string }).url;
    const dataSource = new DataSource({
      type: 'postgres', url, entities: options.entities, migrations: options.migrations, migrationsTableName: 'migration', schema: 'platform',
      applicationName: 'mcmp', synchronize: false, extra: { max: 20, connectionTimeoutMillis: 10_000 }, logging: false,
    });
    try {
      await migrate(dataSource, url);
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
    return new Database(dataSource, url, async () => embedded?.stop());
  }

  /** Runs `work` in one transaction; what it throws rolls everything back. */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work);
  }

  /** Whether PostgreSQL answers now. */
  async ping(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }

  /** Closes the pool and stops the embedded PostgreSQL. */
  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.stopServer();
  }
}

async function migrate(dataSource: DataSource, url: string): Promise<void> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await lock.query('CREATE SCHEMA IF NOT EXISTS platform');
    await dataSource.initialize();
    await migrateEngine(url);
    await dataSource.runMigrations({ transaction: 'each' });
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  } finally {
    await lock.end();
  }
}
