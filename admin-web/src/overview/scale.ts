/** The arithmetic of the charts, without anything that draws. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR];

/** The least of 1, 2, 5 times a power of ten that is not below a value; 1 for nothing. */
export function ceiling(value: number): number {
  if (value <= 1) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** Whole moments of a window for its axis, at most so many, in milliseconds; days and hours are those of the zone that is `offset` ms before UTC. */
export function moments(from: number, until: number, most: number, offset: number): number[] {
  const step = STEPS.find((one) => (until - from) / one <= most) ?? 24 * HOUR;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const found: number[] = [];
  for (let at = first; at <= until; at += step) {
    found.push(at);
  }
  return found;
}

/** Where a time stands on a logarithmic axis from 1 ms on: 0 at its beginning, 1 at `most`. */
export function logShare(ms: number, most: number): number {
  return Math.min(1, Math.log2(Math.max(1, ms)) / Math.max(1, Math.log2(most)));
}

/** Round times up to one, for a logarithmic axis. */
export function roundTimes(most: number): number[] {
  return [1, 10, 100, 1_000, 10_000, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR].filter((ms) => ms <= most);
}

/** The end of the last bucket that counts anything, as its place; at least the tenth, so that the axis does not jump at the start. */
export function lastBucket(...histograms: readonly (readonly number[])[]): number {
  return Math.max(10, ...histograms.map((counts) => counts.findLastIndex((count) => count > 0)));
}

/** A line through what there is: a gap where there is nothing. */
export function line(points: readonly ({ readonly x: number; readonly y: number } | null)[]): string {
  let path = '';
  let before: { readonly x: number; readonly y: number } | null = null;
  for (const point of points) {
    if (point !== null) {
      const at = `${round(point.x)} ${round(point.y)}`;
      // A point between two gaps is a dot: a line without length has round ends.
      path += before === null ? `M${at}h0` : `L${at}`;
    }
    before = point;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
