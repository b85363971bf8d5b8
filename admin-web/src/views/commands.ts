import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { send } from '../api/http';

export function useRefresh() {
  const { t } = useTranslation();
  return useCommand({
    run: (view: string) => send<{ job_id: string; status: string }>('POST', `materialized-views/${encodeURIComponent(view)}/refresh`),
    done: (result, view) => ({ text: t(result.status === 'joined' ? 'views.joined' : 'views.asked', { name: view }), job: result.job_id }),
  });
}
