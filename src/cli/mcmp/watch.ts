import { setTimeout as delay } from 'node:timers/promises';
import { readEvents } from './events.js';
import { EXIT, Failure, Refusal } from './failure.js';
import { type Api, Unreachable } from './http.js';
import { hasEnded, type OperationItem } from './operation.js';

/** Who is told what happens to an operation. */
export interface Watcher {
  changed(operation: OperationItem): void;
  /** The server does not answer any more; told once for each time. */
  lost(why: string): void;
  found(): void;
}

const POLL_MS = 1000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3000;

/**
 * Follows an operation to its end by its stream of events, or by asking again and again where a stream does not get through.
 * A server that goes away is waited for, and read on from the last event.
 * @throws Refusal where the operation cannot be seen (any more), Failure when the time is over
 */
export async function watchOperation(api: Api, id: string, watcher: Watcher, signal: AbortSignal): Promise<OperationItem> {
  const path = `/v1/operations/${encodeURIComponent(id)}`;
  const stream: Stream = { works: true };
  let last: OperationItem | undefined;
  let away = false;
  const tell = (operation: OperationItem): void => {
    if (away) watcher.found();
    away = false;
    // A stream begins with history, which the look before has overtaken.
    if (last && operation.updatedAt < last.updatedAt) return;
    last = operation;
    watcher.changed(operation);
  };
  for (let pause = FIRST_PAUSE_MS; ; ) {
    if (signal.aborted) throw signal.reason;
    try {
      const now = await api.get<OperationItem>(path);
      tell(now);
      pause = FIRST_PAUSE_MS;
      if (!hasEnded(now) && stream.works) await follow(api, `${path}/events`, stream, signal, tell);
      if (last && hasEnded(last)) return last;
      // A stream that ended before its operation: the server stops, or the token ends; the next look tells which.
      await delay(stream.works ? 100 : POLL_MS, undefined, { signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!isPassing(error)) throw error;
      if (!away) watcher.lost(error instanceof Unreachable ? error.why : (error as Error).message);
      away = true;
      await delay(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
    }
  }
}

/** What is known of the stream: whether streams get through, and the last event read. */
interface Stream { works: boolean; after?: string }

const isPassing = (error: unknown): boolean => error instanceof Failure && error.exit === EXIT.unavailable;

/** Reads the stream until it ends or is cut off. */
async function follow(api: Api, path: string, stream: Stream, signal: AbortSignal, tell: (operation: OperationItem) => void): Promise<void> {
  const response = await api.open('GET', path, { headers: { accept: 'text/event-stream', ...(stream.after !== undefined && { 'last-event-id': stream.after }) }, signal });
  if (response.statusCode !== 200) {
    const refusal = api.refusal({ status: response.statusCode ?? 0, text: await api.read(response) });
    // An event that this server does not know; the operation itself is told all the same.
    stream.works = !(refusal instanceof Refusal && refusal.problem.status === 400);
    if (stream.works) throw refusal;
    return;
  }
  stream.works = /^text\/event-stream/.test(response.headers['content-type'] ?? '');
  if (!stream.works) return void response.destroy();
  try {
    for await (const event of readEvents(response, (id) => { stream.after = id; })) {
      if (event.type !== 'operation.changed') continue;
      const { data } = JSON.parse(event.data) as { data: OperationItem };
      tell(data);
      if (hasEnded(data)) return;
    }
  } catch {
    // Cut off: the next look tells whether the server is still there, and the time over.
    if (signal.aborted) throw signal.reason;
  }
}
