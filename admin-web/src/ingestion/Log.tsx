import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { useFollow } from '../api/follow';
import { get } from '../api/http';
import type { Ingestion, LogEntry, LogPage } from '../api/types';
import { number } from '../i18n/format';
import { Button, clsx, Moment, Section } from '../ui';
import { Failed } from '../ui/Loaded';

const TYPES = [
  'SUCCESS',
  'BAD_ROW',
  'DUPLICATE_ROW',
  'ITEMS_MISSING',
  'MISSING_COLUMNS',
  'EMPTY_SHEET',
  'UNREACHABLE',
  'ACCESS_DENIED',
  'NOT_FOUND',
  'FORBIDDEN_SOURCE',
  'NOT_A_SHEET',
  'TOO_LARGE',
] as const;

/** The rows of parsing_logs: of all, of a supplier, of a type; the filter is in the address. */
export function Log({ ingestion, supplier, onChoose }: { ingestion: Ingestion; supplier: string | null; onChoose: (id: string | null) => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const type = search.get('type') ?? '';
  const key = ['ingestion-log', supplier, type];
  useFollow(key, ingestion.recent_logs);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      get<LogPage>(
        `ingestion/logs?${new URLSearchParams({ limit: '50', ...(supplier === null ? {} : { supplier }), ...(type === '' ? {} : { type }), ...(pageParam === '' ? {} : { cursor: pageParam }) })}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const lines = list.data?.pages.flatMap((page) => page.logs) ?? [];
  const name = ingestion.suppliers.find((one) => one.id === supplier)?.name ?? supplier;
  const chooseType = (next: string) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete('type');
        if (next !== '') {
          after.set('type', next);
        }
        return after;
      },
      { replace: true },
    );
  return (
    <Section
      title={name === null ? t('ingestion.log') : t('ingestion.log_of', { name })}
      aside={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          {supplier !== null && (
            <button type="button" className="link min-h-6" onClick={() => onChoose(null)}>
              {t('ingestion.log_all')}
            </button>
          )}
          <select aria-label={t('ingestion.log_type')} value={type} onChange={(event) => chooseType(event.target.value)} className="h-8 rounded-md border border-edge bg-raised px-2 text-ink">
            <option value="">{t('ingestion.log_any')}</option>
            {TYPES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </span>
      }
    >
      {list.data === undefined ? (
        list.error === null ? (
          <p className="py-3 text-soft" aria-busy="true">
            {t('ui.loading')}
          </p>
        ) : (
          <Failed error={list.error} again={() => void list.refetch()} />
        )
      ) : (
        <Lines lines={lines} more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      )}
    </Section>
  );
}

/** The newest on top; while the pointer or the focus is in it, the list stands still. */
function Lines({ lines, more, loading, onMore }: { lines: readonly LogEntry[]; more: boolean; loading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  const [held, setHeld] = useState<string | null>(null);
  const first = held === null ? 0 : Math.max(0, lines.findIndex((line) => line.id === held));
  const box = useRef<HTMLDivElement>(null);
  const hold = () => setHeld((before) => before ?? lines[0]?.id ?? null);
  useEffect(() => setHeld((before) => (before === null || box.current?.matches(':hover, :focus-within') === true ? before : null)), [lines]);
  if (lines.length === 0) {
    return <p className="py-3 text-soft">{t(more ? 'ingestion.log_none_yet' : 'ingestion.log_empty')}{more && <MoreButton loading={loading} onMore={onMore} />}</p>;
  }
  return (
    <>
      <div ref={box} onPointerEnter={hold} onPointerLeave={() => setHeld(null)} onFocus={hold} onBlur={() => setHeld(null)} tabIndex={0} role="log" aria-live="off" aria-label={t('ingestion.log')} className="max-h-96 overflow-y-auto">
        <p className="min-h-5 text-xs text-soft">{first > 0 ? t('ingestion.log_newer', { count: first }) : ''}</p>
        <ol>
          {lines.slice(first).map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </ol>
        {more && <MoreButton loading={loading} onMore={onMore} />}
      </div>
    </>
  );
}

function MoreButton({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  return (
    <Button className="my-2" busy={loading} onClick={onMore}>
      {t('ingestion.log_older')}
    </Button>
  );
}

function Line({ line }: { line: LogEntry }) {
  const { t } = useTranslation();
  const { cell } = line;
  const place = [
    line.row_number === null ? null : t('ingestion.row', { row: number(line.row_number) }),
    cell?.sheet_tab == null ? null : t('ingestion.tab', { tab: cell.sheet_tab }),
    cell?.column == null ? null : t('ingestion.column', { column: cell.column }),
  ].filter((part) => part !== null);
  return (
    <li className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-4 border-b border-line py-1.5 text-sm sm:grid-cols-[5.5rem_10rem_8rem_minmax(0,1fr)]">
      <span className="text-soft">
        <Moment at={line.created_at} />
      </span>
      <code className={clsx('truncate', line.error_type === 'SUCCESS' ? 'text-ok' : 'text-bad')}>{line.error_type}</code>
      <span className="truncate text-soft max-sm:col-start-2">{line.supplier_name ?? t('ingestion.master')}</span>
      <div className="min-w-0 break-words max-sm:col-start-2">
        {line.message}
        {(place.length > 0 || cell?.value != null) && (
          <p className="text-xs text-soft">
            {place.join(' · ')}
            {cell?.value != null && (
              <>
                {' · '}
                <code className="text-ink">{cell.value === '' ? t('ingestion.empty_cell') : cell.value}</code>
              </>
            )}
          </p>
        )}
      </div>
    </li>
  );
}
