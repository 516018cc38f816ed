import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Logger } from '../logger/logger.js';
import { FENCE_MS } from '../work/presence.js';
import { HEALTH_STATES, type HealthPart, type HealthState, part, worst } from './part.js';
import { type ServerFacts, ServerReport } from './server-facts.js';

/** Tells how the parts of one kind are. */
export type Probe = () => Promise<HealthPart[]>;
/** A server in the tables, with what it last said of itself. */
export interface KnownServer { name: string; startedAt: Date; seenAt: Date; silentMs: number; facts: Partial<ServerFacts> }

/** The whole answer. */
export interface Diagnosed { state: HealthState; asOf: string; counts: Record<HealthState, number>; parts: HealthPart[] }

const PROBE_MS = 5000;
const SLOW_DATABASE_MS = 500;
const LATE_WORK_S = 30;
/** A server whose event loop stood still for so long is too busy to answer well. */
const BUSY_MS = 1000;

/** How the platform is, part by part, as far as this server and the database know; each domain adds a probe of its own. */
@Injectable()
export class Diagnosis {
  private readonly probes = new Map<string, Probe>();

  constructor(@Inject(Database) private readonly database: Database, @Inject(ServerReport) private readonly report: ServerReport, @Inject(Logger) private readonly logger: Logger) {
    this.probe('server', () => this.serverParts());
    this.probe('database', () => this.databaseParts());
    this.probe('work', () => this.workParts());
  }

  /** Adds the probe of a kind of parts. */
  probe(kind: string, probe: Probe): void {
    this.probes.set(kind, probe);
  }

  /** Looks at every part now, side by side; a probe that fails or hangs is itself told, and hides no other. */
  async look(): Promise<Diagnosed> {
    const found = await Promise.all([...this.probes].map(async ([kind, probe]) => {
      const stop = new AbortController();
      const late = delay(PROBE_MS, undefined, { signal: stop.signal }).then(() => { throw new Error(`no answer within ${PROBE_MS / 1000} s`); });
      try {
        return await Promise.race([probe(), late]);
      } catch (error) {
        this.logger.warn('a part of the platform could not be looked at', { kind, reason: error instanceof Error ? error.message : String(error) });
        return [part({ kind, name: kind, state: 'unknown', detail: `It could not be looked at: ${error instanceof Error ? error.message : String(error)}`, help: 'The log of this server says more.' })];
      } finally {
        late.catch(() => undefined);
        stop.abort();
      }
    }));
    const parts = found.flat();
    const counts = Object.fromEntries(HEALTH_STATES.map((state) => [state, parts.filter((each) => each.state === state).length])) as Record<HealthState, number>;
    return { state: worst(parts.map(({ state }) => state)), asOf: new Date().toISOString(), counts, parts };
  }

  /** Servers that work on this database. One that does no work (`MCMP_WORKERS=0`) is known to itself alone. */
  async servers(): Promise<KnownServer[]> {
    return this.database.dataSource.query<KnownServer[]>(
      `SELECT name, started_at AS "startedAt", seen_at AS "seenAt", (extract(epoch FROM clock_timestamp() - seen_at) * 1000)::float8 AS "silentMs", facts FROM platform.server ORDER BY name`);
  }

  private async serverParts(): Promise<HealthPart[]> {
    const servers = await this.servers();
    const own = this.report.now();
    const parts = servers.map(({ name, startedAt, seenAt, silentMs, facts }) => {
      const told = name === this.report.server ? own : facts;
      const silent = silentMs > FENCE_MS;
      const busy = !silent && (told.longestPauseMs ?? 0) > BUSY_MS;
      return part({
        kind: 'server', name, state: silent ? 'down' : busy ? 'degraded' : 'ok',
        detail: silent ? `No heartbeat for ${Math.round(silentMs / 1000)} s: it was killed, hangs, or does not reach the database.` : busy ? `It stood still for ${told.longestPauseMs} ms: it has more to do than its processor can.` : `It takes requests and work${name === this.report.server ? ', and gave this answer' : ''}.`,
        since: silent ? seenAt.toISOString() : startedAt.toISOString(),
        help: silent ? 'Start it again. Its work goes on by itself, here or on another server.' : busy ? 'Give the machine more processors, or start another server on the same database.' : null,
        facts: factsOf(told),
      });
    });
    if (!servers.some(({ name }) => name === this.report.server)) parts.unshift(part({ kind: 'server', name: this.report.server, state: 'ok', detail: 'It takes requests and gave this answer, but takes no work.', since: own.startedAt, facts: factsOf(own) }));
    return parts;
  }

  private async databaseParts(): Promise<HealthPart[]> {
    const began = performance.now();
    await this.database.ping();
    const pingMs = Math.round(performance.now() - began);
    const [row] = await this.database.dataSource.query<{ version: string; size: number; used: number; most: number; startedAt: Date }[]>(
      `SELECT current_setting('server_version') AS version, (pg_database_size(current_database()) / 1048576)::integer AS size, (SELECT count(*)::integer FROM pg_stat_activity) AS used, current_setting('max_connections')::integer AS most, pg_postmaster_start_time() AS "startedAt"`);
    const { version, size, used, most, startedAt } = row as NonNullable<typeof row>;
    const full = used > most * 0.9;
    const slow = pingMs > SLOW_DATABASE_MS;
    return [part({
      kind: 'database', name: 'PostgreSQL', state: full || slow ? 'degraded' : 'ok', since: startedAt.toISOString(),
      detail: full ? `${used} of ${most} connections are taken: another server may find none.` : slow ? `It took ${pingMs} ms to answer the simplest question.` : `It answers within ${pingMs} ms.`,
      help: full ? 'Raise max_connections of PostgreSQL, or run fewer servers.' : slow ? 'Look at the load and the disk of the machine on which PostgreSQL runs.' : null,
      facts: { version: version.split(' ')[0] ?? version, sizeMiB: size, connections: used, connectionsMost: most, answerMs: pingMs },
    })];
  }

  private async workParts(): Promise<HealthPart[]> {
    const [row] = await this.database.dataSource.query<{ due: number; running: number; failing: number; lateSeconds: number | null; operations: number }[]>(
      `SELECT count(*) FILTER (WHERE locked_at IS NULL AND run_at <= now())::integer AS due, count(*) FILTER (WHERE locked_at IS NOT NULL)::integer AS running,
         (SELECT count(*)::integer FROM graphile_worker._private_jobs WHERE (payload ->> 'attempt')::integer >= 3) AS failing,
         extract(epoch FROM now() - min(run_at) FILTER (WHERE locked_at IS NULL AND run_at <= now()))::float8 AS "lateSeconds",
         (SELECT count(*)::integer FROM platform.operation WHERE state IN ('queued', 'running', 'cancelling')) AS operations FROM graphile_worker.jobs`);
    const { due, running, failing, lateSeconds, operations } = row as NonNullable<typeof row>;
    const workers = (await this.servers()).filter(({ silentMs }) => silentMs <= FENCE_MS).length;
    const late = Math.round(lateSeconds ?? 0);
    const state: HealthState = workers === 0 ? 'down' : late > LATE_WORK_S || failing > 0 ? 'degraded' : 'ok';
    return [part({
      kind: 'work', name: 'Queue', state,
      detail: workers === 0 ? 'No server takes work: nothing goes on.' : late > LATE_WORK_S ? `The oldest job has waited for ${late} s: there is more work than the servers do.` : failing > 0 ? `${failing} jobs failed three times or more and are tried again.` : `${running} jobs run, ${due} are due.`,
      help: workers === 0 ? 'Start a server without MCMP_WORKERS=0.' : late > LATE_WORK_S ? 'Start another server on the same database, or raise MCMP_WORKERS.' : failing > 0 ? 'The log of the server says why ("work failed and runs again").' : null,
      facts: { running, due, failing, oldestDueSeconds: late, operationsUnderWay: operations, serversAtWork: workers },
    })];
  }
}

const factsOf = (facts: Partial<ServerFacts>): HealthPart['facts'] => ({
  version: facts.version ?? null, node: facts.node ?? null, host: facts.host ?? null, pid: facts.pid ?? null, memoryMiB: facts.memoryMiB ?? null, cpuPercent: facts.cpuPercent ?? null, longestPauseMs: facts.longestPauseMs ?? null,
});
