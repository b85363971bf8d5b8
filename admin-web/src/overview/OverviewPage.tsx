import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Head } from '../app/Head';
import { useStatus } from '../api/status';
import { JOB_STATES, type Status } from '../api/types';
import { number } from '../i18n/format';
import { JobStateMark } from '../jobs/JobStateMark';
import { RunningJobs } from '../jobs/RunningJobs';
import { Lanes } from '../queues/Lanes';
import { Age, clsx, Empty, Moment, Section, State } from '../ui';
import { Loaded } from '../ui/Loaded';
import { type Concern, concerns } from './concerns';

/** The charts come after the first sentence; their place is kept, so that they move nothing. */
const Throughput = lazy(() => import('./Throughput'));

export default function OverviewPage() {
  const { t } = useTranslation();
  const status = useStatus();
  const found = status.data === undefined ? undefined : concerns(status.data, t);
  const title = found === undefined ? t('nav.overview') : found.length === 0 ? t('overview.well') : t('overview.needs', { count: found.length });
  return (
    <>
      <Head title={title} tab={t('nav.overview')} lede={status.data === undefined ? '' : rest(status.data)} />
      <Loaded query={status}>{(data) => <Overview status={data} found={found ?? []} />}</Loaded>
    </>
  );

  /** What is well, by name: silence would not be an answer. */
  function rest(data: Status): string {
    return t('overview.rest', {
      workers: t('overview.queue_workers', { count: data.queue_workers.length }),
      schedulers: t('overview.schedulers', { count: data.scheduler?.nodes.filter((node) => !node.missing).length ?? 0 }),
      services: data.degraded.includes('redis') ? t('overview.postgres_only') : t('overview.both'),
    });
  }
}

function Overview({ status, found }: { status: Status; found: readonly Concern[] }) {
  const { t } = useTranslation();
  return (
    <>
      {found.length > 0 && <Trouble found={found} />}
      <div className="min-h-[46rem] max-lg:min-h-[70rem]">
        <Suspense fallback={<p className="mt-10 text-soft" aria-busy="true">{t('ui.loading')}</p>}>
          <Throughput />
        </Suspense>
      </div>
      <Section title={t('overview.running')} aside={t('overview.now', { count: status.running_jobs.length })}>
        {status.running_jobs.length === 0 ? (
          <div className="py-4">
            <Empty title={t('overview.idle')} />
          </div>
        ) : (
          <RunningJobs jobs={status.running_jobs} most={8} />
        )}
      </Section>
      <Section title={t('overview.jobs')} aside={t('overview.jobs_scope')}>
        {status.jobs !== null && (
          <dl className="grid grid-cols-2 gap-x-8 gap-y-4 pt-3 sm:grid-cols-4 lg:grid-cols-7">
            {JOB_STATES.map((state) => (
              <div key={state}>
                <dt className="text-sm">
                  <JobStateMark state={state} quiet={status.jobs?.counts[state] === 0} />
                </dt>
                <dd>
                  <Link href={`/jobs?state=${state}`} className={clsx('text-xl font-semibold tracking-tight hover:text-accent', status.jobs?.counts[state] === 0 && 'text-soft')}>
                    {number(status.jobs?.counts[state] ?? 0)}
                    {status.jobs?.at_least.includes(state) === true && '+'}
                  </Link>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Section>
      <Section title={t('overview.coming')} aside={t('overview.coming_scope')}>
        <Coming status={status} />
      </Section>
      <Section title={t('queues.workers')} aside={t('overview.queue_workers', { count: status.queue_workers.length })}>
        <Lanes workers={status.queue_workers} running={status.running_jobs} />
      </Section>
    </>
  );
}

function Trouble({ found }: { found: readonly Concern[] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('overview.trouble')}>
      <ul className="border-t border-edge/60">
        {found.map((one) => (
          <li key={one.id} className="row grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[8rem_minmax(0,1fr)_auto]">
            <State tone={one.tone}>{one.mark}</State>
            <div className="min-w-0">
              <p className="font-semibold break-words">{one.what}</p>
              {one.why !== '' && <p className="line-clamp-3 max-w-[80ch] text-soft">{one.why}</p>}
            </div>
            <Link href={one.where} className="link self-start">
              {one.next}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the schedules will start next, the soonest first. */
function Coming({ status }: { status: Status }) {
  const { t } = useTranslation();
  const next = status.background_workers
    .flatMap((worker) => (worker.next_run_at === null ? [] : [{ worker, at: worker.next_run_at }]))
    .sort((a, b) => a.at.localeCompare(b.at) || a.worker.worker_key.localeCompare(b.worker.worker_key))
    .slice(0, 5);
  if (next.length === 0) {
    return (
      <div className="py-4">
        <Empty title={t('overview.nothing_coming')} />
      </div>
    );
  }
  return (
    <ol>
      {next.map(({ worker, at }) => (
        <li key={worker.worker_key} className="row grid grid-cols-[5.5rem_minmax(0,1fr)_auto] gap-x-4 py-2">
          <span className="text-soft">
            <Age at={at} form="in" />
          </span>
          <Link href={`/workers#${worker.worker_key}`} className="truncate hover:text-accent">
            {worker.display_name ?? worker.worker_key}
          </Link>
          <span className="text-soft">
            <Moment at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}
