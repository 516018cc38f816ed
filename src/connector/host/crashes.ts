const CRASHES = 5;
const LONGEST_PAUSE_MS = 5000;

/** Crashes of one driver version within the last half minute; after five of them each start waits, longer each time. */
export class Crashes {
  static readonly WINDOW_MS = 30_000;
  private at: number[] = [];

  /** Counts one; gives how many there were. */
  note(): number {
    return this.at.push(performance.now());
  }

  /** Milliseconds to wait before the next start; 0 is at once. */
  pauseMs(): number {
    const now = performance.now();
    this.at = this.at.filter((at) => at > now - Crashes.WINDOW_MS);
    const last = this.at.at(-1);
    if (last === undefined || this.at.length < CRASHES) return 0;
    return Math.max(0, last + Math.min(LONGEST_PAUSE_MS, 500 * 2 ** (this.at.length - CRASHES)) - now);
  }

  get count(): number { return this.at.length; }
}
