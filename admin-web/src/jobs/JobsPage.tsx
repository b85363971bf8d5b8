import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { Head } from '../app/Head';
import { get } from '../api/http';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import { JOB_STATES, type Job, type JobList, type JobState, type RunningJob } from '../api/types';
import { duration, number } from '../i18n/format';
import { Age, Button, Command, Empty, Section } from '../ui';
import { Failed } from '../ui/Loaded';
import { BulkMenu } from './BulkMenu';
import { useCancel, useRetry } from './commands';
import { EnqueueDialog } from './EnqueueDialog';
import { type Filter, filterOf, MORE, parameters } from './filter';
import { Filters } from './Filters';
import { JobStateMark } from './JobStateMark';
import { ProgressBar } from './RunningJobs';

export default function JobsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [enqueueing, setEnqueueing] = useState(false);
  const mayNot = useMayNot();
  const filter = filterOf(search);
  const state = JOB_STATES.find((s) => s === filter.state);
  const counts = useStatus().data?.jobs;
  const change = (next: Filter) => setSearch(parameters(next));
  const count = state === undefined ? undefined : counts?.counts[state];
  const title =
    state === undefined || count === undefined
      ? t('jobs.title')
      : t('jobs.title_state', { count, n: number(count) + (counts?.at_least.includes(state) === true ? '+' : ''), state: t(`state.${state}`) });
  return (
    <>
      <Head title={title} tab={t('nav.jobs')} lede={t('jobs.lede')}>
        <BulkMenu filter={filter} />
        <Button off={mayNot('enqueue')} onClick={() => setEnqueueing(true)}>
          {t('jobs.enqueue')}
        </Button>
      </Head>
      <Filters filter={filter} change={change} />
      <List key={JSON.stringify(filter)} filter={filter} />
      {enqueueing && <EnqueueDialog onClose={() => setEnqueueing(false)} />}
    </>
  );
}

/** The list stands still under the pointer, the focus and a selection; what is new is offered, and shown when all three have left. */
function List({ filter }: { filter: Filter }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const status = useStatus().data;
  const key = ['jobs', filter];
  const box = useRef<HTMLDivElement>(null);
  const [newer, setNewer] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<JobList>(`jobs?${new URLSearchParams({ ...filter, limit: '50', ...(pageParam === '' ? {} : { cursor: pageParam }) })}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const refresh = () => {
    setNewer(false);
    void client.invalidateQueries({ queryKey: key });
  };

  const seen = useRef(status?.jobs);
  const pages = list.data?.pages.length ?? 1;
  useEffect(() => {
    if (seen.current !== status?.jobs && status !== undefined) {
      seen.current = status.jobs;
      const busy = box.current?.matches(':hover, :focus-within') === true || chosen.size > 0 || pages > 1;
      if (busy) {
        setNewer(true);
      } else {
        refresh();
      }
    }
  });

  if (list.data === undefined) {
    return list.error === null ? <p className="py-4 text-soft">{t('ui.loading')}</p> : <Failed error={list.error} again={() => void list.refetch()} />;
  }
  const jobs = list.data.pages.flatMap((page) => page.jobs);
  return (
    <Section
      title={t('jobs.list')}
      aside={
        newer ? (
          <button type="button" className="link min-h-6" onClick={refresh}>
            {t('jobs.newer')}
          </button>
        ) : (
          t('jobs.shown', { count: jobs.length })
        )
      }
    >
      <div ref={box}>
        {chosen.size > 0 && <Selection chosen={jobs.filter((job) => chosen.has(job.id))} clear={() => setChosen(new Set())} />}
        {jobs.length === 0 && list.hasNextPage ? (
          <p className="py-4 text-soft">{t('jobs.none_yet')}</p>
        ) : jobs.length === 0 ? (
          <div className="py-6">
            <Empty title={t('jobs.empty')}>
              <p className="mt-1 mb-2">{t('jobs.empty_how')}</p>
              <Command text={'./millrace enqueue mv.refresh \'{"views": ["public.mv_feed_projects"]}\''} />
            </Empty>
          </div>
        ) : (
          <ul>
            {jobs.map((job) => (
              <Row
                key={job.id}
                job={job}
                live={status?.running_jobs.find((running) => running.id === job.id)}
                chosen={chosen.has(job.id)}
                onChoose={(on) => setChosen(new Set(on ? [...chosen, job.id] : [...chosen].filter((id) => id !== job.id)))}
              />
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-1">
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('jobs.more')}
            </Button>
            {MORE.some((name) => filter[name] !== undefined) && <span className="text-sm text-soft">{t('jobs.filter_bound')}</span>}
          </div>
        )}
      </div>
    </Section>
  );
}

function Row({ job, live, chosen, onChoose }: { job: Job; live: RunningJob | undefined; chosen: boolean; onChoose: (on: boolean) => void }) {
  const { t } = useTranslation();
  const state: JobState = live?.state ?? job.state;
  const ran = job.started_at !== null && job.finished_at !== null ? Date.parse(job.finished_at) - Date.parse(job.started_at) : null;
  return (
    <li className="row grid grid-cols-[1.5rem_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-1 py-2 [contain-intrinsic-size:auto_2.5rem] [content-visibility:auto] lg:grid-cols-[1.5rem_7.5rem_minmax(0,1.3fr)_minmax(0,1fr)_6rem_5.5rem]">
      <label className="flex min-h-6 items-center justify-center">
        <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.target.checked)} aria-label={t('jobs.choose', { id: job.id })} className="size-4 accent-accent" />
      </label>
      <div className="max-lg:order-last max-lg:col-start-2">
        <JobStateMark state={state} />
      </div>
      <div className="min-w-0">
        <Link href={`/jobs/${job.id}`} className="font-semibold break-words hover:text-accent">
          {job.kind}
        </Link>{' '}
        <span className="text-soft">{job.id}</span>
        {job.error !== null && <p className="truncate text-sm text-bad">{job.error}</p>}
        {live?.progress != null && <ProgressBar progress={live.progress} />}
      </div>
      <div className="min-w-0 text-sm text-soft max-lg:hidden">
        {job.queue} · {job.background_worker ?? t(`trigger.${job.trigger}`)}
        {job.attempt > 1 && ` · ${t('stats.attempt', { attempt: job.attempt, most: job.max_attempts })}`}
      </div>
      <span className="num text-soft max-lg:hidden">{ran === null ? '' : duration(ran)}</span>
      <span className="num text-soft">
        <Age at={job.created_at} form="ago" />
      </span>
    </li>
  );
}

/** What the selection can do, with its exact number, and why the rest of it cannot. */
function Selection({ chosen, clear }: { chosen: readonly Job[]; clear: () => void }) {
  const { t } = useTranslation();
  const retry = useRetry();
  const cancel = useCancel();
  const mayNot = useMayNot();
  const over: readonly JobState[] = ['completed', 'failed', 'cancelled'];
  const retryable = chosen.filter((job) => job.state === 'failed' || job.state === 'cancelled');
  const stoppable = chosen.filter((job) => !over.includes(job.state));
  return (
    <div className="sticky top-0 z-10 flex flex-wrap items-center gap-2 border-b border-edge bg-tint px-3 py-2">
      <span className="font-medium">{t('jobs.chosen', { count: chosen.length })}</span>
      <Button off={retryable.length === 0 ? t('jobs.none_retryable') : mayNot('retry_jobs')} onClick={() => retryable.forEach((job) => retry.mutate(job.id))}>
        {t('jobs.retry_n', { count: retryable.length })}
      </Button>
      <Button off={stoppable.length === 0 ? t('jobs.none_stoppable') : mayNot('cancel_jobs')} onClick={() => stoppable.forEach((job) => cancel.mutate(job.id))}>
        {t('jobs.cancel_n', { count: stoppable.length })}
      </Button>
      <Button look="quiet" onClick={clear}>
        {t('jobs.clear')}
      </Button>
    </div>
  );
}
