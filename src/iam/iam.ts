import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, type EntityTarget, In, LessThan, type ObjectLiteral } from 'typeorm';
import { newId } from '../kernel/ids.js';
import { type Page, type PageQuery, idAfter, isId, toPage } from '../kernel/page.js';
import { Problem } from '../kernel/problem.js';
import { CONFIG, type Config, Database } from '../platform/index.js';
import { EndedSessionRow, MembershipRow, ProjectRow, UserRow, WorkspaceRow } from './iam.entities.js';
import { OpenSessions } from './open-sessions.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { type Role, allows } from './roles.js';

/** Who calls. */
export interface Principal { userId: string; username: string; role: string }
/** A project that the caller may see. */
export interface ProjectRef { id: string; name: string; workspaceId: string }

const BOOTSTRAP_LOCK = 7_216_402;
const LOGIN_TRIES = 10;
const LOGIN_WINDOW_MS = 60_000;
/** Clocks of servers may differ by so much: an ended session is remembered longer than the latest of them takes it. */
const CLOCKS_MS = 3_600_000;

/** Facade of identity and access: who is there, what belongs to whom. */
@Injectable()
export class Iam implements OnModuleInit {
  private readonly open = new OpenSessions((ids) => this.endedSessions(ids));
  private readonly failedLogins = new Map<string, number[]>();
  constructor(@Inject(Database) private readonly database: Database, @Inject(CONFIG) private readonly config: Config) {}

  /** Makes the first administrator with workspace and project `default`, once, also when servers start together. */
  async onModuleInit(): Promise<void> {
    const generated = await this.database.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [BOOTSTRAP_LOCK]);
      if ((await manager.count(UserRow)) > 0) return undefined;
      const password = this.config.adminPassword ?? randomBytes(15).toString('base64url');
      const userId = newId();
      const workspaceId = newId();
      await manager.insert(UserRow, { id: userId, username: 'admin', passwordHash: await hashPassword(password), role: 'admin' });
      await manager.insert(WorkspaceRow, { id: workspaceId, name: 'default' });
      await manager.insert(ProjectRow, { id: newId(), workspaceId, name: 'default' });
      await manager.insert(MembershipRow, { workspaceId, userId });
      return this.config.adminPassword === undefined ? password : undefined;
    });
    if (generated) process.stdout.write(`First administrator: user "admin", password "${generated}" (shown this once)\n`);
  }

  /** The user behind right name and password. @throws Problem UNAUTHENTICATED, RATE_LIMITED after ten wrong tries in a minute. */
  async login(username: string, password: string): Promise<string> {
    const now = Date.now();
    const failures = (this.failedLogins.get(username) ?? []).filter((at) => at > now - LOGIN_WINDOW_MS);
    if (failures.length >= LOGIN_TRIES) {
      throw new Problem('RATE_LIMITED', 'Too many wrong passwords for this user: wait a minute.', { retryAfterSeconds: ((failures[0] as number) + LOGIN_WINDOW_MS - now) / 1000 });
    }
    const user = await this.users.findOneBy({ username });
    if (!(await verifyPassword(password, user?.passwordHash)) || !user || user.disabled) {
      if (this.failedLogins.size > 10_000) this.failedLogins.clear();
      this.failedLogins.set(username, [...failures, now]);
      throw new Problem('UNAUTHENTICATED', 'User name or password is wrong.');
    }
    this.failedLogins.delete(username);
    return user.id;
  }

  /** Who an id is now. @throws Problem UNAUTHENTICATED where the user is gone or disabled. */
  async principal(userId: string): Promise<Principal> {
    const user = isId(userId) ? await this.users.findOneBy({ id: userId }) : null;
    if (!user || user.disabled) throw new Problem('UNAUTHENTICATED', 'The user of this access token is gone or disabled.');
    return { userId: user.id, username: user.username, role: user.role };
  }

  /** Whether a user still holds a permission and sees a project; for what stays open longer than a request. */
  async stillMay(userId: string, permission: string, projectId: string): Promise<boolean> {
    try {
      const principal = await this.principal(userId);
      return allows(principal.role, permission) && (await this.requireProject(principal, projectId)).id === projectId;
    } catch (error) {
      if (error instanceof Problem && ['UNAUTHENTICATED', 'NOT_FOUND'].includes(error.code)) return false;
      throw error;
    }
  }

  /** Has `end` called when a session is ended by its user, at whatever server; gives how to be told no more. */
  whileOpen(sessionId: string, end: () => void): () => void {
    return this.open.whileOpen(sessionId, end);
  }

  /** Ends a session before its time, for every server. */
  async endSession({ id, expiresAt }: { id: string; expiresAt: Date }): Promise<void> {
    await this.endedRows.delete({ expiresAt: LessThan(new Date(Date.now() - CLOCKS_MS)) });
    await this.endedRows.upsert({ id, expiresAt }, ['id']);
    this.open.end(id);
  }

  /** Which of these sessions were ended by their users. */
  async endedSessions(ids: string[]): Promise<Set<string>> {
    return new Set((await this.endedRows.findBy({ id: In(ids) })).map(({ id }) => id));
  }

  /** The project by id or name, if the caller may see it. @throws Problem NOT_FOUND (also for another's), CONFLICT where a name is in several workspaces. */
  async requireProject(principal: Principal, reference: string): Promise<ProjectRef> {
    const found = await this.visible(principal, ProjectRow, 'workspaceId').andWhere(isId(reference) ? 'row.id = :reference' : 'row.name = :reference', { reference }).limit(2).getMany();
    if (found.length > 1) throw new Problem('CONFLICT', `Several of your workspaces have a project "${reference}": name it by its id.`);
    const [project] = found;
    if (!project) throw new Problem('NOT_FOUND', `There is no project "${reference}" that you may see; GET /v1/projects lists yours.`);
    return { id: project.id, name: project.name, workspaceId: project.workspaceId };
  }

  /** Workspaces whose things the caller may see. */
  async workspaceIds(principal: Principal): Promise<string[] | 'all'> {
    if (principal.role === 'admin') return 'all';
    return (await this.database.dataSource.getRepository(MembershipRow).findBy({ userId: principal.userId })).map(({ workspaceId }) => workspaceId);
  }

  listProjects(principal: Principal, query: PageQuery): Promise<Page<ProjectRow>> {
    return this.page(this.visible(principal, ProjectRow, 'workspaceId'), query);
  }

  listWorkspaces(principal: Principal, query: PageQuery): Promise<Page<WorkspaceRow>> {
    return this.page(this.visible(principal, WorkspaceRow, 'id'), query);
  }

  listUsers(query: PageQuery): Promise<Page<UserRow>> {
    return this.page(this.users.createQueryBuilder('row'), query);
  }

  /** Makes a workspace with its maker as member. @throws Problem ALREADY_EXISTS. */
  createWorkspace(principal: Principal, name: string): Promise<WorkspaceRow> {
    return this.create(`workspace "${name}"`, async (manager) => {
      const id = newId();
      await manager.insert(WorkspaceRow, { id, name });
      await manager.insert(MembershipRow, { workspaceId: id, userId: principal.userId });
      return manager.findOneByOrFail(WorkspaceRow, { id });
    });
  }

  /** Makes a project in a workspace that the caller is in. @throws Problem NOT_FOUND, ALREADY_EXISTS. */
  async createProject(principal: Principal, input: { name: string; workspaceId: string }): Promise<ProjectRow> {
    const workspace = await this.visible(principal, WorkspaceRow, 'id').andWhere('row.id = :id', { id: input.workspaceId }).getOne();
    if (!workspace) throw new Problem('NOT_FOUND', `There is no workspace ${input.workspaceId} that you may see; GET /v1/workspaces lists yours.`, { errors: [{ field: 'workspaceId', rule: 'must be a workspace that you are a member of' }] });
    return this.create(`project "${input.name}"`, async (manager) => {
      const id = newId();
      await manager.insert(ProjectRow, { id, ...input });
      return manager.findOneByOrFail(ProjectRow, { id });
    });
  }

  /** Makes a user who is in these workspaces. @throws Problem ALREADY_EXISTS, NOT_FOUND for a workspace. */
  createUser(input: { username: string; password: string; role: Role; workspaceIds: string[] }): Promise<UserRow> {
    return this.create(`user "${input.username}"`, async (manager) => {
      const id = newId();
      await manager.insert(UserRow, { id, username: input.username, passwordHash: await hashPassword(input.password), role: input.role });
      for (const workspaceId of new Set(input.workspaceIds)) {
        if (!(await manager.existsBy(WorkspaceRow, { id: workspaceId }))) throw new Problem('NOT_FOUND', `There is no workspace ${workspaceId}.`, { errors: [{ field: 'workspaceIds', rule: 'must name workspaces that exist' }] });
        await manager.insert(MembershipRow, { workspaceId, userId: id });
      }
      return manager.findOneByOrFail(UserRow, { id });
    });
  }

  private get endedRows() {
    return this.database.dataSource.getRepository(EndedSessionRow);
  }

  private get users() {
    return this.database.dataSource.getRepository(UserRow);
  }

  /** Rows of the workspaces that the caller is in; an administrator sees all. */
  private visible<T extends ObjectLiteral>(principal: Principal, target: EntityTarget<T>, workspace: string) {
    const query = this.database.dataSource.getRepository(target).createQueryBuilder('row');
    if (principal.role === 'admin') return query.where('true');
    const mine = query.subQuery().select('membership.workspaceId').from(MembershipRow, 'membership').where('membership.userId = :userId').getQuery();
    return query.where(`row.${workspace} IN ${mine}`, { userId: principal.userId });
  }

  private async page<T extends { id: string }>(query: import('typeorm').SelectQueryBuilder<T>, page: PageQuery): Promise<Page<T>> {
    const after = idAfter(page);
    if (after) query.andWhere('row.id > :after', { after });
    return toPage(await query.orderBy('row.id').limit(page.pageSize + 1).getMany(), page.pageSize, (row) => [row.id]);
  }

  private async create<T>(what: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } catch (error) {
      if ((error as { code?: string }).code !== '23505') throw error;
      throw new Problem('ALREADY_EXISTS', `The ${what} exists already: choose another name.`, { cause: error });
    }
  }
}
