import type { OperationItem } from './operation.js';
import { aboutOf } from './operation.js';
import { colourOf, type Terminal } from './terminal.js';
import { cut, oneLine, pad, widthOf } from './width.js';

/** VMs of one place, by state. */
export interface PlaceCounts { place: string; states: Record<string, number> }

/** Shows how an operation goes on. */
export interface Progress {
  show(operation: OperationItem, places: readonly PlaceCounts[]): void;
  /** A sentence that stays. */
  say(text: string): void;
  /** Ends the picture, which stays as it is. */
  end(): void;
}

const BAR = 30;
/** States from done to failed, in the order of a bar. */
const ORDER = ['running', 'suspended', 'terminated', 'rebooting', 'resuming', 'suspending', 'terminating', 'creating', 'planned', 'failed'];
const GLYPHS: Record<string, string> = { failed: '!', planned: '.', creating: '-', terminating: '-', suspending: '-', resuming: '-', rebooting: '-' };

/** A bar with a part for each state, as long as its share. */
export function barOf(states: Record<string, number>, terminal: Terminal): string {
  const total = Object.values(states).reduce((sum, count) => sum + count, 0);
  const known = Object.keys(states).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  let text = '';
  let counted = 0;
  let drawn = 0;
  for (const state of known) {
    counted += states[state] as number;
    const until = total === 0 ? 0 : Math.round((counted / total) * BAR);
    const part = (GLYPHS[state] ?? '#').repeat(until - drawn);
    const colour = colourOf(state);
    text += colour ? terminal.paint(colour, part) : part;
    drawn = until;
  }
  return `[${text}${'.'.repeat(BAR - drawn)}]`;
}

const statesText = (states: Record<string, number>): string => Object.entries(states).filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`).join(', ');

/** Progress drawn over itself on a terminal: a bar for all, and one for each place. */
class Bars implements Progress {
  private drawn = 0;
  private readonly began = Date.now();
  constructor(private readonly terminal: Terminal) {}

  show(operation: OperationItem, places: readonly PlaceCounts[]): void {
    const { done, failed, total } = operation.progress;
    const seconds = Math.round((Date.now() - this.began) / 1000);
    const head = `${barOf({ running: done, ...(failed > 0 && { failed }), planned: Math.max(0, total - done - failed) }, this.terminal)} ${aboutOf(operation)}  ${done}/${total}${failed > 0 ? `, ${failed} failed` : ''}  ${operation.state}  ${seconds} s`;
    const width = Math.max(0, ...places.map(({ place }) => widthOf(place)));
    const fits = Math.max(1, this.terminal.rows - 4);
    const rows = places.slice(0, fits).map(({ place, states }) => `${barOf(states, this.terminal)} ${pad(place, width)}  ${statesText(states)}`);
    if (places.length > fits) rows.push(`  … and ${places.length - fits} more places`);
    this.draw([head, ...rows]);
  }

  say(text: string): void {
    this.clear();
    this.terminal.result(text);
  }

  end(): void {
    this.drawn = 0;
  }

  private clear(): void {
    if (this.drawn > 0) process.stdout.write(`\u001B[${this.drawn}A\r\u001B[J`);
    this.drawn = 0;
  }

  /** In one piece, so that it does not flicker. */
  private draw(lines: string[]): void {
    const columns = this.terminal.columns ?? 80;
    const back = this.drawn > 0 ? `\u001B[${this.drawn}A\r` : '';
    process.stdout.write(`${back}${lines.map((line) => `${fitted(line, columns - 1)}\u001B[K\n`).join('')}\u001B[J`);
    this.drawn = lines.length;
  }
}

const PAINT = /\u001B\[\d+m/g;

/** Cut to the terminal; a line that wraps could not be drawn over. The bar in front, which may be painted, stays whole. */
function fitted(line: string, columns: number): string {
  if (widthOf(line.replace(PAINT, '')) <= columns) return line;
  const at = line.indexOf('] ') + 1;
  return line.slice(0, at) + cut(line.slice(at), columns - BAR - 2);
}

/** Progress as lines: one for each tenth and each state. */
class Lines implements Progress {
  private last = '';
  private readonly lastOf = new Map<string, string>();
  constructor(private readonly write: (text: string) => void) {}

  show(operation: OperationItem, places: readonly PlaceCounts[]): void {
    const { done, failed, total } = operation.progress;
    const tenth = total === 0 ? 0 : Math.floor(((done + failed) / total) * 10);
    const now = `${operation.state} ${tenth} ${failed > 0}`;
    if (now !== this.last) this.write(`${aboutOf(operation)}: ${operation.state}, ${done}/${total} done${failed > 0 ? `, ${failed} failed` : ''}`);
    this.last = now;
    // A place is worth a line once all of it has come to rest.
    for (const { place, states } of places) {
      const settled = !Object.keys(states).some((state) => ['planned', 'creating', 'terminating', 'suspending', 'resuming', 'rebooting'].includes(state) && (states[state] as number) > 0);
      const text = statesText(states);
      if (settled && text !== '' && this.lastOf.get(place) !== text) {
        this.lastOf.set(place, text);
        this.write(`  ${oneLine(place)}: ${text}`);
      }
    }
  }

  say(text: string): void {
    this.write(text);
  }

  end(): void {
    this.last = '';
  }
}

/** Bars on a terminal; lines in a pipe, beside the result where that is data for a program; nothing where it should be quiet. */
export function progressOn(terminal: Terminal, { asResult, quiet }: { asResult: boolean; quiet: boolean }): Progress {
  if (quiet) return { show: () => undefined, say: (text) => terminal.warn(text), end: () => undefined };
  if (asResult && terminal.live) return new Bars(terminal);
  return new Lines((text) => (asResult ? terminal.result(text) : terminal.note(text)));
}
