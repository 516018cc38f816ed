import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { isId, type Page, type PageQuery, decodePageToken, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { CallerScope } from '../http/scope.js';
import { LOG_LEVELS, type LogLevel, type LogLine, Logger, operationsOf } from '../logger/logger.js';
import { serverName } from '../work/presence.js';
import { Work } from '../work/work.js';
import { OperationLogRow } from './log.entities.js';
import { Operations } from './operations.js';

const FLUSH_MS = 500;
const BATCH = 200;
/** Lines that wait for the database at most; the oldest go first. */
const MOST_WAITING = 5000;
/** Lines of one operation that one server keeps; more are in its log only. */
const MOST_OF_ONE = 1000;
/** Operations whose lines are counted. */
const COUNTED = 2000;
const MESSAGE_CHARS = 2000;
const FIELDS_BYTES = 4000;

/** A line as people read it. */
export interface OperationLogLine { id: string; at: string; level: LogLevel; server: string; message: string; fields: Record<string, unknown> }

type NewLine = Omit<OperationLogRow, 'id' | 'at'> & { at: string };

/** What a line carries without what it says of itself, and without a stack; too much of it is left out. */
function fieldsOf(line: LogLine): Record<string, unknown> {
  const { error, ...fields } = line.fields;
  const kept = { ...(line.context.connectionId && { connectionId: line.context.connectionId }), ...fields, ...(typeof error === 'object' && error !== null && { error: { ...error, stack: undefined } }) };
  const text = JSON.stringify(kept);
  return text.length <= FIELDS_BYTES ? (JSON.parse(text) as Record<string, unknown>) : { cut: `${text.length} characters are in the log of the server only` };
}

/**
 * Keeps what servers log for an operation, so that it can be read where the operation is shown, also after the server that wrote it is gone.
 * Lines are taken in memory and written together, so that no work waits for them; a server that is killed loses half a second of them.
 */
@Injectable()
export class OperationLogs implements OnModuleInit, OnApplicationShutdown {
  private readonly server: string;
  private waiting: NewLine[] = [];
  private readonly counts = new Map<string, number>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private unfollow: () => void = () => undefined;

  constructor(@Inject(Database) private readonly database: Database, @Inject(Operations) private readonly operations: Operations, @Inject(Logger) private readonly logger: Logger, @Inject(Work) work: Work, @Inject(CONFIG) config: Config) {
    this.server = serverName(config);
    work.onTakeOver((gone) => this.noteTakeOver(gone));
  }

  onModuleInit(): void {
    this.unfollow = this.logger.follow((line) => this.take(line));
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.unfollow();
    clearInterval(this.timer);
    await this.flush();
  }

  /** Takes a line that belongs to an operation; never waits, never throws. */
  take(line: LogLine): void {
    for (const operationId of operationsOf(line.context)) {
      if (!isId(operationId)) continue;
      const count = (this.counts.get(operationId) ?? 0) + 1;
      this.counts.delete(operationId);
      this.counts.set(operationId, count);
      if (this.counts.size > COUNTED) this.counts.delete(this.counts.keys().next().value as string);
      if (count > MOST_OF_ONE) continue;
      const last = count === MOST_OF_ONE;
      this.waiting.push({ operationId, at: line.at, level: line.level, server: this.server, message: last ? `${MOST_OF_ONE} lines of this server are kept; further ones are in its own log` : line.message.slice(0, MESSAGE_CHARS), fields: last ? {} : fieldsOf(line) });
    }
    if (this.waiting.length > MOST_WAITING) this.waiting.splice(0, this.waiting.length - MOST_WAITING);
  }

  /** Writes what waits. Where the database does not answer, it waits on. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      while (this.waiting.length > 0) {
        const lines = this.waiting.slice(0, BATCH);
        try {
          await this.database.dataSource.query(
            `INSERT INTO platform.operation_log (operation_id, at, level, server, message, fields)
             SELECT l."operationId", l.at, l.level, l.server, l.message, l.fields FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS ("operationId" uuid, at timestamptz, level text, server text, message text, fields jsonb)) WITH ORDINALITY AS l ORDER BY ordinality`,
            [JSON.stringify(lines).replaceAll('\\u0000', '')]);
        } catch {
          return;
        }
        const written = new Set(lines);
        this.waiting = this.waiting.filter((line) => !written.has(line));
      }
    });
    return this.writing;
  }

  /** Lines of an operation in the order in which they were written, from a level on. @throws Problem NOT_FOUND. */
  async list(scope: CallerScope, operationId: string, query: PageQuery & { level: LogLevel }): Promise<Page<OperationLogLine>> {
    await this.operations.get(scope, operationId);
    const after = query.pageToken === undefined ? undefined : decodePageToken(query.pageToken, 1)[0];
    if (after !== undefined && !/^\d{1,18}$/.test(after)) throw new Problem('INVALID_REQUEST', 'The page token is not one that this list gave.', { errors: [{ field: 'pageToken', rule: 'must be the nextPageToken of an earlier answer of this list' }] });
    const rows = await this.database.dataSource.getRepository(OperationLogRow).find({
      where: { operationId, ...(query.level !== 'info' && { level: In(LOG_LEVELS.slice(LOG_LEVELS.indexOf(query.level))) }), ...(after !== undefined && { id: MoreThan(after) }) },
      order: { id: 'ASC' }, take: query.pageSize + 1,
    });
    const page = toPage(rows, query.pageSize, ({ id }) => [id]);
    return { ...page, items: page.items.map(({ operationId: _operationId, at, level, ...row }) => ({ ...row, level: level as LogLevel, at: at.toISOString() })) };
  }

  /** Notes with every operation under way that a server went away in the middle, and who goes on. */
  private async noteTakeOver(gone: string): Promise<void> {
    const message = gone === this.server ? `The server "${gone}" ended in the middle and is back: the work goes on.` : `The server "${gone}" is gone: "${this.server}" goes on with its work.`;
    await this.database.dataSource.query(
      `INSERT INTO platform.operation_log (operation_id, at, level, server, message, fields) SELECT id, clock_timestamp(), 'warn', $1, $2, '{"resumed": true}' FROM platform.operation WHERE state IN ('queued', 'running', 'cancelling') AND created_at < clock_timestamp() - interval '1 second'`, [this.server, message]);
  }
}
