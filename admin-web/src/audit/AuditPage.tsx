import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Head } from '../app/Head';
import { useCommand } from '../api/command';
import { ask, get } from '../api/http';
import { useMayNot } from '../api/signin';
import type { AuditEntry, AuditPage as Page } from '../api/types';
import { Button, clsx, Empty, Moment, Section, State } from '../ui';
import { Failed } from '../ui/Loaded';
import { changes } from './changes';

const FILTERS = ['who', 'action', 'target', 'outcome'] as const;
type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

/** Who did what when, why, and what that changed. */
export default function AuditPage() {
  const { t } = useTranslation();
  const mayNot = useMayNot()('read_audit');
  const [search, setSearch] = useSearchParams();
  const filter: Filter = Object.fromEntries(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])));
  const save = useCommand({ run: () => exportAll(filter), done: () => ({ text: t('audit.exported') }) });
  return (
    <>
      <Head title={t('audit.title')} tab={t('nav.audit')} lede={t('audit.lede')}>
        <Button off={mayNot} busy={save.isPending} onClick={() => save.mutate()}>
          {t('audit.export')}
        </Button>
      </Head>
      {mayNot === undefined ? (
        <>
          <Filters key={search.toString()} filter={filter} change={(next) => setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')) as Record<string, string>)} />
          <List key={JSON.stringify(filter)} filter={filter} />
        </>
      ) : (
        <Empty title={mayNot} />
      )}
    </>
  );
}

/** A key is sent in a header, which a plain link cannot do: the file is fetched, then saved. */
async function exportAll(filter: Filter): Promise<void> {
  const { text } = await ask(`audit/export?${new URLSearchParams(filter)}`, { headers: { Accept: 'application/x-ndjson, application/json' } });
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'millrace-audit.ndjson';
  link.click();
  URL.revokeObjectURL(url);
}

function Filters({ filter, change }: { filter: Filter; change: (next: Filter) => void }) {
  const { t } = useTranslation();
  const [who, setWho] = useState(filter.who ?? '');
  const [action, setAction] = useState(filter.action ?? '');
  const [target, setTarget] = useState(filter.target ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ ...filter, who: who.trim(), action: action.trim(), target: target.trim() });
  };
  const field = 'h-8 w-48 rounded-md border border-edge bg-raised px-2 max-sm:w-full';
  return (
    <form onSubmit={submit} role="search" className="flex flex-wrap items-center gap-2 border-y border-line py-3">
      <input data-search aria-label={t('audit.who')} placeholder={t('audit.who')} value={who} onChange={(event) => setWho(event.target.value)} className={field} />
      <input aria-label={t('audit.action')} placeholder={t('audit.action_example')} value={action} onChange={(event) => setAction(event.target.value)} className={field} />
      <input aria-label={t('audit.target')} placeholder={t('audit.target')} value={target} onChange={(event) => setTarget(event.target.value)} className={field} />
      <select aria-label={t('audit.outcome')} value={filter.outcome ?? ''} onChange={(event) => change({ ...filter, outcome: event.target.value })} className={field}>
        <option value="">{t('audit.any')}</option>
        <option value="allowed">{t('audit.allowed')}</option>
        <option value="refused">{t('audit.refused')}</option>
      </select>
      <Button type="submit">{t('jobs.filter')}</Button>
    </form>
  );
}

function List({ filter }: { filter: Filter }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => get<Page>(`audit?${new URLSearchParams({ ...filter, limit: '50', ...(pageParam === '' ? {} : { cursor: pageParam }) })}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  if (list.data === undefined) {
    return list.error === null ? (
      <p className="py-4 text-soft" aria-busy="true">
        {t('ui.loading')}
      </p>
    ) : (
      <Failed error={list.error} again={() => void list.refetch()} />
    );
  }
  const entries = list.data.pages.flatMap((page) => page.entries);
  return (
    <Section title={t('audit.entries')} aside={t('jobs.shown', { count: entries.length })}>
      {entries.length === 0 ? (
        <div className="py-6">
          <Empty title={t('audit.empty')} />
        </div>
      ) : (
        <ul>
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('audit.more')}
        </Button>
      )}
    </Section>
  );
}

function Line({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <li className="row py-2.5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-6 gap-y-1 lg:grid-cols-[8rem_minmax(0,1fr)_minmax(0,1.3fr)_8rem]">
        <State tone={entry.outcome === 'allowed' ? 'ok' : 'bad'}>{t(`audit.${entry.outcome}`)}</State>
        <div className="min-w-0 max-lg:order-first max-lg:col-span-2">
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-1 flex min-h-6 max-w-full items-start gap-1 rounded px-1 text-left font-semibold hover:text-accent">
            <ChevronRight aria-hidden size={16} className={clsx('mt-0.5 shrink-0 transition-transform', open && 'rotate-90')} />
            <span className="min-w-0 break-words">{entry.action}</span>
          </button>
          <p className="pl-5 text-xs text-soft">
            {entry.who}
            {entry.role !== null && ` · ${t(`role.${entry.role}`)}`}
          </p>
        </div>
        <div className="min-w-0 max-lg:col-span-2">
          <p className="break-words">{entry.target}</p>
          {entry.reason !== null && <p className="text-soft">“{entry.reason}”</p>}
          {entry.problem !== null && <code className="text-bad">{entry.problem}</code>}
        </div>
        <span className="num text-soft">
          <Moment at={entry.at} />
        </span>
      </div>
      {open && <Details entry={entry} />}
    </li>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const found = changes(entry.before, entry.after);
  return (
    <div className="pt-2 pb-1 lg:pl-5">
      {found.length === 0 ? (
        <p className="text-sm text-soft">{t('audit.no_values')}</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t('audit.values')}>
          <table className="text-sm">
            <thead>
              <tr className="text-left text-xs text-soft">
                {[t('audit.value'), t('audit.before'), t('audit.after')].map((name) => (
                  <th key={name} scope="col" className="py-1 pr-6 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.map((change) => (
                <tr key={change.name} className="border-t border-line align-top">
                  <th scope="row" className="py-1 pr-6 text-left font-medium">
                    {change.name}
                  </th>
                  <td className="py-1 pr-6 text-soft [overflow-wrap:anywhere]">{change.before}</td>
                  <td className="py-1 pr-6 [overflow-wrap:anywhere]">{change.after}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="pt-2 text-xs text-soft">
        {t('audit.from', { address: entry.address, request: entry.request_id })}
      </p>
    </div>
  );
}
