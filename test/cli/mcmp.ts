import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a call of the command line ended; a signal that ended it is told as a shell tells it, 128 and its number. */
export interface Ended { code: number | null; stdout: string; stderr: string }

/** A call that goes on. */
export interface Going {
  process: ChildProcess;
  /** Types into it, where its stdin was left open. */
  type(text: string): void;
  ended: Promise<Ended>;
  /** Waits until it has said this, on either stream. @throws Error with all it said, where it ends before. */
  said(what: RegExp): Promise<void>;
}

export interface CallOptions { input?: string; env?: Record<string, string> }

/** The built command line with a config folder of its own. */
export interface Mcmp {
  folder: string;
  /** What a call finds in its environment. */
  environment: Record<string, string>;
  /** Runs it to its end; `input` is its stdin. */
  run(args: string[], options?: CallOptions): Promise<Ended>;
  begin(args: string[], options?: CallOptions): Going;
  /** Runs it and gives what it printed as JSON. @throws Error with all it said, where its status is not 0. */
  json<T>(args: string[], input?: string): Promise<T>;
  end(): void;
}

/** Starts a program and hears what it says; without an input its stdin is left open. */
export function hear(program: string, args: string[], env: NodeJS.ProcessEnv, input?: string): Going {
  const child = spawn(program, args, { env });
  const said = { stdout: '', stderr: '' };
  const hearers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (part: Buffer) => {
      said[stream] += part.toString();
      for (const hearer of hearers) hearer();
    });
  }
  const ended = new Promise<Ended>((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code: signal ? 128 + constants.signals[signal] : code, ...said }));
  });
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.end(input);
  return {
    process: child, ended,
    type: (text) => child.stdin.write(text),
    said: (what) => new Promise((done, failed) => {
      const look = (): void => {
        if (what.test(said.stdout) || what.test(said.stderr)) done();
      };
      hearers.add(look);
      look();
      void ended.then(() => failed(new Error(`it ended before it said ${what.source}: ${JSON.stringify(said)}`)), failed);
    }),
  };
}

/** Starts a command line of the shell on a terminal of its own (util-linux's script), 120 columns wide and without colours. */
export const onTerminal = (command: string, env: NodeJS.ProcessEnv): Going => hear('script', ['-qefc', `stty cols 120 rows 40; exec ${command}`, '/dev/null'], { ...env, TERM: 'xterm', NO_COLOR: '1', LC_ALL: 'C.UTF-8', SHELL: '/bin/bash' });

/** Gives a command line whose calls go to this server. */
export function openMcmp(url: string): Mcmp {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-cli-'));
  const environment = { PATH: process.env.PATH ?? '', HOME: folder, XDG_CONFIG_HOME: folder, MCMP_URL: url, COLUMNS: '160' };
  const begin: Mcmp['begin'] = (args, { input = '', env = {} } = {}) => hear(process.execPath, ['dist/mcmp.mjs', ...args], { ...environment, ...env }, input);
  const run: Mcmp['run'] = (args, options) => begin(args, options).ended;
  return {
    folder, environment, begin, run,
    json: async <T>(args: string[], input?: string) => {
      const { code, stdout, stderr } = await run([...args, '-o', 'json'], { ...(input !== undefined && { input }) });
      if (code !== 0) throw new Error(`mcmp ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return JSON.parse(stdout) as T;
    },
    // A shell whose terminal was taken away may still write its history.
    end: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}
