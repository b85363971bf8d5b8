import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useLookAgain } from '../api/status';
import { Dialog } from '../ui/Dialog';
import { usePages } from './pages';

const WRITES = 'input, textarea, select, [contenteditable], dialog';

/** The keys of the whole page. They do nothing in a field, and nothing in a dialog. */
export function useShortcuts(open: (what: 'palette' | 'shortcuts') => void): void {
  const [, go] = useLocation();
  const again = useLookAgain();
  const pages = usePages();
  useEffect(() => {
    let afterG = 0;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open('palette');
        return;
      }
      const inside = event.target instanceof Element && event.target.closest(WRITES) !== null;
      if (inside || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
        return;
      }
      if (event.timeStamp - afterG < 1500) {
        afterG = 0;
        const page = pages.find((p) => p.letter === event.key);
        if (page !== undefined) {
          event.preventDefault();
          go(page.path);
          return;
        }
      }
      if (event.key === 'g') {
        afterG = event.timeStamp;
      } else if (event.key === '?') {
        open('shortcuts');
      } else if (event.key === 'r') {
        void again();
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('[data-search]');
        if (search !== null) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [go, again, open, pages]);
}

export function ShortcutList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const pages = usePages();
  const keys: readonly (readonly [string, string])[] = [
    ['Ctrl K', t('keys.palette')],
    ['/', t('keys.search')],
    ['r', t('keys.again')],
    ['?', t('keys.this')],
    ['Esc', t('keys.close')],
    ...pages.map((page) => [`g ${page.letter}`, t(`nav.${page.name}`)] as const),
  ];
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="grid grid-cols-[5rem_1fr] gap-y-1.5">
        {keys.map(([key, text]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-sunken px-1.5 py-0.5 font-mono text-xs">{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
