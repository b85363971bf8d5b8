import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { QueueWorker, RunningJob } from '../api/types';
import { Age, Command, Empty, State } from '../ui';

/** One lane per queue worker: who it is, how full it is, what it runs now. */
export function Lanes({ workers, running }: { workers: readonly QueueWorker[]; running: readonly RunningJob[] }) {
  const { t } = useTranslation();
  if (workers.length === 0) {
    return (
      <div className="py-4">
        <Empty title={t('queues.no_workers')}>
          <p className="mt-1 mb-2">{t('queues.no_workers_how')}</p>
          <Command text="./millrace worker" />
        </Empty>
      </div>
    );
  }
  return (
    <ul>
      {workers.map((worker) => {
        const jobs = running.filter((job) => job.worker_id === worker.worker_id);
        return (
          <li key={worker.worker_id} className="row grid gap-x-6 gap-y-1 py-3 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_auto]">
            <div className="min-w-0">
              <p className="flex flex-wrap gap-x-3">
                <span className="font-semibold break-all">{worker.name}</span>
                <State tone={worker.state === 'running' ? 'ok' : 'warn'}>{t(`queues.state_${worker.state}`)}</State>
              </p>
              <p className="text-xs text-soft">
                {worker.host} · pid {worker.pid} · {t('queues.up')} <Age at={worker.started_at} /> · {worker.queues.join(', ')}
              </p>
            </div>
            <ul className="flex min-w-0 flex-wrap content-start gap-x-3 gap-y-1 text-sm">
              {jobs.slice(0, 6).map((job) => (
                <li key={job.id} className="border-l-2 border-accent pl-2">
                  <Link href={`/jobs/${job.id}`} className="hover:text-accent">
                    {job.kind} <span className="text-soft">{job.id}</span>
                  </Link>
                </li>
              ))}
              {jobs.length === 0 && <li className="text-soft">{t('queues.idle')}</li>}
            </ul>
            <div className="text-soft lg:w-28 lg:text-right">
              <span>{t('queues.slots', { running: worker.running, slots: worker.concurrency })}</span>
              <Slots running={worker.running} slots={worker.concurrency} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** How many of the slots are taken, as a bar that is cut into them while they are few. */
function Slots({ running, slots }: { running: number; slots: number }) {
  const cut = slots <= 32;
  return (
    <svg viewBox={`0 0 ${slots} 6`} preserveAspectRatio="none" aria-hidden className="mt-1 block h-1.5 w-28 lg:ml-auto">
      {cut ? (
        Array.from({ length: slots }, (_, i) => <rect key={i} x={i + 0.06} width="0.880" height="6" className={i < running ? 'fill-accent' : 'fill-line'} />)
      ) : (
        <>
          <rect width={slots} height="6" className="fill-line" />
          <rect width={Math.min(running, slots)} height="6" className="fill-accent" />
        </>
      )}
    </svg>
  );
}
