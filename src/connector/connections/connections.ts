import { DriverError, type Manifest, isDriverError } from '@mcmp/driver-sdk';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import { isId } from '../../kernel/page.js';
import { type FieldProblem, Problem } from '../../kernel/problem.js';
import { Database, Events, Secrets } from '../../platform/index.js';
import { ConnectionRow } from '../connector.entities.js';
import { holdDriver } from '../drivers/record.js';
import { DRIVER_ABSENT, DriverHost, type OpenInput } from '../host/index.js';
import { askCloud, cloudErrorNote } from '../problems.js';
import type { CloudSession, ConnectionRef } from '../session.js';
import { guessedAccount, knownAccount } from './account.js';
import { type FieldValues, checkEndpoint, checkFields, cloudOf } from './fields.js';
import { readPages } from './pages.js';
import { type Hearer, Sessions } from './sessions.js';

/** What makes a connection. */
export interface NewConnection {
  workspaceId: string;
  createdBy: string;
  name: string;
  driver: string;
  credential: FieldValues;
  endpoint?: string;
  options?: FieldValues;
  regions?: string[];
}

/** What may change of a connection; `endpoint: null` goes back to the provider's own. */
export interface ConnectionChange {
  name?: string;
  credential?: FieldValues;
  endpoint?: string | null;
  options?: FieldValues;
  regions?: string[];
}

/** Names what holds a connection, e.g. `mci "shop"`; an empty list lets it go. */
export type DeleteCheck = (connectionId: string) => Promise<string[]>;

type Proof = Pick<ConnectionRow, 'state' | 'accountId' | 'principal' | 'verifiedAt' | 'lastError'>;

const UNPROVEN: Proof = { state: 'unverified', accountId: null, principal: null, verifiedAt: null, lastError: null };
/** Codes that mean that the credential, not the moment, is wrong. */
const BREAKING = ['UNAUTHENTICATED', 'FORBIDDEN', 'PAYMENT_REQUIRED'];

/** A row in plain words, without its credential. */
export const refOf = ({ id, name, workspaceId, driver, cloud, regions }: ConnectionRow): ConnectionRef => ({ id, name, workspaceId, driver, cloud, regions });

/** Keeps connections: checked against the driver's form, proven by the cloud, sealed. */
@Injectable()
export class Connections {
  private readonly deleteChecks: DeleteCheck[] = [];
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Events) private readonly events: Events,
    @Inject(DriverHost) private readonly host: DriverHost,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  /** Adds a check that is asked before a connection is deleted. */
  onDelete(check: DeleteCheck): void {
    this.deleteChecks.push(check);
  }

  /** @throws Problem NOT_FOUND. */
  async get(id: string): Promise<ConnectionRow> {
    const row = isId(id) ? await this.rows.findOneBy({ id }) : null;
    if (!row) throw new Problem('NOT_FOUND', `There is no connection ${id}.`);
    return row;
  }

  /** By id or name within these workspaces. @throws Problem NOT_FOUND (also for another's), CONFLICT where several have the name. */
  async require(workspaceIds: string[] | 'all', reference: string): Promise<ConnectionRow> {
    const query = this.rows.createQueryBuilder('row').where(isId(reference) ? 'row.id = :reference' : 'row.name = :reference', { reference });
    if (workspaceIds !== 'all') query.andWhere('row.workspaceId = ANY(:workspaceIds)', { workspaceIds });
    const [row, another] = await query.limit(2).getMany();
    if (another) throw new Problem('CONFLICT', `Several of your workspaces have a connection "${reference}": name it by its id.`);
    if (!row) throw new Problem('NOT_FOUND', `There is no connection "${reference}" that you may see; GET /v1/connections lists yours.`);
    return row;
  }

  /** A session for calls to the cloud. @throws Problem NOT_FOUND; DriverError UNAVAILABLE where the driver is not installed. */
  async session(connectionId: string): Promise<CloudSession> {
    const row = await this.get(connectionId);
    const kept = this.sessions.kept(row.id, row.driver, String(row.revision), knownAccount(row));
    if (kept) return kept;
    // What is proven anew is proven after the refusal was written down.
    let noted: Promise<unknown> = Promise.resolve();
    const hearer: Hearer = { refused: (error) => { noted = this.note(row, error).catch(() => undefined); }, taken: () => noted.then(() => this.proveAgain(row.id)) };
    return this.sessions.keep(this.opened(row, this.unsealed(row)), hearer, row.state === 'broken');
  }

  /** The accounts of a driver that were last seen to work, by which a new version of it is tried. */
  async accountsOf(driver: string): Promise<OpenInput[]> {
    const rows = await this.rows.find({ where: { driver, state: 'verified' }, order: { verifiedAt: 'DESC' }, take: 3 });
    return rows.map((row) => ({ key: row.id, driver, credential: this.unsealed(row), options: row.options, revision: String(row.revision), spender: { account: () => this.accountOf(row), workspaceId: row.workspaceId }, ...(row.endpoint !== null && { endpoint: row.endpoint }) }));
  }

  /**
   * Makes a connection; with `verify` the cloud is asked first and nothing is written where it refuses.
   * `also` runs in the same transaction, e.g. to begin a sync.
   * @throws Problem INVALID_REQUEST by field, ALREADY_EXISTS, UNPROCESSABLE with the cloud's own words.
   */
  async create(input: NewConnection, verify: boolean, also: (manager: EntityManager, row: ConnectionRow) => Promise<void>): Promise<ConnectionRow> {
    const manifest = this.manifest(input.driver);
    const { credential, options } = checked(manifest, input.credential, input.options ?? {}, input.endpoint);
    const { workspaceId, name } = input;
    if (await this.rows.existsBy({ workspaceId, name })) throw taken(name);
    const id = newId();
    const row = this.rows.create({
      id, workspaceId, name, driver: manifest.name, cloud: cloudOf(manifest, options), endpoint: input.endpoint ?? null, options, regions: [...new Set(input.regions ?? [])],
      sealed: this.seal(id, credential), revision: 1, syncOperationId: null, syncedAt: null, createdBy: input.createdBy, ...UNPROVEN,
    });
    if (verify) Object.assign(row, await this.prove(row, credential));
    return this.write(row.name, async (manager) => {
      await holdDriver(manager, this.host, row.driver);
      await manager.insert(ConnectionRow, row);
      await also(manager, row);
      await this.publish(manager, row, 'connection.changed');
      return manager.findOneByOrFail(ConnectionRow, { id });
    });
  }

  /** Changes a connection; a new credential, endpoint or option is tried first (with `verify`) and makes every server connect anew. */
  async update(row: ConnectionRow, change: ConnectionChange, verify: boolean): Promise<ConnectionRow> {
    const manifest = this.manifest(row.driver);
    const reconnects = change.credential !== undefined || change.endpoint !== undefined || change.options !== undefined;
    const next = this.rows.create({ ...row, name: change.name ?? row.name, regions: [...new Set(change.regions ?? row.regions)], endpoint: change.endpoint === undefined ? row.endpoint : change.endpoint });
    if (reconnects) {
      const { credential, options } = checked(manifest, change.credential ?? this.unsealed(row), change.options ?? row.options, next.endpoint ?? undefined);
      Object.assign(next, { options, cloud: cloudOf(manifest, options), sealed: this.seal(row.id, credential), revision: row.revision + 1, ...UNPROVEN });
      if (verify) Object.assign(next, await this.prove(next, credential));
      if ((row.accountId !== null && next.accountId !== null && next.accountId !== row.accountId) || next.cloud !== row.cloud) await this.refuseWhileHeld(row, 'it would become another cloud account');
    } else if (change.regions !== undefined && verify) {
      await this.checkRegions(await this.session(row.id), next.regions);
    }
    const { name, regions, endpoint, options, cloud, sealed, revision, state, accountId, principal, verifiedAt, lastError } = next;
    const saved = await this.write(next.name, async (manager) => {
      const { affected } = await manager.update(ConnectionRow, { id: row.id, revision: row.revision }, {
        name, regions, updatedAt: new Date(), ...(reconnects && { endpoint, options, cloud, sealed, revision, state, accountId, principal, verifiedAt, lastError }),
      });
      if (affected !== 1) throw new Problem('CONFLICT', 'The connection was changed or deleted by somebody else meanwhile: read it again and repeat the change.');
      await this.publish(manager, next, 'connection.changed');
      return manager.findOneByOrFail(ConnectionRow, { id: row.id });
    });
    if (reconnects) this.sessions.forget(row.id);
    return saved;
  }

  /** Asks the cloud who the credential is now, and keeps the answer, a refusal too. @throws Problem with the cloud's own words. */
  async verify(row: ConnectionRow): Promise<ConnectionRow> {
    let proof: Proof;
    try {
      proof = await identity(await this.session(row.id));
    } catch (error) {
      if (isDriverError(error)) await this.note(row, error);
      return askCloud(() => Promise.reject(error as Error));
    }
    return this.keepProof(row, proof);
  }

  private keepProof(row: ConnectionRow, proof: Proof): Promise<ConnectionRow> {
    return this.write(row.name, async (manager) => {
      await manager.update(ConnectionRow, { id: row.id, revision: row.revision }, proof);
      await this.publish(manager, { ...row, ...proof }, 'connection.changed');
      return manager.findOneByOrFail(ConnectionRow, { id: row.id });
    });
  }

  /** What the cloud refused once works again, e.g. after an outage of its identity service: a broken connection need not wait for a person who says so. */
  private async proveAgain(id: string): Promise<boolean> {
    const row = await this.get(id);
    if (row.state !== 'broken') return true;
    // Where it cannot be proven now, the reason of the refusal stays.
    const proof = await identity(await this.session(id)).catch(() => undefined);
    if (proof) await this.keepProof(row, proof);
    return proof !== undefined;
  }

  /** Deletes a connection and its catalogue. `before` runs in the same transaction. @throws Problem IN_USE that names what holds it. */
  async delete(row: ConnectionRow, before: (manager: EntityManager, row: ConnectionRow) => Promise<void>): Promise<void> {
    await this.database.transaction(async (manager) => {
      const locked = await manager.findOne(ConnectionRow, { where: { id: row.id }, lock: { mode: 'pessimistic_write' } });
      if (!locked) return;
      await this.refuseWhileHeld(locked, 'delete that first');
      await before(manager, locked);
      await manager.delete(ConnectionRow, { id: row.id });
      await this.publish(manager, locked, 'connection.deleted');
    });
    this.sessions.forget(row.id);
  }

  /** The manifest of an installed driver. @throws Problem INVALID_REQUEST, or UNPROCESSABLE where the driver is broken. */
  private manifest(name: string): Manifest {
    const driver = this.host.find(name);
    if (driver) return driver.manifest;
    const ready = this.host.list().filter(({ state }) => state === 'ready').map((installed) => installed.name);
    const failed = this.host.list().find((installed) => installed.state !== 'ready' && installed.name === name);
    if (failed) throw new Problem('UNPROCESSABLE', `The driver "${name}" cannot be used: ${failed.why ?? 'it failed to load'}.`, { errors: [{ field: 'driver', rule: 'must be a driver that works', help: 'GET /v1/drivers tells why it does not' }] });
    throw new Problem('INVALID_REQUEST', `There is no driver "${name.slice(0, 60)}".`, { errors: [{ field: 'driver', rule: 'must be an installed driver', help: ready.length > 0 ? `installed: ${ready.join(', ')}` : 'no driver is installed: POST /v1/drivers takes a bundle' }] });
  }

  /** Tries a credential that is not written yet; regions that were named must exist. */
  private async prove(row: ConnectionRow, credential: FieldValues): Promise<Proof> {
    // A key of its own, so that trying a new credential does not disturb calls under way with the former.
    const key = `${row.id}:${newId()}`;
    try {
      return await askCloud(async () => {
        const session = await this.sessions.connect({ ...this.opened(row, credential), connection: { ...refOf(row), id: key } });
        const proof = await identity(session);
        await this.checkRegions(session, row.regions);
        return proof;
      });
    } finally {
      this.sessions.forget(key);
    }
  }

  private async checkRegions(session: CloudSession, regions: string[]): Promise<void> {
    if (regions.length === 0 || !session.has('region')) return;
    const known = await askCloud(() => readPages('regions', (pageToken) => session.call('region.list', { ...(pageToken !== undefined && { pageToken }) }, { priority: 'person' })));
    const ids = known.map(({ id }) => id);
    const errors: FieldProblem[] = regions.flatMap((region, index) => (ids.includes(region) ? [] : [{ field: `regions[${index}]`, rule: 'must be a region of this cloud account', help: `e.g. ${ids.slice(0, 30).join(', ')}` }]));
    if (errors.length > 0) throw new Problem('INVALID_REQUEST', errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
  }

  private async refuseWhileHeld(row: ConnectionRow, why: string): Promise<void> {
    const holders = (await Promise.all(this.deleteChecks.map((check) => check(row.id)))).flat();
    if (holders.length === 0) return;
    throw new Problem('IN_USE', `The connection "${row.name}" is used by ${holders.slice(0, 10).join(', ')}${holders.length > 10 ? ` and ${holders.length - 10} more` : ''}: ${why}.`, { extra: { usedBy: holders.slice(0, 100) } });
  }

  /** Remembers that the cloud refused this connection, and why the last time. */
  private async note(row: ConnectionRow, error: DriverError): Promise<void> {
    const broken = BREAKING.includes(error.code);
    if (!broken) return void (await this.rows.update({ id: row.id, revision: row.revision }, { lastError: cloudErrorNote(error) }));
    await this.database.transaction(async (manager) => {
      const lastError = cloudErrorNote(error);
      const update = () => manager.createQueryBuilder().update(ConnectionRow).where('id = :id AND revision = :revision', { id: row.id, revision: row.revision });
      const { affected } = await update().set({ state: 'broken', lastError }).andWhere("state <> 'broken'").execute();
      if (affected === 1) await this.publish(manager, { ...row, state: 'broken' }, 'connection.changed');
      // Calls that go on failing for the same reason write nothing, though the cloud's words may hold the time.
      else await update().set({ lastError }).andWhere(String.raw`regexp_replace(last_error ->> 'message', '\d+', '', 'g') IS DISTINCT FROM regexp_replace(:message, '\d+', '', 'g')`, { message: lastError.message }).execute();
    });
  }

  /** Whose API budget the calls of a connection use. */
  accountOf(row: ConnectionRow, credential?: FieldValues): string {
    return knownAccount(row) ?? guessedAccount(row, credential ?? this.unsealed(row), (plain) => this.secrets.fingerprint(plain));
  }

  private opened(row: ConnectionRow, credential: FieldValues) {
    const driver = this.host.find(row.driver);
    if (!driver) {
      const why = this.host.list().find(({ name }) => name === row.driver)?.why;
      throw new DriverError('UNAVAILABLE', `The driver "${row.driver}" of the connection "${row.name}" ${why === undefined ? 'is not installed any more: install it again' : `serves nothing: ${why}`}.`, { providerCode: DRIVER_ABSENT });
    }
    return { connection: refOf(row), manifest: driver.manifest, credential, options: row.options, revision: String(row.revision), account: this.accountOf(row, credential), ...(row.endpoint !== null && { endpoint: row.endpoint }) };
  }

  private seal(id: string, credential: FieldValues): string {
    return this.secrets.seal(JSON.stringify(credential), `connection:${id}`);
  }

  private unsealed(row: ConnectionRow): FieldValues {
    return JSON.parse(this.secrets.open(row.sealed, `connection:${row.id}`)) as FieldValues;
  }

  private publish(manager: EntityManager, { id, name, workspaceId, state, cloud, accountId }: ConnectionRow, type: string): Promise<void> {
    return this.events.publish(manager, { workspaceId, type, subject: { type: 'connection', id, name }, data: { state, cloud, accountId } });
  }

  private async write<T>(name: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      throw (error as { code?: string }).code === '23505' ? taken(name) : error;
    }
  }

  private get rows() {
    return this.database.dataSource.getRepository(ConnectionRow);
  }
}

const taken = (name: string): Problem => new Problem('ALREADY_EXISTS', `The connection "${name}" exists already in this workspace: choose another name.`, { errors: [{ field: 'name', rule: 'must be unique in its workspace' }] });

/** The values of a driver's form. @throws Problem INVALID_REQUEST that names every broken field at once. */
function checked(manifest: Manifest, credentialGiven: FieldValues, optionsGiven: FieldValues, endpoint: string | undefined): { credential: FieldValues; options: FieldValues } {
  const credential = checkFields('credential', manifest.credential, credentialGiven);
  const options = checkFields('options', manifest.options ?? [], optionsGiven);
  const errors = [...credential.errors, ...options.errors, ...checkEndpoint(manifest, endpoint)];
  if (errors.length > 0) throw new Problem('INVALID_REQUEST', errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
  return { credential: credential.values, options: options.values };
}

/** Who the cloud says that the credential is; a cloud that cannot say it is asked for its regions instead. */
async function identity(session: CloudSession): Promise<Proof> {
  const proven = { state: 'verified', verifiedAt: new Date(), lastError: null } as const;
  if (session.has('account')) {
    const { accountId, principal } = await session.call('account.verify', {}, { priority: 'person' });
    return { ...proven, accountId, principal: principal ?? null };
  }
  if (session.has('region')) await session.call('region.list', { pageSize: 1 }, { priority: 'person' });
  return { ...proven, accountId: null, principal: null };
}
