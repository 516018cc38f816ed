import { DriverError, type DriverErrorCode, isDriverError } from '@mcmp/driver-sdk';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import { Problem } from '../../kernel/problem.js';
import { Database, Operations, Work, withLogContext } from '../../platform/index.js';
import type { Operation, OperationError, OperationPart } from '../../platform/index.js';
import { Connections } from '../connections/connections.js';
import { type CloudErrorNote, ConnectionRow, RegionRow, SyncRegionRow, SyncRow } from '../connector.entities.js';
import { DRIVER_ABSENT } from '../host/index.js';
import { cloudErrorNote } from '../problems.js';
import type { CataloguePart } from './catalogue.js';
import { REGIONS_AT_ONCE, Refresh, type Renewed, sideBySide } from './refresh.js';
import { holdConnection } from './store.js';

/** Kind of the operation, as `GET /v1/operations?kind=` takes it. */
export const SYNC_KIND = 'connection.sync';
const TASK = 'connector.sync';

/** Failures that a later try may mend; all others are final for the region. */
const PASSING: DriverErrorCode[] = ['RATE_LIMITED', 'TIMEOUT', 'UNAVAILABLE', 'CONFLICT'];
const TRIES = 4;
/** How often a sync looks whether its driver serves again. */
const ABSENT_MS = 5000;

/** Renews the catalogue of a connection as an operation, region by region; what is done stays done over a crash. */
@Injectable()
export class Sync implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Work) private readonly work: Work,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(Connections) private readonly connections: Connections,
    @Inject(Refresh) private readonly refresh: Refresh,
  ) {}

  onModuleInit(): void {
    this.work.handle(TASK, (operationId, { signal, attempt }) => this.run(operationId, signal, attempt));
    this.work.sweep(TASK, async () => (await this.database.dataSource.getRepository(SyncRow).findBy({ state: 'running' })).map((sync) => sync.operationId));
    this.operations.onParts(SYNC_KIND, async ({ id }, { after, limit }) => (await this.regionRows.find({ where: { operationId: id, ...(after !== undefined && { region: MoreThan(after) }) }, order: { region: 'ASC' }, take: limit })).map(partOf));
    this.operations.onCancel(SYNC_KIND, (manager, operation) => this.end(manager, operation.id, { state: 'cancelled', message: 'Cancelled; regions that were done keep their new rows.' }));
  }

  /**
   * Begins a sync in the caller's transaction; the one that runs already is given again where it does the same.
   * @throws Problem CONFLICT (with `operationId`) while another one of this connection runs.
   */
  async start(manager: EntityManager, connection: ConnectionRow, input: { parts: CataloguePart[]; regions: string[]; createdBy: string }): Promise<Operation> {
    // The row's lock puts two starts in order, so that the second sees the first.
    await manager.query('SELECT 1 FROM connector.connection WHERE id = $1 FOR NO KEY UPDATE', [connection.id]);
    const running = await manager.findOneBy(SyncRow, { connectionId: connection.id, state: 'running' });
    if (running) {
      const same = setsEqual(running.parts, input.parts) && setsEqual(running.regions, input.regions);
      const operation = same ? await this.operations.find(running.operationId) : undefined;
      if (operation) return operation;
      throw new Problem('CONFLICT', 'Another sync of this connection is under way: wait for its end or cancel it.', { operationId: running.operationId });
    }
    const id = newId();
    const { workspaceId, name } = connection;
    const operation = await this.operations.start(manager, { id, kind: SYNC_KIND, workspaceId, target: { type: 'connection', id: connection.id, name }, total: input.regions.length, createdBy: input.createdBy });
    await manager.insert(SyncRow, { operationId: id, connectionId: connection.id, parts: input.parts, regions: input.regions, state: 'running' });
    await manager.update(ConnectionRow, { id: connection.id }, { syncOperationId: id });
    await this.work.wake(manager, TASK, id, { priority: 5 });
    return operation;
  }

  /** Ends what runs for a connection that is deleted, in the same transaction. */
  async cancelAll(manager: EntityManager, connectionId: string): Promise<void> {
    for (const { operationId } of await manager.findBy(SyncRow, { connectionId, state: 'running' })) await this.end(manager, operationId, { state: 'cancelled', message: 'The connection was deleted.' });
  }

  /** One run over what is left to do; asks for another where the cloud's trouble may pass. While no driver serves the connection, it waits: that is an administrator's will, and no failure. */
  async run(operationId: string, signal: AbortSignal, attempt = 1): Promise<{ againInMs: number } | void> {
    const sync = await this.database.dataSource.getRepository(SyncRow).findOneBy({ operationId, state: 'running' });
    if (!sync) return;
    return withLogContext({ operationId, connectionId: sync.connectionId }, async () => {
      try {
        if ((await this.regionRows.countBy({ operationId })) === 0) await this.list(sync, signal);
        const pending = await this.regionRows.findBy({ operationId, state: 'pending' });
        await sideBySide(pending, REGIONS_AT_ONCE, (row) => this.renew(sync, row, signal));
      } catch (error) {
        if (signal.aborted || (!isDriverError(error) && !(error instanceof Problem))) throw error;
        if (isAbsent(error)) return this.wait(operationId, error as DriverError);
        if (isDriverError(error) && PASSING.includes(error.code) && attempt < TRIES) throw error;
        await this.fail(sync, error);
        return;
      }
      const left = await this.regionRows.findBy({ operationId, state: 'pending' });
      if (left.length === 0) return void (await this.finish(sync));
      const absent = left.find(({ error }) => error?.providerCode === DRIVER_ABSENT)?.error;
      if (absent) return this.wait(operationId, absent);
      return { againInMs: 1000 * 2 ** Math.min(...left.map(({ attempts }) => attempts)) };
    });
  }

  /** Tells in the operation why nothing happens. */
  private async wait(operationId: string, { message }: { message: string }): Promise<{ againInMs: number }> {
    const text = `Waiting for the driver. ${message.slice(0, 1000)}`;
    if ((await this.operations.find(operationId))?.message !== text) await this.operations.progress(undefined, operationId, { message: text });
    return { againInMs: ABSENT_MS };
  }

  /** Reads the list of regions and writes down what is to be done in each. */
  private async list(sync: SyncRow, signal: AbortSignal): Promise<void> {
    const { operationId, connectionId, regions: asked } = sync;
    const usable = await this.refresh.regions(connectionId, { zones: false, priority: 'inventory', signal });
    const unknown = (): CloudErrorNote => cloudErrorNote(new DriverError('NOT_FOUND', 'This is not a region that the connection may use.'));
    const rows = (asked.length === 0 ? usable : asked).map((region) => (usable.includes(region) ? { operationId, region, state: 'pending' as const } : { operationId, region, state: 'failed' as const, error: unknown() }));
    await this.database.transaction(async (manager) => {
      if (!(await holdConnection(manager, connectionId))) return;
      if (rows.length > 0) await manager.createQueryBuilder().insert().into(SyncRegionRow).values(rows).orIgnore().execute();
      await this.operations.progress(manager, operationId, { total: rows.length, failed: rows.filter(({ state }) => state === 'failed').length, message: `Reading ${regionCount(rows.length)}` });
    });
  }

  /** Renews one region, and notes what of it failed while the others go on. */
  private async renew({ operationId, connectionId, parts }: SyncRow, { region, attempts }: SyncRegionRow, signal: AbortSignal): Promise<void> {
    const note = async (manager: EntityManager, { counts, failure }: Renewed): Promise<void> => {
      const error = failure ? cloudErrorNote(failure) : null;
      const absent = isAbsent(failure);
      const state = !failure ? 'done' : absent || (PASSING.includes(failure.code) && attempts + 1 < TRIES) ? 'pending' : 'failed';
      await manager.update(SyncRegionRow, { operationId, region }, { state, attempts: absent ? attempts : attempts + 1, counts, error });
      if (state === 'failed') await manager.update(RegionRow, { connectionId, id: region }, { lastError: error });
    };
    try {
      await this.refresh.region(connectionId, region, parts, { priority: 'inventory', signal }, async (manager, renewed) => {
        const [sync] = (await manager.query(`SELECT 1 FROM connector.sync WHERE operation_id = $1 AND state = 'running' FOR SHARE`, [operationId])) as unknown[];
        if (sync) await note(manager, renewed);
        return sync !== undefined;
      });
    } catch (error) {
      if (signal.aborted || !isDriverError(error)) throw error;
      await this.database.transaction(async (manager) => { if (await holdConnection(manager, connectionId)) await note(manager, { counts: {}, failure: error }); });
    }
    await this.report(operationId);
  }

  private async report(operationId: string): Promise<void> {
    const [counted] = (await this.database.dataSource.query(
      `SELECT count(*) FILTER (WHERE state = 'done')::int AS done, count(*) FILTER (WHERE state = 'failed')::int AS failed FROM connector.sync_region WHERE operation_id = $1`, [operationId],
    )) as { done: number; failed: number }[];
    if (counted) await this.operations.progress(undefined, operationId, { ...counted, message: `${regionCount(counted.done)} read` });
  }

  private async finish({ operationId, connectionId }: SyncRow): Promise<void> {
    const rows = await this.regionRows.findBy({ operationId });
    const failed = rows.filter(({ state }) => state === 'failed');
    const sum = (part: CataloguePart): number => rows.reduce((total, { counts }) => total + (counts?.[part] ?? 0), 0);
    const result = { regions: rows.length - failed.length, specs: sum('spec'), images: sum('image'), prices: sum('price') };
    await this.database.transaction(async (manager) => {
      if (result.regions > 0) await manager.update(ConnectionRow, { id: connectionId }, { syncedAt: new Date() });
      await this.end(manager, operationId, {
        state: failed.length > 0 ? 'failed' : 'succeeded', done: result.regions, failed: failed.length, result, errors: byCode(failed),
        message: failed.length > 0 ? `${failed.length} of ${regionCount(rows.length)} could not be read whole; what could not be read stays as it was.` : `${regionCount(result.regions)}: ${result.specs} specs, ${result.images} images, ${result.prices} prices.`,
      });
    });
    // Fresh statistics and visibility maps at once, not when autovacuum comes by: searches plan by them.
    if (result.regions > 0) await this.database.dataSource.query('VACUUM (ANALYZE, SKIP_LOCKED) connector.spec, connector.price, connector.image').catch(() => undefined);
  }

  private async fail(sync: SyncRow, error: DriverError | Problem): Promise<void> {
    const message = error.message.slice(0, 1000);
    await this.database.transaction((manager) => this.end(manager, sync.operationId, { state: 'failed', message: `The regions could not be listed: ${message}`, errors: [{ code: error.code, count: 1, message, targets: [] }] }));
  }

  private async end(manager: EntityManager, operationId: string, outcome: Parameters<Operations['finish']>[2]): Promise<void> {
    // The operation first, as a cancel has it: whoever ends a sync takes the two in this order.
    await this.operations.finish(manager, operationId, outcome);
    await manager.update(SyncRow, { operationId }, { state: 'ended' });
  }

  private get regionRows() {
    return this.database.dataSource.getRepository(SyncRegionRow);
  }
}

const isAbsent = (error: unknown): boolean => isDriverError(error) && error.detail?.providerCode === DRIVER_ABSENT;

const regionCount = (count: number): string => `${count} region${count === 1 ? '' : 's'}`;

const setsEqual = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((item) => other.includes(item));

const partOf = ({ region, state, attempts, counts, error }: SyncRegionRow): OperationPart => ({
  name: region, place: null, state: state === 'pending' ? (attempts > 0 ? 'working' : 'waiting') : state, detail: counts && Object.entries(counts).map(([part, count]) => `${part} ${count}`).join(', '), attempts, startedAt: null, finishedAt: null,
  error: error && { code: error.code, message: error.message },
});

/** Failed regions, grouped by the code of their failure. */
function byCode(rows: SyncRegionRow[]): OperationError[] {
  const groups = new Map<string, SyncRegionRow[]>();
  for (const row of rows) groups.set(row.error?.code ?? 'UNKNOWN', [...(groups.get(row.error?.code ?? 'UNKNOWN') ?? []), row]);
  return [...groups].map(([code, of]) => ({ code, count: of.length, message: of[0]?.error?.message ?? '', targets: of.slice(0, 10).map(({ region }) => region) }));
}
