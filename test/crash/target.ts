import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ApiClient } from '../../src/cli/client.js';
import { type Running, run } from '../../src/cli/processes.js';

/** Environment of a server under test. */
export interface TargetOptions { folder: string; password: string; environment: Record<string, string> }

/** The real server as a process that may be killed and started again. */
export class Target {
  running: Running | undefined;
  private client: ApiClient | undefined;
  startedAt = 0;
  constructor(private readonly options: TargetOptions, private readonly name: string) {}

  get pid(): number {
    return this.running?.process.pid ?? 0;
  }

  /** Its API. @throws Error before the first start. */
  get api(): ApiClient {
    if (!this.client) throw new Error(`the server ${this.name} was not started`);
    return this.client;
  }

  get alive(): boolean {
    const child = this.running?.process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async start(): Promise<void> {
    const { folder, password, environment } = this.options;
    this.startedAt = Date.now();
    this.running = await run('src/main.js', [], { MCMP_PORT: '0', MCMP_DATA_DIR: folder, MCMP_ADMIN_PASSWORD: password, MCMP_LOG_LEVEL: 'warn', MCMP_SERVER_NAME: this.name, ...environment }, /listens at/, join(folder, `${this.name}.log`));
    this.client = new ApiClient(/(http:\/\/\S+)/.exec(this.running.line)?.[1] as string, 'admin', password);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.running?.stop(signal);
  }

  /** Process ids of its driver children. */
  driverPids(): number[] {
    try {
      return execFileSync('pgrep', ['-P', String(this.pid), '-f', 'host/child.js'], { encoding: 'utf8' }).trim().split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }
}

/** Process id of the embedded PostgreSQL in a data folder. */
export const postmasterPid = (folder: string): number => Number(readFileSync(join(resolve(folder), 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

/** URL of the embedded PostgreSQL in a data folder, for a second server on it. */
export function embeddedUrl(folder: string): string {
  const { port, password } = JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')) as { port: number; password: string };
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}
