import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { Logger } from '../logger/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { Engine, type Job } from './engine.js';
import { Presence, serverName } from './presence.js';

/** What a run is told beside its key. */
export interface RunContext {
  /** Aborted when the server stops or must no longer act; a run that ignores it is waited for 5 s at most. */
  signal: AbortSignal;
  /** 1 for the first run after a wake, 2 after one failure, … */
  attempt: number;
}

/** One run; `againInMs` asks for another. What it throws is logged, and it runs again after 0.5 s … 15 s, for ever. */
export type Run = (key: string, context: RunContext) => Promise<{ againInMs: number } | void>;

/** How a wake is queued. */
export interface WakeOptions {
  /** Not before this time; of several wakes that wait, the earliest counts. */
  inMs?: number;
  /** Keys of one lane never run at once, on any server; absent gives each key of a task a lane of its own. */
  lane?: string;
  /** Lower goes first, −32768 … 32767; 0 is usual. */
  priority?: number;
}

const STOP_MS = 5000;
const SWEEP_MS = 5000;

/** What comes after a run; null: nothing, until the next wake. */
interface Next { againInMs: number | null; attempt: number }

/** One stay as owner of locks: from joining to leaving or being fenced. */
interface Stay { owner: string; engine: Engine; abort: AbortController }

/**
 * Durable, level-triggered work: a task is woken for a key, looks at the rows and the world, does the next thing, and may be repeated by anyone at any time.
 * One key never runs twice at once on any server, and a wake during a run gives one more run after it. A job outlives every crash: a killed server's jobs
 * run on when it is back, or on another server after 5 s.
 */
@Injectable()
export class Work {
  private readonly tasks = new Map<string, Run>();
  private readonly takeOverListeners: ((server: string) => Promise<void>)[] = [];
  private readonly sweeps = new Map<string, () => Promise<string[]>>();
  /** Lanes in which something runs in this process, also of a stay that has ended. */
  private readonly running = new Map<string, { owner: string; ended: Promise<void> }>();
  private presence: Presence | undefined;
  private stay: Stay | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private started = false;
  private stopping = false;
  private readonly runs: Counter<'task' | 'outcome'>;
  private readonly seconds: Histogram<'task'>;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const registers = [metrics.registry];
    this.runs = new Counter({ name: 'mcmp_work_runs_total', help: 'Runs of durable work by task and outcome (done, again, failed)', labelNames: ['task', 'outcome'], registers });
    this.seconds = new Histogram({ name: 'mcmp_work_run_seconds', help: 'Duration of a run', labelNames: ['task'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60], registers });
    const running = this.running;
    new Gauge({ name: 'mcmp_work_running', help: 'Runs under way on this server', registers, collect() { this.set(running.size); } });
    new Gauge({ name: 'mcmp_work_due', help: 'Jobs that are due and wait, on all servers', registers, collect: async function () {
      const rows = await database.dataSource.query<{ due: number }[]>('SELECT count(*)::integer AS due FROM graphile_worker.jobs WHERE locked_at IS NULL AND run_at <= now()').catch(() => []);
      if (rows[0]) this.set(rows[0].due);
    } });
  }

  /** Says what a task does. Call it in a constructor or `onModuleInit`: before the server takes work. */
  handle(task: string, run: Run): void {
    if (this.started) throw new Error(`Work.handle("${task}") after the start: call it in a constructor or onModuleInit`);
    if (this.tasks.has(task)) throw new Error(`Two handlers for the task "${task}"`);
    this.tasks.set(task, run);
  }

  /** Says how to find the keys that ought to be worked on; those with no job get one, at start and every 5 s. Keep `find` cheap. */
  sweep(task: string, find: () => Promise<string[]>): void {
    this.sweeps.set(task, find);
  }

  /** Tells the name of each server that went away without a word and whose work goes on here; also of this one in an earlier life. */
  onTakeOver(listener: (server: string) => Promise<void>): void {
    this.takeOverListeners.push(listener);
  }

  /**
   * Queues one run of a key, in the caller's transaction where `manager` is given: then it runs only if that commits.
   * Such a transaction holds the key until it ends, so wake last in it, and several keys in sorted order.
   */
  async wake(manager: EntityManager | undefined, task: string, key: string, options: WakeOptions = {}): Promise<void> {
    const { inMs = 0, lane = `${task}:${key}`, priority = 0 } = options;
    await (manager ?? this.database.dataSource).query('SELECT platform.work_wake($1, $2, $3, $4, $5, 0)', [task, key, lane, inMs, priority]);
    this.nudgeIn(inMs);
  }

  /** Joins the servers on this database and begins to run; `MCMP_WORKERS=0` runs nothing. @throws NameTakenError. */
  async start(): Promise<void> {
    this.started = true;
    if (this.config.workers === 0 || this.tasks.size === 0) return;
    this.presence = new Presence(this.database.url, serverName(this.config), { joined: (owner) => this.joined(owner), fenced: (reason) => this.fenced(reason), tookOver: (server) => this.tookOver(server) }, this.logger);
    await this.presence.start();
    await this.sweepOnce();
    this.sweeper = setInterval(() => void this.sweepOnce(), SWEEP_MS);
  }

  /** Aborts what runs, waits for it up to 5 s, and leaves its jobs to whoever comes next. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    clearInterval(this.sweeper);
    const { stay } = this;
    stay?.abort.abort(new Error('the server stops'));
    const ended = Promise.allSettled([stay?.engine.stop(), ...[...this.running.values()].map((run) => run.ended)]);
    await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    await this.presence?.stop();
  }

  private async joined(owner: string): Promise<void> {
    const former = this.stay;
    const engine = await Engine.start({ url: this.database.url, owner, concurrency: this.config.workers, tasks: this.tasks.keys(), runJob: (job) => this.runJob(owner, job), logger: this.logger });
    const abort = former?.owner === owner ? former.abort : new AbortController();
    setMaxListeners(0, abort.signal); // each run may listen
    this.stay = { owner, engine, abort };
    void former?.engine.stop();
  }

  private tookOver(server: string): void {
    for (const listener of this.takeOverListeners) listener(server).catch((error: unknown) => this.logger.warn('a take-over could not be noted', { server, reason: error instanceof Error ? error.message : String(error) }));
  }

  private fenced(reason: string): void {
    const { stay } = this;
    this.stay = undefined;
    stay?.abort.abort(new Error(reason));
    void stay?.engine.stop();
  }

  private async runJob(owner: string, job: Job): Promise<void> {
    const { stay } = this;
    if (stay?.owner !== owner) throw new Error('fetched for a stay that has ended');
    const busy = this.running.get(job.lane);
    if (this.stopping || (busy && busy.owner !== owner)) return this.requeue(job, this.stopping ? 0 : 250);
    const [claim] = await this.query<{ mine: boolean }>('SELECT platform.work_claim($1, $2, $3, $4, $5) AS mine', [owner, job.task, job.key, job.lane, job.priority]);
    if (!claim?.mine) return; // parked in the lane, and queued anew as such
    const run = { owner, ended: this.runOnce(job, stay.abort.signal).then((next) => this.release(stay, job, next)) };
    this.running.set(job.lane, run);
    try {
      await run.ended;
    } finally {
      if (this.running.get(job.lane) === run) this.running.delete(job.lane);
    }
  }

  private async requeue(job: Job, inMs: number): Promise<void> {
    await this.query('SELECT platform.work_wake($1, $2, $3, $4, $5, $6)', [job.task, job.key, job.lane, inMs, job.priority, job.attempt]);
  }

  /** Runs the handler; tells after how long and as which attempt it runs again, if it does. */
  private async runOnce({ task, key, attempt }: Job, signal: AbortSignal): Promise<Next> {
    const end = this.seconds.startTimer({ task });
    try {
      const result = await (this.tasks.get(task) as Run)(key, { signal, attempt: attempt + 1 });
      this.runs.inc({ task, outcome: result ? 'again' : 'done' });
      return { againInMs: result ? result.againInMs : null, attempt: 0 };
    } catch (error) {
      if (signal.aborted) return { againInMs: 0, attempt };
      this.runs.inc({ task, outcome: 'failed' });
      const againInMs = Math.min(15_000, 500 * 2 ** Math.min(attempt, 5));
      this.logger.error('work failed and runs again', error, { task, key, attempt: attempt + 1, againInMs });
      return { againInMs, attempt: attempt + 1 };
    } finally {
      end();
    }
  }

  /** Ends the job and lets its lane go; tries until it worked. @throws Error where the lane is lost to us. */
  private async release(stay: Stay, job: Job, next: Next): Promise<void> {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1000)) {
      try {
        const values = [stay.owner, job.id, job.task, job.key, job.lane, next.againInMs, job.priority, next.attempt];
        const [ended] = await this.query<{ ours: boolean }>('SELECT platform.work_release($1, $2, $3, $4, $5, $6, $7, $8) AS ours', values);
        if (!ended?.ours) break;
        if (next.againInMs !== null) this.nudgeIn(next.againInMs);
        return;
      } catch (error) {
        if (stay.abort.signal.aborted) break;
        if (waitMs === 100) this.logger.warn('the end of a run could not be written yet', { task: job.task, key: job.key, reason: error instanceof Error ? error.message : String(error) });
        await delay(waitMs);
      }
    }
    throw new Error('the lane was taken over: whoever has it runs the job again');
  }

  /** The engine hears of jobs that are due at once; those of later it would find at its next poll only. */
  private nudgeIn(inMs: number): void {
    if (inMs > 0 && inMs < 60_000) setTimeout(() => this.stay?.engine.nudge(), inMs + 5).unref();
  }

  private async sweepOnce(): Promise<void> {
    for (const [task, find] of this.sweeps) {
      if (!this.stay || this.stopping) return;
      try {
        const keys = await find();
        if (keys.length === 0) continue;
        const missing = await this.query<{ key: string }>(`SELECT key FROM unnest($1::text[]) AS wanted (key) WHERE NOT EXISTS (SELECT 1 FROM graphile_worker.jobs job WHERE job.key = $2 || ':' || wanted.key) ORDER BY key`, [keys, task]);
        for (const { key } of missing) await this.wake(undefined, task, key);
      } catch (error) {
        this.logger.warn('sweep failed', { task, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  private query<T>(sql: string, values: unknown[]): Promise<T[]> {
    return this.database.dataSource.query<T[]>(sql, values);
  }
}
