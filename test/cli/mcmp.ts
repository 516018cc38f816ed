import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a call of the command line ended. */
export interface Ended { code: number | null; stdout: string; stderr: string }

/** The built command line with a config folder of its own. */
export interface Mcmp {
  folder: string;
  /** Runs it to its end; `input` is its stdin. */
  run(args: string[], options?: { input?: string; env?: Record<string, string> }): Promise<Ended>;
  /** Runs it and gives what it printed as JSON. @throws Error with all it said, where its status is not 0. */
  json<T>(args: string[], input?: string): Promise<T>;
  end(): void;
}

/** Gives a command line whose calls go to this server. */
export function openMcmp(url: string): Mcmp {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-cli-'));
  const run: Mcmp['run'] = (args, { input = '', env = {} } = {}) =>
    new Promise((done) => {
      const child = spawn(process.execPath, ['dist/mcmp.mjs', ...args], { env: { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, MCMP_URL: url, COLUMNS: '160', ...env } });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (part: Buffer) => { stdout += part.toString(); });
      child.stderr.on('data', (part: Buffer) => { stderr += part.toString(); });
      child.on('close', (code) => done({ code, stdout, stderr }));
      child.stdin.on('error', () => undefined).end(input);
    });
  return {
    folder, run,
    json: async <T>(args: string[], input?: string) => {
      const { code, stdout, stderr } = await run([...args, '-o', 'json'], { ...(input !== undefined && { input }) });
      if (code !== 0) throw new Error(`mcmp ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return JSON.parse(stdout) as T;
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
