import type { WatchedOperation } from '../client.js';

const tty = process.stdout.isTTY === true;

/** A line that stays. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Progress of an operation: a bar that is drawn over on a terminal, a line per tenth in a pipe. */
export function progressBar(label: string): (operation: WatchedOperation) => void {
  let lastTenth = -1;
  return ({ state, progress: { done, failed, total } }) => {
    const share = total === 0 ? 1 : (done + failed) / total;
    const figures = `${label}  ${String(done).padStart(String(total).length)}/${total}${failed > 0 ? `, ${failed} failed` : ''}  ${state}`;
    if (tty) {
      const full = Math.round(share * 40);
      process.stdout.write(`\r\u001b[2K  [${'#'.repeat(full)}${'.'.repeat(40 - full)}] ${figures}`);
      if (!['queued', 'running', 'cancelling'].includes(state)) process.stdout.write('\n');
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth !== lastTenth || !['queued', 'running', 'cancelling'].includes(state)) say(`  ${figures}`);
    lastTenth = tenth;
  };
}

/** A table with columns as wide as needed. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ').trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].map((text) => `  ${text}`).join('\n');
}
