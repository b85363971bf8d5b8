import { afterEach, describe, expect, it } from 'vitest';
import { language, zone } from '../app/store';
import { bytes, duration, fullMoment, moment, number, percent, span } from './format';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

afterEach(() => {
  language.set('en');
  zone.set('utc');
});

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [1_234, '1.2 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [245_000, '4 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [187_200_000, '2 d 4 h'],
    [-5, '0 ms'],
  ])('of %d ms is %s', (ms, text) => {
    language.set('en');
    expect(plain(duration(ms))).toBe(text);
  });

  it('ticks in its largest unit', () => {
    language.set('en');
    expect(plain(span(119_000))).toBe('1 min');
    expect(plain(span(47 * 3_600_000))).toBe('47 h');
    expect(plain(span(49 * 3_600_000))).toBe('2 d');
  });
});

describe('numbers', () => {
  it('are written as the language does', () => {
    language.set('en');
    expect(number(1_234_567)).toBe('1,234,567');
    expect(percent(99.94)).toBe('99.9%');
    expect(plain(bytes(1_500_000))).toBe('1.5 MB');
    language.set('de');
    expect(number(1_234_567)).toBe('1.234.567');
    expect(plain(percent(99.94))).toBe('99,9 %');
  });
});

describe('a moment', () => {
  const at = new Date('2026-11-27T14:05:09Z');

  it('of today is a time, of another day has the day too', () => {
    language.set('en');
    zone.set('utc');
    expect(moment(at, Date.parse('2026-11-27T23:59:59Z'))).toBe('14:05:09');
    expect(moment(at, Date.parse('2026-11-28T00:00:01Z'))).toContain('Nov 27');
  });

  it('names its zone', () => {
    zone.set('utc');
    expect(fullMoment(at)).toContain('UTC');
  });
});
