import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Permission } from '../api/types';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import { useRunNow } from '../workers/commands';
import { useRefresh } from '../views/commands';
import { useSync } from '../ingestion/commands';
import { clsx } from '../ui';
import { Dialog } from '../ui/Dialog';
import { usePages } from './pages';

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly kind: string;
  readonly run: () => void;
  readonly needs?: Permission;
}

const MOST = 12;

/** Goes anywhere and does the usual: workers, views, suppliers, jobs by number. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const status = useStatus().data;
  const runNow = useRunNow();
  const refresh = useRefresh();
  const sync = useSync();
  const mayNot = useMayNot();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);

  const pages = usePages();

  const all = useMemo<Entry[]>((): Entry[] => {
    const to = (path: string) => () => go(path);
    return [
      ...pages.map((page) => ({ id: page.path, text: t(`nav.${page.name}`), kind: t('palette.page'), run: to(page.path) })),
      { id: 'sync', text: t('ingestion.sync_now'), kind: t('palette.command'), run: () => sync.mutate({}), needs: 'run_sync' },
      ...(status?.background_workers ?? []).flatMap((w): Entry[] => {
        const name = w.display_name ?? w.worker_key;
        return [
          { id: `run ${w.worker_key}`, text: t('palette.run', { name }), kind: t('palette.command'), run: () => runNow.mutate(w), needs: 'run_workers' },
          { id: `w ${w.worker_key}`, text: name, kind: t('palette.worker'), run: to(`/workers#${w.worker_key}`) },
        ];
      }),
      ...(status?.views ?? []).flatMap((v): Entry[] => [
        { id: `refresh ${v.view_name}`, text: t('palette.refresh', { name: v.view_name }), kind: t('palette.command'), run: () => refresh.mutate(v.view_name), needs: 'refresh_views' },
        { id: `v ${v.view_name}`, text: v.view_name, kind: t('palette.view'), run: to(`/views?view=${encodeURIComponent(v.view_name)}`) },
      ]),
      ...(status?.ingestion?.suppliers ?? []).map((s) => ({ id: `s ${s.id}`, text: s.name, kind: t('palette.supplier'), run: to(`/ingestion?supplier=${encodeURIComponent(s.id)}`) })),
    ];
  }, [status, t, go, runNow, refresh, sync, pages]);

  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const job = /^#?(\d{1,19})$/.exec(text.trim())?.[1];
  const found = [
    ...(job === undefined ? [] : [{ id: `job ${job}`, text: t('palette.job', { id: job }), kind: t('palette.page'), run: () => go(`/jobs/${job}`) }]),
    ...all.filter((entry) => (entry.needs === undefined || mayNot(entry.needs) === undefined) && words.every((word) => entry.text.toLowerCase().includes(word))),
  ].slice(0, MOST);
  const chosen = Math.min(at, found.length - 1);

  const choose = (entry: Entry | undefined) => {
    if (entry !== undefined) {
      onClose();
      entry.run();
    }
  };

  return (
    <Dialog title={t('palette.title')} onClose={onClose} wide>
      <input
        data-first
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${chosen}`}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            const step = event.key === 'ArrowDown' ? 1 : -1;
            setAt((chosen + step + found.length) % Math.max(1, found.length));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            choose(found[chosen]);
          }
        }}
        className="h-9 w-full rounded-md border border-edge bg-ground px-3"
      />
      <ul id="palette-list" role="listbox" aria-label={t('palette.title')} className="mt-2 min-h-40">
        {found.map((entry, i) => (
          <li
            key={entry.id}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === chosen}
            onClick={() => choose(entry)}
            onPointerMove={() => setAt(i)}
            className={clsx('flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded px-3', i === chosen && 'bg-sunken')}
          >
            <span className="truncate">{entry.text}</span>
            <span className="shrink-0 text-xs text-soft">{entry.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="px-3 text-soft">{t('palette.nothing')}</p>}
    </Dialog>
  );
}
