import type { Readable } from 'node:stream';

const SHORTEST_SECRET = 4;
const LONGEST_LINE = 4096;
const LINES_PER_WINDOW = 100;
const WINDOW_MS = 10_000;

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

/** Hands on what a process prints, line by line, redacted, cut, and no more than 100 lines in 10 s. */
export function followOutput(stream: Readable, redactor: Redactor, onLine: (line: string) => void, now: () => number = Date.now): void {
  let rest = '';
  let skipping = false;
  let windowFrom = now();
  let lines = 0;
  const emit = (line: string): void => {
    if (now() - windowFrom > WINDOW_MS) {
      if (lines > LINES_PER_WINDOW) onLine(`(${lines - LINES_PER_WINDOW} lines left out)`);
      windowFrom = now();
      lines = 0;
    }
    lines += 1;
    if (lines <= LINES_PER_WINDOW && line.trim() !== '') onLine(redactor.clean(line).slice(0, LONGEST_LINE));
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
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
