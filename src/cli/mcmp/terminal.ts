import { widthOf } from './width.js';

/** Colours of the sixteen that every terminal has. */
const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Colour = keyof typeof COLOURS;

/** Where a call writes to and reads from. */
export class Terminal {
  /** Whether stdout is a terminal that a line can be drawn over on. */
  readonly live: boolean;
  readonly asks: boolean;
  private readonly colours: { out: boolean; error: boolean };
  private quiet = false;

  constructor(private readonly environment: NodeJS.ProcessEnv = process.env) {
    const able = environment.TERM !== 'dumb';
    const coloured = able && (environment.NO_COLOR ?? '') === '';
    this.live = process.stdout.isTTY === true && able;
    this.asks = process.stdin.isTTY === true && process.stderr.isTTY === true;
    this.colours = { out: coloured && process.stdout.isTTY === true, error: coloured && process.stderr.isTTY === true };
  }

  /** Columns of the terminal; undefined where stdout is none, so that nothing is cut. */
  get columns(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns || Number(this.environment.COLUMNS) || 80 : undefined;
  }

  get rows(): number {
    return process.stdout.rows || 24;
  }

  /** From now on only results and errors are written. */
  silence(): void {
    this.quiet = true;
  }

  /** A result: what the call was made for. */
  result(text: string): void {
    process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }

  /** A word to the person beside the result; it goes to stderr, so that a pipe holds results only. */
  note(text: string): void {
    if (!this.quiet) process.stderr.write(`${text}\n`);
  }

  /** Something that a person should not miss. */
  warn(text: string): void {
    process.stderr.write(`${this.paint('yellow', 'Note:', 'error')} ${text}\n`);
  }

  error(message: string, help: readonly string[] = []): void {
    const [first = '', ...rest] = message.split('\n');
    process.stderr.write([`${this.paint('red', 'Error:', 'error')} ${first}`, ...rest.map((line) => `       ${line}`), ...help.map((line) => `  ${line}`), ''].join('\n'));
  }

  paint(colour: Colour, text: string, on: 'out' | 'error' = 'out'): string {
    return this.colours[on] && text !== '' ? `\u001B[${COLOURS[colour]}m${text}\u001B[0m` : text;
  }
}

const STATE_COLOURS: [RegExp, Colour][] = [
  [/^(running|succeeded|verified|ready|active|ok|enabled)$/, 'green'],
  [/^(failed|broken|error|partly-failed)$/, 'red'],
  [/^(creating|queued|planned|suspending|resuming|rebooting|terminating|deleting|cancelling|changing|warning)$/, 'yellow'],
  [/^(suspended|terminated|cancelled|inactive|installed|unverified)$/, 'dim'],
];

/** The colour of a state, so that a table is read at a glance. */
export const colourOf = (state: string): Colour | undefined => STATE_COLOURS.find(([pattern]) => pattern.test(state))?.[1];

/** Breaks text into lines of at most so many columns, between words. */
export function wrap(text: string, columns: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}
