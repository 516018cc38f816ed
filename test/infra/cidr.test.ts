import { describe, expect, it } from '@jest/globals';
import { freeCidr, overlaps, parseCidr } from '../../src/infra/cidr.js';

describe('ranges', () => {
  it.each(['10.0.0.1/16', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.0', 'ten', '10.0.0.0/-1', '::/0'])('refuses %s', (text) => expect(parseCidr(text)).toBeUndefined());

  it('reads first and last address', () => expect(parseCidr('10.1.0.0/16')).toEqual({ first: 167_837_696, last: 167_903_231, prefix: 16 }));

  it.each([
    ['10.0.0.0/8', '10.200.0.0/16', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['10.0.255.255/32', '10.0.0.0/16', true],
    ['0.0.0.0/0', '192.168.0.0/24', true],
  ])('%s and %s overlap: %s', (one, two, expected) => {
    expect(overlaps(one, two)).toBe(expected);
    expect(overlaps(two, one)).toBe(expected);
  });

  it('takes the first gap', () => {
    expect(freeCidr('10.0.0.0/8', 16, [])).toBe('10.0.0.0/16');
    expect(freeCidr('10.0.0.0/8', 16, ['10.0.0.0/16', '10.2.0.0/16', '172.16.0.0/12'])).toBe('10.1.0.0/16');
    expect(freeCidr('10.0.0.0/8', 16, ['10.0.0.0/9'])).toBe('10.128.0.0/16');
    expect(freeCidr('10.0.0.0/28', 30, ['10.0.0.0/30', '10.0.0.4/30', '10.0.0.8/29'])).toBeUndefined();
    expect(freeCidr('10.0.0.0/24', 16, [])).toBeUndefined();
  });
});
