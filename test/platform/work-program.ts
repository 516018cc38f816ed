import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { migrations } from '../../migrations/index.js';
import { type Config, Database, Logger, Metrics, type Run, Work, platformEntities, readConfig } from '../../src/platform/index.js';

/** A server that only works: a program of its own in the tests that kill it, and used within them where nothing is killed. */
export interface WorkServer { work: Work; database: Database; close(): Promise<void> }

const PROGRAM = 'work-program.js';

/**
 * Starts one with the task `note`, which writes a row into `note(key, server, attempt, started, ended, aborted)` for each run. What it does is said by the key:
 * `take-<ms>-…` takes that long, `hang-…` waits for its signal, `fail-<n>-…` throws in its first n attempts, `again-<ms>-…` asks for one more run.
 * The task `killed` does the same, in programs only.
 */
export async function startWorkServer(environment: Record<string, string>, prepare?: (work: Work) => void): Promise<WorkServer> {
  const config: Config = readConfig({ MCMP_LOG_LEVEL: 'silent', ...environment });
  const database = await Database.open({ ...config, entities: platformEntities, migrations });
  await database.dataSource.query('CREATE TABLE IF NOT EXISTS public.note (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text, server text, attempt integer, started timestamptz, ended timestamptz, aborted boolean DEFAULT false)');
  const work = new Work(database, config, new Logger(config.logLevel), new Metrics());
  const asked = new Set<string>();
  const note: Run = async (key, { signal, attempt }) => {
    const [row] = await database.dataSource.query<{ id: string }[]>('INSERT INTO public.note (key, server, attempt, started) VALUES ($1, $2, $3, clock_timestamp()) RETURNING id', [key, config.serverName, attempt]);
    const [what, figure] = key.split('-');
    if (what === 'take') await delay(Number(figure), undefined, { signal }).catch(() => undefined);
    if (what === 'hang') await new Promise<void>((done) => (signal.aborted ? done() : signal.addEventListener('abort', () => done())));
    await database.dataSource.query('UPDATE public.note SET ended = clock_timestamp(), aborted = $2 WHERE id = $1', [(row as { id: string }).id, signal.aborted]);
    if (signal.aborted) throw signal.reason;
    if (what === 'fail' && attempt <= Number(figure)) throw new Error('as asked');
    if (what === 'again' && !asked.has(key)) {
      asked.add(key);
      return { againInMs: Number(figure) };
    }
  };
  work.handle('note', note);
  if (process.argv[1]?.endsWith(PROGRAM)) work.handle('killed', note);
  prepare?.(work);
  await work.start();
  return { work, database, close: async () => { await work.stop(); await database.close(); } };
}

if (process.argv[1]?.endsWith(PROGRAM)) {
  const server = await startWorkServer(process.env as Record<string, string>);
  process.stdout.write('works\n');
  process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
}
