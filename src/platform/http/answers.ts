import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_CODES } from './problems.js';

/** The body of every error answer (RFC 9457). */
export const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(PROBLEM_CODES as [string, ...string[]]),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    operationId: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), rule: z.string(), help: z.string().optional() })).optional(),
  })
  .loose();

/** OpenAPI 3.0 schema of a zod schema, as it is answered. */
export const openApiSchema = (schema: z.ZodType): Record<string, unknown> => z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'output', unrepresentable: 'any' }) as Record<string, unknown>;

/** What a route is for and answers with: `summary` is one sentence, `example` a whole body. */
export const Answers = (status: number, summary: string, schema?: z.ZodType, example?: unknown) =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, ...(schema && { content: { 'application/json': { schema: openApiSchema(schema), ...(example !== undefined && { example }) } } }) }),
  );

/** Like {@link Answers}, for a route that answers with an event stream. */
export const StreamAnswers = (summary: string) =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event seen: the stream goes on after it', schema: { type: 'string', pattern: '^[0-9]{1,18}-[0-9]{1,18}$' }, example: '7421-118' }),
    ApiResponse({ status: 200, description: summary, content: { 'text/event-stream': { schema: { type: 'string' }, example: 'id: 7421-118\nevent: vm.changed\ndata: {"id":"7421-118","type":"vm.changed"}\n\n' } } }),
  );
