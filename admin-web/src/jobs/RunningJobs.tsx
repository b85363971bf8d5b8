import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Progress, RunningJob } from '../api/types';
import { number } from '../i18n/format';
import { Age } from '../ui';
import { JobStateMark } from './JobStateMark';

export function RunningJobs({ jobs, most }: { jobs: readonly RunningJob[]; most: number }) {
  const { t } = useTranslation();
  return (
    <ul>
      {jobs.slice(0, most).map((job) => (
        <li key={job.id} className="row grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1 py-2.5 lg:grid-cols-[7.5rem_minmax(0,1fr)_minmax(0,1.4fr)_auto]">
          <JobStateMark state={job.state} />
          <Link href={`/jobs/${job.id}`} className="min-w-0 truncate font-medium hover:text-accent max-lg:order-first">
            {job.kind} <span className="font-normal text-soft">{job.id}</span>
          </Link>
          <div className="min-w-0 max-lg:col-span-2">{job.progress !== null && <ProgressBar progress={job.progress} />}</div>
          <span className="text-soft">{job.started_at === null ? '' : <Age at={job.started_at} />}</span>
        </li>
      ))}
      {jobs.length > most && (
        <li className="py-2">
          <Link href="/jobs?state=processing" className="link">
            {t('overview.more_running', { count: jobs.length - most })}
          </Link>
        </li>
      )}
    </ul>
  );
}

export function ProgressBar({ progress }: { progress: Pick<Progress, 'current' | 'total' | 'message'> }) {
  const share = progress.total > 0 ? Math.min(1, progress.current / progress.total) : 0;
  return (
    <div>
      <div className="flex justify-between gap-3 text-sm">
        <span className="min-w-0 truncate text-soft">{progress.message}</span>
        <span className="shrink-0 whitespace-nowrap">
          {number(progress.current)} / {number(progress.total)}
        </span>
      </div>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden className="mt-0.5 h-1 w-full">
        <rect width="100" height="4" className="fill-line" />
        <rect width={share * 100} height="4" className="fill-accent" />
      </svg>
    </div>
  );
}
