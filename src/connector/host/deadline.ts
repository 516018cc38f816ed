import { DriverError } from '@mcmp/driver-sdk';

/** The host itself held a call back: neither driver nor cloud heard of it. */
export class NotSentError extends DriverError {}

/** What one call may still use: its time, and the patience of its caller. All waiting of a call is done within it. */
export class Deadline {
  private readonly endsAt: number;
  constructor(readonly deadlineMs: number, readonly what: string, private readonly signal?: AbortSignal) {
    this.endsAt = performance.now() + deadlineMs;
  }

  get remainingMs(): number {
    return this.endsAt - performance.now();
  }

  /** @throws DriverError TIMEOUT where time is over or the caller gave up. */
  check(): void {
    if (this.signal?.aborted) throw this.givenUp();
    if (this.remainingMs <= 0) throw this.late();
  }

  /** The outcome of `work`, or TIMEOUT; `onEnd` then hears that nobody waits any more. */
  within<T>(work: Promise<T>, onEnd?: () => void, late: () => DriverError = () => this.late()): Promise<T> {
    if (this.signal?.aborted || this.remainingMs <= 0) {
      work.catch(() => undefined);
      onEnd?.();
      return Promise.reject(this.signal?.aborted ? this.givenUp() : late());
    }
    return new Promise<T>((done, failed) => {
      const end = (error: DriverError): void => {
        clear();
        onEnd?.();
        failed(error);
      };
      const onAbort = (): void => end(this.givenUp());
      const timer = setTimeout(() => end(late()), Math.ceil(this.remainingMs));
      const clear = (): void => {
        clearTimeout(timer);
        this.signal?.removeEventListener('abort', onAbort);
      };
      this.signal?.addEventListener('abort', onAbort, { once: true });
      work.then((value) => { clear(); done(value); }, (error: unknown) => { clear(); failed(error as Error); });
    });
  }

  /** Waits, at most as long as the deadline lasts. */
  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.within(new Promise<void>((done) => { timer = setTimeout(done, ms); }), () => clearTimeout(timer));
  }

  private late(): DriverError {
    return new DriverError('TIMEOUT', `${this.what} did not end within ${this.deadlineMs} ms`);
  }

  private givenUp(): DriverError {
    return new DriverError('TIMEOUT', `${this.what} was given up by its caller`);
  }
}
