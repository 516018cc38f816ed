import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_STATUS, Problem, type ProblemCode } from '../../kernel/problem.js';
import type { Logger } from '../logger/logger.js';

/** Codes for errors that the framework throws, by status. */
const CODE_OF_STATUS: Record<number, ProblemCode> = {
  400: 'INVALID_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 406: 'NOT_ACCEPTABLE', 409: 'CONFLICT', 410: 'GONE',
  413: 'PAYLOAD_TOO_LARGE', 414: 'INVALID_REQUEST', 415: 'UNSUPPORTED_MEDIA_TYPE', 422: 'UNPROCESSABLE', 429: 'RATE_LIMITED', 431: 'INVALID_REQUEST', 503: 'UNAVAILABLE', 504: 'TIMEOUT',
};

/** Better words for some of them. */
const DETAIL_OF_STATUS: Record<number, string> = {
  413: 'The body is larger than this server takes (MCMP_BODY_LIMIT_BYTES).',
  415: 'The body must be JSON: send it with content-type application/json.',
};

/** Turns whatever was thrown into a Problem; what nobody foresaw becomes INTERNAL without its text. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const error = thrown as { statusCode?: unknown; status?: unknown; message?: unknown };
  const status = thrown instanceof HttpException ? thrown.getStatus() : Number(error?.statusCode ?? error?.status);
  const code = CODE_OF_STATUS[status];
  if (code === undefined || (status >= 500 && !(thrown instanceof HttpException))) {
    return new Problem('INTERNAL', 'The server met an error that it did not expect. Nothing was lost; repeat the request, and report the requestId if it stays.', { cause: thrown });
  }
  const detail = DETAIL_OF_STATUS[status] ?? String(error.message);
  return new Problem(code, status === 404 && detail.startsWith('Cannot ') ? `${detail.slice(7)} is not a route of this API; see /api.` : detail, { cause: thrown });
}

/** Media type of every error answer. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The body of an error answer (RFC 9457). */
export function problemBody(problem: Problem, url: string, requestId: string): Record<string, unknown> {
  const { errors, operationId, extra } = problem.more;
  return {
    type: 'about:blank', title: title(problem.code), status: problem.status, code: problem.code, detail: problem.detail, instance: url.split('?')[0],
    requestId, ...(errors && { errors }), ...(operationId && { operationId }), ...extra,
  };
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
    const { retryAfterSeconds } = problem.more;
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="mcmp"');
    // Fastify would close the connection while the client still writes, who then sees a broken pipe instead of this answer; kept open, the rest is read and thrown away.
    if (problem.status === 413) reply.removeHeader('connection');
    void reply.status(problem.status).type(PROBLEM_TYPE).send(problemBody(problem, request.url, request.id));
  }
}

const title = (code: ProblemCode): string => code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');

/** All codes, for the OpenAPI document. */
export const PROBLEM_CODES = Object.keys(PROBLEM_STATUS) as ProblemCode[];
