import type { Key } from 'node:readline';
import { EXIT, Failure, wrongUsage } from './failure.js';
import { readInput } from './document.js';

const interrupted = (): Failure => new Failure(EXIT.interrupted, 'interrupted');

/** Asks for a line on the terminal. @throws Failure where there is no terminal, or Ctrl-C was pressed */
export async function ask(question: string): Promise<string> {
  needTerminal(question);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const stop = new AbortController();
    lines.once('SIGINT', () => stop.abort());
    lines.once('close', () => stop.abort());
    return (await lines.question(`${question}: `, { signal: stop.signal })).trim();
  } catch {
    throw interrupted();
  } finally {
    lines.close();
  }
}

/** Terminals that can then say where a paste begins and ends, so that its lines are not taken for answers. */
const PASTES = { on: '\u001B[?2004h', off: '\u001B[?2004l' };

/**
 * Asks for a secret, which is not shown while it is typed. One of several lines, as a PEM key has, ends at an empty line; the empty lines of a paste belong to it.
 * @throws Failure where there is no terminal, or Ctrl-C was pressed
 */
export async function askSecret(question: string, { multiline = false } = {}): Promise<string> {
  needTerminal(question);
  const { stdin, stderr } = process;
  const { emitKeypressEvents } = await import('node:readline');
  // Nothing is shown any more when the question is: what is typed at once is a secret too.
  stdin.setRawMode(true);
  emitKeypressEvents(stdin);
  stderr.write(`${PASTES.on}${question}: `);
  stdin.resume();
  let read: ((text: string | undefined, key: Key) => void) | undefined;
  try {
    return await new Promise<string>((done, failed) => {
      let typed = '';
      let pasting = false;
      let returned = false;
      read = (text, { name, ctrl }) => {
        // Lines of files from elsewhere end in two characters.
        const second = returned && name === 'enter';
        returned = name === 'return';
        if (second) return;
        if (ctrl && (name === 'c' || (name === 'd' && typed === ''))) failed(interrupted());
        else if (name === 'paste-start' || name === 'paste-end') pasting = name === 'paste-start';
        else if (name === 'return' || name === 'enter') {
          if (!pasting && (!multiline || typed === '' || typed.endsWith('\n'))) done(typed.replace(/\n+$/, ''));
          else typed += '\n';
        } else if (name === 'backspace') typed = Array.from(typed).slice(0, -1).join('');
        else if (ctrl && name === 'u') typed = '';
        else if (text !== undefined && text >= ' ' && !text.startsWith('\u001B')) typed += text;
      };
      stdin.on('keypress', read);
      stdin.once('end', () => failed(interrupted()));
    });
  } finally {
    if (read) stdin.off('keypress', read);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write(`${PASTES.off}\n`);
  }
}

/** A secret from stdin: its first line, so that `echo` serves as well as a file. */
export function secretFromStdin(what: string): string {
  const text = readInput('-').toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  if (text === '') throw wrongUsage(`stdin holds no ${what}`);
  return text;
}

function needTerminal(question: string): void {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw wrongUsage(`there is no terminal to ask for "${question}" on`);
}
