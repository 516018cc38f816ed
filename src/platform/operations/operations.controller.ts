import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Page, PageQuery, pageOf } from '../../kernel/page.js';
import { FIRST_EVENT } from '../events/events.js';
import { EventStreams } from '../events/stream.js';
import { Answers, StreamAnswers } from '../http/answers.js';
import { Permission } from '../http/marks.js';
import { type CallerScope, CurrentScope } from '../http/scope.js';
import { LOG_LEVELS } from '../logger/logger.js';
import { type OperationLogLine, OperationLogs } from './logs.js';
import { OPERATION_STATES, type Operation, type OperationPart, type OperationState, PART_STATES, isFinal } from './operation.js';
import { Operations } from './operations.js';

const time = z.iso.datetime();
/** Schema of an operation, for every route that answers with one. */
export const OperationBody = z.object({
  id: z.uuid(),
  kind: z.string().meta({ description: '`<noun>.<verb>`' }),
  workspaceId: z.uuid(),
  projectId: z.uuid().nullable(),
  target: z.object({ type: z.string(), id: z.string(), name: z.string() }),
  state: z.enum(OPERATION_STATES).meta({ description: '`succeeded`, `failed` and `cancelled` are final' }),
  progress: z.object({ done: z.int().min(0), failed: z.int().min(0), total: z.int().min(0) }),
  message: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  errors: z.array(z.object({ code: z.string(), count: z.int(), message: z.string(), help: z.string().optional(), targets: z.array(z.string()) })).meta({ description: 'Grouped by code; `targets` names the first ten' }),
  createdBy: z.uuid(),
  createdAt: time,
  updatedAt: time,
  finishedAt: time.nullable(),
});

const OperationQuery = PageQuery.extend({
  project: z.uuid().optional().meta({ description: 'Id of a project' }),
  kind: z.string().min(1).max(100).optional().meta({ description: 'Kind, e.g. `mci.create`' }),
  target: z.string().min(1).max(100).optional().meta({ description: 'Id of what they work on, or part of its name', example: 'shop' }),
  since: z.iso.datetime({ offset: true }).optional().meta({ description: 'Only those that began then or later', example: '2026-11-24T00:00:00Z' }),
  state: z.enum(OPERATION_STATES).optional().meta({ description: 'State' }),
}).strict();

const PartBody = z.object({
  name: z.string(),
  place: z.string().nullable().meta({ description: 'What parts are grouped by' }),
  state: z.enum(PART_STATES),
  detail: z.string().nullable().meta({ description: 'The domain’s own word, e.g. the state of a VM' }),
  attempts: z.int().min(0),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  error: z.object({ code: z.string(), message: z.string(), help: z.string().optional() }).nullable(),
});

const LogQuery = PageQuery.extend({ level: z.enum(LOG_LEVELS).default('info').meta({ description: 'The least level' }) }).strict();
const LogLineBody = z.object({
  id: z.string(), at: time, level: z.enum(LOG_LEVELS), server: z.string().meta({ description: 'Name of the server that wrote it' }), message: z.string(),
  fields: z.record(z.string(), z.unknown()).meta({ description: 'What the line carries beside, redacted; `resumed` where a server that was lost is taken over' }),
});

/** Documents `{operation}` of a path. */
export const OperationParam = () => ApiParam({ name: 'operation', description: 'Id of the operation', schema: { type: 'string', format: 'uuid' } });

/** An operation as an example in the API document. */
export const operationExample = {
  id: '019a2c00-0000-7000-8000-000000000010', kind: 'mci.create', workspaceId: '019a2c00-0000-7000-8000-000000000001', projectId: '019a2c00-0000-7000-8000-000000000002',
  target: { type: 'mci', id: '019a2c00-0000-7000-8000-000000000011', name: 'shop' }, state: 'running' satisfies OperationState as OperationState, progress: { done: 40, failed: 0, total: 100 }, message: null, result: null, errors: [],
  createdBy: '019a2c00-0000-7000-8000-000000000003', createdAt: '2026-11-24T09:00:00.000Z', updatedAt: '2026-11-24T09:00:07.000Z', finishedAt: null,
};

const partExample: OperationPart = { name: 'shop-web-1', place: 'aws us-east-1', state: 'working', detail: 'creating', attempts: 1, startedAt: '2026-11-24T09:00:03.000Z', finishedAt: null, error: null };

const logLineExample: OperationLogLine = { id: '17', at: '2026-11-24T09:00:03.000Z', level: 'warn', server: 'server-1', message: 'a cloud failed; the work goes on', fields: { code: 'UNAVAILABLE' } };

/** Long work: look at it, follow it, cancel it. */
@Controller('v1/operations')
export class OperationsController {
  constructor(@Inject(Operations) private readonly operations: Operations, @Inject(EventStreams) private readonly streams: EventStreams, @Inject(OperationLogs) private readonly logLines: OperationLogs) {}

  @Get()
  @Permission('operation:read')
  @Answers(200, 'Lists operations, the newest first.', pageOf(OperationBody), { items: [operationExample], nextPageToken: null })
  list(@CurrentScope() scope: CallerScope, @Query({ schema: OperationQuery }) query: z.infer<typeof OperationQuery>): Promise<Page<Operation>> {
    const { project, kind, target, since, state } = query;
    return this.operations.list(scope, { project, kind, target, since, state: state && [state] }, query);
  }

  @Get(':operation')
  @OperationParam()
  @Permission('operation:read')
  @Answers(200, 'Shows an operation.', OperationBody, operationExample)
  get(@CurrentScope() scope: CallerScope, @Param('operation') id: string): Promise<Operation> {
    return this.operations.get(scope, id);
  }

  @Post(':operation/cancel')
  @OperationParam()
  @HttpCode(202)
  @Permission('operation:cancel')
  @Answers(202, 'Asks for the end of an operation; asking again changes nothing.', OperationBody, { ...operationExample, state: 'cancelling' })
  cancel(@CurrentScope() scope: CallerScope, @Param('operation') id: string): Promise<Operation> {
    return this.operations.cancel(scope, id);
  }

  @Get(':operation/parts')
  @OperationParam()
  @Permission('operation:read')
  @Answers(200, 'Lists what an operation works on (VMs, regions), each with where it is and why it failed; things that a later operation took over are left out.', pageOf(PartBody), { items: [partExample], nextPageToken: null })
  parts(@CurrentScope() scope: CallerScope, @Param('operation') id: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<OperationPart>> {
    return this.operations.parts(scope, id, query);
  }

  @Get(':operation/logs')
  @OperationParam()
  @Permission('operation:read')
  @Answers(200, 'Lists what the servers and the drivers logged for an operation, in order; kept for 14 days.', pageOf(LogLineBody), { items: [logLineExample], nextPageToken: null })
  logs(@CurrentScope() scope: CallerScope, @Param('operation') id: string, @Query({ schema: LogQuery }) query: z.infer<typeof LogQuery>): Promise<Page<OperationLogLine>> {
    return this.logLines.list(scope, id, query);
  }

  @Get(':operation/events')
  @OperationParam()
  @Permission('operation:read')
  @StreamAnswers('Streams the changes of an operation from its beginning, and ends with it (server-sent events).')
  async events(@CurrentScope() scope: CallerScope, @Param('operation') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const operation = await this.operations.get(scope, id);
    this.streams.send(request, reply, scope, { filter: { subjectId: operation.id }, from: FIRST_EVENT, isLast: ({ data }) => isFinal(data.state as OperationState) });
  }
}
