import { describe, expect, it } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';

describe('ids', () => {
  it('sort by the time they were made', () => {
    const ids = Array.from({ length: 50 }, () => newId());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(50);
  });
});
