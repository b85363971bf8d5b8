/*
 * Who is signed in. Everything that knows how a request proves that stands here: today the admin key as a bearer token, kept in memory and
 * for this tab in sessionStorage, never longer.
 */
const KEY = 'millrace.key';
const listeners = new Set<() => void>();
let key: string | null = read();

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
  listeners.forEach((listener) => listener());
}

export const session = {
  signedIn: (): boolean => key !== null,
  signIn: (value: string): void => keep(value),
  signOut: (): void => keep(null),
  /** The headers that prove it. */
  headers: (): Record<string, string> => (key === null ? {} : { Authorization: `Bearer ${key}` }),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
