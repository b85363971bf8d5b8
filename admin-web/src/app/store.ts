import { useSyncExternalStore } from 'react';

/** A value that outlives the tab, or only the page when the browser keeps nothing. */
export interface Setting<T extends string> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

/** A choice among few; what storage holds beside them counts as the first. */
export function setting<T extends string>(name: string, choices: readonly [T, ...T[]]): Setting<T> {
  const key = `millrace.${name}`;
  const listeners = new Set<() => void>();
  let value: T | undefined;
  const read = (): T => {
    if (value === undefined) {
      let kept: string | null = null;
      try {
        kept = localStorage.getItem(key);
      } catch {
        // A browser that keeps nothing (private mode, a policy): the setting lasts as long as the page.
      }
      value = choices.find((choice) => choice === kept) ?? choices[0];
    }
    return value;
  };
  return {
    get: read,
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, next);
      } catch {
        // As above.
      }
      listeners.forEach((listener) => listener());
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useSetting<T extends string>(of: Setting<T>): T {
  return useSyncExternalStore(of.subscribe, of.get);
}

export const theme = setting('theme', ['system', 'light', 'dark']);
export const language = setting('language', ['system', 'en', 'de']);
export const zone = setting('zone', ['local', 'utc']);
/** Seconds between two looks; auto: 3 while something runs, else 10. */
export const pace = setting('pace', ['auto', 'off', '2', '5', '10', '30', '60']);

/** Sets the theme of the document, and follows the system while nothing else is chosen. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = theme.get();
    const now = chosen === 'system' ? (dark.matches ? 'dark' : 'light') : chosen;
    document.documentElement.dataset['theme'] = now;
  };
  dark.addEventListener('change', apply);
  theme.subscribe(apply);
  apply();
}
