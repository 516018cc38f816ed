import { Readable } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../kernel/problem.js';

/** Marks a route that takes a body of bytes in one of these media types; it reads them with {@link readBytes}, after the caller was let in. */
export const TakesBytes = (...types: string[]) =>
  applyDecorators(RouteConfig({ bytes: types }), ApiConsumes(...types), ApiBody({ required: true, schema: { type: 'string', format: 'binary' } }));

/** Lets through bodies of bytes unread, to the routes that take them; every other route answers that it takes JSON. */
export function acceptBytes(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(/^application\/(octet-stream|vnd\.mcmp\.[a-z]+)$/, (request, payload, done) => {
    const { bytes } = request.routeOptions.config as { bytes?: string[] };
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (bytes?.includes(type)) done(null, payload);
    else done(new Problem('UNSUPPORTED_MEDIA_TYPE', bytes ? `The body must be bytes of ${bytes.join(' or ')}.` : 'The body must be JSON: send it with content-type application/json.'));
  });
}

/**
 * Reads a body of bytes to its end.
 * @throws Problem UNSUPPORTED_MEDIA_TYPE where the body was JSON or absent, PAYLOAD_TOO_LARGE, INVALID_REQUEST where the sender went away in the middle.
 */
export async function readBytes(body: unknown, most: number, what: string): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new Problem('UNSUPPORTED_MEDIA_TYPE', `The body must be the bytes of ${what}: send the file itself with content-type application/octet-stream.`);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      // Read on to the end, so that the caller gets the answer instead of a broken connection.
      if ((size += part.length) <= most) parts.push(part);
      else if (size > 2 * most) break;
      else parts.length = 0;
    }
  } catch {
    throw new Problem('INVALID_REQUEST', `The body was cut off after ${size} bytes: send ${what} again.`);
  }
  if (size > most) throw new Problem('PAYLOAD_TOO_LARGE', `The body is larger than ${most / 1048576} MiB, the most that ${what} may have.`);
  return Buffer.concat(parts);
}
