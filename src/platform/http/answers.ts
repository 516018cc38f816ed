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

/** Of answers to what makes or begins something. */
const LOCATION = { Location: { description: 'Where it is, or where the operation tells how it goes', schema: { type: 'string' as const, format: 'uri-reference' }, example: '/v1/operations/019a2c00-0000-7000-8000-000000000010' } };

/** What a route is for and answers with: `summary` is one sentence, `example` a whole body. */
export const Answers = (status: number, summary: string, schema?: z.ZodType, example?: unknown) =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, ...((status === 201 || status === 202) && { headers: LOCATION }), ...(schema && { content: { 'application/json': { schema: openApiSchema(schema), ...(example !== undefined && { example }) } } }) }),
  );

/** Documents the header by which a request may be repeated safely; the route hands it to `Idempotency`. */
export const Repeatable = () =>
  ApiHeader({
    name: 'Idempotency-Key', required: false, description: 'Makes the request safe to repeat for 24 hours: the same key and body give the first answer again, and the work is done once',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' }, example: '0b0c9b51-4c0b-4a43-9d0c-6f7b9a6f2a10',
  });

/** Like {@link Answers}, for a route that answers with an event stream. */
export const StreamAnswers = (summary: string) =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event seen: the stream goes on after it', schema: { type: 'string', pattern: '^[0-9]{1,18}-[0-9]{1,18}$' }, example: '7421-118' }),
    ApiResponse({ status: 200, description: summary, content: { 'text/event-stream': { schema: { type: 'string' }, example: 'id: 7421-118\nevent: vm.changed\ndata: {"id":"7421-118","type":"vm.changed"}\n\n' } } }),
  );
