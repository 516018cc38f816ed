import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import { Answers, type CallerScope, CurrentScope, EventStreams, EVERYONE, Permission, Public, StreamAnswers } from '../../platform/index.js';
import { CurrentPrincipal } from '../guard.js';
import type { ProjectRow, UserRow, WorkspaceRow } from '../iam.entities.js';
import { Iam, type Principal, type ProjectRef } from '../iam.js';
import { Tokens } from '../tokens.js';
import { AccessToken, CreateProject, CreateUser, CreateWorkspace, Login, Me, Project, ProjectPage, User, UserPage, Workspace, WorkspacePage } from './iam.dto.js';

const at = '2026-11-24T09:00:00.000Z';
const workspace = { id: '019a2c00-0000-7000-8000-000000000001', name: 'default', createdAt: at };
const project = { id: '019a2c00-0000-7000-8000-000000000002', workspaceId: workspace.id, name: 'default', createdAt: at };
const user = { id: '019a2c00-0000-7000-8000-000000000003', username: 'mina', role: 'operator', disabled: false, createdAt: at };

const plainUser = ({ id, username, role, disabled, createdAt }: UserRow) => ({ id, username, role, disabled, createdAt });

/** Login, and who there is. */
@Controller('v1')
export class IamController {
  constructor(@Inject(Iam) private readonly iam: Iam, @Inject(Tokens) private readonly tokens: Tokens, @Inject(EventStreams) private readonly streams: EventStreams) {}

  @Post('auth/token')
  @Public()
  @HttpCode(200)
  @Answers(200, 'Gives an access token for a user name and password.', AccessToken, { accessToken: 'eyJhbGciOiJIUzI1NiJ9…', tokenType: 'Bearer', expiresIn: 3600 })
  async token(@Body({ schema: Login }) login: z.infer<typeof Login>): Promise<z.infer<typeof AccessToken>> {
    return this.tokens.issue(await this.iam.login(login.username, login.password));
  }

  @Get('me')
  @Permission('me:read')
  @Answers(200, 'Tells who the caller is.', Me, { userId: user.id, username: 'mina', role: 'operator' })
  me(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('workspaces')
  @Permission('workspace:read')
  @Answers(200, 'Lists the workspaces of the caller.', WorkspacePage, { items: [workspace], nextPageToken: null })
  workspaces(@CurrentPrincipal() principal: Principal, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<WorkspaceRow>> {
    return this.iam.listWorkspaces(principal, query);
  }

  @Post('workspaces')
  @Permission('workspace:create')
  @Answers(201, 'Makes a workspace with the caller as its member.', Workspace, workspace)
  createWorkspace(@CurrentPrincipal() principal: Principal, @Body({ schema: CreateWorkspace }) input: z.infer<typeof CreateWorkspace>): Promise<WorkspaceRow> {
    return this.iam.createWorkspace(principal, input.name);
  }

  @Get('projects')
  @Permission('project:read')
  @Answers(200, 'Lists the projects of the caller.', ProjectPage, { items: [project], nextPageToken: null })
  projects(@CurrentPrincipal() principal: Principal, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<ProjectRow>> {
    return this.iam.listProjects(principal, query);
  }

  @Get('projects/:project')
  @Permission('project:read')
  @Answers(200, 'Shows a project by its id or name.', Project.omit({ createdAt: true }), { id: project.id, workspaceId: workspace.id, name: 'default' })
  project(@CurrentPrincipal() principal: Principal, @Param('project') reference: string): Promise<ProjectRef> {
    return this.iam.requireProject(principal, reference);
  }

  @Get('projects/:project/events')
  @Permission('project:read')
  @StreamAnswers('Streams every change in a project (MCIs, VMs, operations) from now on, or after `Last-Event-ID` (server-sent events).')
  async events(@CurrentPrincipal() principal: Principal, @CurrentScope() scope: CallerScope, @Param('project') reference: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { id } = await this.iam.requireProject(principal, reference);
    this.streams.send(request, reply, scope, { filter: { projectId: id } });
  }

  @Get('events')
  @Permission('project:read')
  @StreamAnswers('Streams every change that the caller may see (connections, drivers, and all projects) from now on, or after `Last-Event-ID` (server-sent events).')
  async allEvents(@CurrentScope() scope: CallerScope, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const workspaceIds = await scope.workspaceIds();
    this.streams.send(request, reply, scope, { filter: workspaceIds === 'all' ? {} : { workspaceIds: [...workspaceIds, EVERYONE] } });
  }

  @Post('projects')
  @Permission('project:create')
  @Answers(201, 'Makes a project in a workspace of the caller.', Project, project)
  createProject(@CurrentPrincipal() principal: Principal, @Body({ schema: CreateProject }) input: z.infer<typeof CreateProject>): Promise<ProjectRow> {
    return this.iam.createProject(principal, input);
  }

  @Get('users')
  @Permission('user:manage')
  @Answers(200, 'Lists the users.', UserPage, { items: [user], nextPageToken: null })
  async users(@Query({ schema: PageQuery }) query: PageQuery) {
    const page = await this.iam.listUsers(query);
    return { ...page, items: page.items.map(plainUser) };
  }

  @Post('users')
  @Permission('user:manage')
  @Answers(201, 'Makes a user with a role, in these workspaces.', User, user)
  async createUser(@Body({ schema: CreateUser }) input: z.infer<typeof CreateUser>) {
    return plainUser(await this.iam.createUser(input));
  }
}
