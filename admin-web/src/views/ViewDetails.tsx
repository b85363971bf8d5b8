import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFollow } from '../api/follow';
import { get } from '../api/http';
import { useStatus } from '../api/status';
import type { Refresh, View, ViewDetail } from '../api/types';
import { bytes, duration, number } from '../i18n/format';
import { Command, ErrorText, Moment, State } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Why } from '../ui/Why';
import { Runs } from '../ui/Runs';

export function useViewDetail(name: string) {
  const key = ['view', name];
  const summary = useStatus().data?.views.find((view) => view.view_name === name);
  useFollow(key, summary);
  return useQuery({ queryKey: key, queryFn: ({ signal }) => get<ViewDetail>(`materialized-views/${encodeURIComponent(name)}`, signal) });
}

/** Everything about one view: what is wrong with it and the SQL that mends it, what it reads, how its refreshes went. */
export function ViewDetails({ view }: { view: View }) {
  const { t } = useTranslation();
  const query = useViewDetail(view.view_name);
  return (
    <Loaded query={query}>
      {(detail) => (
        <div className="grid gap-x-10 gap-y-6 pt-1 pb-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)]">
          <div className="min-w-0">
            <div className="mb-5">
              <h4 className="mb-1 text-xs font-semibold text-soft">{t('ui.why')}</h4>
              <Why of={`materialized-views/${encodeURIComponent(view.view_name)}`} />
            </div>
            <Problems detail={detail} />
            <h4 className="mb-1 text-xs font-semibold text-soft">{t('views.reads')}</h4>
            <ul>
              {detail.reads.map((read) => {
                const watch = detail.watches.find((w) => w.source === read.name || `public.${w.source}` === read.name);
                return (
                  <li key={read.name} className="border-b border-line py-1.5">
                    <div className="flex flex-wrap justify-between gap-x-4">
                      <code className="break-all">{read.name}</code>
                      <span className="text-sm text-soft">{read.watched ? t('views.watched') : t(read.kind.includes('view') ? 'views.is_view' : 'views.not_watched')}</span>
                    </div>
                    <div className="text-xs text-soft">
                      {bytes(read.total_bytes)}
                      {read.row_estimate !== null && ` · ${t('views.rows', { rows: number(read.row_estimate) })}`}
                    </div>
                    {watch?.fault != null && <ErrorText text={watch.fault} />}
                  </li>
                );
              })}
            </ul>
            <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
              <dt className="text-soft">{t('views.mode')}</dt>
              <dd>{t(`view_mode.${detail.view.mode}`)}</dd>
              <dt className="text-soft">{t('views.debounce')}</dt>
              <dd>{t('views.debounce_of', { window: duration(detail.settings.debounce_seconds * 1000), most: duration(detail.settings.max_wait_seconds * 1000) })}</dd>
              {detail.relation !== null && (
                <>
                  <dt className="text-soft">{t('views.size')}</dt>
                  <dd>{t('views.size_of', { all: bytes(detail.relation.total_bytes), index: bytes(detail.relation.index_bytes) })}</dd>
                </>
              )}
              {view.bloat !== null && (
                <>
                  <dt className="text-soft">{t('views.bloat')}</dt>
                  <dd>{number(view.bloat, 2)}</dd>
                </>
              )}
            </dl>
          </div>
          <History name={view.view_name} history={detail.history} />
        </div>
      )}
    </Loaded>
  );
}

function Problems({ detail }: { detail: ViewDetail }) {
  const { t } = useTranslation();
  if (detail.problems.length === 0) {
    return <p className="mb-4 text-sm text-soft">{t('views.no_problems')}</p>;
  }
  return (
    <ul className="mb-5 flex flex-col gap-3">
      {detail.problems.map((problem) => (
        <li key={problem.code + problem.message}>
          <State tone={problem.severity === 'error' ? 'bad' : 'warn'}>{t(problem.severity === 'error' ? 'views.fault' : 'views.warning')}</State>
          <p className="mt-0.5 mb-1 max-w-[70ch] text-sm">{problem.message}</p>
          {problem.fix_sql !== null && <Command text={problem.fix_sql} />}
        </li>
      ))}
    </ul>
  );
}

function History({ name, history }: { name: string; history: readonly Refresh[] }) {
  const { t } = useTranslation();
  return (
    <div className="min-w-0">
      <h4 className="mb-1 text-xs font-semibold text-soft">{t('views.history')}</h4>
      {history.length === 0 ? (
        <p className="text-soft">{t('views.history_none')}</p>
      ) : (
        <>
          <div className="mb-1 [&_svg]:max-w-none">
            <Runs
              label={name}
              runs={history.map((line) => ({ id: line.refresh_completed_at + (line.job_id ?? ''), outcome: line.status === 'success' ? 'ok' : 'bad', ms: line.duration_ms }))}
            />
          </div>
          <ol className="max-h-72 overflow-y-auto" tabIndex={0} aria-label={t('views.history')}>
            {history.map((line) => (
              <li key={line.refresh_completed_at + (line.job_id ?? '')} className="border-b border-line py-1.5">
                <div className="flex flex-wrap items-baseline gap-x-3">
                  <State tone={line.status === 'success' ? 'ok' : 'bad'}>{t(line.status === 'success' ? 'views.done' : 'views.failed')}</State>
                  <Moment at={line.refresh_completed_at} />
                  <span className="text-soft">
                    {duration(line.duration_ms)}
                    {line.rows !== null && ` · ${t('views.rows', { rows: number(line.rows) })}`} · {line.trigger}
                    {line.mode !== null && ` · ${t(`view_mode.${line.mode}`)}`}
                  </span>
                  {line.job_id !== null && (
                    <Link href={`/jobs/${line.job_id}`} className="link ml-auto">
                      {t('ui.job', { id: line.job_id })}
                    </Link>
                  )}
                </div>
                {line.error !== null && <ErrorText text={line.error} />}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

/** Sessions that wait for a lock, and whom for. */
export function Blockers({ blockers }: { blockers: import('../api/types').Blocking }) {
  const { t } = useTranslation();
  return (
    <ul>
      {blockers.sessions.map((session) => (
        <li key={session.pid} className="border-b border-line py-2">
          <p>
            {t('views.waits', { pid: session.pid, user: session.user ?? '?', relation: session.relation ?? '?' })}
            {session.waiting_seconds !== null && <span className="text-soft"> · {duration(session.waiting_seconds * 1000)}</span>}
          </p>
          {session.blockers.map((blocker) => (
            <div key={blocker.pid} className="mt-1 border-l-2 border-bad pl-3 text-sm">
              {t('views.blocked_by', { pid: blocker.pid, user: blocker.user ?? '?', state: blocker.state ?? '?' })}
              {blocker.query !== null && <code className="block truncate text-soft">{blocker.query}</code>}
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

