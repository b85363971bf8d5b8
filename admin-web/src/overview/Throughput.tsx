import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { get } from '../api/http';
import type { Throughput as Data } from '../api/types';
import { pace, useSetting } from '../app/store';
import { moment, number, percent } from '../i18n/format';
import { Age, clsx, Moment, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Columns } from './Columns';
import { Histograms, shortTime } from './Histograms';
import { Failures, Kinds } from './Kinds';
import { Lines } from './Lines';

const WINDOWS = ['15m', '1h', '24h', '7d'] as const;
type Window = (typeof WINDOWS)[number];
const LOOK_MS: Record<Window, number> = { '15m': 10_000, '1h': 15_000, '24h': 60_000, '7d': 120_000 };

/** What ended lately, how long it waited and ran; the window is in the address. */
export default function Throughput() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const wanted = WINDOWS.find((window) => window === search.get('window')) ?? '1h';
  const still = useSetting(pace) === 'off';
  const query = useQuery({
    queryKey: ['throughput', wanted],
    queryFn: ({ signal }) => get<Data>(`throughput?window=${wanted}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: still ? false : LOOK_MS[wanted],
  });
  return (
    <Section
      title={t(`throughput.title_${query.data?.window ?? wanted}`)}
      aside={
        <div role="group" aria-label={t('throughput.window')} className="flex gap-1">
          {WINDOWS.map((window) => (
            <button
              key={window}
              type="button"
              aria-pressed={window === wanted}
              onClick={() =>
                setSearch((now) => {
                  const next = new URLSearchParams(now);
                  next.set('window', window);
                  return next;
                }, { replace: true })
              }
              className="min-h-7 rounded-md px-2 text-soft hover:text-ink aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
            >
              {t(`throughput.window_${window}`)}
            </button>
          ))}
        </div>
      }
    >
      <Loaded query={query}>{(data) => <Parts data={data} />}</Loaded>
    </Section>
  );
}

function Parts({ data }: { data: Data }) {
  const { t } = useTranslation();
  return (
    <>
      <Figures data={data} />
      <Columns data={data} />
      <Marks data={data} />
      <div className="mt-8 grid gap-x-12 gap-y-8 lg:grid-cols-2">
        <Part title={t('throughput.wait_run')} aside={t('throughput.wait_run_scope')}>
          <Histograms data={data} />
        </Part>
        <div className="flex flex-col gap-8">
          <Part title={t('throughput.p95_over_time')} aside={t('throughput.p95_scope')}>
            <Lines data={data} />
          </Part>
          <Part title={t('throughput.failures')} aside={t('throughput.failures_scope')}>
            <Failures data={data} />
          </Part>
        </div>
      </div>
      {data.kinds.length > 0 && (
        <div className="mt-8">
          <Part title={t('throughput.by_kind')} aside={t('throughput.kinds', { count: data.kinds_in_all })}>
            <Kinds data={data} />
          </Part>
        </div>
      )}
      <Numbers data={data} />
    </>
  );
}

function Part({ title, aside, children }: { title: string; aside: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line pb-1">
        <h3 className="font-medium">{title}</h3>
        <span className="text-xs text-soft">{aside}</span>
      </div>
      {children}
    </div>
  );
}

/** The five numbers that answer most questions. */
function Figures({ data }: { data: Data }) {
  const { t } = useTranslation();
  const { ends, waited: wait, ran: run } = data.totals;
  const wrong = ends.failed + ends.retried;
  const all = ends.completed + ends.cancelled + wrong;
  const seconds = (Date.parse(data.as_of) - Date.parse(data.from)) / 1000;
  const oldest = data.oldest_waiting;
  return (
    <dl className="grid grid-cols-2 gap-y-4 py-4 sm:grid-cols-3 lg:grid-cols-5 lg:divide-x lg:divide-line [&>*]:pr-3 lg:[&>*+*]:pl-4">
      <Figure name={t('throughput.ended')} value={number(all)} note={t('throughput.rate', { rate: number(all / Math.max(1, seconds), all / seconds < 10 ? 2 : 0) })} />
      <Figure
        name={t('throughput.wrong')}
        value={number(wrong)}
        note={all === 0 ? t('throughput.nothing') : t('throughput.wrong_note', { share: percent((100 * wrong) / all), retried: number(ends.retried) })}
        bad={wrong > 0}
      />
      <Figure name={t('throughput.waited_p95')} value={wait === null ? '–' : shortTime(wait.p95_ms)} note={t('throughput.median', { time: wait === null ? '–' : shortTime(wait.p50_ms) })} />
      <Figure name={t('throughput.ran_p95')} value={run === null ? '–' : shortTime(run.p95_ms)} note={t('throughput.median', { time: run === null ? '–' : shortTime(run.p50_ms) })} />
      <Figure
        name={t('throughput.oldest')}
        value={oldest === null ? '–' : <Age at={oldest.due_at} />}
        note={
          oldest === null ? (
            t('throughput.none_waits')
          ) : (
            <Link href={`/jobs/${oldest.job_id}`} className="hover:text-accent">
              {oldest.kind} {oldest.job_id}
            </Link>
          )
        }
      />
    </dl>
  );
}

function Figure({ name, value, note, bad = false }: { name: string; value: React.ReactNode; note: React.ReactNode; bad?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-soft">{name}</dt>
      <dd>
        <span className={clsx('block text-xl font-semibold tracking-tight whitespace-nowrap', bad && 'text-bad')}>{value}</span>
        <span className="line-clamp-2 text-xs text-soft">{note}</span>
      </dd>
    </div>
  );
}

/** What the marks of the chart mean, in words. */
function Marks({ data }: { data: Data }) {
  const { t } = useTranslation();
  if (data.marks.length === 0) {
    return null;
  }
  return (
    <ul className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-xs text-soft" aria-label={t('throughput.marks')}>
      {data.marks.slice(-6).map((mark) => (
        <li key={`${mark.at} ${mark.type} ${mark.subject}`}>
          <Moment at={mark.at} /> {t(`throughput.mark_${mark.type}`, { subject: mark.subject, who: mark.by ?? '' })}
        </li>
      ))}
    </ul>
  );
}

/** The charts as a table, for those who cannot see them or want to count. */
function Numbers({ data }: { data: Data }) {
  const { t } = useTranslation();
  const now = Date.parse(data.as_of);
  return (
    <details className="mt-6">
      <summary className="text-sm text-soft hover:text-ink">{t('throughput.as_table')}</summary>
      <div className="mt-2 max-h-96 overflow-auto" tabIndex={0} role="group" aria-label={t('throughput.as_table')}>
        <table className="w-full text-sm">
          <thead>
            <tr className="text-left text-xs text-soft">
              <th scope="col" className="font-normal">{t('throughput.from')}</th>
              {(['completed', 'failed', 'retried', 'cancelled'] as const).map((end) => (
                <th key={end} scope="col" className="num font-normal">{t(`throughput.end_${end}`)}</th>
              ))}
              <th scope="col" className="num font-normal">{t('throughput.waited_p95')}</th>
              <th scope="col" className="num font-normal">{t('throughput.ran_p95')}</th>
            </tr>
          </thead>
          <tbody>
            {data.points.map((point) => (
              <tr key={point.at} className="border-t border-line">
                <th scope="row" className="text-left font-normal whitespace-nowrap">{moment(new Date(point.at), now)}</th>
                <td className="num">{number(point.ends.completed)}</td>
                <td className="num">{number(point.ends.failed)}</td>
                <td className="num">{number(point.ends.retried)}</td>
                <td className="num">{number(point.ends.cancelled)}</td>
                <td className="num">{point.waited === null ? '–' : shortTime(point.waited.p95_ms)}</td>
                <td className="num">{point.ran === null ? '–' : shortTime(point.ran.p95_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
