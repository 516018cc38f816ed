import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '../../drivers/simulator/world/types.js';
import { ApiClient } from '../../src/cli/client.js';
import { embeddedUrl } from '../crash/target.js';
import { type Running, run } from '../../src/cli/processes.js';

/** A server with its own PostgreSQL and a cloud in a box, for one measurement. */
export interface Stage {
  api: ApiClient;
  /** Of the server, and how its administrator logs in there. */
  address: string;
  password: string;
  control: string;
  wires: Record<string, string>;
  /** Of the server. */
  pid: number;
  /** CPU seconds used so far, and resident memory in MiB now, of the server and its driver children. */
  usage(): { cpuSeconds: number; rssMiB: number };
  calls(after: number): Promise<CallRecord[]>;
  lastCall(): Promise<number>;
  /** Kills the server without warning. @returns what starts it again, at the same address. */
  kill(): Promise<() => Promise<void>>;
  /** Starts another server on the same database. */
  another(): Promise<ApiClient>;
  end(): Promise<void>;
}

/** Starts both; `boxArgs` are flags of the box. */
export async function openStage(boxArgs: string[], environment: Record<string, string> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-bench-'));
  const programs: Running[] = [];
  const end = async (): Promise<void> => {
    for (const program of programs.reverse()) await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(130)));
  try {
    const box = await run('drivers/simulator/main.js', ['--port', '0', ...boxArgs], {}, /^\{.*"control"/, join(folder, 'box.log'));
    programs.push(box);
    const { control, wires } = JSON.parse(box.line) as { control: string; wires: Record<string, string> };
    const password = randomBytes(12).toString('base64url');
    const common = { MCMP_PORT: '0', MCMP_ADMIN_PASSWORD: password, MCMP_LOG_LEVEL: 'error', MCMP_SECRET_KEY: randomBytes(32).toString('base64'), MCMP_SIMULATED_CLOUDS: box.line, ...environment };
    const start = async (more: Record<string, string>): Promise<Running> => {
      const started = await run('src/main.js', [], { ...common, ...more }, /listens at/, join(folder, 'server.log'));
      programs.push(started);
      return started;
    };
    const addressOf = ({ line }: Running): string => /(http:\/\/\S+)/.exec(line)?.[1] as string;
    const clientOf = (running: Running): ApiClient => new ApiClient(addressOf(running), 'admin', password);
    let server = await start({ MCMP_DATA_DIR: folder });
    const address = addressOf(server);
    const ask = async <T>(path: string): Promise<T> => (await (await fetch(control + path)).json()) as T;
    return {
      control, wires, end, address, password, pid: server.process.pid as number,
      api: clientOf(server),
      kill: async () => {
        await server.stop('SIGKILL');
        return async () => { server = await start({ MCMP_DATA_DIR: folder, MCMP_PORT: new URL(address).port }); };
      },
      another: async () => clientOf(await start({ MCMP_DATA_DIR: join(folder, `server-${programs.length}`), DATABASE_URL: embeddedUrl(folder) })),
      usage: () => usageOf(server.process.pid as number),
      calls: async (after) => {
        const calls: CallRecord[] = [];
        for (let page = await ask<{ items: CallRecord[]; next: number }>(`/control/calls?after=${after}&limit=10000`); page.items.length > 0; page = await ask(`/control/calls?after=${page.next}&limit=10000`)) calls.push(...page.items);
        return calls;
      },
      lastCall: async () => (await ask<{ last: number }>('/control/calls?limit=1')).last,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Of a process and its driver children, from /proc; PostgreSQL is a process group of its own and not counted. */
function usageOf(pid: number): { cpuSeconds: number; rssMiB: number } {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).trim().split(/\s+/).map(Number);
  const drivers = children.filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('child.js');
    } catch {
      return false;
    }
  });
  const sum = { cpuSeconds: 0, rssMiB: 0 };
  for (const process of [pid, ...drivers]) {
    const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    sum.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / 100;
    sum.rssMiB += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  }
  return sum;
}

/** Two decimals. */
export const round = (value: number): number => Math.round(value * 100) / 100;
