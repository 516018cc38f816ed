import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const LARGEST_BODY = 1024 * 1024;
/** So much more of a body is read away, that its sender may hear the answer. */
const LARGEST_READ = 16 * LARGEST_BODY;

class BodyTooLarge extends Error {}

/** Listens on a loopback address; port 0 takes a free one. Requests that fail unseen are answered 500. */
export async function serve(
  options: { host: string; port: number },
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ port: number; close(): Promise<void> }> {
  // Longer than any client keeps an idle connection, so that none is closed under a request that has just been sent.
  const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      if (error instanceof BodyTooLarge) return answer(response, 413, { code: 'INVALID_REQUEST', message: error.message });
      answer(response, 500, { code: 'UNKNOWN', message: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port, options.host, done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

/** The whole body as text; above the limit {@link serve} answers 413. @throws BodyTooLarge. */
export const bodyOf = async (request: IncomingMessage, largest = LARGEST_BODY): Promise<string> => (await bytesOf(request, largest)).toString('utf8');

/** The whole body. @throws BodyTooLarge. */
export async function bytesOf(request: IncomingMessage, largest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest + LARGEST_READ) request.destroy();
    if (size <= largest) chunks.push(chunk);
  }
  if (size > largest) throw new BodyTooLarge(`the body is above ${largest / 1024 / 1024} MiB`);
  return Buffer.concat(chunks);
}

export function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
