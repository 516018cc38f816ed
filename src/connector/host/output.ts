import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const SHORTEST_SECRET = 4;
const LONGEST_LINE = 4096;
const LINES_PER_WINDOW = 100;
const WINDOW_MS = 10_000;
/** A process that prints more than this within a window is not worth its noise. */
const FLOOD_BYTES = 256 * 1024 * 1024;

/** Blots secrets out of texts that come from a driver: as they are, by line, and in the encodings in which clients print them. */
export class Redactor {
  private readonly secrets = new Set<string>();
  private sorted: string[] = [];

  add(values: string[]): void {
    const before = this.secrets.size;
    for (const value of values) {
      if (value.length < SHORTEST_SECRET) continue;
      const lines = value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.length >= 16) : [];
      for (const form of [value, ...lines, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('base64')]) this.secrets.add(form);
    }
    if (this.secrets.size !== before) this.sorted = [...this.secrets].sort((a, b) => b.length - a.length);
  }

  clean(text: string): string {
    return this.sorted.reduce((clean, secret) => (clean.includes(secret) ? clean.replaceAll(secret, '[redacted]') : clean), text);
  }
}

/**
 * Hands on what a process prints, line by line, redacted, cut, and no more than 100 lines in 10 s. What comes above that is not even read as text,
 * so that a flood costs its own process more than this one; one that has no end is told by `onFlood`.
 */
export function followOutput(stream: Readable, redactor: Redactor, onLine: (line: string) => void, onFlood: (why: string) => void = () => undefined, now: () => number = Date.now): void {
  let decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  let windowFrom = now();
  let [lines, bytes, dropped] = [0, 0, 0];
  const roll = (): void => {
    if (now() - windowFrom <= WINDOW_MS) return;
    if (lines > LINES_PER_WINDOW || dropped > 0) onLine(`(${Math.max(0, lines - LINES_PER_WINDOW)} lines and ${dropped} bytes left out)`);
    windowFrom = now();
    [lines, bytes, dropped] = [0, 0, 0];
  };
  const emit = (line: string): void => {
    lines += 1;
    if (lines <= LINES_PER_WINDOW && line.trim() !== '') onLine(redactor.clean(line).slice(0, LONGEST_LINE));
  };
  stream.on('data', (chunk: Buffer) => {
    roll();
    bytes += chunk.length;
    if (bytes > FLOOD_BYTES) onFlood(`printed more than ${FLOOD_BYTES / 1048576} MiB within ${WINDOW_MS / 1000} s`);
    if (lines > LINES_PER_WINDOW) {
      // Whoever comes in the middle of a line could tell half a secret: what follows begins behind the next end of a line.
      dropped += chunk.length;
      [skipping, rest, decoder] = [true, '', new StringDecoder('utf8')];
      return;
    }
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (!skipping) emit(part);
      skipping = false;
    }
    // A line without end: its beginning is told, the rest dropped, so that no secret is cut in two.
    if (rest.length > 16 * LONGEST_LINE) {
      if (!skipping) emit(rest);
      skipping = true;
      rest = '';
    }
  });
  stream.on('end', () => { if (rest !== '' && !skipping) emit(rest); });
}
