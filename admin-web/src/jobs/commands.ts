import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { Raw, send } from '../api/http';
import { oneKey } from '../api/idempotency';

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

/** One key per click: it stays while the same job is sent again, as after an answer that was lost, so that one job comes of it. */
export function useEnqueue() {
  const { t } = useTranslation();
  const [keyOf] = useState(oneKey);
  return useCommand({
    run: ({ kind, queue, payload }: NewJob) => {
      const body = `{"kind":${JSON.stringify(kind)},"queue":${JSON.stringify(queue)},"payload":${payload}}`;
      return send<{ job_id: string }>('POST', 'jobs', new Raw(body), { 'Idempotency-Key': keyOf(body) });
    },
    done: (result) => ({ text: t('jobs.enqueued'), job: result.job_id }),
  });
}
