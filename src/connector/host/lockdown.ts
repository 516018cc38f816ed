/**
 * Takes from a driver's process what Node's permission model leaves in reach: signals to other processes (one of them opens the debugger of any Node program of
 * the same user), V8 flags and traces (which write files anywhere), priorities of other processes, another user's rights. Loaded before the driver is; imports nothing but Node.
 */
import module, { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import trace from 'node:trace_events';
import v8 from 'node:v8';

const REACHED: [object, string[]][] = [
  [process, [
    'kill', '_kill', '_debugProcess', '_debugEnd', 'abort', 'send', '_send', 'disconnect', '_disconnect', 'channel', '_channel', 'binding', '_linkedBinding', 'dlopen', 'execve',
    'setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups', '_startProfilerIdleNotifier', '_stopProfilerIdleNotifier',
  ]],
  [os, ['setPriority']],
  [v8, ['setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'writeHeapSnapshot', 'startCpuProfile']],
  [trace, ['createTracing']],
  [module, ['enableCompileCache', 'register', 'registerHooks']],
];

/** Makes each of these refuse, in every way in which a module may have it. */
export function lockDown(): void {
  for (const [holder, names] of REACHED) {
    for (const name of names) {
      if (!(name in holder)) continue;
      const refuse = (): never => { throw Object.assign(new Error(`Access to this API has been restricted: ${name}`), { code: 'ERR_ACCESS_DENIED' }); };
      Object.defineProperty(holder, name, { value: refuse, writable: false, configurable: false, enumerable: false });
    }
  }
  syncBuiltinESMExports();
  for (const name of Object.keys(process.env)) delete process.env[name];
  // SIGINT and SIGTERM are the server's business; SIGUSR1 would open a debugger, or end a process that may have none.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGUSR1'] as const) process.on(signal, () => undefined);
}
