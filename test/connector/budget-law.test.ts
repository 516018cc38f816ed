import { describe, expect, it } from '@jest/globals';
import { type FlowInput, flow, randomOf } from '../support/budget-flow.js';

/**
 * The horizon of every assertion: two thousand calls of the cloud's rate, and ten minutes at least. All is counted from the first call on, so what it costs to find a limit out is in it.
 * Each case is a cloud of its own, drawn by its seed: rates from 0.3/s to 200/s, bursts up to 500, ways of up to 15 ms, with and without a told wait. A burst is at least 2 and a fifth of a second of the rate:
 * below that no sender that cannot tell when its calls arrive keeps to the rate.
 */
function drawn(seed: number, published: boolean): FlowInput {
  const random = randomOf(seed);
  const perSecond = 0.3 * (200 / 0.3) ** random();
  const least = Math.max(2, Math.ceil(perSecond / 5));
  const burst = Math.round(least * (500 / least) ** random());
  return { seed, perSecond, burst, published, servers: 1 + Math.floor(random() * 3), seconds: Math.max(600, 2000 / perSecond), tellsWait: random() < 0.5, networkMs: 5 + random() * 10 };
}

/** What broke, with the case that broke it. */
async function broken(input: FlowInput): Promise<string[]> {
  const { throttled, used, taken } = await flow(input);
  expect(taken).toBeGreaterThan(500);
  return throttled < 0.01 && used > 0.9 ? [] : [`throttled ${throttled}, used ${used}: ${JSON.stringify(input)}`];
}

describe('servers that always have more to send', () => {
  const seeds = Array.from({ length: 16 }, (_, index) => index + 1);

  it.each(seeds)('keep to a published limit, and use it (seed %i)', async (seed) => {
    expect(await broken(drawn(seed, true))).toEqual([]);
  });

  it.each(seeds)('find out a limit that nobody published, and use it (seed %i)', async (seed) => {
    expect(await broken(drawn(seed + 1000, false))).toEqual([]);
  });

  it.each([1, 2, 3])('find out a small limit with %i servers', async (servers) => {
    for (const perSecond of [1, 2, 3, 4, 5]) expect(await broken({ ...drawn(perSecond, false), perSecond, burst: 10, servers, seconds: Math.max(600, 2000 / perSecond) })).toEqual([]);
  });

  it.each(seeds.slice(0, 4))('keep to what the cloud says is left where others spend of the account (seed %i)', async (seed) => {
    const input: FlowInput = { ...drawn(seed, true), perSecond: 2, burst: 100, servers: 1, seconds: 3000 };
    const [deaf, told] = [await flow({ ...input, rounds: { everyS: 120, left: 30, told: false } }), await flow({ ...input, rounds: { everyS: 120, left: 30, told: true } })];
    expect(told.taken).toBeGreaterThan(1500);
    expect(told.throttled).toBeLessThan(0.01);
    expect(deaf.throttled).toBeGreaterThan(2 * told.throttled);
  });

  it('would be found to break a limit, and to waste one', async () => {
    const input: FlowInput = { ...drawn(1, true), perSecond: 5, burst: 10, servers: 1, seconds: 30 };
    const wrong = await flow({ ...input, told: { burst: 100, perSecond: 50 } });
    expect(wrong.throttled).toBeGreaterThan(0.01);
    const slow = await flow({ ...input, told: { burst: 1, perSecond: 2 } });
    expect(slow.used).toBeLessThan(0.5);
  });
});
