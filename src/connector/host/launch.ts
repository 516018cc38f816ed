import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Largest JavaScript heap of a driver's process. */
export const HEAP_MIB = 512;

/** The compiled program beside this file; within tests this file is TypeScript, and the program lies in `dist`. */
const HERE = import.meta.url.endsWith('.ts') ? import.meta.url.replace(/\/src\/connector\/host\/(?=[^/]+$)/, '/dist/src/connector/host/') : import.meta.url;
const [CHILD = '', ...BESIDE] = ['./child.js', './channel.js', './lockdown.js', './fence.js', './address.js'].map((name) => fileURLToPath(new URL(name, HERE)));

/**
 * Starts the program of a driver's process over a bundle's folder, with the channel as its fourth descriptor, and with nothing of this server's environment.
 * It leads a group of its own, so that a signal to "my group" reaches nobody else.
 */
export function launch({ folder, permission }: { folder: string; permission: boolean }): ChildProcess {
  const [program = process.execPath, ...before] = [...boundToUs(), process.execPath];
  return spawn(program, [...before, ...flags(folder, permission), CHILD], { cwd: folder, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
}

/** Where an operator added certificate authorities, Node reads them before the program clears its environment altogether. */
function environment(): NodeJS.ProcessEnv {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  return authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities };
}

function flags(folder: string, permission: boolean): string[] {
  const knows = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag);
  const heap = `--max-old-space-size=${HEAP_MIB}`;
  if (!permission) return [heap];
  return [
    heap, knows('--permission') ? '--permission' : '--experimental-permission', '--disable-warning=ExperimentalWarning',
    ...[CHILD, ...BESIDE].map((file) => `--allow-fs-read=${file}`), `--allow-fs-read=${folder}/`, ...(knows('--allow-net') ? ['--allow-net'] : []),
  ];
}

let bound: string[] | undefined;

/**
 * A process ends when its channel to a killed server closes, but not while its event loop is blocked. On Linux the kernel can end it
 * then: util-linux' `setpriv --pdeathsig` asks for that before it becomes Node. Empty where there is no such program.
 */
function boundToUs(): string[] {
  const command = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'];
  bound ??= process.platform === 'linux' && spawnSync(command[0] as string, [...command.slice(1), '/bin/true'], { stdio: 'ignore', env: {} }).status === 0 ? command : [];
  return bound;
}
