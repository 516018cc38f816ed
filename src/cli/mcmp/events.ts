import type { IncomingMessage } from 'node:http';

/** One server-sent event (WHATWG). */
export interface ServerEvent { id?: string; type: string; data: string }

/** A stream that says nothing for this long is lost: the server's heartbeat comes each 15 s. */
const SILENCE_MS = 40_000;

/** Reads events out of an answer as they come, until it ends. `seen` hears every id, that of the beginning too. */
export async function* readEvents(response: IncomingMessage, seen: (id: string) => void): AsyncGenerator<ServerEvent> {
  let rest = '';
  let event: { id?: string; type?: string; data: string[] } = { data: [] };
  response.setEncoding('utf8');
  let silence = setTimeout(() => response.destroy(), SILENCE_MS);
  try {
    for await (const chunk of response) {
      clearTimeout(silence);
      silence = setTimeout(() => response.destroy(), SILENCE_MS);
      const lines = (rest + String(chunk)).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          if (event.data.length > 0) yield { ...(event.id !== undefined && { id: event.id }), type: event.type ?? 'message', data: event.data.join('\n') };
          event = { data: [] };
          continue;
        }
        const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
        if (name === 'data') event.data.push(value);
        else if (name === 'event') event.type = value;
        else if (name === 'id') {
          event.id = value;
          seen(value);
        }
      }
    }
  } finally {
    clearTimeout(silence);
    response.destroy();
  }
}
