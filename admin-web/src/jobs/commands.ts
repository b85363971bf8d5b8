import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { Raw, send } from '../api/http';

export function useRetry() {
  const { t } = useTranslation();
  return useCommand({
    run: (id: string) => send('POST', `jobs/${id}/retry`),
    done: (_, id) => ({ text: t('jobs.retried'), job: id }),
  });
}

export function useCancel() {
  const { t } = useTranslation();
  return useCommand({
    run: (id: string) => send('POST', `jobs/${id}/cancel`),
    done: (_, id) => ({ text: t('jobs.cancel_asked'), job: id }),
  });
}

export interface NewJob {
  kind: string;
  /** JSON text, sent as it is. */
  payload: string;
  queue: string;
}

/** One key per form that is open: a second click, or a repeated request, makes no second job. */
export function useEnqueue(key: string) {
  const { t } = useTranslation();
  return useCommand({
    run: ({ kind, queue, payload }: NewJob) =>
      send<{ job_id: string }>('POST', 'jobs', new Raw(`{"kind":${JSON.stringify(kind)},"queue":${JSON.stringify(queue)},"payload":${payload}}`), { 'Idempotency-Key': key }),
    done: (result) => ({ text: t('jobs.enqueued'), job: result.job_id }),
  });
}
