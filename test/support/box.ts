import { spawn } from 'node:child_process';
import type { CallRecord, Fault } from '../../drivers/simulator/world/types.js';

/** A thing in a simulated cloud, as the control door tells it. */
export interface BoxThing { id: string; kind: string; cloud: string; account: string; region: string; name: string; tags: Record<string, string>; state: string; token?: string }

/** The built cloud in a box as a process of its own; its control door tells the truth of all its clouds. */
export interface TestBox {
  /** Base URL of the control door. */
  control: string;
  /** Base URLs of the doors that drivers are pointed at, e.g. `plain` and `ec2`. */
  wires: Record<string, string>;
  credential(cloud: string, account: string): Promise<{ accessKeyId: string; secretKey: string }>;
  /** Everything that exists, seen by callers or not; narrowed by `kind`, `cloud`, `tag.<key>`. */
  things(query?: Record<string, string>): Promise<BoxThing[]>;
  /** Sets these troubles in place of those before; none clears them. */
  setFaults(faults?: Fault[]): Promise<void>;
  /** Calls after this number of the log. */
  calls(after?: number): Promise<CallRecord[]>;
  /** Number of the last call. */
  lastCall(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a box; `timeScale` 0 has everything ready at once, 1 is as slow as the real clouds. */
export async function startBox({ timeScale = 0, seed = 1, flags = [] as string[] } = {}): Promise<TestBox> {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/drivers/simulator/main.js', '--port', '0', '--time-scale', String(timeScale), '--seed', String(seed), ...flags], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => { log += chunk.toString(); });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await new Promise<string>((done, failed) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { if ((out += chunk.toString()).includes('\n')) done(out); });
    child.once('exit', (code) => failed(new Error(`the box ended at start (status ${code}): ${log}`)));
  });
  const { control, wires } = JSON.parse(line) as { control: string; wires: Record<string, string> };
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${control}/control/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} of the box: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    control,
    wires,
    credential: (cloud, account) => ask('GET', `credential?cloud=${cloud}&account=${account}`),
    things: async (query = {}) => (await ask<{ items: BoxThing[] }>('GET', `resources?${new URLSearchParams(query).toString()}`)).items,
    setFaults: async (faults = []) => {
      await ask('DELETE', 'faults');
      if (faults.length > 0) await ask('POST', 'faults', faults);
    },
    calls: async (after = 0) => (await ask<{ items: CallRecord[] }>('GET', `calls?after=${after}&limit=10000`)).items,
    lastCall: async () => (await ask<{ last: number }>('GET', 'calls?limit=1')).last,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
