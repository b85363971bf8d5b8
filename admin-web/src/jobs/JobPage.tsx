import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Head } from '../app/Head';
import { useFollow } from '../api/follow';
import { ask } from '../api/http';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import { JOB_STATES, type JobDetail } from '../api/types';
import { duration, number } from '../i18n/format';
import { Differences } from '../ingestion/Differences';
import { Age, Button, clsx, CopyButton, ErrorText, Moment, Section, State } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Why } from '../ui/Why';
import { ChildTree } from './Children';
import { useCancel, useRetry } from './commands';
import { EnqueueDialog } from './EnqueueDialog';
import { JobStateMark } from './JobStateMark';
import { type Exact, member, parseExact, print } from './json';
import { ProgressBar } from './RunningJobs';

interface Read {
  job: JobDetail;
  exact: Exact;
}

export default function JobPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const key = ['job', id];
  const status = useStatus().data;
  useFollow(key, status?.jobs);
  useFollow(key, status?.running_jobs);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }): Promise<Read> => {
      const { text } = await ask(`jobs/${encodeURIComponent(id)}`, { signal });
      return { job: JSON.parse(text) as JobDetail, exact: parseExact(text) };
    },
  });
  const job = query.data?.job;
  return (
    <>
      <Head title={job === undefined ? t('ui.job', { id }) : t('job.title', { kind: job.kind, state: t(`state.${job.state}`) })} tab={t('ui.job', { id })} lede={t('ui.job', { id })}>
        {query.data !== undefined && <Commands read={query.data} />}
      </Head>
      <Loaded query={query}>{(read) => <Content read={read} />}</Loaded>
    </>
  );
}

function Commands({ read: { job, exact } }: { read: Read }) {
  const { t } = useTranslation();
  const retry = useRetry();
  const cancel = useCancel();
  const mayNot = useMayNot();
  const [editing, setEditing] = useState(false);
  const over = job.finished_at !== null;
  const retryable = job.state === 'failed' || job.state === 'cancelled';
  return (
    <>
      <Button look="main" busy={retry.isPending} off={retryable ? mayNot('retry_jobs') : t('job.no_retry')} onClick={() => retry.mutate(job.id)}>
        {t('jobs.retry')}
      </Button>
      <Button busy={cancel.isPending} off={over ? t('job.no_cancel') : job.cancel_requested ? t('job.cancelling') : mayNot('cancel_jobs')} onClick={() => cancel.mutate(job.id)}>
        {t('jobs.cancel')}
      </Button>
      <Button off={mayNot('enqueue')} onClick={() => setEditing(true)}>
        {t('job.again')}
      </Button>
      {editing && <EnqueueDialog onClose={() => setEditing(false)} kind={job.kind} queue={job.queue} payload={print(member(exact, 'payload'))} />}
    </>
  );
}

function Content({ read: { job, exact } }: { read: Read }) {
  const { t } = useTranslation();
  const result = member(exact, 'result');
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 border-y border-line py-4 sm:grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)]">
        <Fact name={t('jobs.state')}>
          <JobStateMark state={job.state} />
        </Fact>
        <Fact name={t('jobs.queue')}>
          {job.queue} · {t('job.priority', { priority: job.priority })}
        </Fact>
        <Fact name={t('job.created')}>
          <Moment at={job.created_at} /> · {t(`trigger.${job.trigger}`)}
        </Fact>
        <Fact name={t('job.worker')}>{job.worker_id ?? '–'}</Fact>
        <Fact name={t('job.started')}>{job.started_at === null ? '–' : <Moment at={job.started_at} />}</Fact>
        <Fact name={t('job.finished')}>{job.finished_at === null ? '–' : <Moment at={job.finished_at} />}</Fact>
        <Fact name={t('job.attempts')}>{t('stats.attempt', { attempt: job.attempt, most: job.max_attempts })}</Fact>
        <Fact name={t('job.parent')}>
          {job.parent_id === null ? (
            '–'
          ) : (
            <Link href={`/jobs/${job.parent_id}`} className="link">
              {t('ui.job', { id: job.parent_id })}
            </Link>
          )}
        </Fact>
        <Fact name={t('job.lock')}>{job.lock_key ?? '–'}</Fact>
        <Fact name={t('job.unique')}>{job.unique_key ?? '–'}</Fact>
      </dl>
      {job.progress !== null && (
        <div className="mt-4 max-w-xl">
          <ProgressBar progress={job.progress} />
        </div>
      )}
      {job.error !== null && (
        <div className="mt-4">
          <ErrorText text={job.error} />
        </div>
      )}
      <Section title={t('ui.why')}>
        <div className="pt-3">
          <Why of={`jobs/${job.id}`} />
        </div>
      </Section>
      <Timeline job={job} />
      {job.children.total > 0 && (
        <Section title={t('job.children')} aside={t('job.children_of', { done: number(job.children.total - job.children.left), total: number(job.children.total) + (job.children.more ? '+' : '') })}>
          <ul className="flex flex-wrap gap-x-8 gap-y-2 pt-3">
            {JOB_STATES.filter((state) => (job.children.by_state[state] ?? 0) > 0).map((state) => (
              <li key={state} className="flex items-baseline gap-2">
                <JobStateMark state={state} />
                <span className="font-semibold">{number(job.children.by_state[state] ?? 0)}</span>
              </li>
            ))}
          </ul>
          <div className="mt-3 border-t border-line">
            <ChildTree job={job} />
          </div>
        </Section>
      )}
      {Array.isArray(member(result, 'differences')) && (
        <Section title={t('differences.title')} aside={t('ingestion.dry_run_means')}>
          <Differences of={member(result, 'differences')} />
        </Section>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 lg:grid-cols-2">
        <Json title={t('jobs.payload')} value={member(exact, 'payload')} />
        {result !== null && <Json title={t('job.result')} value={result} />}
      </div>
      <Section title={t('job.log')} aside={t('job.lines', { count: job.log.length })}>
        {job.log.length === 0 ? (
          <p className="py-3 text-soft">{t('job.no_log')}</p>
        ) : (
          <ol className="max-h-96 overflow-y-auto pt-2 text-sm" tabIndex={0} aria-label={t('job.log')}>
            {job.log.map((line, i) => (
              // A log only grows at its end.
              <li key={i} className="grid grid-cols-[5.5rem_3.5rem_minmax(0,1fr)] gap-x-3 py-0.5">
                <span className="text-soft">
                  <Moment at={line.at} />
                </span>
                <span className={clsx('uppercase', /error/i.test(line.level) ? 'text-bad' : /warn/i.test(line.level) ? 'text-warn' : 'text-soft')}>{line.level}</span>
                <span className="break-words whitespace-pre-wrap">{line.message}</span>
              </li>
            ))}
          </ol>
        )}
      </Section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** Waiting and each attempt as bars over the time that the job has taken. */
function Timeline({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const begin = Date.parse(job.created_at);
  const listed = job.attempts.some((a) => a.attempt === job.attempt);
  const newest =
    listed || job.started_at === null
      ? []
      : [{ attempt: job.attempt, worker_id: job.worker_id ?? '', started_at: job.started_at, finished_at: job.finished_at, outcome: job.state, error: job.error }];
  const bars = [...job.attempts, ...newest];
  const end = Math.max(begin + 1, ...bars.map((a) => (a.finished_at === null ? Date.now() : Date.parse(a.finished_at))));
  const at = (time: number) => (100 * (time - begin)) / (end - begin);
  if (bars.length === 0) {
    return null;
  }
  return (
    <Section title={t('job.timeline')} aside={t('job.whole', { time: duration(end - begin) })}>
      <ol>
        {bars.map((a) => {
          const from = at(Date.parse(a.started_at));
          const to = a.finished_at === null ? 100 : at(Date.parse(a.finished_at));
          const good = a.outcome === 'completed' || a.outcome === 'waiting' || a.outcome === 'snoozed';
          return (
            <li key={`${a.attempt} ${a.started_at}`} className="row grid gap-x-6 gap-y-1 py-2.5 sm:grid-cols-[11rem_minmax(0,1fr)_auto]">
              <State tone={a.finished_at === null ? 'live' : good ? 'ok' : 'bad'}>
                {t('job.attempt', { attempt: a.attempt })} · {t(`outcome.${a.outcome}`)}
              </State>
              <div>
                <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden className="mt-1.5 h-2 w-full">
                  <rect y="3.500" width="100" height="1" className="fill-line" />
                  <rect x={Math.min(99, from)} width={Math.max(1, to - from)} height="8" className={a.finished_at === null ? 'fill-accent' : good ? 'fill-bar' : 'fill-bad'} />
                </svg>
                {a.error !== null && <ErrorText text={a.error} />}
              </div>
              <span className="text-sm text-soft">
                {a.finished_at === null ? <Age at={a.started_at} /> : duration(Date.parse(a.finished_at) - Date.parse(a.started_at))} · {a.worker_id}
              </span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function Json({ title, value }: { title: string; value: Exact }) {
  const { t } = useTranslation();
  const text = print(value);
  return (
    <Section title={title} aside={<CopyButton text={text} label={t('ui.copy')} />}>
      <pre className="max-h-[32rem] overflow-auto pt-3 text-sm [overflow-wrap:anywhere] whitespace-pre-wrap" tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </Section>
  );
}
