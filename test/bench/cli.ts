/**
 * `npm run bench:cli`: how soon the command line is there, beside a Node that does nothing, in turns, so that a busy machine slows all alike.
 * `version` and `help` need no server; `list` logs in by a token and lists the MCIs of a project of the server started for it.
 * The last line is JSON, medians in milliseconds from spawn to end. Status 0 only where `--version` is there within 200 ms, or, where the machine is
 * so slow that even nothing takes more than half of that, within three times the time of nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStage, round } from './stage.js';

const LIMIT = { startMs: 200, timesNothing: 3 };
const ROUNDS = 25;
const stage = await openStage([]);
const folder = mkdtempSync(join(tmpdir(), 'mcmp-bench-cli-'));

function timed(args: string[], environment: Record<string, string> = {}): Promise<number> {
  const since = performance.now();
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, ...environment }, stdio: 'ignore' });
    child.once('error', failed).once('exit', (code) => (code === 0 ? done(performance.now() - since) : failed(new Error(`${args.join(' ')} ended with ${code}`))));
  });
}

const median = (figures: number[]): number => round([...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] as number);

let status = 1;
try {
  const answer = await fetch(`${stage.address}/v1/auth/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'admin', password: stage.password }) });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  const calls: Record<string, () => Promise<number>> = {
    nothing: () => timed(['-e', '0']),
    version: () => timed(['dist/mcmp.mjs', '--version']),
    help: () => timed(['dist/mcmp.mjs', '--help']),
    list: () => timed(['dist/mcmp.mjs', 'mci', 'list'], { MCMP_URL: stage.address, MCMP_TOKEN: accessToken, NO_COLOR: '1' }),
  };
  const figures: Record<string, number[]> = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, call] of Object.entries(calls)) {
      const took = await call();
      // The first round reads files that no later one waits for.
      if (round >= 0) figures[name]?.push(took);
    }
  }
  const medians = Object.fromEntries(Object.entries(figures).map(([name, of]) => [`${name}Ms`, median(of)])) as Record<'nothingMs' | 'versionMs' | 'helpMs' | 'listMs', number>;
  const timesNothing = round(medians.versionMs / medians.nothingMs);
  const slow = medians.nothingMs > LIMIT.startMs / 2;
  const holds = medians.versionMs < LIMIT.startMs || (slow && timesNothing < LIMIT.timesNothing);
  process.stdout.write(`${JSON.stringify({ bench: 'cli', rounds: ROUNDS, ...medians, timesNothing, limit: LIMIT, holds })}\n`);
  status = holds ? 0 : 1;
} finally {
  await stage.end();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
