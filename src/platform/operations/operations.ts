import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import { type Page, type PageQuery, decodePageToken, idAfter, isId, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import { Database } from '../database/database.js';
import { Events } from '../events/events.js';
import { type CallerScope, maySee } from '../http/scope.js';
import { type FinalState, type Operation, type OperationError, type OperationPart, type OperationState, isFinal } from './operation.js';
import { OperationRow } from './operations.entities.js';

/** What an operation begins with. */
export interface NewOperation {
  id?: string;
  kind: string;
  workspaceId: string;
  projectId?: string | null | undefined;
  target: { type: string; id: string; name: string };
  total: number;
  createdBy: string;
}

/** What a list may be narrowed by. */
export interface OperationFilter { project?: string | undefined; kind?: string | undefined; state?: OperationState[] | undefined; target?: string | undefined; since?: string | undefined }

/** Reads at most `limit` parts of an operation, by name, those after the name `after`. */
export type PartsReader = (operation: Operation, page: { after: string | undefined; limit: number }) => Promise<OperationPart[]>;

/** Takes the wish to cancel into the domain, within its transaction; the domain finishes the operation, then or later. */
export type CancelHandler = (manager: EntityManager, operation: Operation) => Promise<void>;

const plain = (row: OperationRow): Operation => ({
  id: row.id, kind: row.kind, workspaceId: row.workspaceId, projectId: row.projectId, target: { type: row.targetType, id: row.targetId, name: row.targetName },
  state: row.state, progress: { done: row.done, failed: row.failed, total: row.total }, message: row.message, result: row.result, errors: row.errors, createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(), finishedAt: row.finishedAt?.toISOString() ?? null,
});

/** The durable record of long work: started, progressed, settled once. Each change is an event `operation.changed` with the whole operation as data. */
@Injectable()
export class Operations {
  private readonly cancelHandlers = new Map<string, CancelHandler>();
  private readonly partsReaders = new Map<string, PartsReader>();
  constructor(@Inject(Database) private readonly database: Database, @Inject(Events) private readonly events: Events) {}

  /** Writes a new operation, `queued`, in the caller's transaction. */
  async start(manager: EntityManager, input: NewOperation): Promise<Operation> {
    const { id = newId(), kind, workspaceId, projectId = null, target, total, createdBy } = input;
    await manager.insert(OperationRow, { id, kind, workspaceId, projectId, targetType: target.type, targetId: target.id, targetName: target.name, total, createdBy });
    return this.changed(manager, await manager.findOneByOrFail(OperationRow, { id }));
  }

  /** Sets what is given (figures are absolute), and the state to `running` if it was `queued`. One that has ended, or is so already, stays as it is. */
  async progress(manager: EntityManager | undefined, id: string, change: { done?: number; failed?: number; total?: number; message?: string | undefined; errors?: OperationError[] | undefined }): Promise<void> {
    await this.change(manager, id, (row) => {
      const { done = row.done, failed = row.failed, total = row.total, message = row.message, errors = row.errors } = change;
      return { done, failed, total, message, errors, state: row.state === 'queued' ? 'running' : row.state };
    });
  }

  /** Ends it, once: one that has ended stays as it is. Figures may be given once more, where reports of parts side by side could have come out of order. */
  async finish(manager: EntityManager | undefined, id: string, end: { state: FinalState; done?: number; failed?: number; message?: string | undefined; result?: Record<string, unknown> | undefined; errors?: OperationError[] | undefined }): Promise<void> {
    await this.change(manager, id, (row) => ({ state: end.state, done: end.done ?? row.done, failed: end.failed ?? row.failed, message: end.message ?? row.message, result: end.result ?? row.result, errors: end.errors ?? row.errors, finishedAt: new Date() }));
  }

  /** The operation as it is now, if there is one. */
  async find(id: string): Promise<Operation | undefined> {
    const row = isId(id) ? await this.rows.findOneBy({ id }) : null;
    return row ? plain(row) : undefined;
  }

  /** The operation, if the caller may see it. @throws Problem NOT_FOUND. */
  async get(scope: CallerScope, id: string): Promise<Operation> {
    const found = await this.find(id);
    if (!found || !(await maySee(scope, found.workspaceId))) throw notFound(id);
    return found;
  }

  /** Operations that the caller may see, the newest first. */
  async list(scope: CallerScope, filter: OperationFilter, query: PageQuery): Promise<Page<Operation>> {
    const find = this.rows.createQueryBuilder('row').where('true');
    const workspaces = await scope.workspaceIds();
    if (workspaces !== 'all') find.andWhere({ workspaceId: In(workspaces) });
    if (filter.project !== undefined) find.andWhere({ projectId: filter.project });
    if (filter.kind !== undefined) find.andWhere({ kind: filter.kind });
    if (filter.target !== undefined) find.andWhere(isId(filter.target) ? 'row.targetId = :target' : 'position(lower(:target) IN lower(row.targetName)) > 0', { target: filter.target });
    if (filter.since !== undefined) find.andWhere('row.createdAt >= :since', { since: filter.since });
    if (filter.state) find.andWhere({ state: In(filter.state) });
    const before = idAfter(query);
    if (before) find.andWhere('row.id < :before', { before });
    const page = toPage(await find.orderBy('row.id', 'DESC').limit(query.pageSize + 1).getMany(), query.pageSize, (row) => [row.id]);
    return { ...page, items: page.items.map(plain) };
  }

  /** Says how the parts of operations of this kind are read; without a reader an operation has none. */
  onParts(kind: string, reader: PartsReader): void {
    this.partsReaders.set(kind, reader);
  }

  /** What the operation works on, by name, as far as it is still known: a thing that a later operation took is that one's. @throws Problem NOT_FOUND. */
  async parts(scope: CallerScope, id: string, query: PageQuery): Promise<Page<OperationPart>> {
    const operation = await this.get(scope, id);
    const after = query.pageToken === undefined ? undefined : decodePageToken(query.pageToken, 1)[0];
    const rows = await this.partsReaders.get(operation.kind)?.(operation, { after, limit: query.pageSize + 1 });
    return toPage(rows ?? [], query.pageSize, ({ name }) => [name]);
  }

  /** Says how operations of this kind are cancelled; without a handler they cannot be. */
  onCancel(kind: string, handler: CancelHandler): void {
    this.cancelHandlers.set(kind, handler);
  }

  /** Asks for the end of an operation; asking again changes nothing. @throws Problem NOT_FOUND, CONFLICT where it has ended, UNSUPPORTED. */
  async cancel(scope: CallerScope, id: string): Promise<Operation> {
    await this.get(scope, id);
    return this.database.transaction(async (manager) => {
      const row = await locked(manager, id);
      if (!row) throw notFound(id);
      if (isFinal(row.state)) throw new Problem('CONFLICT', `The operation has ended already: it is ${row.state}.`, { operationId: id });
      const handler = this.cancelHandlers.get(row.kind);
      if (!handler) throw new Problem('UNSUPPORTED', `An operation of the kind "${row.kind}" cannot be cancelled: wait for its end.`, { operationId: id });
      if (row.state === 'cancelling') return plain(row);
      await this.change(manager, id, () => ({ state: 'cancelling' }));
      await handler(manager, plain(await manager.findOneByOrFail(OperationRow, { id })));
      return plain(await manager.findOneByOrFail(OperationRow, { id }));
    });
  }

  private get rows() {
    return this.database.dataSource.getRepository(OperationRow);
  }

  private async change(manager: EntityManager | undefined, id: string, to: (row: OperationRow) => Partial<OperationRow>): Promise<void> {
    if (!manager) return this.database.transaction((own) => this.change(own, id, to));
    const row = await locked(manager, id);
    if (!row || isFinal(row.state)) return;
    const next: OperationRow = { ...row, ...to(row) };
    if (JSON.stringify(next) === JSON.stringify(row)) return;
    next.updatedAt = new Date();
    await manager.update(OperationRow, { id }, next as never);
    await this.changed(manager, next);
  }

  private async changed(manager: EntityManager, row: OperationRow): Promise<Operation> {
    const operation = plain(row);
    await this.events.publish(manager, { workspaceId: row.workspaceId, projectId: row.projectId, type: 'operation.changed', subject: { type: 'operation', id: row.id, name: row.kind }, data: operation });
    return operation;
  }
}

const locked = (manager: EntityManager, id: string) => manager.findOne(OperationRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
const notFound = (id: string) => new Problem('NOT_FOUND', `There is no operation ${id} that you may see; GET /v1/operations lists yours.`);
