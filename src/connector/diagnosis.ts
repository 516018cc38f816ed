import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Diagnosis, type HealthPart, type KnownServer, ServerReport, healthPart } from '../platform/index.js';
import type { CloudErrorNote, ConnectionState } from './connector.entities.js';
import { DriverViews } from './drivers/view.js';
import { DriverHost, type DriverStats } from './host/index.js';

/** Connections that are told one by one; of more, only those that are not well. */
const MOST_CONNECTIONS = 500;
const OLD_DAYS = 7;
const DAY_MS = 86_400_000;
/** Restarts after crashes from which on a driver is worth a look. */
const CRASHES = 3;

/** A driver's process as a server reports it. */
type Process = DriverStats & { rssMiB: number };
interface ConnectionLine {
  id: string; name: string; driver: string; cloud: string; state: ConnectionState; lastError: CloudErrorNote | null; verifiedAt: Date | null; syncedAt: Date | null;
  regions: number; unread: number; failing: number; regionError: CloudErrorNote | null; syncing: boolean;
}

const HELP: Partial<Record<CloudErrorNote['code'], string>> = {
  UNAUTHENTICATED: 'Give the connection a new credential and verify it.',
  FORBIDDEN: 'Grant the credential, in the cloud, the permission that the message names, then verify it.',
  PAYMENT_REQUIRED: 'Settle the account with the cloud, then verify the connection.',
  RATE_LIMITED: 'Nothing: it is asked again as the cloud allows.',
  UNAVAILABLE: 'Look whether the endpoint of the connection is right and reachable from the server, then verify it.',
  TIMEOUT: 'Look whether the endpoint of the connection is right and reachable from the server, then verify it.',
};

/** Tells how drivers and connections are, and what drivers run in each server. */
@Injectable()
export class ConnectorDiagnosis implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Diagnosis) private readonly diagnosis: Diagnosis,
    @Inject(ServerReport) private readonly report: ServerReport,
    @Inject(DriverViews) private readonly views: DriverViews,
    @Inject(DriverHost) private readonly host: DriverHost,
  ) {}

  onModuleInit(): void {
    this.report.add('drivers', () => this.processes());
    this.diagnosis.probe('driver', () => this.drivers());
    this.diagnosis.probe('connection', () => this.connections());
  }

  private processes(): Process[] {
    return this.host.stats().map((stats) => ({ ...stats, rssMiB: Math.round(stats.rssBytes / 1_048_576) }));
  }

  private async drivers(): Promise<HealthPart[]> {
    const [views, servers] = await Promise.all([this.views.list(), this.diagnosis.servers()]);
    const own = this.processes();
    const of = (server: KnownServer): Process[] => (server.name === this.report.server ? own : ((server.facts.drivers ?? []) as Process[]));
    const running = servers.length > 0 ? servers.flatMap(of) : own;
    return views.map((driver) => {
      const mine = running.filter((process) => process.driver === driver.name);
      const sum = (key: 'rssMiB' | 'calls' | 'errors' | 'restarts' | 'inFlight'): number => mine.reduce((total, process) => total + process[key], 0);
      const facts = { version: driver.version, connections: driver.connections, processes: mine.filter(({ state }) => state !== 'idle').length, memoryMiB: sum('rssMiB'), calls: sum('calls'), errors: sum('errors'), crashes: sum('restarts'), callsUnderWay: sum('inFlight') };
      const behind = driver.servers.filter(({ state }) => state === 'failed');
      const told = { kind: 'driver', name: driver.name, facts, target: { type: 'driver', id: driver.name, name: driver.name } };
      if (driver.state === 'failed') return healthPart({ ...told, state: driver.connections > 0 ? 'down' : 'degraded', detail: driver.why ?? 'It cannot be used.', help: 'Mend the driver in its folder, or install another version.' });
      if (driver.state === 'inactive') return healthPart({ ...told, state: driver.connections > 0 ? 'down' : 'ok', detail: driver.connections > 0 ? `It is not active, and ${driver.connections} connections need it: ${driver.why ?? 'no version serves'}.` : (driver.why ?? 'It is not active.'), help: driver.connections > 0 ? 'Activate a version of it, or delete these connections.' : null });
      if (behind.length > 0) return healthPart({ ...told, state: 'degraded', detail: `${behind.map(({ name }) => `"${name}"`).join(', ')} cannot serve the version that was activated: ${behind[0]?.why ?? 'no cause was given'}.`, help: 'Activate a version that fits, or roll back.' });
      if (facts.crashes >= CRASHES) return healthPart({ ...told, state: 'degraded', detail: `Its process crashed ${facts.crashes} times and was started again.`, help: 'Look into the log for why, and roll back if it began with this version.' });
      return healthPart({ ...told, state: 'ok', detail: facts.processes > 0 ? `It serves ${driver.connections} connections.` : 'It is ready; its process starts with the next call.' });
    });
  }

  private async connections(): Promise<HealthPart[]> {
    const lines = await this.database.dataSource.query<ConnectionLine[]>(
      `SELECT c.id, c.name, c.driver, c.cloud, c.state, c.last_error AS "lastError", c.verified_at AS "verifiedAt", c.synced_at AS "syncedAt",
         count(r.id) FILTER (WHERE r.enabled)::integer AS regions, count(r.id) FILTER (WHERE r.enabled AND r.specs_synced_at IS NULL)::integer AS unread, count(r.id) FILTER (WHERE r.last_error IS NOT NULL)::integer AS failing,
         (array_agg(r.last_error) FILTER (WHERE r.last_error IS NOT NULL))[1] AS "regionError", EXISTS (SELECT 1 FROM connector.sync s WHERE s.connection_id = c.id AND s.state = 'running') AS syncing
       FROM connector.connection c LEFT JOIN connector.region r ON r.connection_id = c.id GROUP BY c.id ORDER BY c.name`);
    const parts = lines.map((line) => this.connection(line));
    const unwell = parts.filter(({ state }) => state !== 'ok');
    if (parts.length <= MOST_CONNECTIONS) return parts;
    return [...unwell, healthPart({ kind: 'connection', name: `${parts.length - unwell.length} others`, state: 'ok', detail: 'They are verified and read.' })];
  }

  private connection(line: ConnectionLine): HealthPart {
    const { id, name, driver, cloud, state, lastError, syncedAt, regions, unread, failing, regionError, syncing } = line;
    const ageDays = syncedAt && Math.floor((Date.now() - syncedAt.getTime()) / DAY_MS);
    const told = { kind: 'connection', name, target: { type: 'connection', id, name }, facts: { cloud, driver, verifiedAt: line.verifiedAt?.toISOString() ?? null, syncedAt: syncedAt?.toISOString() ?? null, syncing, regions, regionsUnread: unread, regionsFailing: failing } };
    if (!this.host.find(driver)) return healthPart({ ...told, state: 'down', detail: `Its driver "${driver}" does not serve.`, help: 'See what is wrong with the driver, or activate it.' });
    if (state === 'broken') return healthPart({ ...told, state: 'down', detail: lastError ? `${lastError.code}: ${lastError.message}` : 'The cloud refused its credential.', since: lastError?.at ?? null, help: (lastError && HELP[lastError.code]) ?? 'Verify it again: the cloud says what is wrong.' });
    if (state === 'unverified') return healthPart({ ...told, state: 'unknown', detail: lastError ? `It could not be verified. ${lastError.code}: ${lastError.message}` : 'Nobody has verified it yet.', since: lastError?.at ?? null, help: (lastError && HELP[lastError.code]) ?? 'Verify it.' });
    if (failing > 0) return healthPart({ ...told, state: 'degraded', detail: `${failing} of ${regions} regions could not be read. ${regionError ? `${regionError.code}: ${regionError.message}` : ''}`, since: regionError?.at ?? null, help: (regionError && HELP[regionError.code]) ?? 'Read its catalogue again.' });
    if (ageDays !== null && ageDays > OLD_DAYS) return healthPart({ ...told, state: 'degraded', detail: `Its catalogue was read ${ageDays} days ago: specs and prices may be old.`, since: syncedAt?.toISOString() ?? null, help: 'Read its catalogue again.' });
    return healthPart({ ...told, state: 'ok', detail: `The cloud knows it; ${syncing ? 'its catalogue is being read' : `the catalogue of ${regions - unread} of ${regions} regions was read`}.`, since: line.verifiedAt?.toISOString() ?? null });
  }
}
