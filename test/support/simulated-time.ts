/** A timer that is due; `late` it runs at a machine's own pace. */
interface Due { at: number; order: number; run: () => void; everyMs: number | undefined; isOff: boolean }

/**
 * Time that passes as fast as the work in it is done: while it runs, it stands in for the timers and the clock of this process, so that real code lives through hours in seconds.
 * Timers run late, as on a busy machine: `late` gives by how many milliseconds.
 */
export class SimulatedTime {
  private now = 0;
  private order = 0;
  private readonly heap: Due[] = [];
  private offs = 0;
  private readonly own = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
  private readonly clock = performance.now;

  constructor(private readonly late: () => number) {}

  /** Milliseconds since it began. */
  get ms(): number {
    return this.now;
  }

  begin(): void {
    const timer = (run: (...given: unknown[]) => void, ms = 0, everyMs?: number): object => this.add({ at: this.now + Math.max(1, ms) + this.late(), order: (this.order += 1), run, everyMs, isOff: false });
    const off = (handle: { due: Due } | undefined): void => { if (handle) this.forget(handle.due); };
    Object.assign(globalThis, { setTimeout: (run: () => void, ms?: number) => timer(run, ms), setInterval: (run: () => void, ms: number) => timer(run, ms, ms), clearTimeout: off, clearInterval: off });
    performance.now = () => this.now;
  }

  end(): void {
    Object.assign(globalThis, this.own);
    performance.now = this.clock;
  }

  /** Exactly so long from now, whatever the machine does: for what happens elsewhere. */
  at(inMs: number, run: () => void): void {
    this.add({ at: this.now + inMs, order: (this.order += 1), run, everyMs: undefined, isOff: false });
  }

  wait(inMs: number): Promise<void> {
    return new Promise((done) => this.at(inMs, done));
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (let due = this.heap[0]; due && due.at <= until; due = this.heap[0]) {
      this.take();
      if (due.isOff) {
        this.offs -= 1;
        continue;
      }
      this.now = Math.max(this.now, due.at);
      due.run();
      if (due.everyMs !== undefined) this.push(Object.assign(due, { at: this.now + due.everyMs }));
      // All that follows from it at once, before the next moment.
      await new Promise((done) => setImmediate(done));
    }
    this.now = until;
  }

  private add(due: Due): object {
    this.push(due);
    const handle = { due, unref: () => handle, ref: () => handle };
    return handle;
  }

  /** What is off goes when it is most of what is there: deadlines of long ago would fill the memory. */
  private forget(due: Due): void {
    if (due.isOff) return;
    Object.assign(due, { isOff: true, run: () => undefined });
    this.offs += 1;
    if (this.offs < 1000 || this.offs * 2 < this.heap.length) return;
    const live = this.heap.filter(({ isOff }) => !isOff);
    this.heap.length = this.offs = 0;
    for (const one of live) this.push(one);
  }

  private push(due: Due): void {
    const { heap } = this;
    let index = heap.push(due) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!before(due, heap[above] as Due)) break;
      heap[index] = heap[above] as Due;
      index = above;
    }
    heap[index] = due;
  }

  private take(): void {
    const { heap } = this;
    const last = heap.pop() as Due;
    if (heap.length === 0) return;
    let index = 0;
    for (let below = 1; below < heap.length; below = 2 * index + 1) {
      if (below + 1 < heap.length && before(heap[below + 1] as Due, heap[below] as Due)) below += 1;
      if (!before(heap[below] as Due, last)) break;
      heap[index] = heap[below] as Due;
      index = below;
    }
    heap[index] = last;
  }
}

const before = (one: Due, other: Due): boolean => one.at < other.at || (one.at === other.at && one.order < other.order);
