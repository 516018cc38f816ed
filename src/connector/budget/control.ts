import type { RateLimit } from '@mcmp/driver-sdk';

/** What one bucket remembers; all servers share it as a row of `connector.budget`, times in seconds of the database's clock. */
export interface BucketState {
  /** Calls a second that the cloud publishes; null where it publishes none. */
  published: number | null;
  /** Most calls at once. */
  burst: number;
  /** Calls that may be sent now; below 0 where some are promised for later. */
  tokens: number;
  refilledAt: number;
  /** Nothing is sent before this time. */
  pausedUntil: number;
  /** Length of the pause after the last refusal. */
  pauseMs: number;
  /** What the cloud seemed to bear at the last refusal, in calls a second; null where it never refused. */
  ceiling: number | null;
  loweredAt: number;
  /** Seconds of growth after which the ceiling is reached again. */
  plateau: number;
  /** Seconds since the last refusal in which there was more to send than the rate allowed. */
  grown: number;
  /** Calls that the cloud took since the last refusal; null where the bucket was full meanwhile, so that they prove no rate. */
  calls: number | null;
}

/** What one server tells of a bucket, and what it wants of it. */
export interface Ask {
  account: string;
  region: string;
  apiClass: string;
  published: Pick<RateLimit, 'burst' | 'perSecond'> | null;
  /** Calls a second with which a bucket without a published limit begins; null only looks whether it is there. */
  seed: number | null;
  /** Tokens for persons who wait, and for all others who wait. */
  urgent: number;
  ordinary: number;
  /** Tokens for calls that are likely to come; given of plenty only. */
  spare: number;
  /** Most tokens of either kind that are promised for later. */
  urgentAhead: number;
  ordinaryAhead: number;
  /** Tokens that were given and not used; below 0 where calls were sent without. */
  back: number;
  /** Calls that the cloud took since the last time. */
  used: number;
  /** Whether the cloud refused a call since. */
  refused: boolean;
  /** How long the cloud asked to wait; null where it did not say. */
  retryAfterMs: number | null;
}

/** What a server is given. The i-th urgent token is ready when the level reaches i, the i-th ordinary one when what is left reaches i and what is kept for persons. */
export interface Grant {
  /** False where the bucket is not there (and was not to be made): the class is free. */
  known: boolean;
  urgent: number;
  ordinary: number;
  spare: number;
  /** Tokens before anything was given. */
  level: number;
  /** Rate in force, calls a second. */
  rate: number;
  burst: number;
  pauseMs: number;
  /** Servers that used any bucket lately, the asking one included. */
  servers: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** Calls that were under way together are refused together: that is one sign, not many. */
const ONE_SIGN_S = 1;
/** A published limit that refused holds again in full after this time. */
const FORGIVEN_S = 600;
/** A ceiling that is a guess is tried soon; one that was measured is kept for some eighty calls, so that refusals stay rare. */
const GUESSED_S = 2;
const measuredS = (ceiling: number): number => Math.max(10, 80 / ceiling);

/**
 * The rate in force: the published one until the cloud refuses. Then 5 % less than what the cloud bore, back to that within the plateau's time, and on from there, first slowly and then faster
 * (the cubic growth of TCP). So a refusal is rare where the ceiling is true, and an old ceiling is soon left behind.
 */
export function rateOf({ published, burst, ceiling, plateau, grown }: Pick<BucketState, 'published' | 'burst' | 'ceiling' | 'plateau' | 'grown'>): number {
  // Without a burst there is no slack for a call that leaves late and the next that leaves in time.
  const most = (published ?? Infinity) * (burst < 2 ? 0.95 : 1);
  if (ceiling === null) return most;
  return Math.min(most, ceiling * (1 + 0.05 * (grown / plateau - 1) ** 3));
}

/** Calls at once: a little less than the cloud's, since calls that leave evenly arrive unevenly. */
export const fullOf = (burst: number, rate: number): number => burst - Math.min(burst - 1, burst * 0.2, Math.max(rate * 0.1, burst * 0.05));

/** Tokens that only persons may take. */
export const keptOf = (full: number): number => (full >= 4 ? Math.max(1, Math.floor(full * 0.1)) : 0);

/** A bucket that nobody has asked yet: full, or of a first guess. */
export const newBucket = ({ published, seed }: Pick<Ask, 'published' | 'seed'>, now: number): BucketState => {
  const burst = published?.burst ?? Math.max(1, Math.min(10, seed ?? 1));
  return { published: published?.perSecond ?? null, burst, tokens: published ? burst : 0, refilledAt: now, pausedUntil: 0, pauseMs: FIRST_PAUSE_MS, ceiling: published ? null : (seed ?? 1), loweredAt: now, plateau: GUESSED_S, grown: 0, calls: published ? null : 0 };
};

/**
 * Lowers the ceiling to what the cloud took since the last refusal: between two moments at which its bucket was empty, that is its true rate. Without such a measure a part is taken off.
 * After a guess, which may have been so low that the cloud's bucket was full meanwhile, the measure counts for less.
 */
function lower(bucket: BucketState, now: number, rate: number): void {
  const age = now - bucket.loweredAt;
  const measured = bucket.calls !== null && bucket.calls >= 10 && age >= ONE_SIGN_S ? Math.min(rate, Math.max(rate * (bucket.ceiling !== null && bucket.plateau === GUESSED_S ? 0.7 : 0.5), bucket.calls / age)) : undefined;
  const least = bucket.published === null ? 0.02 : bucket.published / 16;
  bucket.ceiling = Math.max(least, measured ?? rate * (bucket.ceiling !== null && age < 30 ? 0.7 : 0.9));
  bucket.plateau = measured === undefined ? GUESSED_S : measuredS(bucket.ceiling);
  if (bucket.published === null) bucket.burst = Math.max(1, Math.min(10, bucket.ceiling));
}

function refuse(bucket: BucketState, ask: Ask, now: number, rate: number): void {
  const again = bucket.ceiling !== null && bucket.calls === 0;
  const isOneSign = bucket.ceiling !== null && now - bucket.loweredAt < ONE_SIGN_S;
  bucket.tokens = Math.min(bucket.tokens, 1);
  // Nothing got through since: the cloud counts by minutes, so wait longer instead of going slower.
  if (!isOneSign) bucket.pauseMs = again ? Math.min(LONGEST_PAUSE_MS, bucket.pauseMs * 2) : FIRST_PAUSE_MS;
  bucket.pausedUntil = Math.max(bucket.pausedUntil, now + (ask.retryAfterMs ?? bucket.pauseMs) / 1000);
  if (isOneSign) return;
  if (!again) lower(bucket, now, rate);
  bucket.grown = 0;
  bucket.loweredAt = now;
  bucket.calls = 0;
}

/**
 * Settles one ask: refills, takes note of what happened, gives tokens. Changes `bucket`; `now` in seconds.
 * The function `connector.budget_exchange` of the database does the same for all servers; a test holds the two together.
 */
export function settle(bucket: BucketState, ask: Ask, now: number, servers: number): Grant {
  if (ask.published) Object.assign(bucket, { published: ask.published.perSecond, burst: ask.published.burst });
  if (ask.published && bucket.ceiling !== null && now - bucket.loweredAt > FORGIVEN_S) Object.assign(bucket, { ceiling: null, grown: 0, calls: null });
  const rate = rateOf(bucket);
  const full = fullOf(bucket.burst, rate);
  // No refill for the time of a pause.
  const elapsed = Math.max(0, now - Math.max(bucket.refilledAt, Math.min(now, bucket.pausedUntil)));
  const refilled = bucket.tokens + elapsed * rate;
  if (refilled >= full) bucket.calls = null;
  else bucket.grown += elapsed;
  if (bucket.calls !== null) bucket.calls += ask.used;
  bucket.tokens = Math.min(full, Math.max(-bucket.burst - 60 * rate, refilled + ask.back));
  bucket.refilledAt = Math.max(now, bucket.refilledAt);
  if (ask.refused) refuse(bucket, ask, now, rate);
  const level = bucket.tokens;
  const most = (wanted: number, there: number, ahead: number): number => Math.min(wanted, Math.max(0, Math.floor(there)) + ahead);
  const urgent = most(ask.urgent, level, ask.urgentAhead);
  const ordinary = most(ask.ordinary, level - urgent - keptOf(full), ask.ordinaryAhead);
  const spare = Math.min(ask.spare, Math.max(0, Math.floor(level - urgent - ordinary - full / 2)));
  bucket.tokens -= urgent + ordinary + spare;
  return { known: true, urgent, ordinary, spare, level, rate: rateOf(bucket), burst: bucket.burst, pauseMs: Math.max(0, bucket.pausedUntil - now) * 1000, servers };
}

/** Milliseconds until each token of a grant is ready, in the order of their use. */
export function readyIn(grant: Grant): { urgent: number[]; ordinary: number[] } {
  const { level, rate, pauseMs } = grant;
  const kept = keptOf(fullOf(grant.burst, rate));
  const at = (needed: number): number => Math.max(pauseMs, ((needed - level) / rate) * 1000);
  return {
    urgent: Array.from({ length: grant.urgent }, (_, index) => at(index + 1)),
    ordinary: [...Array.from({ length: grant.spare }, () => pauseMs), ...Array.from({ length: grant.ordinary }, (_, index) => at(index + 1 + grant.urgent + kept))],
  };
}
