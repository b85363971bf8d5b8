import type { QueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { ask, send } from '../api/http';
import type { BackgroundWorker, Status } from '../api/types';

export function nameOf(worker: BackgroundWorker): string {
  return worker.display_name ?? worker.worker_key;
}

/** The new configuration is shown at once, without a flicker until the next look. */
function show(changed: BackgroundWorker, client: QueryClient): void {
  client.setQueryData<Status>(['status'], (status) =>
    status === undefined
      ? undefined
      : { ...status, background_workers: status.background_workers.map((worker) => (worker.worker_key === changed.worker_key ? changed : worker)) },
  );
}

function path(worker: BackgroundWorker): string {
  return `workers/${encodeURIComponent(worker.worker_key)}`;
}

interface RunOnce {
  status: 'success' | 'error' | 'running';
  message?: string;
  job_id?: string;
}

export function useRunNow() {
  const { t } = useTranslation();
  return useCommand({
    run: async (worker: BackgroundWorker) => {
      const answer = await ask(`${path(worker)}/run-once`, { method: 'POST' });
      return JSON.parse(answer.text) as RunOnce;
    },
    done: (result, worker) => {
      const name = nameOf(worker);
      if (result.status === 'error') {
        return { tone: 'bad', text: t('workers.run_failed', { name, message: result.message ?? '' }) };
      }
      return { text: t(result.status === 'success' ? 'workers.run_done' : 'workers.run_goes_on', { name }), job: result.job_id };
    },
  });
}

export interface WorkerChange {
  worker: BackgroundWorker;
  change: { enabled?: boolean; interval_seconds?: number; cron?: string; time_zone?: string };
}

/** A change made from an older version than the server's is refused: two admins do not undo each other unseen. */
export function useChangeWorker() {
  const { t } = useTranslation();
  return useCommand({
    run: ({ worker, change }: WorkerChange) => send<BackgroundWorker>('PUT', path(worker), change, { 'If-Match': `"${worker.version}"` }),
    apply: show,
    done: (_, { worker }) => ({ text: t('workers.saved', { name: nameOf(worker) }) }),
  });
}

export function usePauseWorker() {
  const { t } = useTranslation();
  return useCommand({
    run: ({ worker, reason }: { worker: BackgroundWorker; reason: string }) => send<BackgroundWorker>('POST', `${path(worker)}/pause`, { reason }),
    apply: show,
    done: (_, { worker }) => ({ text: t('workers.paused_toast', { name: nameOf(worker) }) }),
  });
}

export function useResumeWorker() {
  const { t } = useTranslation();
  return useCommand({
    run: (worker: BackgroundWorker) => send<BackgroundWorker>('POST', `${path(worker)}/resume`),
    apply: show,
    done: (_, worker) => ({ text: t('workers.resumed', { name: nameOf(worker) }) }),
  });
}

export function useProfile() {
  const { t } = useTranslation();
  return useCommand({
    run: ({ worker, profile }: { worker: BackgroundWorker; profile: string }) => send<BackgroundWorker>('POST', `${path(worker)}/profile`, { profile }, { 'If-Match': `"${worker.version}"` }),
    apply: show,
    done: (_, { worker }) => ({ text: t('workers.saved', { name: nameOf(worker) }) }),
  });
}
