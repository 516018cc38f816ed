import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program of this name, beside this file's own place in `dist/`. */
const program = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const LIFELINE = new URL('./lifeline.js', import.meta.url).href;
/** Descriptor of the pipe that a program watches by `lifeline.ts`. */
const LIFELINE_FD = 3;
/** A program that does not end in order within this time is ended hard; what it leaves, its next start recovers from. */
const PATIENCE_MS = 30_000;

/** A program that runs beside this one. */
export interface Running {
  process: ChildProcess;
  /** The line on stdout by which it said that it is ready. */
  line: string;
  /** Resolves with what to tell a person once it has ended, for whatever reason. */
  ended: Promise<string>;
  /** Asks it to end and waits; SIGKILL ends it at once. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a built program and waits for a line on its stdout; its log goes to `logFile`. It ends by itself when this process is gone.
 * @param cancel stops it while it starts.
 * @throws Error where it ends before, with the last lines of its log.
 */
export async function run(path: string, args: string[], environment: Record<string, string>, ready: RegExp, logFile: string, cancel?: AbortSignal): Promise<Running> {
  if (!existsSync(program(path))) throw new Error(`${program(path)} is not built: run \`npm run build\` first`);
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  const logged = statSync(logFile).size;
  // A group of its own, so that Ctrl-C in the terminal reaches this program first and it ends the others in order.
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', LIFELINE, program(path), ...args], { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', log, 'pipe'], detached: true });
  closeSync(log);
  const lifeline = child.stdio[LIFELINE_FD] as Socket | undefined;
  lifeline?.on('error', () => undefined).unref();
  const ended = new Promise<string>((done) => child.once('exit', (code, signal) => {
    const last = readFileSync(logFile).subarray(logged).toString().trim().split('\n').slice(-3).filter(Boolean).map((text) => `\n  ${text.slice(0, 500)}`).join('');
    done(`${path} ended (${signal ?? `status ${code}`}); its log is ${logFile}${last}`);
  }));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const hard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(hard);
  };
  const cancelled = (): void => void stop();
  if (cancel?.aborted) cancelled();
  cancel?.addEventListener('abort', cancelled, { once: true });
  try {
    const line = await new Promise<string>((done, failed) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = text.split('\n').find((item) => ready.test(item));
        if (found !== undefined) done(found);
      });
      child.once('error', failed);
      void ended.then((why) => failed(new Error(why)));
    });
    return { process: child, line, ended, stop };
  } finally {
    cancel?.removeEventListener('abort', cancelled);
  }
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
