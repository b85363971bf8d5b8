import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFollow } from '../api/follow';
import { ask, get } from '../api/http';
import type { Ingestion, Sync, SyncDetail, SyncList } from '../api/types';
import { duration, number } from '../i18n/format';
import { JobStateMark } from '../jobs/JobStateMark';
import { type Exact, member, parseExact } from '../jobs/json';
import { Age, clsx, Empty, ErrorText, Moment, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Differences } from './Differences';

const KEY = ['syncs'];

/** The history: what each sync did, and of a dry run what it would have done. */
export function Syncs({ ingestion }: { ingestion: Ingestion }) {
  const { t } = useTranslation();
  useFollow(KEY, `${ingestion.sync_state} ${ingestion.task_id} ${ingestion.last_sync_at} ${ingestion.recent_logs[0]?.id}`);
  const list = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<SyncList>('ingestion/syncs?limit=10', signal) });
  return (
    <Section title={t('ingestion.syncs')} aside={t('ingestion.syncs_scope')}>
      <Loaded query={list}>
        {(data) =>
          data.syncs.length === 0 ? (
            <div className="py-4">
              <Empty title={t('ingestion.title_never')} />
            </div>
          ) : (
            <ul>
              {data.syncs.map((sync) => (
                <Line key={sync.id} sync={sync} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

function Line({ sync }: { sync: Sync }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const marks = [sync.dry_run && t('ingestion.dry_run'), sync.only_failed && t('ingestion.sync_failed')].filter(Boolean);
  return (
    <li className="row">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 py-2.5 lg:grid-cols-[8rem_minmax(0,1fr)_minmax(0,1.4fr)_5rem]">
        <JobStateMark state={sync.state} />
        <div className="min-w-0 max-lg:order-first max-lg:col-span-2">
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-1 inline-flex min-h-6 items-center gap-1 rounded px-1 text-left font-semibold hover:text-accent">
            <ChevronRight aria-hidden size={16} className={clsx('shrink-0 transition-transform', open && 'rotate-90')} />
            <Moment at={sync.started_at ?? sync.created_at} />
          </button>
          <p className="pl-5 text-xs text-soft">
            {[t(`trigger.${sync.trigger}`), ...marks].join(' · ')} · <Age at={sync.started_at ?? sync.created_at} form="ago" />
          </p>
        </div>
        <div className="min-w-0 max-lg:col-span-2">
          <p>{sync.suppliers === null ? t('ingestion.master_unread') : t('ingestion.of_suppliers', { count: sync.total, ok: number(sync.succeeded), failed: number(sync.failed) })}</p>
          {sync.items !== null && (
            <p className="text-xs text-soft">
              <Counts of={sync} />
            </p>
          )}
          {sync.error !== null && <ErrorText text={sync.error} />}
        </div>
        <span className="num text-soft">{sync.duration_ms === null ? '' : duration(sync.duration_ms)}</span>
      </div>
      {open && <Suppliers sync={sync} />}
    </li>
  );
}

type Counted = Partial<Record<'inserted' | 'changed' | 'vanished' | 'unchanged' | 'rejected', number | null>>;

/** In words: what is new, changed, gone, as it was, and what could not be used. */
function Counts({ of }: { of: Counted }) {
  const { t } = useTranslation();
  const names = ['inserted', 'changed', 'vanished', 'unchanged', 'rejected'] as const;
  return names.map((name) => t(`sync_counts.${name}`, { n: number(of[name] ?? 0) })).join(' · ');
}

interface Read {
  detail: SyncDetail;
  exact: Exact;
}

function Suppliers({ sync }: { sync: Sync }) {
  const { t } = useTranslation();
  const key = ['sync', sync.id];
  useFollow(key, `${sync.state} ${sync.succeeded} ${sync.failed} ${sync.unfinished}`);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }): Promise<Read> => {
      const { text } = await ask(`ingestion/syncs/${sync.id}?limit=200`, { signal });
      return { detail: JSON.parse(text) as SyncDetail, exact: member(parseExact(text), 'suppliers') };
    },
  });
  return (
    <div className="pb-4 lg:pl-5">
      <Loaded query={query}>
        {({ detail, exact }) => (
          <>
            <p className="py-1 text-sm">
              <Link href={`/jobs/${sync.id}`} className="link">
                {t('ui.job', { id: sync.id })}
              </Link>
              {detail.suppliers.length === 0 && <span className="text-soft"> · {t('ingestion.no_supplier_jobs')}</span>}
            </p>
            <ul>
              {detail.suppliers.map((supplier, i) => (
                <li key={supplier.id} className="border-t border-line py-2">
                  <div className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 lg:grid-cols-[8rem_minmax(0,12rem)_minmax(0,1fr)_auto]">
                    <JobStateMark state={supplier.state} />
                    <span className="font-medium break-words max-lg:order-first">{supplier.supplier_name ?? supplier.supplier_id}</span>
                    <span className="text-sm text-soft max-lg:col-span-2">
                      {supplier.result === null ? '' : <Counts of={supplier.result} />}
                      {typeof supplier.result?.['message'] === 'string' && <span className="block">{supplier.result['message']}</span>}
                    </span>
                    <Link href={`/jobs/${supplier.id}`} className="link text-sm max-lg:row-start-1">
                      {t('ui.job', { id: supplier.id })}
                    </Link>
                  </div>
                  {supplier.error !== null && <ErrorText text={supplier.error} />}
                  <Differences of={member(member(Array.isArray(exact) ? (exact[i] ?? null) : null, 'result'), 'differences')} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </div>
  );
}
