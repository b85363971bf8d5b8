import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Head } from '../app/Head';
import { useCommand } from '../api/command';
import { newKey } from '../api/idempotency';
import { useFollow } from '../api/follow';
import { get, send } from '../api/http';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import type { Flag, InvalidationList, JobList, StatsGroup } from '../api/types';
import { duration, number } from '../i18n/format';
import { useRetry } from '../jobs/commands';
import { JobStateMark } from '../jobs/JobStateMark';
import { Age, Button, clsx, Empty, ErrorText, Moment, Section, State, Switch } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Loaded } from '../ui/Loaded';

const JOBS = ['stats-jobs'];
const GROUPS = ['stats-groups'];
const FLAGS = ['flags'];
const INVALIDATIONS = ['invalidations'];

export default function StatsPage() {
  const { t } = useTranslation();
  const counts = useStatus().data?.jobs;
  useFollow(JOBS, counts);
  useFollow(GROUPS, counts);
  useFollow(INVALIDATIONS, counts);
  const jobs = useQuery({ queryKey: JOBS, queryFn: ({ signal }) => get<JobList>('jobs?kind=stats.update&limit=20', signal), refetchInterval: 30_000 });
  const mayNot = useMayNot();
  const newest = jobs.data?.jobs[0];
  // The same request makes the same job: it stays until its answer has come.
  const [requestId, setRequestId] = useState(newKey);
  const enqueue = useCommand({
    run: () => send<{ job_id?: string; status: string }>('POST', 'enqueue-stats-job', { triggeredBy: 'admin', requestId }),
    done: (result) => {
      setRequestId(newKey());
      return { text: t('stats.enqueued'), job: result.job_id };
    },
  });
  const title = newest === undefined ? t('nav.stats') : t(newest.state === 'failed' ? 'stats.title_failed' : newest.state === 'completed' ? 'stats.title_well' : 'stats.title_running');
  return (
    <>
      <Head title={title} tab={t('nav.stats')} lede={t('stats.lede')}>
        <Button look="main" off={mayNot('run_stats')} busy={enqueue.isPending} onClick={() => enqueue.mutate()}>
          {t('stats.enqueue')}
        </Button>
      </Head>
      <Section title={t('stats.jobs')} aside={t('stats.newest')}>
        <Loaded query={jobs}>{(data) => <Jobs list={data} />}</Loaded>
      </Section>
      <Functions />
      <Invalidations />
      <Flags />
    </>
  );
}

function Jobs({ list }: { list: JobList }) {
  const { t } = useTranslation();
  const retry = useRetry();
  const mayNot = useMayNot();
  if (list.jobs.length === 0) {
    return (
      <div className="py-4">
        <Empty title={t('stats.no_jobs')} />
      </div>
    );
  }
  return (
    <ul>
      {list.jobs.map((job) => (
        <li key={job.id} className="row grid grid-cols-[7rem_minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 py-2.5">
          <JobStateMark state={job.state} />
          <div className="min-w-0">
            <Link href={`/jobs/${job.id}`} className="font-medium hover:text-accent">
              {t('ui.job', { id: job.id })}
            </Link>
            <span className="text-soft">
              {' · '}
              {t(`trigger.${job.trigger}`)} · {t('stats.attempt', { attempt: job.attempt, most: job.max_attempts })} · <Moment at={job.created_at} />
              {job.started_at !== null && job.finished_at !== null && ` · ${duration(Date.parse(job.finished_at) - Date.parse(job.started_at))}`}
            </span>
            {job.error !== null && <ErrorText text={job.error} />}
          </div>
          <span>
            {job.state === 'failed' && (
              <Button off={mayNot('retry_jobs')} busy={retry.isPending} onClick={() => retry.mutate(job.id)}>
                {t('jobs.retry')}
              </Button>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The functions of each group side by side, by how long they took. */
function Functions() {
  const { t } = useTranslation();
  const groups = useQuery({ queryKey: GROUPS, queryFn: ({ signal }) => get<{ groups: StatsGroup[] }>('stats', signal) });
  return (
    <Loaded query={groups}>
      {(data) => (
        <>
          {data.groups.map((group) => {
            const longest = Math.max(1, ...group.functions.map((f) => f.last?.duration_ms ?? 0));
            return (
              <Section key={group.group} title={t('stats.group', { name: group.group })} aside={t('stats.functions', { count: group.functions.length })}>
                <ul>
                  {group.functions.map((f) => (
                    <li key={f.function} className={clsx('row grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1 py-2.5 lg:grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_5rem_8rem]', !f.enabled && 'text-soft')}>
                      <div className="min-w-0">
                        <code className="break-all">{f.function}</code>
                        <p className="text-xs break-words text-soft">{f.cache_tags.join(', ')}</p>
                        {f.last?.error != null && <ErrorText text={f.last.error} />}
                      </div>
                      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden className="mt-1.5 h-2 w-full max-lg:order-last max-lg:col-span-2">
                        <rect y="3" width="100" height="1" className="fill-line" />
                        {f.last !== null && <rect width={Math.max(0.5, (100 * f.last.duration_ms) / longest)} height="8" className={f.last.error === null ? 'fill-bar' : 'fill-bad'} />}
                      </svg>
                      <span className="num">{f.last === null ? '–' : duration(f.last.duration_ms)}</span>
                      <span className="max-lg:hidden">
                        {!f.exists ? (
                          <State tone="bad">{t('stats.absent')}</State>
                        ) : !f.enabled ? (
                          <State tone="idle">{t('stats.off')}</State>
                        ) : f.last === null ? (
                          <State tone="idle" icon="clock">
                            {t('workers.status_never')}
                          </State>
                        ) : (
                          <State tone={f.last.error === null ? 'ok' : 'bad'}>{f.last.rows === null ? f.last.status : t('views.rows', { rows: number(f.last.rows) })}</State>
                        )}
                      </span>
                    </li>
                  ))}
                </ul>
              </Section>
            );
          })}
        </>
      )}
    </Loaded>
  );
}

function Invalidations() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: INVALIDATIONS, queryFn: ({ signal }) => get<InvalidationList>('cache-invalidations?limit=10', signal) });
  const mayNot = useMayNot();
  const again = useCommand({ run: (id: string) => send('POST', `cache-invalidations/${id}/send`), done: () => ({ text: t('stats.sent_again') }) });
  return (
    <Section title={t('stats.invalidations')} aside={t('stats.newest')}>
      <Loaded query={list}>
        {(data) => {
          const all = data.invalidations;
          return all.length === 0 ? (
            <div className="py-4">
              <Empty title={t('stats.no_invalidations')}>
                <p className="mt-1">{t('stats.no_invalidations_how')}</p>
              </Empty>
            </div>
          ) : (
            <ul>
              {all.map((one) => (
                <li key={one.id} className="row grid grid-cols-[7rem_minmax(0,1fr)_auto] gap-x-6 py-2.5">
                  <State tone={one.state === 'sent' ? 'ok' : one.state === 'failed' ? 'bad' : 'idle'}>{t(`invalidation.${one.state}`)}</State>
                  <div className="min-w-0">
                    <p className="break-words">{one.tags.join(', ')}</p>
                    <p className="text-xs text-soft">
                      <Age at={one.created_at} form="ago" /> · {t('stats.tries', { count: one.tries.length })}
                      {one.tries.map((attempt) => ` · ${attempt.http_status === null ? (attempt.error ?? '') : `HTTP ${attempt.http_status}`}, ${duration(attempt.duration_ms)}`)}
                    </p>
                  </div>
                  {one.state === 'failed' && (
                    <Button off={mayNot('send_invalidations')} busy={again.isPending} onClick={() => again.mutate(one.id)}>
                      {t('stats.send_again')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Flags() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Flag>();
  const off = useMayNot()('change_flags');
  const flags = useQuery({ queryKey: FLAGS, queryFn: ({ signal }) => get<{ flags: Flag[] }>('flags', signal) });
  return (
    <Section title={t('stats.flags')} aside={t('stats.flags_scope')}>
      <Loaded query={flags}>
        {(data) => (
          <ul>
            {data.flags.map((flag) => (
              <li key={flag.flag} className="row flex items-center gap-4 py-2.5">
                <Switch off={off} on={flag.enabled} onChange={() => setAsking(flag)} label={flag.flag} />
                <div className="min-w-0">
                  <code>{flag.flag}</code>
                  <p className="text-xs text-soft">
                    {flag.changed_at === null ? (
                      t('stats.flag_start')
                    ) : (
                      <>
                        {t('stats.flag_by', { who: flag.changed_by ?? '' })} <Moment at={flag.changed_at} />: “{flag.reason}”
                      </>
                    )}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {asking !== undefined && <FlagDialog flag={asking} onClose={() => setAsking(undefined)} />}
    </Section>
  );
}

function FlagDialog({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const change = useCommand({
    run: () => send('PUT', `flags/${flag.flag}`, { enabled: !flag.enabled, reason: reason.trim(), by: 'admin' }),
    done: () => ({ text: t('stats.flag_changed', { name: flag.flag }) }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined, { onSuccess: onClose });
  };
  return (
    <Dialog title={t(flag.enabled ? 'stats.flag_off' : 'stats.flag_on', { name: flag.flag })} onClose={onClose}>
      <form onSubmit={submit}>
        <label>
          {t('ui.reason')}
          <input data-first required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} className="mt-1 h-9 w-full rounded-md border border-edge bg-ground px-3" />
        </label>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={change.isPending} off={reason.trim() === '' ? t('ui.reason_needed') : undefined}>
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
