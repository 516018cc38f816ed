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
  /** Time of the last refusal, or of the first call. */
  loweredAt: number;
  /** Seconds of growth after which the ceiling is reached again. */
  plateau: number;
  /** Seconds since the last refusal in which there was more to send than the rate allowed. */
  grown: number;
  /** Tokens given since the last refusal. */
  given: number;
  /** Whether the bucket was full meanwhile, so that they prove no rate. */
  filled: boolean;
  /** Refusals so far, those of calls that were under way together counted once; tokens that were given before the last are void. */
  era: number;
}

/** What one server tells of a bucket, and what it wants of it. */
export interface Ask {
  account: string;
  region: string;
  apiClass: string;
  published: Pick<RateLimit, 'burst' | 'perSecond'> | null;
  /** Tokens for persons who wait, and for all others who wait. */
  urgent: number;
  ordinary: number;
  /** Tokens for calls that are likely to come; given of plenty only. */
  spare: number;
  /** Most tokens of either kind that are promised for later. */
  urgentAhead: number;
  ordinaryAhead: number;
  /** The bucket's era that this server knows of; what it tells belongs to that. */
  era: number;
  /** Tokens that were given and not used; below 0 where calls were sent without. */
  back: number;
  /** Most calls that the cloud has left, by its own word since; null where it says nothing. */
  left: number | null;
  /** Whether the cloud refused a call since. */
  refused: boolean;
  /** How long the cloud asked to wait; null where it did not say. */
  retryAfterMs: number | null;
}

/** What a server is given. The i-th urgent token is ready when the level reaches i, the i-th ordinary one when what is left reaches i and what is kept for persons. */
export interface Grant {
  /** Whether nobody knows the limit yet: tokens are held for a shorter time. */
  exploring: boolean;
  /** Tokens of another era are void. */
  era: number;
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

/** Long enough for all servers to hear of it. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A published limit that refused holds again in full after this time. */
const FORGIVEN_S = 600;
/** A class without a published limit begins with so many calls a second, and twice as many after each such time in which there was more to send. */
const FIRST_RATE = 5;
const FIRST_BURST = 2;
const DOUBLED_S = 2;
const MOST_RATE = 10_000;
/** What is taken off a ceiling at first. */
const BACK = 0.03;
/** A ceiling that is a guess is tried soon, after so many seconds and calls at least. */
const GUESSED_S = 2;
const GUESSED_CALLS = 10;
/** One that was measured is trusted four times as long as that took, but not longer than this, so that refusals stay rare and a higher limit is found. */
const TRUST = 4;
const TRUSTED_S = 30;
const TRUSTED_CALLS = 250;
/** A rate that grew more than this since the last refusal tells no limit by its mean. */
const STEADY = 1.2;

/**
 * The rate in force: the published one until the cloud refuses. Then 3 % less than what the cloud bore, back to that within the plateau's time, and on from there, first slowly and then faster
 * (the cubic growth of TCP). So a refusal is rare where the ceiling is true, and an old ceiling is soon left behind. Where nobody knows a limit the rate doubles until there is a refusal.
 */
export function rateOf({ published, burst, ceiling, plateau, grown }: Pick<BucketState, 'published' | 'burst' | 'ceiling' | 'plateau' | 'grown'>): number {
  if (published === null && ceiling === null) return Math.min(MOST_RATE, FIRST_RATE * 2 ** (Math.min(grown, 1000) / DOUBLED_S));
  // Without a burst there is no slack for a call that leaves late and the next that leaves in time.
  const most = (published ?? MOST_RATE) * (burst < 2 ? 0.95 : 1);
  if (ceiling === null) return most;
  return Math.min(most, ceiling * (1 + BACK * (grown / plateau - 1) ** 3));
}

/** Calls at once: a little less than the cloud's, since calls that leave evenly arrive unevenly. */
export const fullOf = (burst: number, rate: number): number => burst - Math.min(burst - 1, burst * 0.2, Math.max(rate * 0.1, burst * 0.05));

/** Tokens that only persons may take. */
export const keptOf = (full: number): number => (full >= 4 ? Math.max(1, Math.floor(full * 0.1)) : 0);

/** A bucket that nobody has asked yet: full. */
export const newBucket = ({ published }: Pick<Ask, 'published'>, now: number): BucketState => {
  const burst = published?.burst ?? FIRST_BURST;
  return { published: published?.perSecond ?? null, burst, tokens: burst, refilledAt: now, pausedUntil: 0, pauseMs: FIRST_PAUSE_MS, ceiling: null, loweredAt: now, plateau: GUESSED_S, grown: 0, given: 0, filled: true, era: 0 };
};

/**
 * Lowers the ceiling to what the cloud took a second since the last refusal: between two moments at which its bucket was empty, that is its true rate, whatever its burst. Where the rate grew much
 * meanwhile the cloud's bucket may have been full at first: then the truth lies between that and the rate in force. `taken` are the calls that it took since.
 */
function lower(bucket: BucketState, taken: number, now: number, rate: number): void {
  const { published, ceiling, filled } = bucket;
  // It may be the burst that was guessed too high.
  if (published === null && ceiling !== null && filled && bucket.burst > 1) return void (bucket.burst = Math.max(1, bucket.burst / 2));
  const age = Math.max(0.001, now - bucket.loweredAt);
  const mean = Math.min(rate, taken / age);
  const longestS = Math.max(TRUSTED_S, TRUSTED_CALLS / rate);
  const isSteady = ceiling !== null && rate <= ceiling * (1 - BACK) * STEADY;
  const borne = ceiling === null ? rate * (published === null ? 0.6 : 0.9) : filled ? Math.max(mean, rate * 0.7) : isSteady ? Math.max(mean, rate * 0.1) : Math.sqrt(Math.max(mean, rate / 16) * rate);
  bucket.ceiling = Math.max(published === null ? 0.02 : published / 16, borne);
  bucket.plateau = Math.max(GUESSED_S, GUESSED_CALLS / bucket.ceiling, ceiling === null || filled ? 0 : Math.min(longestS, isSteady ? TRUST * age : age));
  if (published === null) bucket.burst = Math.max(1, Math.min(10, bucket.ceiling / 2));
}

function refuse(bucket: BucketState, ask: Ask, now: number, rate: number): void {
  // What is promised for later was not sent yet, and one was refused.
  const taken = Math.max(0, bucket.given - Math.max(0, Math.ceil(-bucket.tokens)) - 1);
  // Nothing got through since: the cloud counts by minutes, so wait longer instead of going slower.
  const again = bucket.ceiling !== null && taken === 0;
  bucket.pauseMs = again ? Math.min(LONGEST_PAUSE_MS, bucket.pauseMs * 2) : FIRST_PAUSE_MS;
  bucket.pausedUntil = now + Math.max(FIRST_PAUSE_MS, ask.retryAfterMs ?? bucket.pauseMs) / 1000;
  if (!again) lower(bucket, taken, now, rate);
  Object.assign(bucket, { tokens: 0, grown: 0, loweredAt: now, given: 0, filled: false, era: bucket.era + 1 });
}

/**
 * Settles one ask: refills, takes note of what happened, gives tokens. Changes `bucket`; `now` in seconds.
 * The function `connector.budget_exchange` of the database does the same for all servers; a test holds the two together.
 */
export function settle(bucket: BucketState, ask: Ask, now: number, servers: number): Grant {
  if (ask.published) Object.assign(bucket, { published: ask.published.perSecond, burst: ask.published.burst });
  if (ask.published && bucket.ceiling !== null && now - bucket.loweredAt > FORGIVEN_S) Object.assign(bucket, { ceiling: null, grown: 0 });
  const rate = rateOf(bucket);
  const full = fullOf(bucket.burst, rate);
  // No refill for the time of a pause.
  const elapsed = Math.max(0, now - Math.max(bucket.refilledAt, Math.min(now, bucket.pausedUntil)));
  const refilled = bucket.tokens + elapsed * rate;
  if (refilled >= full) bucket.filled = true;
  else bucket.grown += elapsed;
  // What was given before the last refusal is void already; what was sent without counts always.
  const back = ask.era === bucket.era ? ask.back : Math.min(0, ask.back);
  bucket.tokens = Math.min(full, Math.max(-bucket.burst - 60 * rate, refilled + back));
  // Somebody else spends of it, too.
  if (ask.left !== null && ask.era === bucket.era) bucket.tokens = Math.min(bucket.tokens, ask.left);
  bucket.given -= back;
  bucket.refilledAt = Math.max(now, bucket.refilledAt);
  // Sent before the last refusal was known there: that is one sign, not many.
  if (ask.refused && ask.era === bucket.era) refuse(bucket, ask, now, rate);
  const level = bucket.tokens;
  const most = (wanted: number, there: number, ahead: number): number => Math.min(wanted, Math.max(0, Math.floor(there)) + ahead);
  const urgent = most(ask.urgent, level, ask.urgentAhead);
  const ordinary = most(ask.ordinary, level - urgent - keptOf(full), ask.ordinaryAhead);
  const spare = Math.min(ask.spare, Math.max(0, Math.floor(level - urgent - ordinary - full / 2)));
  bucket.tokens -= urgent + ordinary + spare;
  bucket.given += urgent + ordinary + spare;
  return { exploring: bucket.published === null && bucket.ceiling === null, era: bucket.era, urgent, ordinary, spare, level, rate: rateOf(bucket), burst: bucket.burst, pauseMs: Math.max(0, bucket.pausedUntil - now) * 1000, servers };
}

/** Milliseconds until each token of a grant is ready, in the order of their use. */
export function readyIn(grant: Grant): { urgent: number[]; ordinary: number[] } {
  const { level, rate, pauseMs } = grant;
  const kept = keptOf(fullOf(grant.burst, rate));
  // A pause refills nothing.
  const at = (needed: number): number => pauseMs + Math.max(0, ((needed - level) / rate) * 1000);
  return {
    urgent: Array.from({ length: grant.urgent }, (_, index) => at(index + 1)),
    ordinary: [...Array.from({ length: grant.spare }, () => pauseMs), ...Array.from({ length: grant.ordinary }, (_, index) => at(index + 1 + grant.urgent + kept))],
  };
}
