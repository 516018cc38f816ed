import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a signed URL gives access to. */
export interface Grant { access: 'read' | 'write'; until: number; read(): { content: Buffer; contentType?: string } | undefined; write(content: Buffer, contentType?: string): void }

const grants = new Map<string, Grant>();
let listening: Promise<number> | undefined;

/** A URL on this machine that serves one object by plain HTTP until it expires; one server for all clouds of the process, which keeps no process alive. */
export async function grantUrl(grant: Grant): Promise<string> {
  const token = randomUUID();
  grants.set(token, grant);
  setTimeout(() => grants.delete(token), Math.min(grant.until - Date.now(), 60_000)).unref();
  return `http://127.0.0.1:${await (listening ??= listen())}/${token}`;
}

async function listen(): Promise<number> {
  const server = createServer(async (request, response) => {
    const grant = grants.get((request.url ?? '').slice(1));
    const allowed = grant !== undefined && Date.now() < grant.until && request.method === (grant.access === 'read' ? 'GET' : 'PUT');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!allowed) return void response.writeHead(403).end();
    if (grant.access === 'write') {
      grant.write(Buffer.concat(chunks), request.headers['content-type']);
      return void response.writeHead(200).end();
    }
    const found = grant.read();
    response.writeHead(found ? 200 : 404, { ...(found?.contentType !== undefined && { 'content-type': found.contentType }) }).end(found?.content);
  });
  server.on('connection', (socket) => socket.unref());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return portOf(server);
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
