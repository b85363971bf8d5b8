// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { nextLook } from './status';

describe('the next look', () => {
  it('comes after 3 s while something runs, else after 10 s', () => {
    expect(nextLook('auto', true, 0)).toBe(3_000);
    expect(nextLook('auto', false, 0)).toBe(10_000);
  });

  it('comes after 30 s while changes are heard of, unless something moves', () => {
    expect(nextLook('auto', false, 0, true)).toBe(30_000);
    expect(nextLook('auto', true, 0, true)).toBe(3_000);
    expect(nextLook('auto', false, 1, true)).toBe(3_000);
  });

  it('comes as often as was chosen, or never', () => {
    expect(nextLook('30', true, 0)).toBe(30_000);
    expect(nextLook('off', true, 5)).toBe(false);
  });

  it('backs off while there is no answer, to a minute at most', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failed) => nextLook('auto', true, failed))).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]);
  });
});
