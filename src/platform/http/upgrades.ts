import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { Problem } from '../../kernel/problem.js';

/** Longest message that a client may send. */
const MAX_MESSAGE_BYTES = 65_536;
/** How a page, which cannot set headers on a WebSocket, hands over a bearer token: as one more subprotocol. */
const BEARER = 'mcmp.bearer.';

/** What came with requests that ask for an upgrade, until a route takes it up. */
const waiting = new WeakMap<IncomingMessage, { socket: Socket; head: Buffer }>();
const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: (protocols) => [...protocols][0] ?? false });

/**
 * Lets routes become WebSockets. A request for an upgrade goes the way of every other: hooks, guard, handler, and problem answers; only a handler that calls {@link upgrade} opens the socket.
 * (@fastify/websocket opens it before any guard of NestJS is asked.)
 */
export function acceptUpgrades(fastify: FastifyInstance): void {
  fastify.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node took its own listener away.
    socket.on('error', () => socket.destroy());
    if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return asPlain(fastify.server, request, socket, head);
    takeBearer(request);
    waiting.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.end());
    fastify.routing(request, response);
  });
}

/** Hands a request that asks for another protocol (h2c, by Java's own client) back as one that asks for none, as Node does where nobody listens for upgrades; its body is read then. */
function asPlain(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines: string[] = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) if (!['upgrade', 'connection', 'http2-settings'].includes((request.rawHeaders[at] as string).toLowerCase())) lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** A bearer token among the subprotocols becomes the header that the guard reads; it is never answered nor logged. */
function takeBearer(request: IncomingMessage): void {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const bearer = protocols.find((protocol) => protocol.startsWith(BEARER));
  if (bearer === undefined) return;
  request.headers.authorization ??= `Bearer ${bearer.slice(BEARER.length)}`;
  const rest = protocols.filter((protocol) => !protocol.startsWith(BEARER)).join(', ');
  if (rest === '') delete request.headers['sec-websocket-protocol'];
  else request.headers['sec-websocket-protocol'] = rest;
}

/** Opens the WebSocket of a request, once nothing speaks against it any more. @throws Problem INVALID_REQUEST where the request asks for none. */
export function upgrade(request: FastifyRequest, reply: FastifyReply, opened: (socket: WebSocket) => void): void {
  const found = waiting.get(request.raw);
  if (!found) throw new Problem('INVALID_REQUEST', 'This route speaks WebSocket: ask with the headers "Connection: Upgrade" and "Upgrade: websocket".', { errors: [{ field: 'upgrade', rule: 'must be websocket' }] });
  waiting.delete(request.raw);
  reply.hijack();
  reply.raw.detachSocket(found.socket);
  sockets.handleUpgrade(request.raw, found.socket, found.head, opened);
}
