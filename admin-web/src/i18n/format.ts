import { languageNow } from './index';
import { zone } from '../app/store';

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day';
const MS: Record<Unit, number> = { millisecond: 1, second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const made = new Map<string, unknown>();

/** Formatters are slow to make, so each is made once. */
function once<T>(name: string, make: () => T): T {
  const key = `${languageNow()} ${zone.get()} ${name}`;
  if (!made.has(key)) {
    made.set(key, make());
  }
  return made.get(key) as T;
}

function unit(value: number, of: Unit, digits: number): string {
  // The narrow form of a minute in English is m, which could be anything.
  return once(
    `${of}${digits}`,
    () => new Intl.NumberFormat(languageNow(), { style: 'unit', unit: of, unitDisplay: of === 'minute' ? 'short' : 'narrow', maximumFractionDigits: digits }),
  )
    .format(value)
    .replace(/(\d)(?=\p{L})/u, '$1\u202f'); // English has no space there, German has one
}

/** As 850 ms, 1.2 s, 4 min 5 s, 3 h 20 min, 2 d 4 h. */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < 1_000) {
    return unit(Math.round(value), 'millisecond', 0);
  }
  if (value < 10_000) {
    return unit(value / 1_000, 'second', 1);
  }
  if (value < 60_000) {
    return unit(Math.floor(value / 1_000), 'second', 0);
  }
  const [big, small]: [Unit, Unit] =
    value < MS.hour ? ['minute', 'second'] : value < MS.day ? ['hour', 'minute'] : ['day', 'hour'];
  const whole = Math.floor(value / MS[big]);
  const rest = Math.floor((value % MS[big]) / MS[small]);
  const first = unit(whole, big, 0);
  return rest === 0 ? first : `${first} ${unit(rest, small, 0)}`;
}

/** A duration in its largest unit only, for ages that tick. */
export function span(ms: number): string {
  const value = Math.max(0, ms);
  const of: Unit = value < MS.minute ? 'second' : value < MS.hour ? 'minute' : value < 2 * MS.day ? 'hour' : 'day';
  return unit(Math.floor(value / MS[of]), of, 0);
}

export function number(value: number, digits = 0): string {
  return once(`n${digits}`, () => new Intl.NumberFormat(languageNow(), { maximumFractionDigits: digits })).format(value);
}

export function percent(value: number): string {
  return once('%', () => new Intl.NumberFormat(languageNow(), { style: 'percent', maximumFractionDigits: 1 })).format(value / 100);
}

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const shown = value / 1000 ** step;
  return once(
    `b${step}`,
    () => new Intl.NumberFormat(languageNow(), { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: 1 }),
  ).format(shown);
}

function dates(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(
    name,
    () => new Intl.DateTimeFormat(languageNow(), { hourCycle: 'h23', ...(zone.get() === 'utc' ? { timeZone: 'UTC' } : {}), ...options }),
  );
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** The time alone for today; with the day otherwise. */
export function moment(at: Date, now: number): string {
  const day = dates('day', { year: 'numeric', month: '2-digit', day: '2-digit' });
  if (day.format(at) === day.format(now)) {
    return dates('time', TIME).format(at);
  }
  return dates('daytime', { day: 'numeric', month: 'short', ...TIME }).format(at);
}

/** A moment on the axis of a chart that spans so many milliseconds: the time, and from two days on the day. */
export function axisMoment(at: Date, spanned: number): string {
  return spanned > 2 * MS.day ? dates('axisDay', { weekday: 'short', day: 'numeric' }).format(at) : dates('axisTime', { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** How far the zone that times are shown in is before UTC at a moment, in milliseconds. */
export function zoneOffset(at: Date): number {
  return zone.get() === 'utc' ? 0 : at.getTimezoneOffset() * MS.minute;
}

/** Everything about a moment, its zone too. */
export function fullMoment(at: Date): string {
  return dates('full', { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric', ...TIME, timeZoneName: 'short' }).format(at);
}

/** The name of the zone that times are shown in. */
export function zoneName(): string {
  return zone.get() === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
