import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../kernel/problem.js';
import { withLogContext } from '../logger/logger.js';
import { acceptBytes } from './bytes.js';
import { PROBLEM_TYPE, problemBody, toProblem } from './problems.js';
import { refuseUnstorable } from './validation.js';

/** Sent with everything. What is no page may load nothing and be framed by none; the API page sets its own policy. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
/** The API page: everything from here, styles and pictures also from within its own text. */
const PAGE_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The HTTP server. What Fastify refuses before any route is a problem answer too: a URL that cannot be read, a parameter too long, a request that is no HTTP. */
export function httpAdapter(config: { bodyLimitBytes: number }): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: config.bodyLimitBytes, genReqId: () => randomUUID(), forceCloseConnections: true, routerOptions: { maxParamLength: 512 }, multipart: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem = error.code === 'FST_ERR_BAD_URL' ? new Problem('INVALID_REQUEST', 'The path cannot be read: percent-encode it as UTF-8.') : error.statusCode === 414 ? new Problem('NOT_FOUND', 'No name or id in a path has more than 512 characters.') : toProblem(error);
      void reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id }).status(problem.status).type(PROBLEM_TYPE).send(problemBody(problem, request.url, request.id));
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
      const problem = new Problem('INVALID_REQUEST', tooLarge ? 'The headers are larger than 16 KiB.' : 'This is not a request in HTTP/1.1.');
      const body = JSON.stringify({ ...problemBody(problem, '/', randomUUID()), ...(tooLarge && { status: 431 }) });
      socket.end(`HTTP/1.1 ${tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
    },
  });
}

/** Hooks around every route: ids for the log, security headers, JSON bodies only, methods that a path does not have. Call it before routes are registered. */
export function hardenEdge(fastify: FastifyInstance): void {
  const routes: { method: string; url: string; path: RegExp }[] = [];
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url, path: pathPattern(url) });
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?')[0] as string;
    void reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id, ...(path.startsWith('/v1/') && { 'cache-control': 'no-store' }) });
    if (path === '/api' || path.startsWith('/api/')) void reply.header('content-security-policy', PAGE_POLICY);
    withLogContext({ requestId: request.id }, () => {
      if (!request.is404) return done();
      const here = routes.filter((route) => route.path.test(path));
      const exact = here.filter((route) => route.url === path);
      const allowed = [...new Set((exact.length > 0 ? exact : here).map((route) => route.method))].sort();
      if (allowed.length === 0) return done();
      void reply.header('allow', [...allowed, 'OPTIONS'].join(', '));
      if (request.method === 'OPTIONS') void reply.status(204).send();
      else done(new Problem('METHOD_NOT_ALLOWED', `${path} cannot be asked with ${request.method}, but with ${allowed.join(', ')}.`));
    });
  });
  refuseUnstorable(fastify);
  acceptBytes(fastify);
  // Node answers an Expect header that it does not know with an empty 417; the header asks for nothing that matters here.
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => void fastify.server.emit('request', request, response));
}

const pathPattern = (url: string): RegExp => new RegExp(`^${url.split('/').map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('/')}$`);
