import type { CallsLeft } from '@mcmp/driver-sdk';

/**
 * What a proxy or middleware before the services says of the calls that it still takes; OpenStack itself says nothing. Known are `X-RateLimit-Remaining` and `-Limit` (SAP's openstack-rate-limit-middleware,
 * whose limit reads `<n>r/<window>`; Envoy, whose limit may go on after a comma) and the same without `X-` (Kong, IETF draft-ietf-httpapi-ratelimit-headers up to version 06).
 */
export function callsLeft(headers: Headers): CallsLeft | undefined {
  const number = (name: string): number => Number(/^\s*(\d{1,9})(?![\d.])/.exec(headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`) ?? '')?.[1] ?? NaN);
  const [remaining, limit] = [number('remaining'), number('limit')];
  if (Number.isNaN(remaining)) return undefined;
  return { remaining, ...(limit >= 1 && { limit }) };
}

/** Seconds after which a repeat is welcome: a number, or a date (RFC 9110); NaN where nothing is said. */
export function retryAfterS(headers: Headers, now = Date.now()): number {
  const told = headers.get('retry-after') ?? headers.get('x-retry-after') ?? headers.get('x-ratelimit-retry-after') ?? '';
  if (/^\s*\d+(\.\d+)?\s*$/.test(told)) return Number(told);
  return told.trim() === '' ? NaN : Math.max(0, (Date.parse(told) - now) / 1000);
}
