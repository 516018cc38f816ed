import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { personalities } from './personalities/index.js';
import { VmShells } from './ssh/index.js';
import { StateFile } from './state-file.js';
import type { Ports } from './state-file.js';
import { startControl } from './wire/index.js';
import { createWorld } from './world/index.js';
import type { Wire } from './world/index.js';

const HOST = '127.0.0.1';
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const USAGE = 'Usage: npm run cloud -- [--port N] [--state FILE] [--time-scale X] [--seed N] [--no-throttle] [--allow-signals]';

/** Ends for a flag that is wrong. */
function refuse(why: string): never {
  say(`${why}\n${USAGE}`);
  process.exit(2);
}

const flags = readFlags();
function readFlags() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '0' }, state: { type: 'string' }, 'time-scale': { type: 'string' }, seed: { type: 'string' }, 'no-throttle': { type: 'boolean' }, 'allow-signals': { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help !== true) return values;
  } catch (error) {
    return refuse((error as Error).message);
  }
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

/** Ends for a flag that is no number of its range. */
function numberOf(flag: 'port' | 'time-scale' | 'seed', least: number, most: number): number | undefined {
  const text = flags[flag];
  const value = Number(text);
  if (text !== undefined && (text === '' || !(value >= least && value <= most))) refuse(`--${flag} is a number from ${least} to ${most}, not '${text}'`);
  return text === undefined ? undefined : value;
}

/** Ends or stops a process for a fault of the type `signal`; one that is gone already is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The wires of all drivers beside this one, by name. One that does not load leaves the others working. */
async function findWires(): Promise<Wire[]> {
  const drivers = join(dirname(fileURLToPath(import.meta.url)), '..');
  const wires: Wire[] = [];
  for (const name of readdirSync(drivers).sort()) {
    const path = join(drivers, name, 'wire/index.js');
    if (!existsSync(path)) continue;
    try {
      const { default: wire } = (await import(pathToFileURL(path).href)) as { default?: Partial<Wire> };
      if (typeof wire?.name !== 'string' || typeof wire.start !== 'function') throw new Error('its default export is no wire');
      wires.push(wire as Wire);
    } catch (error) {
      say(`THE WIRE OF ${name} DOES NOT LOAD, its cloud cannot be reached: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  return wires;
}

async function main(): Promise<void> {
  const port = numberOf('port', 0, 65_000) ?? 0;
  const timeScale = numberOf('time-scale', 0, 100);
  const file = flags.state === undefined ? undefined : new StateFile(flags.state);
  const saved = file?.read();
  const seed = numberOf('seed', 0, 2 ** 32) ?? saved?.world.boxSeed ?? 1;
  const world = createWorld({ personalities, seed, shells: new VmShells({ hostKeySecret: `cloud in a box ${seed}`, log: say }), log: say, ...(flags['allow-signals'] && { signal }) });
  if (saved) world.restore(saved.world);
  world.change({ ...(timeScale !== undefined && { timeScale }), ...(flags['no-throttle'] && { throttling: false }) });

  const ports: Ports = {};
  const closers: (() => Promise<void>)[] = [];
  /** Clients keep what they were told: the port of last time, or one beside `--port`, or a free one. */
  const open = async (door: string, beside: number, start: (options: { host: string; port: number }) => Promise<{ port: number; close(): Promise<void> }>): Promise<string> => {
    const wanted = (door === 'control' && port) || (saved?.ports[door] ?? (port && port + beside));
    const opened = await start({ host: HOST, port: wanted }).catch((error: NodeJS.ErrnoException) => {
      if (wanted === 0 || error.code !== 'EADDRINUSE' || (door === 'control' && port)) throw error;
      say(`the port ${wanted} of ${door} is taken: it gets another one, clients of last time will not find it`);
      return start({ host: HOST, port: 0 });
    });
    ports[door] = opened.port;
    closers.push(() => opened.close());
    return `http://${HOST}:${opened.port}`;
  };
  const control = await open('control', 0, (options) => startControl(world, options));
  const wires: Record<string, string> = {};
  for (const [index, wire] of (await findWires()).entries()) wires[wire.name] = await open(wire.name, index + 1, (options) => wire.start(world, options));
  file?.keep(world, ports, (error) => say(`the state was not saved: ${String(error)}`));

  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    file?.stop();
    await Promise.all(closers.map((close) => close()));
    file?.save(world, ports);
    await world.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
  await world.doorsSettled();
  process.stdout.write(`${JSON.stringify({ control, wires, pid: process.pid })}\n`);
}

await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
