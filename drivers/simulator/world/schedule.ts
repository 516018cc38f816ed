import type { Clock } from './clock.js';
import type { Thing } from './types.js';

/** What a thing becomes at a time; `gone` takes it from sight. */
export interface Due { at: number; thing: Thing; to: Thing['state'] | 'gone'; order: number }

/** Changes to come, at most one per thing; a heap by time, and one alarm for the earliest. */
export class Schedule {
  readonly #heap: Due[] = [];
  readonly #pending = new Map<Thing, Due>();
  #alarm: { at: number; cancel: () => void } | undefined;
  #order = 0;

  /** `onAlarm` is called when something is due. */
  constructor(private readonly clock: Clock, private readonly onAlarm: () => void) {}

  /** Sets the next change of a thing, instead of one set before. */
  set(thing: Thing, at: number, to: Due['to']): void {
    const due = { at, thing, to, order: this.#order++ };
    this.#pending.set(thing, due);
    this.#push(due);
    this.#arm();
  }

  cancel(thing: Thing): void {
    this.#pending.delete(thing);
  }

  /** Takes out the earliest change that is due. */
  take(now: number): Due | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (!top || (top.at > now && this.#isCurrent(top))) return undefined;
      this.#pop();
      if (!this.#isCurrent(top)) continue;
      this.#pending.delete(top.thing);
      return top;
    }
  }

  /** All changes to come. */
  pending(): Due[] {
    return [...this.#pending.values()];
  }

  /** Sets the alarm for the earliest change; called after those due were taken. */
  rearm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#arm();
  }

  clear(): void {
    this.#heap.length = 0;
    this.#pending.clear();
    this.rearm();
  }

  #isCurrent(due: Due): boolean {
    return this.#pending.get(due.thing) === due;
  }

  #arm(): void {
    const at = this.#heap[0]?.at;
    if (at === undefined || (this.#alarm && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    this.#alarm = { at, cancel: this.clock.at(at, () => { this.#alarm = undefined; this.onAlarm(); }) };
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at], heap[parent])) break;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      let least = at;
      for (const child of [left, left + 1]) if (child < heap.length && before(heap[child], heap[least])) least = child;
      if (least === at) return;
      swap(heap, at, least);
      at = least;
    }
  }
}

const before = (one: Due | undefined, other: Due | undefined): boolean =>
  one !== undefined && other !== undefined && (one.at < other.at || (one.at === other.at && one.order < other.order));

function swap(heap: Due[], one: number, other: number): void {
  const held = heap[one] as Due;
  heap[one] = heap[other] as Due;
  heap[other] = held;
}
