import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Head } from '../app/Head';
import { useFollow } from '../api/follow';
import { get } from '../api/http';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import type { Blocking, View, ViewList } from '../api/types';
import { bytes, duration, number, percent, span } from '../i18n/format';
import { Age, Button, clsx, Command, Empty, Name, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { AgeBar } from './AgeBar';
import { useRefresh } from './commands';
import { FreshnessMark } from './FreshnessMark';
import { Blockers, ViewDetails } from './ViewDetails';

const KEY = ['views'];

export default function ViewsPage() {
  const { t } = useTranslation();
  useFollow(KEY, useStatus().data?.views);
  const list = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<ViewList>('materialized-views', signal) });
  const views = list.data?.views ?? [];
  const bad = views.filter((view) => ['LATE', 'BLOCKED', 'FAILED'].includes(view.status)).length;
  const title = list.data === undefined ? t('nav.views') : bad > 0 ? t('views.title_bad', { count: bad }) : t('views.title_well', { count: views.length });
  return (
    <>
      <Head title={title} tab={t('nav.views')} lede={t('views.lede')} />
      <Loaded query={list}>{(data) => <Content list={data} />}</Loaded>
    </>
  );
}

function Content({ list }: { list: ViewList }) {
  const { t } = useTranslation();
  const { statistics } = list;
  return (
    <>
      {list.views.some((view) => view.status === 'BLOCKED') && <BlockedNow />}
      <Section title={t('views.section')} aside={t('views.count', { count: list.views.length })}>
        {list.views.length === 0 ? (
          <div className="py-6">
            <Empty title={t('views.empty')}>
              <p className="mt-1 mb-2">{t('views.empty_how')}</p>
              <Command text="SELECT millrace.watch('public.a_table', 'public.a_view');" />
            </Empty>
          </div>
        ) : (
          <Lines views={list.views} />
        )}
      </Section>
      <Section title={t('views.statistics')} aside={t('views.last_day')}>
        <dl className="grid grid-cols-2 gap-x-8 gap-y-4 pt-3 sm:grid-cols-3 lg:grid-cols-6">
          {(
            [
              [t('views.total'), number(statistics.total_refreshes)],
              [t('views.successful'), number(statistics.successful)],
              [t('views.failed_count'), number(statistics.failed)],
              [t('views.rate'), percent(statistics.success_rate)],
              [t('views.average'), duration(statistics.avg_duration_ms)],
              [t('views.uptime'), span(statistics.uptime_seconds * 1000)],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt className="text-xs text-soft">{name}</dt>
              <dd className="text-lg font-semibold">{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
      {list.unknown_requests.length > 0 && (
        <Section title={t('views.unknown')} aside={t('views.unknown_means')}>
          <ul className="pt-2">
            {list.unknown_requests.map((name) => (
              <li key={name}>
                <code>{name}</code>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function BlockedNow() {
  const { t } = useTranslation();
  const key = ['blocking'];
  useFollow(key, useStatus().data?.views);
  const blocking = useQuery({ queryKey: key, queryFn: ({ signal }) => get<Blocking>('materialized-views/blocking', signal) });
  return (
    <Section title={t('views.blocking')}>
      <Loaded query={blocking}>{(data) => <Blockers blockers={data} />}</Loaded>
    </Section>
  );
}

function Lines({ views }: { views: readonly View[] }) {
  const [search] = useSearchParams();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([search.get('view') ?? '']));
  const toggle = (name: string) => setOpen((before) => new Set(before.has(name) ? [...before].filter((n) => n !== name) : [...before, name]));
  return (
    <ul>
      {views.map((view) => (
        <Line key={view.view_name} view={view} open={open.has(view.view_name)} onToggle={() => toggle(view.view_name)} />
      ))}
    </ul>
  );
}

/** One view: what it is, how fresh and why, its age against its target, its figures. */
function Line({ view, open, onToggle }: { view: View; open: boolean; onToggle: () => void }) {
  const { t } = useTranslation();
  const facts = [
    view.rows === null ? null : t('views.rows', { rows: number(view.rows) }),
    view.bytes === null ? null : bytes(view.bytes),
    view.p95_ms === null ? null : t('views.p95', { time: duration(view.p95_ms) }),
  ].filter((fact) => fact !== null);
  return (
    <li className="row" aria-label={view.view_name}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-2 py-3 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1.6fr)_11rem_auto]">
        <div className="min-w-0">
          <h3>
            <button type="button" aria-expanded={open} onClick={onToggle} className="print -ml-1 flex min-h-6 max-w-full items-start gap-1 rounded px-1 text-left font-semibold hover:text-accent">
              <ChevronRight aria-hidden size={16} className={clsx('mt-0.5 shrink-0 transition-transform', open && 'rotate-90')} />
              <span className="min-w-0 break-words"><Name text={view.view_name} /></span>
            </button>
          </h3>
          <p className="pl-5 text-xs text-soft">
            {facts.join(' · ')}
          </p>
        </div>
        <div className="min-w-0 max-lg:order-3 max-lg:col-span-2">
          <div className="flex flex-wrap items-baseline gap-x-2">
            <FreshnessMark status={view.status} refreshing={view.refreshing} />
            {view.due_at !== null && view.status !== 'FRESH' && (
              <span className="text-sm text-soft">
                {t('views.next')} <Age at={view.due_at} form="in" />
              </span>
            )}
          </div>
          {view.reason !== null && view.status !== 'DUE' && <p className="text-sm text-soft">{view.reason}</p>}
          {view.failures_in_row > 0 && <p className="text-sm text-bad">{t('views.failures', { count: view.failures_in_row })}</p>}
        </div>
        <div className="max-lg:order-4 max-lg:col-span-2">
          <AgeBar view={view} />
        </div>
        <div>
          <RefreshNow view={view} />
        </div>
      </div>
      {open && (
        <div className="lg:pl-5">
          <ViewDetails view={view} />
        </div>
      )}
    </li>
  );
}

function RefreshNow({ view }: { view: View }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const mayNot = useMayNot();
  return (
    <Button off={mayNot('refresh_views')} busy={refresh.isPending} onClick={() => refresh.mutate(view.view_name)} aria-label={t('views.refresh_of', { name: view.view_name })}>
      {t('views.refresh_now')}
    </Button>
  );
}
