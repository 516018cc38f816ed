import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { Problem } from '../../kernel/problem.js';
import { Database } from '../database/database.js';
import { Logger } from '../logger/logger.js';

/** What a domain publishes. */
export interface NewEvent {
  workspaceId: string;
  /** Absent for what belongs to a workspace alone. */
  projectId?: string | null | undefined;
  /** `<noun>.<what happened>`, e.g. `mci.changed`. */
  type: string;
  subject: { type: string; id: string; name?: string | undefined };
  /** What a page needs to show the change; no secrets. */
  data: object;
}

/** Workspace of an event that is about all of them, e.g. a driver: whoever follows all that he may see gets it. */
export const EVERYONE = '00000000-0000-0000-0000-000000000000';

/** What readers get. */
export interface PublishedEvent {
  /** Place in the order of all events; also the `Last-Event-ID`. */
  id: string;
  type: string;
  /** ISO 8601. */
  at: string;
  workspaceId: string;
  projectId: string | null;
  subject: { type: string; id: string; name?: string };
  data: Record<string, unknown>;
}

/** Which events a reader wants. */
export interface EventFilter { projectId?: string; subjectId?: string; workspaceIds?: string[] }

/** Takes an event that matches; must be quick and must not throw. */
export type EventListener = (event: PublishedEvent) => void;

interface Place { tx: bigint; id: bigint }
interface Reader { filter: EventFilter; listener: EventListener; after: Place; live: boolean; ended: boolean }
interface Row { tx: string; id: string; type: string; created_at: Date; workspace_id: string; project_id: string | null; subject_type: string; subject_id: string; subject_name: string | null; data: Record<string, unknown> }

const CHANNEL = 'mcmp_event';
const PAGE = 500;
const POLL_MS = 2000;
/** Place before every event. */
export const FIRST_EVENT = '0-0';

const isAfter = (a: Place, b: Place): boolean => a.tx > b.tx || (a.tx === b.tx && a.id > b.id);
const textOf = ({ tx, id }: Place): string => `${tx}-${id}`;

/** The place that a `Last-Event-ID` names. @throws Problem INVALID_REQUEST. */
export function placeOf(text: string): Place {
  const [, tx, id] = /^(\d{1,18})-(\d{1,18})$/.exec(text) ?? [];
  if (tx === undefined || id === undefined) throw new Problem('INVALID_REQUEST', 'Last-Event-ID is not an id that this stream gave.', { errors: [{ field: 'Last-Event-ID', rule: 'must be the id of an event of this stream', help: 'leave the header out to begin with what happens from now on' }] });
  return { tx: BigInt(tx), id: BigInt(id) };
}

/**
 * News of the domains: published in the transaction that makes it true, read after that commits, in one order, by every server alike.
 * An event is readable once no older transaction is under way (`pg_snapshot_xmin`), so a reader that goes by (tx, id) misses none that commits late.
 */
@Injectable()
export class Events implements OnApplicationBootstrap {
  private readonly readers = new Set<Reader>();
  private tail: Place = { tx: 0n, id: 0n };
  private client: pg.Client | undefined;
  private closed = false;
  private knock: () => void = () => undefined;
  private following: Promise<void> = Promise.resolve();

  constructor(@Inject(Database) private readonly database: Database, @Inject(Logger) private readonly logger: Logger) {}

  /** Publishes one event or several, in order; readers get them when the transaction has committed, and never if it has not. */
  async publish(manager: EntityManager, events: NewEvent | NewEvent[]): Promise<void> {
    const list = Array.isArray(events) ? events : [events];
    if (list.length === 0) return;
    const rows = list.map(({ workspaceId, projectId, type, subject, data }) => ({ workspace_id: workspaceId, project_id: projectId ?? null, type, subject_type: subject.type, subject_id: subject.id, subject_name: subject.name ?? null, data }));
    await manager.query(
      `WITH made AS (INSERT INTO platform.event (workspace_id, project_id, type, subject_type, subject_id, subject_name, data)
         SELECT workspace_id, project_id, type, subject_type, subject_id, subject_name, data FROM ROWS FROM (
           jsonb_to_recordset($1::jsonb) AS (workspace_id uuid, project_id uuid, type text, subject_type text, subject_id text, subject_name text, data jsonb)) WITH ORDINALITY AS given
         ORDER BY ordinality RETURNING 1)
       SELECT pg_notify('${CHANNEL}', '') FROM made LIMIT 1`, [JSON.stringify(rows)]);
  }

  /** The place up to which everything has been handed out: where a new reader begins that wants no history. */
  now(): string {
    return textOf(this.tail);
  }

  /**
   * Reads on after the event `after`: first what was, then what comes, without gap or twin. `ready` is awaited between pages of history.
   * `live` resolves when the history is read, and rejects where the database failed; then the reader has ended.
   */
  follow(filter: EventFilter, after: string, listener: EventListener, ready?: () => Promise<void>): { live: Promise<void>; end(): void } {
    const reader: Reader = { filter, listener, after: placeOf(after), live: false, ended: false };
    this.readers.add(reader);
    const end = (): void => {
      reader.ended = true;
      this.readers.delete(reader);
    };
    const live = this.catchUp(reader, ready);
    live.catch(end);
    return { live, end };
  }

  /** Up to where the tail has come; only when the tail did not move meanwhile does the reader go live, in the same turn. */
  private async catchUp(reader: Reader, ready?: () => Promise<void>): Promise<void> {
    while (!reader.ended && isAfter(this.tail, reader.after)) {
      const until = this.tail;
      const rows = await this.read(reader.after, until, reader.filter);
      for (const row of rows) if (!reader.ended) this.hand(reader, row);
      if (rows.length < PAGE) reader.after = until;
      else await ready?.();
    }
    reader.live = true;
  }

  async onApplicationBootstrap(): Promise<void> {
    const [row] = await this.database.dataSource.query<{ horizon: string }[]>(`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon`);
    this.tail = { tx: BigInt((row as { horizon: string }).horizon) - 1n, id: 999_999_999_999_999_999n };
    this.following = this.watch();
  }

  /** Reads no more. */
  async close(): Promise<void> {
    this.closed = true;
    this.knock();
    await this.following;
    await this.client?.end().catch(() => undefined);
  }

  /** Moves the tail whenever news is told, and each two seconds in case that a telling was lost. */
  private async watch(): Promise<void> {
    for (let heldFor = 0; !this.closed; ) {
      const knocked = new Promise<void>((done) => { this.knock = done; });
      try {
        this.client ??= await this.listen();
        heldFor = (await this.advance()) ? heldFor + 1 : 0;
        const timer = new AbortController();
        await Promise.race([knocked, delay(heldFor > 0 ? Math.min(200, 15 * heldFor) : POLL_MS, undefined, { signal: timer.signal, ref: false }).catch(() => undefined)]);
        timer.abort();
      } catch (error) {
        if (this.closed) return;
        this.logger.warn('events wait for the database', { reason: error instanceof Error ? error.message : String(error) });
        await Promise.race([knocked, delay(500)]);
      }
    }
  }

  private async listen(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.database.url, application_name: 'mcmp', connectionTimeoutMillis: 2000, keepAlive: true });
    client.on('notification', () => this.knock()).on('error', () => undefined).on('end', () => {
      if (this.client === client) this.client = undefined;
      this.knock();
    });
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    return client;
  }

  /** Hands out what became readable. True where something is committed, or about to be, that is not readable yet. */
  private async advance(): Promise<boolean> {
    for (;;) {
      const [state] = await this.database.dataSource.query<{ horizon: string; held: boolean }[]>(`SELECT h.horizon::text, EXISTS (SELECT 1 FROM platform.event WHERE tx >= h.horizon) AS held FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon) AS h`);
      const { horizon, held } = state as { horizon: string; held: boolean };
      const until: Place = { tx: BigInt(horizon) - 1n, id: 999_999_999_999_999_999n };
      if (!isAfter(until, this.tail)) return held;
      const rows = await this.read(this.tail, until, {});
      for (const row of rows) {
        this.tail = { tx: BigInt(row.tx), id: BigInt(row.id) };
        for (const reader of this.readers) if (reader.live && !reader.ended) this.hand(reader, row);
      }
      if (rows.length < PAGE) {
        this.tail = until;
        for (const reader of this.readers) if (reader.live && isAfter(until, reader.after)) reader.after = until;
        return held;
      }
    }
  }

  private hand(reader: Reader, row: Row): void {
    const place = { tx: BigInt(row.tx), id: BigInt(row.id) };
    const { projectId, subjectId, workspaceIds } = reader.filter;
    if (!isAfter(place, reader.after)) return;
    reader.after = place;
    if ((projectId !== undefined && row.project_id !== projectId) || (subjectId !== undefined && row.subject_id !== subjectId) || (workspaceIds && !workspaceIds.includes(row.workspace_id))) return;
    reader.listener({
      id: textOf(place), type: row.type, at: row.created_at.toISOString(), workspaceId: row.workspace_id, projectId: row.project_id,
      subject: { type: row.subject_type, id: row.subject_id, ...(row.subject_name !== null && { name: row.subject_name }) }, data: row.data,
    });
  }

  private read(after: Place, until: Place, filter: EventFilter): Promise<Row[]> {
    return this.database.dataSource.query<Row[]>(
      `SELECT tx::text, id::text, type, created_at, workspace_id, project_id, subject_type, subject_id, subject_name, data FROM platform.event
       WHERE (tx, id) > ($1::bigint, $2::bigint) AND (tx, id) <= ($3::bigint, $4::bigint)
         AND ($5::uuid IS NULL OR project_id = $5) AND ($6::text IS NULL OR subject_id = $6) AND ($7::uuid[] IS NULL OR workspace_id = ANY ($7))
       ORDER BY event.tx, event.id LIMIT ${PAGE}` /* not by the names of the columns read, which are text */, [after.tx.toString(), after.id.toString(), until.tx.toString(), until.id.toString(), filter.projectId ?? null, filter.subjectId ?? null, filter.workspaceIds ?? null]);
  }
}
