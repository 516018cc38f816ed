import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Loaded into a measured server by `--expose-gc --import`: upon SIGUSR2 it collects garbage and writes what is in use then to the file that `MEMORY_PROBE` names.
 * Resident memory alone tells little of a leak: how many freed pages V8 keeps depends on the load of the moment.
 */
export interface MemoryInUse {
  /** Bytes of JavaScript values that are reachable, and of buffers outside the heap. */
  used: number;
  /** Bytes resident after the collection. */
  resident: number;
}

process.on('SIGUSR2', () => {
  void (async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      (globalThis as { gc?: () => void }).gc?.();
      await delay(50);
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    writeFileSync(process.env.MEMORY_PROBE as string, JSON.stringify({ used: heapUsed + external, resident: rss } satisfies MemoryInUse));
  })();
});
