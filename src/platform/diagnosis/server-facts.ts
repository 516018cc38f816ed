import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { serverName } from '../work/presence.js';

const EVERY_MS = 5000;
const MIB = 1_048_576;

/** What a server says of itself; kept in its row, so that each server can tell of all. */
export interface ServerFacts extends Record<string, unknown> {
  version: string;
  node: string;
  host: string;
  pid: number;
  startedAt: string;
  memoryMiB: number;
  cpuPercent: number;
  /** Longest that the event loop stood still since the last report. */
  longestPauseMs: number;
}

/** Version of this build, by the nearest package that holds this file. */
function versionOf(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  return dirname(folder) === folder ? 'unknown' : versionOf(dirname(folder));
}
const VERSION = versionOf(dirname(fileURLToPath(import.meta.url)));

/** Reports this server's figures into its row, with what the domains add. */
@Injectable()
export class ServerReport implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly server: string;
  private readonly more = new Map<string, () => unknown>();
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  private readonly pauses = monitorEventLoopDelay({ resolution: 20 });
  private cpu = process.cpuUsage();
  private cpuAt = performance.now();
  private last: ServerFacts | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(Database) private readonly database: Database, @Inject(CONFIG) config: Config) {
    this.server = serverName(config);
  }

  /** Adds what a domain knows of this server, under a name of its own; it must be quick. */
  add(name: string, tell: () => unknown): void {
    this.more.set(name, tell);
  }

  onApplicationBootstrap(): void {
    this.pauses.enable();
    this.timer = setInterval(() => void this.write(), EVERY_MS).unref();
    setTimeout(() => void this.write(), 500).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.pauses.disable();
  }

  /** The figures now; those over a time are of the last report. */
  now(): ServerFacts {
    return { ...(this.last ?? this.measure()), memoryMiB: Math.round(process.memoryUsage.rss() / MIB), ...Object.fromEntries([...this.more].map(([name, tell]) => [name, tell()])) };
  }

  private measure(): ServerFacts {
    const used = process.cpuUsage(this.cpu);
    const passedMs = performance.now() - this.cpuAt;
    this.cpu = process.cpuUsage();
    this.cpuAt = performance.now();
    const longestPauseMs = Math.round(this.pauses.max / 1e6);
    this.pauses.reset();
    return { version: VERSION, node: process.version, host: hostname(), pid: process.pid, startedAt: this.startedAt, memoryMiB: Math.round(process.memoryUsage.rss() / MIB), cpuPercent: Math.round((used.user + used.system) / 10 / Math.max(1, passedMs)), longestPauseMs };
  }

  /** A report that cannot be written is made again; that the database is away is told by others. */
  private async write(): Promise<void> {
    this.last = this.measure();
    await this.database.dataSource.query('UPDATE platform.server SET facts = $2 WHERE name = $1', [this.server, JSON.stringify(this.now())]).catch(() => undefined);
  }
}
