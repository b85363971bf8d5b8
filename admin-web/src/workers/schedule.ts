import { Problem } from '../api/http';

/** What the API says about the fields of a schedule; other: what names none of them. */
export interface Faults {
  readonly cron?: string;
  readonly time_zone?: string;
  readonly interval_seconds?: string;
  readonly other?: string;
}

const FIELDS = ['cron', 'time_zone', 'interval_seconds'] as const;

/** Takes the sentence of each field out of a problem: of a wrong parameter, or of a wrong body. */
export function faultsOf(error: Error | null): Faults {
  if (error === null) {
    return {};
  }
  if (error instanceof Problem) {
    const { field, allowed, errors } = error.members;
    const name = FIELDS.find((one) => one === field);
    if (name !== undefined) {
      const sentence: unknown = Array.isArray(allowed) ? allowed[0] : undefined;
      return { [name]: typeof sentence === 'string' ? sentence : error.detail };
    }
    const named = Array.isArray(errors) ? (errors as { pointer?: string; detail?: string }[]) : [];
    const found = Object.fromEntries(FIELDS.flatMap((one) => named.filter(({ pointer }) => pointer === `/${one}`).map(({ detail }) => [one, detail ?? error.detail])));
    if (Object.keys(found).length > 0) {
      return found;
    }
  }
  return { other: error.message };
}

/** The names of time zones that this browser knows, for choosing; the server knows more. */
export const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];
