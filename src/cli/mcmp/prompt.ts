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

/** Asks for a secret, which is not shown while it is typed. */
export async function askSecret(question: string): Promise<string> {
  needTerminal(question);
  const { stdin, stderr } = process;
  // Nothing is shown any more when the question is: what is typed at once is a secret too.
  stdin.setRawMode(true);
  stderr.write(`${question}: `);
  stdin.resume();
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string>((done, failed) => {
      let typed = '';
      const read = (chunk: string): void => {
        for (const key of chunk) {
          if (key === '\u0003' || (key === '\u0004' && typed === '')) {
            stdin.off('data', read);
            return failed(interrupted());
          }
          if (key === '\r' || key === '\n') {
            stdin.off('data', read);
            return done(typed);
          }
          if (key === '\u007F' || key === '\b') typed = Array.from(typed).slice(0, -1).join('');
          else if (key === '\u0015') typed = '';
          else if (key >= ' ') typed += key;
        }
      };
      stdin.on('data', read);
      stdin.once('end', () => failed(interrupted()));
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
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
