import { zone } from '../app/store';

/** What the list of jobs can be narrowed by; each is a parameter of the API, and of the page's address. */
export const FILTERS = ['state', 'kind', 'queue', 'worker', 'parent', 'job_key', 'error', 'payload', 'since', 'until'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filter = Partial<Record<FilterName, string>>;

/** Those that no index serves: they are looked for among so many jobs at a time. */
export const MORE = ['worker', 'parent', 'job_key', 'error', 'payload', 'since', 'until'] as const;

export function filterOf(search: URLSearchParams): Filter {
  return Object.fromEntries(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])));
}

/** Without what is empty. */
export function parameters(filter: Filter): Record<string, string> {
  return Object.fromEntries(FILTERS.flatMap((name) => (filter[name] === undefined || filter[name].trim() === '' ? [] : [[name, filter[name].trim()]])));
}

/** A moment for a field of day and time, in the zone that times are shown in; empty for none. */
export function toField(moment: string | undefined): string {
  const at = moment === undefined ? Number.NaN : Date.parse(moment);
  if (Number.isNaN(at)) {
    return '';
  }
  const before = zone.get() === 'utc' ? 0 : new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - before).toISOString().slice(0, 16);
}

/** What such a field has, as a moment in UTC. */
export function fromField(text: string): string {
  const at = text === '' ? Number.NaN : Date.parse(zone.get() === 'utc' ? `${text}Z` : text);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}
