import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from './database.js';

/** Password of the first administrator in tests. */
export const ADMIN_PASSWORD = 'test-administrator-1';

/** An answer; the body is parsed where it is JSON, else it is `{ text }`. */
export interface Answer { status: number; body: Record<string, unknown>; headers: Headers }

/** The built server as a process of its own, on a free port, with a database of its own. */
export interface TestServer {
  /** e.g. `http://127.0.0.1:40123`. */
  url: string;
  databaseUrl: string;
  dataDir: string;
  process: ChildProcess;
  /** Access token of the first administrator. */
  token: string;
  /** Calls the API; a plain `body` is sent as JSON. `token: null` sends none. */
  call(method: string, path: string, options?: { body?: unknown; token?: string | null; headers?: Record<string, string> }): Promise<Answer>;
  /** What the process wrote to stderr (its log) so far. */
  log(): string;
  /** Ends the process by its own signal handler (or at once with SIGKILL) and keeps database and folder. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends it and removes database and folder. */
  stop(): Promise<void>;
}

/** Starts a server; `environment` overrides its settings, `on` reuses the database and folder of another. */
export async function startServer(environment: Record<string, string> = {}, on?: Pick<TestServer, 'databaseUrl' | 'dataDir'>): Promise<TestServer> {
  const database = on ? undefined : await freshDatabase();
  const databaseUrl = on?.databaseUrl ?? (database as { url: string }).url;
  const dataDir = on?.dataDir ?? mkdtempSync(join(tmpdir(), 'mcmp-test-'));
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], {
    env: { PATH: process.env.PATH, MCMP_PORT: '0', DATABASE_URL: databaseUrl, MCMP_DATA_DIR: dataDir, MCMP_ADMIN_PASSWORD: ADMIN_PASSWORD, MCMP_LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => { log += chunk.toString(); });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((done, failed) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /listens at (http:\S+)/.exec((out += chunk.toString()))?.[1];
      if (found) done(found);
    });
    child.once('exit', (code) => failed(new Error(`the server ended at start (status ${code}): ${log}`)));
  });
  let token: string | null = null;
  const call: TestServer['call'] = async (method, path, options = {}) => {
    const bearer = options.token === undefined ? token : options.token;
    const response = await fetch(url + path, {
      method,
      headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...(options.body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
      ...(options.body !== undefined && { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: (json && text !== '' ? JSON.parse(text) : { text }) as Record<string, unknown>, headers: response.headers };
  };
  const kill: TestServer['kill'] = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  token = (await call('POST', '/v1/auth/token', { body: { username: 'admin', password: ADMIN_PASSWORD } })).body.accessToken as string;
  return {
    url, databaseUrl, dataDir, process: child, token, call, kill, log: () => log,
    stop: async () => {
      await kill();
      await database?.drop();
      if (database) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
