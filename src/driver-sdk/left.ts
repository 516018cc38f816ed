/** What a cloud says, beside an answer, of the calls that it still takes from this account: from headers such as `x-ratelimit-remaining`. */
export interface CallsLeft {
  /** Calls that the cloud would take now. */
  remaining: number;
  /** Most calls at once, where the cloud tells that, too. */
  limit?: number;
}

/**
 * Tells the host what the cloud says is left, for the class of calls that the one under way belongs to; the host then sends no more than that. Of several in one call the lowest counts, and nonsense is not heard.
 * @param signal the signal that the host handed to the method, itself and not one that was made of it
 */
export function tellCallsLeft(signal: AbortSignal, left: CallsLeft): void {
  signal.dispatchEvent(Object.assign(new Event('mcmp-calls-left'), { left }));
}
