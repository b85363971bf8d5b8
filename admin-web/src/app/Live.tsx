import { ChevronDown, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../api/events';
import { isBusy, useStatus } from '../api/status';
import { span } from '../i18n/format';
import { Button, Moment } from '../ui';
import { MenuLater } from '../ui/MenuLater';
import { useNow } from './now';
import { pace, useSetting } from './store';

/** How old what is shown is, and how often it is asked for. */
export function Live() {
  const { t } = useTranslation();
  const status = useStatus();
  const chosen = useSetting(pace);
  const live = useLive();
  useNow(); // draws the age again each second
  const every = chosen === 'off' ? null : chosen === 'auto' ? (isBusy(status.data) ? 3 : 10) : Number(chosen);
  const age = status.dataUpdatedAt === 0 ? null : Math.max(0, Date.now() - status.dataUpdatedAt);
  return (
    <div className="no-print float-right mb-2 ml-4 text-xs text-soft max-md:float-none max-md:ml-0">
      <MenuLater
        load={() => import('./LiveMenu')}
        trigger={
          <button type="button" className="inline-flex min-h-7 items-center gap-1 rounded px-1.5 hover:bg-sunken hover:text-ink">
            <span className={every === null ? 'text-warn' : undefined}>
              {age === null ? t('ui.loading') : t('live.age', { age: span(age) })}
              {' · '}
              {every === null ? t('live.paused') : live ? t('live.heard') : t('live.every', { every: span(every * 1000) })}
            </span>
            <ChevronDown aria-hidden size={12} />
            <span className="sr-only">{t('live.choose')}</span>
          </button>
        }
      />
    </div>
  );
}

/** Says that what is shown is old, and why; the page goes on showing it. */
export function Stale() {
  const { t } = useTranslation();
  const status = useStatus();
  const data = status.data;
  const failed = status.isError && data !== undefined;
  const degraded = data?.degraded ?? [];
  if (!failed && degraded.length === 0) {
    return null;
  }
  return (
    <div role="alert" className="sticky top-0 z-20 flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-warn bg-warn-tint px-4 py-2 md:px-10">
      <TriangleAlert aria-hidden size={16} className="text-warn" />
      {failed ? (
        <span>
          {t('stale.no_answer')} {t('stale.shown')} <Moment at={data.as_of} />. {status.error.message}
        </span>
      ) : (
        <span>{degraded.map((part) => explain(part, data?.age_seconds ?? 0)).join(' ')}</span>
      )}
      {failed && (
        <Button onClick={() => void status.refetch()} busy={status.isFetching}>
          {t('ui.again')}
        </Button>
      )}
    </div>
  );

  function explain(part: string, seconds: number): string {
    if (part === 'redis') {
      return t('stale.redis');
    }
    if (part === 'postgres') {
      return t('stale.postgres', { age: span(seconds * 1000) });
    }
    return part.startsWith('internal:') ? t('stale.defect', { trace: part.slice(9) }) : t('stale.part', { part });
  }
}
