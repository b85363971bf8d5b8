import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useNow } from '../app/now';
import type { Ingestion, RunningJob, Supplier } from '../api/types';
import { number, span, zoneName } from '../i18n/format';
import { Age, clsx, Moment, State } from '../ui';

const STEPS = ['idle', 'syncing_master', 'processing_suppliers'] as const;

/** Where the sync is: idle, the master sheet, its suppliers; with how far, how fast, and until when. */
export function Stepper({ ingestion, task }: { ingestion: Ingestion; task: RunningJob | undefined }) {
  const { t } = useTranslation();
  const at = STEPS.indexOf(ingestion.sync_state);
  const { progress } = ingestion;
  return (
    <div className="grid gap-x-10 gap-y-4 border-y border-line py-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div>
        <ol className="grid grid-cols-3 gap-2" aria-label={t('ingestion.steps')}>
          {STEPS.map((step, i) => (
            <li key={step} aria-current={i === at ? 'step' : undefined} className={clsx('border-t-2 pt-2', i === at ? 'border-accent' : i < at ? 'border-bar' : 'border-line')}>
              <span className={clsx('flex items-center gap-1.5', i === at ? 'font-semibold' : 'text-soft')}>
                {i < at && <Check aria-hidden size={14} />}
                {t(`ingestion.step_${step}`)}
              </span>
            </li>
          ))}
        </ol>
        <div className="mt-3 min-h-12">
          {progress !== null && progress.total > 0 && (
            <>
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden className="h-1.5 w-full">
                <rect width="100" height="4" className="fill-line" />
                <rect width={(100 * progress.current) / progress.total} height="4" className="fill-accent" />
              </svg>
              <p className="mt-1.5 text-sm" role="status">
                <span className="font-semibold">{t('ingestion.progress', { current: number(progress.current), total: number(progress.total) })}</span>{' '}
                <Rate current={progress.current} total={progress.total} since={task?.started_at ?? null} />
              </p>
            </>
          )}
        </div>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] content-start gap-x-4 gap-y-1">
        <dt className="text-soft">{t('ingestion.last')}</dt>
        <dd>
          {ingestion.last_sync_at === null ? (
            t('ingestion.never')
          ) : (
            <>
              <Moment at={ingestion.last_sync_at} /> · <Age at={ingestion.last_sync_at} form="ago" />
            </>
          )}
        </dd>
        <dt className="text-soft">{t('ingestion.next')}</dt>
        <dd>
          <Moment at={ingestion.next_scheduled_at} /> <span className="text-soft">{zoneName()}</span> · <Age at={ingestion.next_scheduled_at} form="in" />
          {ingestion.schedule_note !== null && <p className="text-sm text-warn">{ingestion.schedule_note}</p>}
        </dd>
        <dt className="text-soft">{t('ingestion.master')}</dt>
        <dd>
          <SupplierState status={ingestion.master_status} />
        </dd>
        {ingestion.task_id !== null && (
          <>
            <dt className="text-soft">{t('ingestion.task')}</dt>
            <dd>
              <Link href={`/jobs/${ingestion.task_id}`} className="link">
                {t('ui.job', { id: ingestion.task_id })}
              </Link>
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Rate({ current, total, since }: { current: number; total: number; since: string | null }) {
  const { t } = useTranslation();
  const now = useNow();
  if (since === null || current === 0) {
    return null;
  }
  const ran = Math.max(1, now - Date.parse(since));
  const left = ((total - current) * ran) / current;
  return <span className="text-soft">{t('ingestion.rate', { rate: number((current * 60_000) / ran, 1), left: span(left) })}</span>;
}

export function SupplierState({ status }: { status: Supplier['status'] }) {
  const { t } = useTranslation();
  const tone = { success: 'ok', error: 'bad', pending: 'idle' } as const;
  return (
    <State tone={tone[status]} {...(status === 'pending' ? { icon: 'wait' as const } : {})}>
      {t(`supplier.${status}`)}
    </State>
  );
}
