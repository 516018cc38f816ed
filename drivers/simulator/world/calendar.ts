import type { Clock } from './clock.js';
import { WorldError } from './refusal.js';

/** The state of a calendar: what date it was at a time of the clock, and how fast dates pass since. */
export interface CalendarState { date: number; at: number; rate: number }

/**
 * The clouds' own date, which things, events, metrics and bills are written with. It passes as the clock does until it is set ahead or sped up, and never goes back.
 * Latencies, delays and limits stay with the clock.
 */
export class Calendar {
  #state: CalendarState;
  constructor(private readonly clock: Clock) {
    this.#state = { date: clock.now(), at: clock.now(), rate: 1 };
  }

  get rate(): number {
    return this.#state.rate;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.dateAt(this.clock.now());
  }

  /** The date at a time of the clock since the last setting. */
  dateAt(time: number): number {
    const { date, at, rate } = this.#state;
    return Math.floor(date + Math.max(0, time - at) * rate);
  }

  /** @throws WorldError INVALID_REQUEST where the date would go back. */
  set({ now, rate }: { now?: number; rate?: number }): void {
    const date = this.now();
    if (now !== undefined && now < date) throw new WorldError('INVALID_REQUEST', `the clouds' date is ${new Date(date).toISOString()}, and does not go back`, { field: 'now' });
    this.#state = { date: now ?? date, at: this.clock.now(), rate: rate ?? this.#state.rate };
  }

  save(): CalendarState {
    return this.#state;
  }

  /** Dates pass while the box is off. */
  load(state: CalendarState): void {
    this.#state = state;
  }
}
