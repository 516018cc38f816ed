import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { PassThrough } from 'node:stream';
import { deadlineOf, fitsMethod } from '@mcmp/driver-sdk/bundle';
import { FrameReader, framed } from '../../src/connector/host/channel.js';
import { whyNotPlain } from '../../src/connector/host/plain.js';
import { Redactor, followOutput } from '../../src/connector/host/output.js';
import { isRepeatable, retryAfter } from '../../src/connector/host/retry.js';

const manifest = (limits: Manifest['limits']): Manifest => ({ name: 'aws', limits } as unknown as Manifest);

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

  it('is not even read where it floods, goes on with the next whole line, and a flood without end is told', () => {
    let time = 0;
    let why = '';
    const lines: string[] = [];
    const redactor = new Redactor();
    redactor.add(['hidden-half']);
    const stream = new PassThrough();
    followOutput(stream, redactor, (line) => lines.push(line), (flood) => { why = flood; }, () => time);
    stream.emit('data', Buffer.from('x\n'.repeat(150)));
    stream.emit('data', Buffer.from('more\nhidden-'));
    time = 20_000;
    stream.emit('data', Buffer.from('half\nwhole\n'));
    expect(lines.slice(100)).toEqual(['(50 lines and 12 bytes left out)', 'whole']);
    expect(why).toBe('');
    for (let chunk = 0; chunk < 17; chunk += 1) stream.emit('data', Buffer.alloc(16 * 1024 * 1024, '\n'));
    expect(why).toBe('printed more than 256 MiB within 10 s');
  });
});

describe('what a driver sends', () => {
  it('is the same messages however its bytes are cut', () => {
    const messages = [{ type: 'pong', rssBytes: 7 }, { text: 'é'.repeat(300), body: new Uint8Array([1, 2, 3]) }, undefined];
    const bytes = Buffer.concat(messages.map((message) => framed(message)));
    for (const size of [1, 3, 7, 100, bytes.length]) {
      const got: unknown[] = [];
      const reader = new FrameReader(10_000, (message) => got.push(message));
      for (let from = 0; from < bytes.length; from += size) reader.push(bytes.subarray(from, from + size));
      expect(JSON.stringify(got)).toBe(JSON.stringify(messages));
    }
  });

  it.each([
    ['larger than it may be', [0, 0, 39, 17, 1], /a message of 10001 bytes/], ['no serialisation', [0, 0, 0, 2, 1, 2], /./], ['empty', [0, 0, 0, 0], /./],
  ])('is refused where it is %s', (_what, bytes, why) => {
    expect(() => new FrameReader(10_000, () => undefined).push(Buffer.from(bytes))).toThrow(why);
  });

  it.each<[string, unknown, RegExp | undefined]>([
    ['rows', { items: Array.from({ length: 1000 }, (_row, id) => ({ id, tags: { a: 'b' } })) }, undefined],
    ['nothing', undefined, undefined],
    ['a class', { at: new Map() }, /a Map/], ['bytes', { at: Buffer.alloc(3) }, /Buffer|Uint8Array/], ['NaN', [Number.NaN], /NaN/], ['a BigInt', [1n], /BigInt/],
    ['one row a million times', { items: Array(1e6).fill({ text: 'x'.repeat(100) }) }, /above the limit/], ['a sparse array', { items: new Array(4e9) }, /above the limit/],
  ])('as an answer that holds %s is weighed', (_what, answer, why) => {
    if (why) expect(whyNotPlain(answer)).toMatch(why);
    else expect(whyNotPlain(answer)).toBeUndefined();
  });
});
