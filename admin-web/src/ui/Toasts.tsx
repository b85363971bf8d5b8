import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad';
  readonly text: string;
  readonly action?: ReactNode;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function put(all: readonly Toast[]): void {
  toasts = all;
  listeners.forEach((listener) => listener());
}

function drop(id: number): void {
  put(toasts.filter((toast) => toast.id !== id));
}

/** Good news goes by itself after six seconds; what failed, and what offers an action, stays until it is closed. */
export function toast(tone: 'ok' | 'bad', text: string, action?: ReactNode): void {
  const id = next++;
  put([...toasts.slice(-3), { id, tone, text, action }]);
  if (tone === 'ok' && action === undefined) {
    window.setTimeout(() => drop(id), 6000);
  }
}

export function Toasts() {
  const { t } = useTranslation();
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div role="region" aria-label={t('ui.messages')} className="no-print pointer-events-none fixed right-4 bottom-4 left-4 z-40 flex flex-col items-end gap-2">
      <div role="status" aria-live="polite" className="contents">
        {all.map((one) => (
          <div
            key={one.id}
            className={clsx(
              'pointer-events-auto flex max-w-md items-start gap-3 rounded-md border bg-raised py-2 pr-2 pl-3 shadow-lg',
              one.tone === 'bad' ? 'border-bad text-bad' : 'border-line',
            )}
          >
            <div className="min-w-0 py-0.5 break-words">
              {one.text} {one.action}
            </div>
            <button type="button" onClick={() => drop(one.id)} aria-label={t('ui.close')} className="shrink-0 rounded p-1.5 hover:bg-sunken">
              <X aria-hidden size={14} />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
