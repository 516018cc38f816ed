/**
 * `npm run bench:idle`: what a server costs that has nothing to do, and how soon it is there.
 * Starts the built server twice with its own PostgreSQL in a new folder; the second start is timed from spawn to `/health/ready`. When the drivers that were
 * looked at have ended, PSS (the share of memory that counts each shared page once) is summed over the server, its PostgreSQL and all their children (Linux only).
 * The last line is JSON; status 0 only where both limits hold.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LIMIT = { pssMiB: 350, readyMs: 5000 };
const QUIET_MS = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'mcmp-bench-idle-'));

async function start(): Promise<{ server: ChildProcess; readyMs: number }> {
  const since = performance.now();
  const server = spawn(process.execPath, ['dist/src/main.js'], { env: { PATH: process.env.PATH, MCMP_PORT: '0', MCMP_DATA_DIR: folder, MCMP_LOG_LEVEL: 'warn', MCMP_DRIVER_IDLE_MS: '1000' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done, failed) => {
    let said = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      const found = /listens at (http:\S+)/.exec((said += chunk.toString()))?.[1];
      if (found) done(found);
    });
    server.once('exit', (code) => failed(new Error(`the server ended with status ${code}`)));
  });
  while ((await fetch(`${url}/health/ready`)).status !== 200) await delay(10);
  return { server, readyMs: Math.round(performance.now() - since) };
}

const stop = (server: ChildProcess): Promise<void> => new Promise((done) => { server.once('exit', () => done()).kill('SIGTERM'); });

/** A process and all that it started, by parent ids. */
function tree(root: number): { pid: number; command: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(Number(name), Number(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[1]));
    } catch {
      // ended meanwhile
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found.map((pid) => ({ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }));
}

const memory = (pid: number, field: 'Pss' | 'Rss'): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
const cpuTicks = (pid: number): number => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0);

let status = 1;
try {
  const first = await start();
  await stop(first.server);
  const { server, readyMs } = await start();
  const pid = server.pid as number;
  const drivers = (): number => tree(pid).filter(({ command }) => /host\/child|permission/.test(command)).length;
  for (const limit = Date.now() + 60_000; drivers() > 0 && Date.now() < limit; ) await delay(200);
  const before = tree(pid).reduce((sum, process) => sum + cpuTicks(process.pid), 0);
  await delay(QUIET_MS);
  const processes = tree(pid);
  const sum = (select: (entry: { pid: number; command: string }) => boolean, field: 'Pss' | 'Rss' = 'Pss'): number => Math.round(processes.filter(select).reduce((total, entry) => total + memory(entry.pid, field), 0));
  const figures = {
    bench: 'idle', pssMiB: sum(() => true), serverPssMiB: sum((entry) => entry.pid === pid), postgresPssMiB: sum(({ command }) => command.includes('postgres')), rssMiB: sum(() => true, 'Rss'), processes: processes.length,
    driversRunning: drivers(), cpuPercent: Number((processes.reduce((total, entry) => total + cpuTicks(entry.pid), -before) / QUIET_MS * 1000).toFixed(1)), firstReadyMs: first.readyMs, readyMs, limits: LIMIT,
  };
  await stop(server);
  status = figures.pssMiB < LIMIT.pssMiB && readyMs < LIMIT.readyMs && figures.driversRunning === 0 ? 0 : 1;
  process.stdout.write(`${JSON.stringify({ ...figures, ok: status === 0 })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
