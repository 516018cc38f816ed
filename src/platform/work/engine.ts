import { EventEmitter } from 'node:events';
import { type JobHelpers, Logger as EngineLogger, type Runner, type WorkerPool, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from '../logger/logger.js';

/** A job that was fetched and locked; `attempt` counts failures in a row. */
export interface Job { id: string; task: string; key: string; lane: string; attempt: number; priority: number }

/** Runs one job. What returns is deleted by its id; what throws is let go, if it is still ours. */
export type RunJob = (job: Job) => Promise<void>;

/** The queue's own log: of interest to whoever debugs the queue. Its failures show in our own log and figures. */
const engineLogger = (logger: Logger): EngineLogger => new EngineLogger(() => (_level, message) => logger.verbose(message));

/** Brings the schema `graphile_worker` up to date. */
export const migrateEngine = (url: string): Promise<void> => runMigrations({ connectionString: url, maxPoolSize: 1, logger: new EngineLogger(() => () => undefined) });

/** Once the engine stops, a connection that cannot be had is waited for in vain: the engine would trace each such failure to the console. */
class EnginePool extends pg.Pool {
  stopping = false;
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void): void;
  override connect(callback?: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void): Promise<pg.PoolClient> | void {
    if (callback) return super.connect(callback);
    return super.connect().catch((error: unknown) => {
      if (this.stopping) return new Promise<never>(() => undefined);
      throw error;
    });
  }
}

/**
 * The queue engine (graphile-worker 0.17): fetches due jobs and hands them out.
 *
 * - Its pool of workers locks jobs by `owner`, our name for this server's stay, so that others know whose locks they are.
 * - Its named queues are not used: each fetch locks every free queue's row, so that workers who fetch at once miss jobs until the next poll.
 *   What may not run together is kept apart by `platform.work_lock` instead.
 * - Finishing a job is batched: only then does it retry by itself while the database is away.
 * - It is thrown away and made anew when the database was lost, since some of its waits then last minutes.
 */
export class Engine {
  private constructor(private readonly runner: Runner, private readonly workers: WorkerPool, private readonly pool: EnginePool) {}

  static async start(options: { url: string; owner: string; concurrency: number; tasks: Iterable<string>; runJob: RunJob; logger: Logger }): Promise<Engine> {
    const { url, owner, concurrency, runJob, logger } = options;
    const pool = new EnginePool({ connectionString: url, max: Math.min(6, concurrency + 2), application_name: 'mcmp', connectionTimeoutMillis: 5000 });
    const ignore = (): void => undefined;
    pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
    const events = new EventEmitter();
    let workers: WorkerPool | undefined;
    events.on('pool:create', (created: { workerPool: WorkerPool }) => {
      workers = created.workerPool;
      workers.id = owner;
    });
    try {
      const runner = await run({
        pgPool: pool, concurrency, events, noHandleSignals: true, pollInterval: 2000, logger: engineLogger(logger), parsedCronItems: [],
        taskList: Object.fromEntries([...options.tasks].map((task) => [task, (payload: unknown, { job }: JobHelpers) => runJob({ id: job.id, task, priority: job.priority, ...(payload as Pick<Job, 'key' | 'lane' | 'attempt'>) })])),
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      });
      runner.promise.catch(ignore);
      return new Engine(runner, workers as WorkerPool, pool);
    } catch (error) {
      await pool.end().catch(ignore);
      throw error;
    }
  }

  /** Looks for due jobs at once instead of at the next poll. */
  nudge(): void {
    if (this.workers._active) this.workers.nudge(1);
  }

  /** Fetches no more; resolves when the jobs at hand have ended. */
  async stop(): Promise<void> {
    this.pool.stopping = true;
    if (this.workers._active) await this.runner.stop().catch(() => undefined);
    await this.runner.promise.catch(() => undefined);
    await this.pool.end().catch(() => undefined);
  }
}
