import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { Page } from '../../kernel/page.js';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { Answers, type CallerScope, CurrentScope, Database, type Operation, OperationBody, Permission, operationExample } from '../../platform/index.js';
import { CATALOGUE_PARTS, type CataloguePart } from '../catalogue/catalogue.js';
import { Refresh } from '../catalogue/refresh.js';
import { regionsOf } from '../catalogue/region-list.js';
import { Sync } from '../catalogue/sync.js';
import { Connections } from '../connections/connections.js';
import { listConnections } from '../connections/list.js';
import { Connector } from '../connector.js';
import type { ConnectionRow } from '../connector.entities.js';
import { askCloud } from '../problems.js';
import { RegionPage } from './catalogue.dto.js';
import { Connection, ConnectionPage, ConnectionQuery, CreateConnection, LiveQuery, QuotaList, QuotaQuery, SyncConnection, UpdateConnection, VerifyQuery } from './connections.dto.js';
import { connectionExample, quotaExample, regionExample } from './examples.js';
import { workspaceFor } from './workspace.js';

type Answer = z.infer<typeof Connection>;

/** A connection as it is answered: every field but the sealed credential. */
const answer = ({ sealed: _sealed, revision: _revision, createdBy: _createdBy, verifiedAt, syncedAt, createdAt, updatedAt, ...row }: ConnectionRow): Answer => ({
  ...row, verifiedAt: verifiedAt?.toISOString() ?? null, syncedAt: syncedAt?.toISOString() ?? null, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(),
});

/** Connections: cloud accounts that workspaces use. */
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    @Inject(Connections) private readonly connections: Connections,
    @Inject(Connector) private readonly connector: Connector,
    @Inject(Refresh) private readonly refresh: Refresh,
    @Inject(Sync) private readonly syncs: Sync,
    @Inject(Database) private readonly database: Database,
    @Inject(Iam) private readonly iam: Iam,
  ) {}

  @Post()
  @Permission('connection:create')
  @Answers(201, 'Makes a connection: the cloud is asked who the credential is, the credential is sealed, and the catalogue is read.', Connection, connectionExample)
  async create(@CurrentPrincipal() principal: Principal, @Query({ schema: VerifyQuery }) { verify }: z.infer<typeof VerifyQuery>, @Body({ schema: CreateConnection }) body: z.infer<typeof CreateConnection>, @Res({ passthrough: true }) reply: FastifyReply): Promise<Answer> {
    const { sync, workspaceId, ...input } = body;
    const target = await workspaceFor(this.iam, principal, workspaceId);
    const row = await this.connections.create({ ...input, workspaceId: target, createdBy: principal.userId }, verify === 'true', async (manager, made) => {
      if (sync) await this.begin(manager, made, {}, principal);
    });
    void reply.header('location', `/v1/connections/${row.id}`);
    return answer(row);
  }

  @Get()
  @Permission('connection:read')
  @Answers(200, 'Lists the connections of the caller’s workspaces.', ConnectionPage, { items: [connectionExample], nextPageToken: null })
  async list(@CurrentScope() scope: CallerScope, @Query({ schema: ConnectionQuery }) query: z.infer<typeof ConnectionQuery>): Promise<Page<Answer>> {
    const page = await listConnections(this.database, await scope.workspaceIds(), query);
    return { ...page, items: page.items.map(answer) };
  }

  @Get(':connection')
  @Permission('connection:read')
  @Answers(200, 'Shows a connection by its id or name; never its credential.', Connection, connectionExample)
  async show(@CurrentScope() scope: CallerScope, @Param('connection') reference: string): Promise<Answer> {
    return answer(await this.require(scope, reference));
  }

  @Patch(':connection')
  @Permission('connection:update')
  @Answers(200, 'Changes a connection; a new credential is tried before it is kept.', Connection, connectionExample)
  async update(@CurrentScope() scope: CallerScope, @Param('connection') reference: string, @Query({ schema: VerifyQuery }) { verify }: z.infer<typeof VerifyQuery>, @Body({ schema: UpdateConnection }) change: z.infer<typeof UpdateConnection>): Promise<Answer> {
    return answer(await this.connections.update(await this.require(scope, reference), change, verify === 'true'));
  }

  @Delete(':connection')
  @Permission('connection:delete')
  @HttpCode(204)
  @Answers(204, 'Deletes a connection and its catalogue; refused while something uses it.')
  async delete(@CurrentScope() scope: CallerScope, @Param('connection') reference: string): Promise<void> {
    await this.connections.delete(await this.require(scope, reference), (manager, row) => this.syncs.cancelAll(manager, row.id));
  }

  @Post(':connection/verify')
  @Permission('connection:verify')
  @HttpCode(200)
  @Answers(200, 'Asks the cloud who the credential is now.', Connection, connectionExample)
  async verify(@CurrentScope() scope: CallerScope, @Param('connection') reference: string): Promise<Answer> {
    return answer(await this.connections.verify(await this.require(scope, reference)));
  }

  @Get(':connection/regions')
  @Permission('connection:read')
  @Answers(200, 'Lists the regions of a connection with their zones, asked of the cloud now.', RegionPage, { items: [regionExample], nextPageToken: null })
  async regions(@CurrentScope() scope: CallerScope, @Param('connection') reference: string, @Query({ schema: LiveQuery }) { live }: z.infer<typeof LiveQuery>): Promise<z.infer<typeof RegionPage>> {
    const row = await this.require(scope, reference);
    if (live === 'true') await askCloud(() => this.refresh.regions(row.id, { zones: true, priority: 'person' }));
    return { items: (await regionsOf(this.database, row.id)).map((region) => ({ ...region, connection: row.name })), nextPageToken: null };
  }

  @Get(':connection/quotas')
  @Permission('connection:read')
  @Answers(200, 'Lists the limits of the account in a region with what is in use, asked of the cloud at most each 10 s.', QuotaList, { items: [quotaExample], nextPageToken: null })
  async quotas(@CurrentScope() scope: CallerScope, @Param('connection') reference: string, @Query({ schema: QuotaQuery }) { region }: z.infer<typeof QuotaQuery>): Promise<z.infer<typeof QuotaList>> {
    const row = await this.require(scope, reference);
    return { items: await this.connector.quotas(row.id, region), nextPageToken: null };
  }

  @Post(':connection/sync')
  @Permission('connection:sync')
  @HttpCode(202)
  @ApiBody({ required: false })
  @Answers(202, 'Reads the catalogue of a connection anew, as an operation with progress by region.', OperationBody, { ...operationExample, kind: 'connection.sync', target: { type: 'connection', id: connectionExample.id, name: connectionExample.name } })
  async sync(@CurrentPrincipal() principal: Principal, @CurrentScope() scope: CallerScope, @Param('connection') reference: string, @Body({ schema: SyncConnection.optional() }) body: z.infer<typeof SyncConnection> | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<Operation> {
    const row = await this.require(scope, reference);
    const operation = await this.database.transaction((manager) => this.begin(manager, row, { ...(body?.regions && { regions: body.regions }), ...(body?.what && { parts: body.what }) }, principal));
    void reply.header('location', `/v1/operations/${operation.id}`);
    return operation;
  }

  private begin(manager: EntityManager, row: ConnectionRow, input: { regions?: string[]; parts?: CataloguePart[] }, principal: Principal): Promise<Operation> {
    return this.syncs.start(manager, row, { parts: [...new Set(input.parts ?? CATALOGUE_PARTS)], regions: [...new Set(input.regions ?? [])], createdBy: principal.userId });
  }

  private async require(scope: CallerScope, reference: string): Promise<ConnectionRow> {
    return this.connections.require(await scope.workspaceIds(), reference);
  }
}
