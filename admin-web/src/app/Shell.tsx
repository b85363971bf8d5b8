import {
  Activity,
  Boxes,
  ChartColumn,
  Command as CommandIcon,
  Layers,
  ListTree,
  type LucideIcon,
  RefreshCw,
  ScrollText,
  SlidersHorizontal,
  Table2,
  UserRound,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useMe } from '../api/signin';
import { useHearing, useStatus } from '../api/status';
import { concerns } from '../overview/concerns';
import { clsx, Hint } from '../ui';
import { Live, Stale } from './Live';
import { type PageName, usePages } from './pages';
import { Palette } from './Palette';
import { Preferences } from './Preferences';
import { ShortcutList, useShortcuts } from './Shortcuts';

const ICONS: Record<PageName, LucideIcon> = {
  overview: Activity,
  workers: RefreshCw,
  ingestion: Table2,
  views: Layers,
  jobs: ListTree,
  stats: ChartColumn,
  queues: Boxes,
  audit: ScrollText,
  settings: UserRound,
};

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [place] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null);
  useShortcuts(setOpen);
  useHearing();

  // A new place begins at its heading, for the keyboard and for a screen reader.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    main.current?.querySelector('h1')?.focus();
  }, [place]);

  return (
    <div className="min-h-screen md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-raised focus:px-3 focus:py-2"
      >
        {t('shell.skip')}
      </a>
      <Rail open={setOpen} />
      <div className="min-w-0">
        <Stale />
        <main ref={main} id="main" tabIndex={-1} className="mx-auto max-w-[76rem] px-4 pt-6 pb-24 outline-none md:px-10">
          <Live />
          {children}
        </main>
      </div>
      {open === 'palette' && <Palette onClose={() => setOpen(null)} />}
      {open === 'shortcuts' && <ShortcutList onClose={() => setOpen(null)} />}
    </div>
  );
}

function Rail({ open }: { open: (what: 'palette') => void }) {
  const { t } = useTranslation();
  const [place] = useLocation();
  const status = useStatus();
  const me = useMe();
  const pages = usePages();
  const count = status.data === undefined ? 0 : concerns(status.data, t).length;
  return (
    <nav
      aria-label={t('shell.main')}
      className="sticky top-0 z-30 flex items-center gap-1 overflow-x-auto border-line bg-ground px-2 py-1.5 max-md:border-b md:h-screen md:flex-col md:items-stretch md:gap-0.5 md:overflow-y-auto md:border-r md:px-3 md:py-6"
    >
      <span className="hidden items-center gap-2 px-2 pb-4 text-lg font-semibold tracking-tight md:flex">
        <svg viewBox="0 0 24 16" aria-hidden className="h-4 w-6 fill-none stroke-accent stroke-[2.4]">
          <path d="M1 4c3.700 0 3.700 3 7.300 3S12 4 15.700 4s3.700 3 7.300 3M1 11c3.700 0 3.700 3 7.300 3s3.700-3 7.400-3 3.700 3 7.300 3" strokeLinecap="round" />
        </svg>
        Millrace
      </span>
      {pages.map(({ name, path }) => {
        const here = path === '/' ? place === '/' : place.startsWith(path) || (name === 'stats' && place === '/info');
        const Icon = ICONS[name];
        return (
          <Link
            key={name}
            href={path}
            aria-current={here ? 'page' : undefined}
            className={clsx(
              'flex min-h-8 shrink-0 items-center gap-2.5 rounded-md px-2',
              here ? 'bg-sunken font-medium text-ink' : 'text-soft hover:text-ink',
            )}
          >
            <Icon aria-hidden size={16} className={here ? 'text-accent' : undefined} />
            {t(`nav.${name}`)}
            {name === 'overview' && count > 0 && (
              <span className="ml-auto font-semibold text-bad">
                {count}
                <span className="sr-only"> {t('shell.need_you')}</span>
              </span>
            )}
          </Link>
        );
      })}
      <div className="flex items-center gap-1 md:mt-auto md:flex-col md:items-stretch md:gap-0.5">
        <Hint text={t('shell.palette_hint')}>
          <button
            type="button"
            onClick={() => open('palette')}
            className="flex min-h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:text-ink"
          >
            <CommandIcon aria-hidden size={16} />
            <span className="max-md:sr-only">{t('shell.palette')}</span>
            <kbd className="ml-auto hidden text-xs md:inline">Ctrl K</kbd>
          </button>
        </Hint>
        <Preferences
          trigger={
            <button type="button" className="flex min-h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:text-ink">
              <SlidersHorizontal aria-hidden size={16} />
              <span className="max-md:sr-only">{t('shell.preferences')}</span>
            </button>
          }
        />
        {me != null && (
          <p className="hidden truncate px-2 pt-2 text-xs text-soft md:block" title={me.name}>
            {me.type === 'admin_key' ? t('settings.admin_key') : `${me.name} · ${t(`role.${me.role}`)}`}
          </p>
        )}
      </div>
    </nav>
  );
}
