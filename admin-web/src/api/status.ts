import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { pace, useSetting } from '../app/store';
import { change } from './change';
import { useEvents, useLive } from './events';
import { ask } from './http';
import type { Status } from './types';

const BUSY_MS = 3_000;
const IDLE_MS = 10_000;
/** While changes are heard of: what is never an event is looked for still. */
const HEARD_MS = 30_000;
const MOST_MS = 60_000;
const KEY = ['status'] as const;

let last: { etag: string; status: Status } | undefined;
let failures = 0;

/** The one request that all live parts of the page stand on. An answer of 304 is the same object again. */
async function read({ signal }: { signal: AbortSignal }): Promise<Status> {
  try {
    const headers = { ...(last === undefined ? {} : { 'If-None-Match': last.etag }), ...change.headers() };
    const answer = await ask('status', { signal, headers });
    failures = 0;
    if (answer.status !== 304 || last === undefined) {
      last = { etag: answer.etag ?? '', status: JSON.parse(answer.text) as Status };
    }
    return last.status;
  } catch (e) {
    failures += signal.aborted ? 0 : 1;
    throw e;
  }
}

export function forgetStatus(client: QueryClient): void {
  last = undefined;
  failures = 0;
  change.forget();
  client.clear();
}

/** How long until the next look: seldom while changes are heard of, twice as long after each failure, a minute at most. */
export function nextLook(chosen: string, busy: boolean, failed: number, live = false): number | false {
  if (chosen === 'off') {
    return false;
  }
  const base = chosen === 'auto' ? (busy ? BUSY_MS : live ? HEARD_MS : IDLE_MS) : Number(chosen) * 1000;
  return failed === 0 ? base : Math.min(MOST_MS, BUSY_MS * 2 ** (failed - 1));
}

export function isBusy(status: Status | undefined): boolean {
  return status !== undefined && (status.running_jobs.length > 0 || (status.jobs?.counts['queued'] ?? 0) > 0);
}

/** Whether something is shown that moves without an event: how far jobs and the sync are. */
export function moves(status: Status | undefined): boolean {
  return status !== undefined && (status.running_jobs.some((job) => job.progress !== null) || (status.ingestion !== null && status.ingestion.sync_state !== 'idle'));
}

/** Hears of changes while the page is seen; they make the next look come sooner. */
export function useHearing(): void {
  useEvents(KEY, useStatus().data !== undefined);
}

export function useStatus() {
  const chosen = useSetting(pace);
  const paused = chosen === 'off';
  const live = useLive();
  return useQuery({
    queryKey: KEY,
    queryFn: read,
    refetchInterval: (query) => nextLook(chosen, (live ? moves : isBusy)(query.state.data), failures, live),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: paused ? false : 'always',
    refetchOnReconnect: !paused,
    retry: false,
    structuralSharing: true,
    gcTime: Infinity,
  });
}

/** Looks again at once, as after a command. */
export function useLookAgain(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries();
}
