import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerScope } from '../http/scope.js';
import { type EventFilter, Events, type PublishedEvent, placeOf } from './events.js';

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 1000;
/** A reader with this much news unread is cut; it comes back with `Last-Event-ID` and reads on. */
const UNREAD_BYTES = 1_048_576;

/** Resolves when the reader has taken what was written, or is gone. */
const drained = (raw: FastifyReply['raw']): Promise<void> =>
  new Promise((done) => {
    if (!raw.writableNeedDrain) return done();
    raw.once('drain', done).once('close', done);
  });

/** How a stream is read. */
export interface StreamOptions {
  filter: EventFilter;
  /** Where to begin without a `Last-Event-ID`; absent: with what happens from now on. */
  from?: string;
  /** Ends the stream after an event for which it holds. */
  isLast?: (event: PublishedEvent) => boolean;
}

/**
 * Event streams over HTTP (WHATWG server-sent events): each event with its `id:`, so that a client that lost its connection reads on at any server without gap or twin.
 * A stream ends with the caller's token or session, and at once when the server stops.
 */
@Injectable()
export class EventStreams {
  private readonly ends = new Set<() => void>();
  private closed = false;
  constructor(@Inject(Events) private readonly events: Events) {}

  /** Answers the request with a stream. What is wrong before it begins is thrown as a Problem. */
  send(request: FastifyRequest, reply: FastifyReply, scope: CallerScope, options: StreamOptions): void {
    const { raw } = reply;
    const given = request.headers['last-event-id'];
    const after = typeof given === 'string' && given !== '' ? given : (options.from ?? this.events.now());
    placeOf(after);
    reply.hijack();
    raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') return void raw.end();
    // The bare id lets a client that never saw an event come back to where it began.
    raw.write(`retry: ${RETRY_MS}\nid: ${after}\n\n`);

    let unreadAtMost = Infinity; // history comes by pages, each waited for
    const reading = this.events.follow(options.filter, after, (event) => {
      raw.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      if (options.isLast?.(event)) end();
      else if (raw.writableLength > unreadAtMost) raw.destroy();
    }, () => drained(raw));
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    const expiry = setTimeout(() => end(), Math.min(scope.expiresAt.getTime() - Date.now(), 2 ** 31 - 1));
    const end = (): void => {
      reading.end();
      clearInterval(heartbeat);
      clearTimeout(expiry);
      still();
      this.ends.delete(end);
      raw.end();
    };
    const still = scope.whileOpen(() => end());
    this.ends.add(end);
    raw.on('close', end).on('error', end);
    reading.live.then(() => { unreadAtMost = raw.writableLength + UNREAD_BYTES; }, () => raw.destroy());
    if (this.closed || raw.destroyed) end();
  }

  /** Ends every stream. */
  close(): void {
    this.closed = true;
    for (const end of [...this.ends]) end();
  }
}
