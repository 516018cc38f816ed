import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../kernel/ids.js';
import { isId } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import { Database, Secrets } from '../../platform/index.js';
import { DriverRepositoryRow, type RepositoryKind } from './drivers.entities.js';
import { RepositoryError, urlFault } from './fetching.js';
import { NpmRepository } from './npm-registry.js';
import { audit } from './record.js';
import { type RepositoryReader, StaticRepository } from './static-index.js';

/** What makes a repository. */
export interface NewRepository { name: string; url: string; kind: RepositoryKind; token?: string; insecure: boolean }
/** What may change of one; `token: null` takes it away. */
export interface RepositoryChange { name?: string; url?: string; token?: string | null; insecure?: boolean }

/** A repository and how it is read. */
export interface OpenRepository { row: DriverRepositoryRow; reader: RepositoryReader }

/** Places from which drivers are installed: tried before they are written down, their tokens sealed. */
@Injectable()
export class DriverRepositories {
  /** Readers keep what they have read; a change of the row makes a new one. */
  private readonly readers = new Map<string, { stamp: string; reader: RepositoryReader }>();
  constructor(@Inject(Database) private readonly database: Database, @Inject(Secrets) private readonly secrets: Secrets) {}

  list(): Promise<DriverRepositoryRow[]> {
    return this.rows.find({ order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** By id or name. @throws Problem NOT_FOUND. */
  async get(reference: string): Promise<DriverRepositoryRow> {
    const row = await this.rows.findOneBy(isId(reference) ? { id: reference } : { name: reference });
    if (!row) throw new Problem('NOT_FOUND', `There is no driver repository "${reference.slice(0, 60)}"; GET /v1/driver-repositories lists them.`);
    return row;
  }

  /** @throws Problem INVALID_REQUEST, ALREADY_EXISTS; CLOUD_ERROR or UNPROCESSABLE with what the repository did instead of answering. */
  async add({ token, url, ...input }: NewRepository, by: string): Promise<DriverRepositoryRow> {
    const id = newId();
    const row = this.rows.create({ id, ...input, url: plainUrl(url, input.insecure), sealed: token === undefined ? null : this.seal(id, token), state: 'ready', lastError: null, checkedAt: new Date(), createdBy: by });
    await this.asking(row, ({ reader }) => reader.search(''), 'url');
    return this.write(row, async (manager) => {
      await manager.insert(DriverRepositoryRow, row);
      await audit(manager, { who: by, what: 'repository-added', detail: { id, name: row.name, url: row.url, kind: row.kind, insecure: row.insecure } });
    });
  }

  /** The same checks as when it was made. */
  async change(reference: string, { token, url, ...change }: RepositoryChange, by: string): Promise<DriverRepositoryRow> {
    const row = await this.get(reference);
    const insecure = change.insecure ?? row.insecure;
    // A token is of one place: it does not go along to another.
    const moved = url !== undefined && new URL(plainUrl(url, insecure)).origin !== new URL(row.url).origin;
    const sealed = token === undefined ? (moved ? null : row.sealed) : token === null ? null : this.seal(row.id, token);
    const next = this.rows.create({ ...row, ...change, insecure, url: plainUrl(url ?? row.url, insecure), sealed, state: 'ready', lastError: null, checkedAt: new Date() });
    await this.asking(next, ({ reader }) => reader.search(''), 'url');
    return this.write(next, async (manager) => {
      const { name, sealed: kept, state, lastError, checkedAt } = next;
      const { affected } = await manager.update(DriverRepositoryRow, { id: row.id }, { name, url: next.url, insecure, sealed: kept, state, lastError, checkedAt });
      if (affected !== 1) throw new Problem('NOT_FOUND', `The repository "${row.name}" was deleted meanwhile.`);
      await audit(manager, { who: by, what: 'repository-changed', detail: { id: row.id, name, url: next.url, insecure, token: token === undefined ? (moved ? 'removed' : 'kept') : token === null ? 'removed' : 'changed' } });
    });
  }

  /** Drivers that were installed from it stay. @throws Problem NOT_FOUND. */
  async remove(reference: string, by: string): Promise<void> {
    const row = await this.get(reference);
    await this.database.transaction(async (manager) => {
      await manager.delete(DriverRepositoryRow, { id: row.id });
      await audit(manager, { who: by, what: 'repository-removed', detail: { id: row.id, name: row.name, url: row.url } });
    });
    this.readers.delete(row.id);
  }

  /** Asks one repository, and remembers whether it answered; `field` is where the request names it. @throws Problem CLOUD_ERROR where it does not, UNPROCESSABLE where what it says is wrong. */
  async asking<T>(row: DriverRepositoryRow, ask: (open: OpenRepository) => Promise<T>, field = 'repository'): Promise<T> {
    try {
      const answer = await ask({ row, reader: this.reader(row) });
      if (row.state === 'broken') await this.rows.update({ id: row.id }, { state: 'ready', lastError: null, checkedAt: new Date() });
      return answer;
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      await this.rows.update({ id: row.id }, { state: 'broken', lastError: error.message.slice(0, 1000), checkedAt: new Date() });
      throw new Problem(error.lied ? 'UNPROCESSABLE' : 'CLOUD_ERROR', `The driver repository "${row.name}" cannot be used: ${error.message}.`, { cause: error, errors: [{ field, rule: error.message.slice(0, 500) }] });
    }
  }

  private reader(row: DriverRepositoryRow): RepositoryReader {
    const stamp = JSON.stringify([row.url, row.kind, row.sealed, row.insecure]);
    const kept = this.readers.get(row.id);
    if (kept?.stamp === stamp) return kept.reader;
    const asking = { insecure: row.insecure, ...(row.sealed !== null && { token: this.secrets.open(row.sealed, contextOf(row.id)) }) };
    const reader = row.kind === 'npm' ? new NpmRepository(row.url, asking) : new StaticRepository(row.url, asking);
    this.readers.set(row.id, { stamp, reader });
    return reader;
  }

  private async write(row: DriverRepositoryRow, work: Parameters<Database['transaction']>[0]): Promise<DriverRepositoryRow> {
    try {
      await this.database.transaction(work);
    } catch (error) {
      throw (error as { code?: string }).code === '23505' ? new Problem('ALREADY_EXISTS', `There is a driver repository "${row.name}" already: choose another name.`, { errors: [{ field: 'name', rule: 'must be unique' }] }) : error;
    }
    return this.rows.findOneByOrFail({ id: row.id });
  }

  private seal(id: string, token: string): string {
    return this.secrets.seal(token, contextOf(id));
  }

  private get rows() {
    return this.database.dataSource.getRepository(DriverRepositoryRow);
  }
}

const contextOf = (id: string): string => `driver-repository:${id}`;

/** A URL without a slash at its end. @throws Problem INVALID_REQUEST */
function plainUrl(text: string, insecure: boolean): string {
  const refuse = (rule: string, help: string): never => { throw new Problem('INVALID_REQUEST', `url: ${rule}`, { errors: [{ field: 'url', rule, help }] }); };
  if (!URL.canParse(text)) return refuse('must be a URL', 'e.g. https://drivers.example.com');
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash) return refuse('must hold no user name, password, query or fragment', 'a secret goes into the token');
  const fault = urlFault(url, insecure);
  if (fault !== undefined) return refuse(fault, 'use https');
  return url.href.replace(/\/+$/, '');
}
