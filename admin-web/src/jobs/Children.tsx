import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFollow } from '../api/follow';
import { get } from '../api/http';
import { useStatus } from '../api/status';
import type { Job, JobDetail, JobList } from '../api/types';
import { useNow } from '../app/now';
import { duration, number } from '../i18n/format';
import { Button, clsx } from '../ui';
import { Failed } from '../ui/Loaded';
import { JobStateMark } from './JobStateMark';

/** Beyond it the tree goes on on the page of a child. */
const DEEPEST = 4;

/** The children of a job as a tree, each a bar over the time of the whole family: pale while it waited, full while it ran. */
export function ChildTree({ job }: { job: JobDetail }) {
  const now = useNow();
  const from = Date.parse(job.created_at);
  const until = job.finished_at === null ? now : Date.parse(job.finished_at);
  return <Branch of={job.id} range={{ from, until: Math.max(from + 1, until) }} depth={0} />;
}

interface Range {
  readonly from: number;
  readonly until: number;
}

function Branch({ of, range, depth }: { of: string; range: Range; depth: number }) {
  const { t } = useTranslation();
  const key = ['jobs', { parent: of }];
  useFollow(key, useStatus().data?.jobs);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<JobList>(`jobs?${new URLSearchParams({ parent: of, limit: '50', ...(pageParam === '' ? {} : { cursor: pageParam }) })}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (list.data === undefined) {
    return list.error === null ? <p className="py-2 text-soft" aria-busy="true">{t('ui.loading')}</p> : <Failed error={list.error} again={() => void list.refetch()} />;
  }
  const jobs = list.data.pages.flatMap((page) => page.jobs);
  return (
    <>
      {jobs.length === 0 && <p className="py-1.5 text-sm text-soft">{t('job.no_children')}</p>}
      <ul>
        {jobs.map((job) => (
          <Child key={job.id} job={job} range={range} depth={depth} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="mt-2" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('job.more_children', { count: jobs.length, n: number(jobs.length) })}
        </Button>
      )}
    </>
  );
}

function Child({ job, range, depth }: { job: Job; range: Range; depth: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const now = useNow();
  const share = (time: number) => Math.min(100, Math.max(0, (100 * (time - range.from)) / (range.until - range.from)));
  const made = share(Date.parse(job.created_at));
  const end = job.finished_at === null ? now : Date.parse(job.finished_at);
  const begun = job.started_at === null ? undefined : Date.parse(job.started_at);
  return (
    <li className="row">
      <div className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] items-center gap-x-3 py-1.5 sm:grid-cols-[1.5rem_minmax(0,1fr)_7.5rem_minmax(0,1.6fr)_5rem]">
        {depth < DEEPEST ? (
          <button type="button" aria-expanded={open} aria-label={t('job.children_toggle', { id: job.id })} onClick={() => setOpen(!open)} className="flex size-6 items-center justify-center rounded text-soft hover:bg-sunken hover:text-ink">
            <ChevronRight aria-hidden size={14} className={clsx('transition-transform', open && 'rotate-90')} />
          </button>
        ) : (
          <span />
        )}
        <Link href={`/jobs/${job.id}`} className="min-w-0 truncate hover:text-accent">
          {job.kind} <span className="text-soft">{job.id}</span>
        </Link>
        <JobStateMark state={job.state} />
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden className="h-2 w-full max-sm:col-span-3">
          <rect y="3.500" width="100" height="1" className="fill-line" />
          <rect x={made} y="2.500" width={Math.max(0, share(begun ?? end) - made)} height="3" className="fill-line" />
          {begun !== undefined && (
            <rect x={Math.min(99.5, share(begun))} width={Math.max(0.5, share(end) - share(begun))} height="8" className={job.finished_at === null ? 'fill-accent' : job.state === 'completed' ? 'fill-bar' : 'fill-bad'} />
          )}
        </svg>
        <span className="num text-sm text-soft max-sm:hidden">{begun === undefined ? '' : duration(end - begun)}</span>
        {job.error !== null && <p className="col-start-2 col-end-[-1] truncate text-sm text-bad">{job.error}</p>}
      </div>
      {open && (
        <div className="border-l border-line pl-4">
          <Branch of={job.id} range={range} depth={depth + 1} />
        </div>
      )}
    </li>
  );
}
