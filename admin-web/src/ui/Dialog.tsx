import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * The browser's own modal dialog: it keeps the focus, gives it back, and needs no style element, which the page's security policy
 * would refuse.
 */
export function Dialog({ title, onClose, children, wide = false }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    // The browser would take the first button, which closes it; the attribute autofocus is none that React writes.
    dialog.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      if (opener instanceof HTMLElement) {
        opener.focus();
      }
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) {
          onClose();
        }
      }}
      className={`${wide ? 'max-w-2xl' : 'max-w-lg'} m-auto mt-[12vh] w-[calc(100vw-2rem)] rounded-lg border border-line bg-raised p-0 text-ink shadow-2xl`}
    >
      <div className="p-5">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={heading} className="text-lg font-semibold">
            {title}
          </h2>
          <button type="button" onClick={onClose} aria-label={t('ui.close')} className="-m-1 rounded p-1.5 text-soft hover:bg-sunken">
            <X aria-hidden size={16} />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
