/** Time as the world sees it: milliseconds since 1970 that pass as fast as real ones; tests move them by hand. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Runs once at that time or soon after; the answer cancels it. */
  at(time: number, run: () => void): () => void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  at(time, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, time - Date.now()), LONGEST_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #alarms: { time: number; run: () => void }[] = [];
  constructor(private time = Date.parse('2026-01-01T00:00:00Z')) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((done) => void this.at(this.time + ms, done));
  }

  at(time: number, run: () => void): () => void {
    const alarm = { time, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm);
    };
  }

  /** Lets time pass; what is due runs in its order, and what it awaits goes on in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await new Promise((done) => setImmediate(done));
      const next = this.#alarms.filter((alarm) => alarm.time <= end).sort((one, other) => one.time - other.time)[0];
      if (!next) break;
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      this.time = Math.max(this.time, next.time);
      next.run();
    }
    this.time = end;
  }
}
