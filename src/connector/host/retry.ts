import { type DriverError, type ResourceKind, type Traits, isRead } from '@mcmp/driver-sdk';

/** Most times that one call is sent. */
const MAX_TRIES = 5;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5000;

/** Whether sending a method twice does no more than sending it once; all do, but creates of kinds whose token the cloud does not honour, new access keys, and a driver's own functions. */
export function isRepeatable(method: string, traits: Pick<Traits, 'idempotencyToken'>): boolean {
  const [kind, name] = method.split('.');
  if (method === 'iam-user.createKey' || method === 'function.call') return false;
  return name !== 'create' || traits.idempotencyToken.includes(kind as ResourceKind);
}

/**
 * Milliseconds after which a failed call is sent again, or undefined where it is not.
 * `tries` counts those made, the failed one included; `repeatable` says whether the cloud may be asked twice; `random` is in [0, 1) (full jitter).
 */
export function retryAfter(error: Pick<DriverError, 'code' | 'detail'>, call: { method: string; tries: number; repeatable: boolean }, random: () => number = Math.random): number | undefined {
  const { method, tries, repeatable } = call;
  if (tries >= MAX_TRIES) return undefined;
  const backoffMs = random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  switch (error.code) {
    // Refused is not done, whatever the method; the wait that the cloud asked for lies in the bucket.
    case 'RATE_LIMITED': return backoffMs;
    case 'TIMEOUT':
    case 'UNAVAILABLE': return repeatable ? Math.max(backoffMs, error.detail.retryAfterMs ?? 0) : undefined;
    case 'UNKNOWN': return isRead(method) && tries === 1 ? backoffMs : undefined;
    default: return undefined;
  }
}
