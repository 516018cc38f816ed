import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Looks until it finds something, as long as the call may last.
 * @param what is waited for, in the words of the refusal
 * @throws DriverError TIMEOUT
 */
export async function until<T>(signal: AbortSignal, what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(500, undefined, { signal }).catch(() => {
      throw new DriverError('TIMEOUT', `${what} takes longer than this call may: repeat it.`);
    });
  }
}
