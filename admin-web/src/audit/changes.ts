export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

function members(value: unknown): Record<string, unknown> {
  return value === null || value === undefined ? {} : typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : { '': value };
}

function text(value: unknown): string {
  return value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The members that differ; all of them where there was nothing before or is nothing after. */
export function changes(before: unknown, after: unknown): Change[] {
  const old = members(before);
  const now = members(after);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((name) => ({ name, before: text(old[name]), after: text(now[name]) }))
    .filter((change) => change.before !== change.after);
}
