import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { PassThrough } from 'node:stream';
import { Deadline } from '../../src/connector/host/deadline.js';
import { type Priority, RateLimits, TokenBucket } from '../../src/connector/host/limits.js';
import { deadlineOf, fitsMethod } from '@mcmp/driver-sdk/bundle';
import { Redactor, followOutput } from '../../src/connector/host/output.js';
import { isRepeatable, retryAfter } from '../../src/connector/host/retry.js';

const deadline = (ms = 10_000, signal?: AbortSignal): Deadline => new Deadline(ms, 'aws vm.create', signal);
const manifest = (limits: Manifest['limits']): Manifest => ({ name: 'aws', limits } as unknown as Manifest);

describe('a token bucket', () => {
  it('gives its burst at once, and then as many as were refilled, in fractions', async () => {
    let now = 0;
    const bucket = new TokenBucket(2, 0.5, () => now);
    const take = (): Promise<string> => bucket.take('person', deadline(1)).then(() => 'taken', (error: { code: string }) => error.code);
    expect([await take(), await take(), await take()]).toEqual(['taken', 'taken', 'RATE_LIMITED']);
    now += 1000;
    expect(await take()).toBe('RATE_LIMITED');
    now += 1000;
    expect([await take(), await take()]).toEqual(['taken', 'RATE_LIMITED']);
    now += 1_000_000;
    expect([await take(), await take(), await take()]).toEqual(['taken', 'taken', 'RATE_LIMITED']);
  });

  it('serves the more urgent first, and equals in the order in which they came', async () => {
    const bucket = new TokenBucket(1, 200);
    await bucket.take('inventory', deadline());
    const served: string[] = [];
    const wait = (name: string, priority: Priority): Promise<unknown> => bucket.take(priority, deadline()).then(() => served.push(name));
    await Promise.all([wait('i1', 'inventory'), wait('r1', 'reconcile'), wait('p1', 'provisioning'), wait('i2', 'inventory'), wait('h1', 'person'), wait('p2', 'provisioning'), wait('h2', 'person')]);
    expect(served).toEqual(['h1', 'h2', 'p1', 'p2', 'r1', 'i1', 'i2']);
  });

  it('lets one who gives up leave, without a token', async () => {
    let now = 0;
    const bucket = new TokenBucket(1, 1, () => now);
    await bucket.take('person', deadline());
    const controller = new AbortController();
    const left = bucket.take('person', deadline(10_000, controller.signal)).catch((error: { code: string }) => error.code);
    controller.abort();
    expect(await left).toBe('TIMEOUT');
    now += 1000;
    await bucket.take('inventory', deadline(1));
  });

  it('pauses after a refusal, halves its rate once for refusals that come together, and recovers', async () => {
    let now = 0;
    const bucket = new TokenBucket(10, 10, () => now);
    const take = (): Promise<string> => bucket.take('person', deadline(1)).then(() => 'taken', (error: { code: string; detail: { retryAfterMs?: number } }) => `${error.code} ${error.detail.retryAfterMs}`);
    for (let times = 0; times < 5; times += 1) bucket.refused(2000);
    expect(bucket.share).toBe(0.5);
    expect(await take()).toBe('RATE_LIMITED 2000');
    now += 1000;
    expect(await take()).toBe('RATE_LIMITED 1000');
    bucket.refused(0);
    expect(bucket.share).toBeCloseTo(0.275);
    now += 1000;
    expect(await take()).toBe('taken');
    for (let times = 0; times < 10; times += 1) { now += 1000; bucket.refused(0); }
    expect(bucket.share).toBe(1 / 16);
    now += 60_000;
    expect(bucket.share).toBe(1);
  });

  it('is one per connection, entry and, where the entry says so, region', () => {
    const limits = new RateLimits();
    const aws = manifest([{ methods: ['vm.create'], scope: 'region', burst: 1, perSecond: 1 }, { methods: ['vm.*', '*.list'], scope: 'account', burst: 5, perSecond: 5 }]);
    const of = (key: string, method: string, region?: string): TokenBucket => limits.bucket(aws, key, method, region);
    expect(of('a', 'vm.create', 'r1')).toBe(of('a', 'vm.create', 'r1'));
    expect(of('a', 'vm.create', 'r1')).not.toBe(of('a', 'vm.create', 'r2'));
    expect(of('a', 'vm.create', 'r1')).not.toBe(of('b', 'vm.create', 'r1'));
    expect(of('a', 'vm.stop', 'r1')).toBe(of('a', 'disk.list', 'r2'));
    expect(of('a', 'disk.get', 'r1')).not.toBe(of('a', 'disk.list', 'r1'));
  });
});

describe('the rules of a call', () => {
  it('fit methods and deadlines by pattern', () => {
    expect(['vm.create', 'vm.*', '*.create', '*', 'vm.list', 'disk.*', '*.list'].map((pattern) => fitsMethod(pattern, 'vm.create'))).toEqual([true, true, true, true, false, false, false]);
    const of = { ...manifest([]), deadlinesMs: { '*': 1000, 'vm.*': 2000, 'vm.create': 3000 } };
    expect([deadlineOf(of, 'vm.create'), deadlineOf(of, 'vm.stop'), deadlineOf(of, 'disk.get'), deadlineOf(manifest([]), 'disk.get')]).toEqual([3000, 2000, 1000, 30_000]);
  });

  it.each([
    ['RATE_LIMITED', 'vm.create', false, true], ['RATE_LIMITED', 'vm.list', true, true],
    ['UNAVAILABLE', 'vm.create', false, false], ['UNAVAILABLE', 'vm.create', true, true], ['TIMEOUT', 'vm.list', true, true], ['TIMEOUT', 'subnet.create', false, false],
    ['UNKNOWN', 'vm.list', true, true], ['UNKNOWN', 'vm.stop', true, false],
    ['CONFLICT', 'vm.list', true, false], ['IN_USE', 'network.delete', true, false], ['NOT_FOUND', 'vm.get', true, false], ['OUT_OF_CAPACITY', 'vm.create', true, false],
  ] as const)('after %s of %s (repeatable: %s) say whether it is sent again: %s', (code, method, repeatable, again) => {
    expect(retryAfter({ code, detail: {} }, { method, tries: 1, repeatable }) !== undefined).toBe(again);
    expect(retryAfter({ code, detail: {} }, { method, tries: 5, repeatable })).toBeUndefined();
  });

  it('back off with full jitter from 200 ms to 5 s, and no shorter than the cloud asks', () => {
    const after = (tries: number, random: number, retryAfterMs?: number): number | undefined =>
      retryAfter({ code: 'UNAVAILABLE', detail: { ...(retryAfterMs !== undefined && { retryAfterMs }) } }, { method: 'vm.list', tries, repeatable: true }, () => random);
    expect([after(1, 1), after(2, 1), after(4, 1), after(4, 0), after(4, 0, 700)]).toEqual([200, 400, 1600, 0, 700]);
    expect(retryAfter({ code: 'UNKNOWN', detail: {} }, { method: 'vm.list', tries: 2, repeatable: true })).toBeUndefined();
  });

  it('call every method repeatable, but creates without a token', () => {
    const traits = { idempotencyToken: ['vm' as const] };
    expect(['vm.create', 'network.create', 'network.delete', 'disk.attach', 'vm.stop'].map((method) => isRepeatable(method, traits))).toEqual([true, false, true, true, true]);
  });
});

describe('what a driver prints', () => {
  const printed = async (secrets: string[], ...chunks: string[]): Promise<string[]> => {
    const lines: string[] = [];
    const redactor = new Redactor();
    redactor.add(secrets);
    const stream = new PassThrough();
    followOutput(stream, redactor, (line) => lines.push(line));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    await new Promise((done) => stream.once('end', done));
    return lines;
  };

  it('holds no secret: cut over chunks, encoded, or one line of a key', async () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END KEY-----';
    const secret = 'p&ss "word"';
    const lines = await printed([secret, pem, 'abc'], 'a p&ss "w', 'ord"\n', `${encodeURIComponent(secret)} ${Buffer.from(secret).toString('base64')} ${JSON.stringify(secret)}\n`, 'MIIEvQIBADANBgkqhkiG9w0BAQEF\nabc');
    expect(lines).toEqual(['a [redacted]', '[redacted] [redacted] "[redacted]"', '[redacted]', 'abc']);
  });

  it('is cut where a line or their number has no end', async () => {
    const long = await printed([], 'x'.repeat(100_000), 'y'.repeat(100_000), 'z\nshort\n');
    expect(long.map((line) => line.length)).toEqual([4096, 5]);
    expect(await printed([], 'line\n'.repeat(1000))).toHaveLength(100);
  });
});
