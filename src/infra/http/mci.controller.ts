import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal, type ProjectRef } from '../../iam/index.js';
import { PageQuery } from '../../kernel/page.js';
import { Answers, Database, Idempotency, type Operation, OperationBody, OperationParam, Permission, Repeatable } from '../../platform/index.js';
import { Commands } from '../commands.js';
import { Infra } from '../infra.js';
import { Mcis } from '../mcis.js';
import type { MciRow } from '../infra.entities.js';
import { Action, CommandPage, CommandResults, CreateMci, MciDetail, MciPage, MciQuery, Plan, PrivateKey, RunCommand, Scale, Vm, VmPage, VmQuery } from './mci.dto.js';
import { accepted, commandLine, commandResults, mci, mciDetail, plan, vm } from './mci.examples.js';

/** MCIs of a project. Requests that change clouds answer 202 with an operation; with `Idempotency-Key` they may be repeated safely. */
@Controller('v1/projects/:project/mcis')
export class MciController {
  constructor(
    @Inject(Iam) private readonly iam: Iam,
    @Inject(Infra) private readonly infra: Infra,
    @Inject(Mcis) private readonly mcis: Mcis,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(Database) private readonly database: Database,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
  ) {}

  @Post('plan')
  @HttpCode(200)
  @Permission('mci:read')
  @Answers(200, 'Says what a request would make, cost and meet, and makes nothing.', Plan, plan)
  async plan(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Body({ schema: CreateMci }) body: CreateMci): Promise<z.infer<typeof Plan>> {
    return this.infra.plan(await this.iam.requireProject(principal, project), body);
  }

  @Post()
  @HttpCode(202)
  @Permission('mci:create')
  @Repeatable()
  @Answers(202, 'Begins to make an MCI; the operation tells how it goes.', OperationBody, accepted)
  async create(@CurrentPrincipal() principal: Principal, @Param('project') reference: string, @Body({ schema: CreateMci }) body: CreateMci, @Headers('idempotency-key') key: string | undefined, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const project = await this.iam.requireProject(principal, reference);
    // Before the transaction, since clouds may have to be asked, and one that stays open holds everybody's events back; a repeat gets its stored answer whatever this says.
    const checked = this.infra.check(project, body);
    await checked.catch(() => undefined);
    return this.begin(principal, key, request, reply, body, async (manager) => this.infra.create(manager, principal, project, body, await checked));
  }

  @Get()
  @Permission('mci:read')
  @Answers(200, 'Lists the MCIs of a project with their VMs by state.', MciPage, { items: [mci], nextPageToken: null })
  async list(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Query({ schema: MciQuery }) query: z.infer<typeof MciQuery>) {
    return this.mcis.list(await this.iam.requireProject(principal, project), query);
  }

  @Get(':mci')
  @Permission('mci:read')
  @Answers(200, 'Shows an MCI by id or name, with its groups.', MciDetail, mciDetail)
  async show(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string) {
    return this.mcis.show((await this.find(principal, project, reference)).mci);
  }

  @Delete(':mci')
  @HttpCode(202)
  @Permission('mci:delete')
  @Repeatable()
  @Answers(202, 'Deletes an MCI with all that it stands on, also in the middle of its making.', OperationBody, accepted)
  async delete(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Headers('idempotency-key') key: string | undefined, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const found = await this.find(principal, project, reference);
    return this.begin(principal, key, request, reply, null, (manager) => this.infra.delete(manager, principal, found.mci));
  }

  @Get(':mci/vms')
  @Permission('mci:read')
  @Answers(200, 'Lists the VMs of an MCI with state, addresses and SSH user.', VmPage, { items: [vm], nextPageToken: null })
  async vms(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Query({ schema: VmQuery }) query: z.infer<typeof VmQuery>) {
    return this.mcis.listVms((await this.find(principal, project, reference)).mci, query);
  }

  @Get(':mci/vms/:vm')
  @Permission('mci:read')
  @Answers(200, 'Shows a VM by id or name.', Vm, vm)
  async vm(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Param('vm') name: string) {
    return this.mcis.showVm((await this.find(principal, project, reference)).mci, name);
  }

  @Post(':mci/actions')
  @HttpCode(202)
  @Permission('mci:update')
  @Repeatable()
  @Answers(202, 'Suspends, resumes, reboots or terminates all VMs, or the chosen groups and VMs.', OperationBody, accepted)
  async act(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Body({ schema: Action }) body: z.infer<typeof Action>, @Headers('idempotency-key') key: string | undefined, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const found = await this.find(principal, project, reference);
    return this.begin(principal, key, request, reply, body, (manager) => this.infra.act(manager, principal, found.mci, body));
  }

  @Post(':mci/groups/:group/scale')
  @HttpCode(202)
  @Permission('mci:update')
  @Repeatable()
  @Answers(202, 'Brings a group to a number of VMs; the youngest go first.', OperationBody, accepted)
  async scale(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Param('group') group: string, @Body({ schema: Scale }) body: z.infer<typeof Scale>, @Headers('idempotency-key') key: string | undefined, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const found = await this.find(principal, project, reference);
    return this.begin(principal, key, request, reply, body, (manager) => this.infra.scale(manager, principal, found.mci, group, body.size));
  }

  @Post(':mci/private-key')
  @HttpCode(200)
  @Permission('mci:key')
  @Answers(200, 'Gives the private key of the VMs, once, to the one who made the MCI.', PrivateKey, { privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\n…', fileName: 'mcmp-demo.pem', users: ['ubuntu'] })
  async privateKey(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string) {
    return this.mcis.takeKey(principal, (await this.find(principal, project, reference)).mci);
  }

  @Post(':mci/commands')
  @HttpCode(202)
  @Permission('mci:command')
  @Repeatable()
  @Answers(202, 'Runs a command over SSH on all running VMs, or the chosen ones.', OperationBody, accepted)
  async command(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Body({ schema: RunCommand }) body: z.infer<typeof RunCommand>, @Headers('idempotency-key') key: string | undefined, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const found = await this.find(principal, project, reference);
    return this.begin(principal, key, request, reply, body, (manager) => this.commands.start(manager, principal, found.mci, body));
  }

  @Get(':mci/commands')
  @Permission('mci:read')
  @Answers(200, 'Lists the commands that were run on an MCI, the newest first.', CommandPage, { items: [commandLine], nextPageToken: null })
  async commandLines(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>) {
    return this.commands.list((await this.find(principal, project, reference)).mci, query);
  }

  @Get(':mci/commands/:operation')
  @Permission('mci:read')
  @OperationParam()
  @Answers(200, 'Shows what a command gave, VMs with equal outcome together.', CommandResults, commandResults)
  async commandResults(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Param('mci') reference: string, @Param('operation') operationId: string) {
    return this.commands.results((await this.find(principal, project, reference)).mci, operationId);
  }

  private async find(principal: Principal, project: string, reference: string): Promise<{ project: ProjectRef; mci: MciRow }> {
    const found = await this.iam.requireProject(principal, project);
    return { project: found, mci: await this.mcis.require(found, reference) };
  }

  /** One transaction around the work and its stored answer; 202 with the operation's place. */
  private async begin(principal: Principal, key: string | undefined, request: FastifyRequest, reply: FastifyReply, body: unknown, work: (manager: EntityManager) => Promise<Operation>): Promise<unknown> {
    const route = `${request.method} ${request.url.split('?')[0]}`;
    const answer = await this.database.transaction((manager) => this.idempotency.run(manager, { key, userId: principal.userId, route, body }, async () => {
      const result = await work(manager);
      return { status: 202, body: result, headers: { location: `/v1/operations/${result.id}` } };
    }));
    for (const [name, value] of Object.entries(answer.headers ?? {})) void reply.header(name, value);
    void reply.status(answer.status);
    return answer.body;
  }
}
