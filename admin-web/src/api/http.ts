import { serverTime } from '../app/now';
import { change } from './change';
import { session } from './session';

/** The folder of the page, with a slash at its end: behind a proxy, whatever stands in front of /admin/ there. */
export const pageRoot = new URL('.', document.baseURI);
export const apiRoot = new URL('../api/admin/', pageRoot);

/** An answer that is not the one asked for (RFC 9457), or none: then the status is 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  text(member: string): string | undefined {
    const value = this.members[member];
    return typeof value === 'string' ? value : undefined;
  }
}

/** JSON that is sent as it stands: JSON.stringify would round its numbers. */
export class Raw {
  constructor(readonly text: string) {}
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly etag: string | null;
}

/** One call of the admin API; anything but success and 304 is a Problem. */
export async function ask(path: string, { method = 'GET', body, headers, signal }: Call = {}): Promise<Answer> {
  const response = await fetch(new URL(path, apiRoot), {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...session.headers(method),
      ...headers,
    },
    body: body === undefined ? null : body instanceof Raw ? body.text : JSON.stringify(body),
    signal: signal ?? null,
    cache: 'no-store',
    redirect: 'error',
    credentials: session.hasKey() ? 'omit' : 'same-origin',
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') {
      throw cause;
    }
    throw new Problem(0, 'no_answer', 'the server does not answer');
  });
  const date = response.headers.get('Date');
  if (date !== null) {
    serverTime(new Date(date));
  }
  change.note(response.headers.get('Millrace-Change'));
  const text = await response.text();
  if (response.ok || response.status === 304) {
    return { status: response.status, text, etag: response.headers.get('ETag') };
  }
  if (response.status === 401 && path !== 'login') {
    session.end();
  }
  throw problem(response, text);
}

function problem(response: Response, text: string): Problem {
  const type = response.headers.get('Content-Type') ?? '';
  if (!type.startsWith('application/problem+json')) {
    // A proxy's own page: its status is all that is known.
    return new Problem(response.status, 'not_from_millrace', `status ${response.status} from something between here and Millrace`);
  }
  const members = JSON.parse(text) as Record<string, unknown>;
  const errors = Array.isArray(members['errors'])
    ? (members['errors'] as { pointer?: string; detail?: string }[]).map((e) => `${e.pointer ?? ''} ${e.detail ?? ''}`.trim())
    : [];
  const detail = [String(members['detail'] ?? response.status), ...errors].join(' · ');
  return new Problem(response.status, String(members['code'] ?? ''), detail, members);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await ask(path, signal === undefined ? {} : { signal });
  return JSON.parse(answer.text) as T;
}

/** A command. The same key makes a repeated click, or a repeated request, one command. */
export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  const answer = await ask(path, { method, body, ...(headers === undefined ? {} : { headers }) });
  return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
}
