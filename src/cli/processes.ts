import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program of this name, beside this file's own place in `dist/`. */
const program = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A program that runs beside this one. */
export interface Running {
  process: ChildProcess;
  /** The line on stdout by which it said that it is ready. */
  line: string;
  /** Asks it to end and waits; SIGKILL ends it at once. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a built program and waits for a line on its stdout; its log goes to `logFile`. @throws Error where it ends before. */
export async function run(path: string, args: string[], environment: Record<string, string>, ready: RegExp, logFile: string): Promise<Running> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  // A group of its own, so that Ctrl-C in the terminal reaches this program first and it ends the others in order.
  const child = spawn(process.execPath, ['--enable-source-maps', program(path), ...args], { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', log], detached: true });
  closeSync(log);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await new Promise<string>((done, failed) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = text.split('\n').find((item) => ready.test(item));
      if (found !== undefined) done(found);
    });
    child.once('error', failed).once('exit', (code) => failed(new Error(`${path} ended at its start (status ${code}); see ${logFile}`)));
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { process: child, line, stop };
}

/** The port if it is free on 127.0.0.1, else any free one. */
export const freePort = (wanted: number): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', () => (wanted === 0 ? failed(new Error('no free port')) : done(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
