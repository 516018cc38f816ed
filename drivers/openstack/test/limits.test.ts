import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallsLeft, Session } from '@mcmp/driver-sdk';
import driver from '../src/index.js';
import { callsLeft, retryAfterS } from '../src/limits.js';
import type { SmallCloud } from './small-cloud.js';
import { SMALL_CREDENTIAL, startSmallCloud } from './small-cloud.js';

describe('what a proxy says is left', () => {
  it.each<[Record<string, string>, CallsLeft | undefined]>([
    [{}, undefined],
    [{ 'X-RateLimit-Remaining': '7', 'X-RateLimit-Limit': '10r/1m' }, { remaining: 7, limit: 10 }],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '10, 10;w=1' }, { remaining: 0, limit: 10 }],
    [{ 'RateLimit-Remaining': '3' }, { remaining: 3 }],
    [{ 'RateLimit-Remaining': '3', 'RateLimit-Limit': '0' }, { remaining: 3 }],
    [{ 'X-RateLimit-Limit': '10' }, undefined],
    [{ 'X-RateLimit-Remaining': 'many' }, undefined],
    [{ 'X-RateLimit-Remaining': '-1' }, undefined],
    [{ 'X-RateLimit-Remaining': '1.5' }, undefined],
  ])('%p is %p', (headers, left) => {
    expect(callsLeft(new Headers(headers))).toEqual(left);
  });

  it.each<[Record<string, string>, number]>([
    [{ 'retry-after': '3' }, 3], [{ 'X-Retry-After': '2' }, 2], [{ 'X-RateLimit-Retry-After': '4' }, 4], [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:10 GMT' }, 9], [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0], [{ 'retry-after': 'soon' }, NaN], [{}, NaN],
  ])('%p means after %p seconds', (headers, seconds) => {
    expect(retryAfterS(new Headers(headers), 1000)).toBe(seconds);
  });
});

describe('a call through such a proxy', () => {
  let cloud: SmallCloud;
  let headers: Record<string, string> = {};
  beforeAll(async () => { cloud = await startSmallCloud({ north: ['compute', 'network'] }, undefined, () => headers); });
  afterAll(() => cloud.close());

  it('tells the host, by the signal that the host handed in; also where it is refused', async () => {
    const session = (await driver.connect({ credential: SMALL_CREDENTIAL, endpoint: cloud.authUrl, options: {} })) as Required<Session>;
    const told: (CallsLeft | undefined)[] = [];
    const { signal } = new AbortController();
    signal.addEventListener('mcmp-calls-left', (event) => told.push((event as Event & { left?: CallsLeft }).left));
    await session.network.list({ region: 'north' }, signal);
    expect(told).toEqual([]);
    headers = { 'x-ratelimit-remaining': '4', 'x-ratelimit-limit': '5r/1s' };
    await session.network.list({ region: 'north' }, signal);
    headers = { 'x-ratelimit-remaining': '0' };
    await expect(session.vm.get({ region: 'north', id: 'x' }, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([told[0], told.at(-1)]).toEqual([{ remaining: 4, limit: 5 }, { remaining: 0 }]);
  });
});
