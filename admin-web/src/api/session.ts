import type { Me } from './types';

/*
 * Who is signed in, and how a request proves it: a user by the session in its cookie, which no script can read, with a token beside it for
 * changes; or a key as a bearer token, kept in memory and for this tab in sessionStorage, never longer.
 */
const KEY = 'millrace.key';
const listeners = new Set<() => void>();
let key: string | null = read();
/** Undefined: it has not been asked yet. */
let me: Me | null | undefined;

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // no storage: the key lasts as long as the page
  }
}

function keep(value: string | null): void {
  key = value;
  try {
    if (value === null) {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, value);
    }
  } catch {
    // As above.
  }
}

export const session = {
  me: (): Me | null | undefined => me,
  hasKey: (): boolean => key !== null,
  /** Begins; the key is null for a session of a cookie. */
  begin(who: Me, withKey: string | null): void {
    keep(withKey);
    me = who;
    listeners.forEach((listener) => listener());
  },
  /** Ends here; the server's part of it is another call. */
  end(): void {
    if (me !== null || key !== null) {
      keep(null);
      me = null;
      listeners.forEach((listener) => listener());
    }
  },
  key: (): string | null => key,
  /** What a request needs beside its cookie. */
  headers(method: string): Record<string, string> {
    if (key !== null) {
      return { Authorization: `Bearer ${key}` };
    }
    return method === 'GET' || me?.csrf == null ? {} : { 'Millrace-CSRF': me.csrf };
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
