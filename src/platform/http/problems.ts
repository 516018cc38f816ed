import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_STATUS, Problem, type ProblemCode } from '../../kernel/problem.js';
import type { Logger } from '../logger/logger.js';

/** Codes for errors that the framework throws, by status. */
const CODE_OF_STATUS: Record<number, ProblemCode> = {
  400: 'INVALID_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 406: 'NOT_ACCEPTABLE', 409: 'CONFLICT', 410: 'GONE',
  413: 'PAYLOAD_TOO_LARGE', 414: 'INVALID_REQUEST', 415: 'UNSUPPORTED_MEDIA_TYPE', 422: 'UNPROCESSABLE', 429: 'RATE_LIMITED', 431: 'INVALID_REQUEST', 503: 'UNAVAILABLE', 504: 'TIMEOUT',
};

const DETAIL_OF_FASTIFY: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be JSON: send it with content-type application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty, but content-type says JSON: send a JSON document or leave the header out.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this server takes (MCMP_BODY_LIMIT_BYTES).',
};

/** Turns whatever was thrown into a Problem; what nobody foresaw becomes INTERNAL without its text. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const error = thrown as { statusCode?: unknown; status?: unknown; code?: unknown; message?: unknown };
  const status = thrown instanceof HttpException ? thrown.getStatus() : Number(error?.statusCode ?? error?.status);
  const code = CODE_OF_STATUS[status];
  if (code === undefined || (status >= 500 && !(thrown instanceof HttpException))) {
    return new Problem('INTERNAL', 'The server met an error that it did not expect. Nothing was lost; repeat the request, and report the requestId if it stays.', { cause: thrown });
  }
  const detail = DETAIL_OF_FASTIFY[String(error.code)] ?? String(error.message);
  return new Problem(code, status === 404 && detail.startsWith('Cannot ') ? `${detail.slice(7)} is not a route of this API; see /api.` : detail, { cause: thrown });
}

/** Answers every error as `application/problem+json` (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = toProblem(thrown);
    if (problem.status >= 500) this.logger.error('request failed', problem.more.cause ?? problem, { method: request.method, url: request.url.split('?')[0] });
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const { errors, operationId, retryAfterSeconds, extra } = problem.more;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="mcmp"');
    void reply.status(problem.status).type('application/problem+json').send({
      type: 'about:blank', title: title(problem.code), status: problem.status, code: problem.code, detail: problem.detail, instance: request.url.split('?')[0],
      requestId: request.id, ...(errors && { errors }), ...(operationId && { operationId }), ...extra,
    });
  }
}

const title = (code: ProblemCode): string => code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** All codes, for the OpenAPI document. */
export const PROBLEM_CODES = Object.keys(PROBLEM_STATUS) as ProblemCode[];
