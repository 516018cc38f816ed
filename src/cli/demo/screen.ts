import type { WatchedOperation } from '../client.js';

const tty = process.stdout.isTTY === true;
const GOING_ON = ['queued', 'running', 'cancelling', 'reading'];
let silent = false;
// A terminal that was closed, or a reader that has enough, is no reason to leave servers running.
process.stdout.on('error', () => undefined);

const write = (text: string): void => {
  if (!silent) process.stdout.write(text);
};

/** A line that stays. */
export const say = (text: string): void => write(`${text}\n`);

/** A line after which nothing is shown any more. */
export function lastWord(text: string): void {
  say(text);
  silent = true;
}

/** Progress: a bar that is drawn over on a terminal, a line per tenth in a pipe. */
export function progress(label: string): (now: { done: number; failed: number; total: number; state: string }) => void {
  let lastTenth = -1;
  return ({ state, done, failed, total }) => {
    const share = total === 0 ? 1 : (done + failed) / total;
    const figures = `${label}  ${String(done).padStart(String(total).length)}/${total}${failed > 0 ? `, ${failed} failed` : ''}  ${state}`;
    const ended = !GOING_ON.includes(state);
    if (tty) {
      const full = Math.round(share * 40);
      write(`\r\u001b[2K  [${'#'.repeat(full)}${'.'.repeat(40 - full)}] ${figures}${ended ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth !== lastTenth || ended) say(`  ${figures}`);
    lastTenth = tenth;
  };
}

/** Progress of an operation. */
export function progressBar(label: string): (operation: WatchedOperation) => void {
  const show = progress(label);
  return ({ state, progress: counts }) => show({ ...counts, state });
}

/** A table with columns as wide as needed. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ').trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].map((text) => `  ${text}`).join('\n');
}
