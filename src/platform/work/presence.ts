import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../config/start-error.js';
import type { Logger } from '../logger/logger.js';

const BEAT_MS = 1000;
/** A server that could not write its heartbeat for this long stops acting … */
export const FENCE_MS = 4000;
/** … before the others take over what it held. */
export const TAKE_OVER_MS = 5000;
const NAME_LOCK = 7_216_403;

/** A server's name is taken by one that lives. */
export class NameTakenError extends StartError {
  override readonly name = 'NameTakenError';
  constructor(name: string) {
    super(`Another server named "${name}" works on this database. Servers on one database need different names: set MCMP_SERVER_NAME, or give each a data folder (MCMP_DATA_DIR) of its own.`);
  }
}

/** The configured name, or one made up on first use and kept in the data folder. */
export function serverName(config: { serverName: string | undefined; dataDir: string }): string {
  if (config.serverName) return config.serverName;
  const file = join(config.dataDir, 'server.name');
  mkdirSync(config.dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, `server-${randomUUID().slice(0, 8)}\n`, { flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

/** What a {@link Presence} tells. */
export interface PresenceEvents {
  /** The server is in: it may act as `owner`. Called again after each time that the database was lost; `same` where it never stopped being the owner. */
  joined(owner: string, same: boolean): Promise<void>;
  /** The server must stop acting at once: it has, or will have, lost what it held. */
  fenced(reason: string): void;
  /** A server (also this one, in an earlier life) went away without a word, and its work goes on here. */
  tookOver(server: string): void;
}

/**
 * This server's place among those on the database: a lock on its name that lives as long as its connection, and a heartbeat row.
 * It joins again by itself after the database was away, and takes over what servers held whose heartbeat has stopped.
 */
export class Presence {
  private client: pg.Client | undefined;
  private owner = '';
  private backendPid: number | undefined;
  private lastBeatAt = 0;
  private fenced = true;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly url: string, readonly name: string, private readonly events: PresenceEvents, private readonly logger: Logger) {}

  /** Joins; then stays in until {@link stop}. @throws NameTakenError. */
  async start(): Promise<void> {
    await this.join();
    this.timer = setInterval(() => this.checkFence(), 250);
    this.loop = this.stay();
  }

  /** Leaves, so that the others need not wait for the heartbeat to grow old. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.loop;
    await this.client?.query('SELECT platform.work_unlock($1, NULL)', [this.name]).catch(() => undefined);
    await this.client?.query('DELETE FROM platform.server WHERE name = $1 AND owner = $2', [this.name, this.owner]).catch(() => undefined);
    await this.client?.end().catch(() => undefined);
  }

  private checkFence(): void {
    if (this.fenced || performance.now() - this.lastBeatAt < FENCE_MS) return;
    this.fenced = true;
    this.logger.error('no heartbeat: this server stops acting until the database answers', { server: this.name, forMs: FENCE_MS });
    this.events.fenced('the database does not answer');
  }

  private async stay(): Promise<void> {
    for (let failures = 0; !this.stopped; ) {
      try {
        if (!this.client) await this.join();
        await this.beat();
        failures = 0;
        await delay(BEAT_MS);
      } catch (error) {
        if (this.stopped) return;
        if (failures++ % 40 === 0) this.logger.warn('heartbeat failed', { server: this.name, reason: error instanceof Error ? error.message : String(error) });
        await this.client?.end().catch(() => undefined);
        this.client = undefined;
        await delay(250);
      }
    }
  }

  private async beat(): Promise<void> {
    const sentAt = performance.now();
    const { rows } = await (this.client as pg.Client).query<{ stale: string[] | null }>(
      `UPDATE platform.server SET seen_at = clock_timestamp() WHERE name = $1 AND owner = $2
       RETURNING (SELECT array_agg(name) FROM platform.server WHERE seen_at < clock_timestamp() - $3 * interval '1 millisecond') AS stale`, [this.name, this.owner, TAKE_OVER_MS]);
    if (!rows[0]) {
      this.fenced = true;
      this.events.fenced('another server has taken over');
      throw new Error('taken over by another server');
    }
    this.lastBeatAt = sentAt;
    for (const stale of rows[0].stale ?? []) await this.takeOver(stale);
  }

  private async takeOver(name: string): Promise<void> {
    const { rows } = await (this.client as pg.Client).query<{ jobs: number }>(
      `WITH gone AS (DELETE FROM platform.server WHERE name = $1 AND seen_at < clock_timestamp() - $2 * interval '1 millisecond' RETURNING name)
       SELECT platform.work_unlock(name, NULL) AS jobs FROM gone`, [name, TAKE_OVER_MS]);
    if (!rows[0]) return;
    this.logger.warn('took over the work of a server that is gone', { server: name, jobs: rows[0].jobs });
    this.events.tookOver(name);
  }

  /** Connects, takes the name, writes the row and frees what an earlier stay of this name held. */
  private async join(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'mcmp', connectionTimeoutMillis: 2000, query_timeout: 2000, keepAlive: true });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await this.takeName(client);
      const sentAt = performance.now();
      const same = !this.fenced && (await client.query('UPDATE platform.server SET seen_at = clock_timestamp() WHERE name = $1 AND owner = $2', [this.name, this.owner])).rowCount === 1;
      if (!same) {
        if (!this.fenced) this.events.fenced('another server has taken over');
        this.owner = `${this.name}/${randomUUID()}`;
        const { rows } = await client.query<{ left: boolean }>(
          `INSERT INTO platform.server AS server (name, owner) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, started_at = clock_timestamp(), seen_at = clock_timestamp() RETURNING server.xmax <> 0 AS left`, [this.name, this.owner]);
        await client.query('SELECT platform.work_unlock($1, $2)', [this.name, this.owner]);
        // One that stops in order takes its row away.
        if (rows[0]?.left) this.events.tookOver(this.name);
      }
      this.lastBeatAt = sentAt;
      this.fenced = false;
      this.client = client;
      this.backendPid = (client as unknown as { processID: number }).processID;
      await this.events.joined(this.owner, same);
    } catch (error) {
      this.client = undefined;
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /**
   * The lock on the name goes with its holder's connection: at once when the holder was killed. One that holds it and still writes its heartbeat
   * is alive; one that holds it and is silent for too long hangs, and loses it.
   */
  private async takeName(client: pg.Client): Promise<void> {
    const first = await this.seenAt(client);
    for (const since = performance.now(); ; await delay(100)) {
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS mine', [NAME_LOCK, this.name]);
      if (rows[0]?.mine) return;
      if (this.backendPid === undefined && (await this.seenAt(client)) !== first) throw new NameTakenError(this.name);
      // A connection of our own that broke may live on at the other end: end it at once, a stranger's only when it has been silent for long.
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid::bigint = hashtext($2)::bigint & 4294967295
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (pid = $3 OR $4)`, [NAME_LOCK, this.name, this.backendPid ?? 0, performance.now() - since > TAKE_OVER_MS]);
    }
  }

  private async seenAt(client: pg.Client): Promise<string | undefined> {
    return (await client.query<{ at: string }>('SELECT seen_at::text AS at FROM platform.server WHERE name = $1', [this.name])).rows[0]?.at;
  }
}
