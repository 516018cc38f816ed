import { isCloudError } from '../connector/index.js';
import type { Logger } from '../platform/index.js';

const MOST_MS = 15_000;

/** Waits longer each time that a cloud fails on the same thing: 0.3 s at first, 15 s at most. What is no cloud's error is thrown on. */
export class Patience {
  private readonly failures = new Map<string, number>();
  constructor(private readonly logger: Logger, private readonly task: string) {}

  async run(key: string, work: () => Promise<{ againInMs: number } | void>): Promise<{ againInMs: number } | void> {
    try {
      const result = await work();
      this.failures.delete(key);
      return result;
    } catch (error) {
      if (!isCloudError(error)) throw error;
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      const againInMs = Math.min(MOST_MS, 150 * 2 ** failures);
      this.logger.warn('a cloud failed; the work goes on', { task: this.task, key, code: error.code, reason: error.message, providerCode: error.detail.providerCode, againInMs });
      return { againInMs };
    }
  }
}
