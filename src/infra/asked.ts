/** Cap on what is remembered; what falls out counts as met anew, which only waits longer. */
const MOST = 20_000;

/**
 * Since when a thing, whose making was asked for and not answered, may have been there unseen. A call may be sent a good while after its intent was written (it waits for the cloud's
 * limit, or is sent again), so a row's `askedAt` is too early: for calls of this process the end of the call counts, for those of another the moment when this one met the row.
 */
export class Asked {
  private readonly times = new Map<string, number>();

  /** The call for this key ended, or begins, now. */
  now(key: string): void {
    this.times.delete(key);
    this.times.set(key, Date.now());
    const [oldest] = this.times.keys();
    if (this.times.size > MOST && oldest !== undefined) this.times.delete(oldest);
  }

  /** Milliseconds since it may be there unseen. */
  ageMs(key: string): number {
    const known = this.times.get(key);
    if (known !== undefined) return Date.now() - known;
    this.now(key);
    return 0;
  }
}
