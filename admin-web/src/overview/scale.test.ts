import { describe, expect, it } from 'vitest';
import { ceiling, lastBucket, line, logShare, moments, roundTimes } from './scale';

describe('the scales of the charts', () => {
  it('end at 1, 2 or 5 times a power of ten', () => {
    expect([0, 1, 1.5, 2, 3, 7, 10, 11, 4_999, 5_001].map(ceiling)).toEqual([1, 1, 2, 2, 5, 10, 10, 20, 5_000, 10_000]);
  });

  it('have whole moments of the zone, few enough', () => {
    const from = Date.UTC(2030, 0, 1, 10, 7);
    const hour = moments(from, from + 3_600_000, 6, 0).map((at) => new Date(at).toISOString().slice(11, 16));
    expect(hour).toEqual(['10:10', '10:20', '10:30', '10:40', '10:50', '11:00']);
    const kolkata = moments(from, from + 86_400_000, 8, -5.5 * 3_600_000);
    expect(kolkata.every((at) => new Date(at).getUTCMinutes() === 30)).toBe(true);
    expect(moments(from, from + 7 * 86_400_000, 8, 0)).toHaveLength(7);
    expect(moments(from, from + 15 * 60_000, 4, 0).length).toBeLessThanOrEqual(4);
  });

  it('show times by their logarithm, from 1 ms on', () => {
    expect(logShare(0, 1024)).toBe(0);
    expect(logShare(32, 1024)).toBe(0.5);
    expect(logShare(5_000, 1024)).toBe(1);
    expect(roundTimes(2_000)).toEqual([1, 10, 100, 1_000]);
  });

  it('reach the longest that was counted', () => {
    expect(lastBucket([1, 0], [0, 0])).toBe(10);
    expect(lastBucket([], Array.from({ length: 28 }, (_, i) => (i === 15 ? 1 : 0)))).toBe(15);
  });

  it('leave gaps where nothing was counted', () => {
    expect(line([{ x: 0, y: 1 }, null, { x: 2, y: 3 }, { x: 3, y: 4.25 }])).toBe('M0 1h0M2 3h0L3 4.3');
  });
});
