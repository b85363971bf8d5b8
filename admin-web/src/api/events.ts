import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { pace, useSetting } from '../app/store';
import { apiRoot } from './http';
import { session } from './session';

/*
 * The stream of what changes. Its events make the one request for the status come sooner, and carry nothing into the page themselves: a
 * stream that is missing, late or cut off leaves the page as right as polling alone. It is read by fetch, because EventSource cannot send
 * the key of a tab.
 */
const RETRY_MS = 3_000;
const MOST_MS = 60_000;
/** The server sends a comment every five seconds; so long without a byte, the stream is a proxy that keeps it back. */
const SILENT_MS = 15_000;

interface Heard {
  /** Something has changed. */
  readonly event: () => void;
  /** Whether bytes arrive. */
  readonly live: (live: boolean) => void;
}

/** Calls back for each event in what it is fed with, with the id of the event, if it has one. */
export function eventReader(event: (id: string | undefined) => void): (text: string) => void {
  let rest = '';
  let id: string | undefined;
  let some = false;
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (some) {
          event(id);
        }
        id = undefined;
        some = false;
      } else if (line.startsWith('id:')) {
        id = line.slice(3).trim();
      } else if (line.startsWith('data:')) {
        some = true;
      }
    }
  };
}

/** Milliseconds until the next attempt, after a number of failed ones in a row. */
export function nextAttempt(failed: number): number {
  return Math.min(MOST_MS, RETRY_MS * 2 ** failed);
}

/** Listens until the returned function is called; after an answer that says that there is no stream for this caller, never again. */
export function listen(address: URL, heard: Heard): () => void {
  let over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let failed = 0;
  let last: string | undefined;

  const attempt = async (): Promise<void> => {
    over = new AbortController();
    const { signal } = over;
    const abort = over.abort.bind(over);
    let silence = setTimeout(abort, SILENT_MS);
    let offered = true;
    try {
      const answer = await fetch(address, {
        headers: { Accept: 'text/event-stream', ...session.headers('GET'), ...(last === undefined ? {} : { 'Last-Event-ID': last }) },
        signal,
        cache: 'no-store',
        redirect: 'error',
        credentials: session.hasKey() ? 'omit' : 'same-origin',
      });
      const reader = answer.body?.getReader();
      const streams = answer.ok && answer.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
      if (!streams || reader === undefined) {
        // Too many streams and a server in trouble pass; that there is none, or that this caller may not listen, does not.
        offered = answer.status >= 500 || answer.status === 429;
        abort();
        return;
      }
      const decoder = new TextDecoder();
      const read = eventReader((id) => {
        last = id ?? last;
        heard.event();
      });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          break;
        }
        clearTimeout(silence);
        silence = setTimeout(abort, SILENT_MS);
        failed = 0;
        heard.live(true);
        read(decoder.decode(value, { stream: true }));
      }
    } catch {
      // No answer, or the stream was cut off: the status says so, by its own request.
    } finally {
      clearTimeout(silence);
      heard.live(false);
      if (!stopped && offered) {
        timer = setTimeout(() => void attempt(), nextAttempt(failed));
        failed++;
      }
    }
  };
  void attempt();
  return () => {
    stopped = true;
    clearTimeout(timer);
    over.abort();
  };
}

let live = false;
const watchers = new Set<() => void>();

function setLive(now: boolean): void {
  if (live !== now) {
    live = now;
    watchers.forEach((watcher) => watcher());
  }
}

/** Whether changes are heard of as they happen. */
export function useLive(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => live,
  );
}

/** Looks soon, at most once a second, and not before the look under way has ended: it may have begun before the change. */
function lookSoon(client: QueryClient, key: readonly string[]): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = 0;
  const ask = () => {
    timer ??= setTimeout(look, Math.max(100, lastAt + 1_000 - Date.now()));
  };
  const look = () => {
    timer = undefined;
    if (client.isFetching({ queryKey: key }) > 0) {
      ask();
      return;
    }
    lastAt = Date.now();
    void client.refetchQueries({ queryKey: key, exact: true });
  };
  return { ask, stop: () => clearTimeout(timer) };
}

/** Listens while the page is seen, the pace is the page's own, and there is a status that events can be newer than. */
export function useEvents(key: readonly string[], ready: boolean): void {
  const client = useQueryClient();
  const wanted = useSetting(pace) === 'auto' && ready;
  useEffect(() => {
    if (!wanted) {
      return;
    }
    const soon = lookSoon(client, key);
    let stop: (() => void) | undefined;
    const follow = () => {
      if (document.visibilityState === 'visible') {
        stop ??= listen(new URL('events', apiRoot), { event: soon.ask, live: setLive });
      } else {
        stop?.();
        stop = undefined;
      }
    };
    document.addEventListener('visibilitychange', follow);
    follow();
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop?.();
      soon.stop();
    };
  }, [client, key, wanted]);
}
