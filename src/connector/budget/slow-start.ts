/** A call that began longer ago holds no place any more: slow calls are no sign of many. */
const PLACE_MS = 250;
const FIRST_PLACES = 4;
const FREE_PLACES = 256;
/** A guess where nothing has been answered yet. */
const LEAST_RATE = 2;

/**
 * Guards a class of calls whose limit nobody knows, until the cloud refuses one: few calls begin at once, and one more for each round of answers.
 * So a limit shows itself by few refusals, while whoever answers quickly, or has no limit, is not kept waiting.
 */
export class SlowStart {
  private places = FIRST_PLACES;
  private readonly begun = new Map<number, number>();
  private sequence = 0;
  private second = 0;
  private taken = { now: 0, before: 0 };

  /** Takes a place. Gives its number, or undefined where all are taken. */
  begin(now: number): number | undefined {
    if (this.places < FREE_PLACES) {
      for (const [place, at] of this.begun) {
        if (now - at < PLACE_MS) break;
        this.begun.delete(place);
      }
      if (this.begun.size >= this.places) return undefined;
    }
    const place = (this.sequence += 1);
    if (this.places < FREE_PLACES) this.begun.set(place, now);
    return place;
  }

  /** Milliseconds until a place is free at the latest. */
  freeIn(now: number): number {
    const [oldest] = this.begun.values();
    return oldest === undefined ? 0 : Math.max(0, oldest + PLACE_MS - now);
  }

  /** A call has ended; `taken` says whether the cloud took it. */
  end(place: number, taken: boolean, now: number): void {
    this.begun.delete(place);
    if (!taken) return;
    if (this.places < FREE_PLACES) this.places += 1 / this.places;
    this.turn(now);
    this.taken.now += 1;
  }

  /** Calls a second that the cloud took in this second and the one before. */
  rate(now: number): number {
    this.turn(now);
    return Math.max(LEAST_RATE, (this.taken.now + this.taken.before) / (1 + (now / 1000 - this.second)));
  }

  private turn(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.second) return;
    this.taken = { now: 0, before: second === this.second + 1 ? this.taken.now : 0 };
    this.second = second;
  }
}
