import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMayNot } from '../api/signin';
import type { Supplier } from '../api/types';
import { number } from '../i18n/format';
import { Age, Button, clsx, ErrorText } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Menu, MenuItem } from '../ui/Menu';
import { useSyncSupplier } from './commands';
import { SupplierState } from './Stepper';

interface SuppliersProps {
  readonly suppliers: readonly Supplier[];
  /** An id. */
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}

export function Suppliers({ suppliers, chosen, onChoose }: SuppliersProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [failing, setFailing] = useState(false);
  const errors = suppliers.filter((supplier) => supplier.status === 'error').length;
  const shown = suppliers.filter((supplier) => supplier.name.toLowerCase().includes(text.toLowerCase()) && (!failing || supplier.status === 'error'));
  return (
    <>
      {suppliers.length > 8 && (
        <div className="flex flex-wrap items-center gap-3 pt-3">
          <input
            data-search
            type="search"
            aria-label={t('ingestion.find')}
            placeholder={t('ingestion.find')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-8 w-full max-w-72 rounded-md border border-edge bg-raised px-2"
          />
          <Button aria-pressed={failing} off={errors === 0 && !failing ? t('ingestion.none_failing') : undefined} onClick={() => setFailing(!failing)}>
            {failing ? t('ingestion.show_all') : t('ingestion.only_failing', { count: errors })}
          </Button>
        </div>
      )}
      <ul>
        {shown.map((supplier) => (
          <Line key={supplier.id} supplier={supplier} chosen={supplier.id === chosen} onChoose={() => onChoose(supplier.id === chosen ? null : supplier.id)} />
        ))}
      </ul>
      {shown.length === 0 && <p className="py-3 text-soft">{t('ingestion.none_found')}</p>}
    </>
  );
}

function Line({ supplier, chosen, onChoose }: { supplier: Supplier; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  return (
    <li
      aria-label={supplier.name}
      className={clsx('row grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-6 gap-y-0.5 py-2 leading-6 sm:grid-cols-[6.5rem_minmax(0,1fr)_6rem_6rem_auto]', chosen && 'bg-sunken')}
    >
      <SupplierState status={supplier.status} />
      <div className="min-w-0 max-sm:order-first max-sm:col-span-2">
        <button type="button" aria-pressed={chosen} onClick={onChoose} className="print min-h-6 text-left font-semibold hover:text-accent">
          {supplier.name}
        </button>
        {!supplier.enabled && <p className="text-sm text-warn">{supplier.disabled_reason ?? t('ingestion.disabled')}</p>}
        {supplier.last_error !== null && (supplier.status === 'error' ? <ErrorText text={supplier.last_error} /> : <p className="truncate text-sm text-soft" title={supplier.last_error}>{supplier.last_error}</p>)}
      </div>
      <span className="num">{supplier.items_count === null ? <span className="text-soft">{t('ingestion.counting')}</span> : t('ingestion.items', { count: supplier.items_count, n: number(supplier.items_count) })}</span>
      <span className="num text-soft">{supplier.last_sync_at === null ? t('ingestion.never') : <Age at={supplier.last_sync_at} form="ago" />}</span>
      <SyncOne supplier={supplier} />
    </li>
  );
}

/** The sync of one supplier; that items are gone for good is confirmed in a dialog. */
function SyncOne({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const sync = useSyncSupplier(supplier);
  const mayNot = useMayNot();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <Button busy={sync.isPending} off={supplier.enabled ? mayNot('run_sync') : t('ingestion.one_disabled')} aria-label={t('ingestion.sync_of', { name: supplier.name })}>
            {t('ingestion.sync_button')} <ChevronDown aria-hidden size={14} />
          </Button>
        }
      >
        <MenuItem onSelect={() => sync.mutate({})}>{t('ingestion.sync_now')}</MenuItem>
        <MenuItem onSelect={() => sync.mutate({ dryRun: true })} note={t('ingestion.dry_run_means')}>
          {t('ingestion.dry_run')}
        </MenuItem>
        <MenuItem onSelect={() => setAsking(true)} note={t('ingestion.accept_note')}>
          {t('ingestion.accept')}
        </MenuItem>
      </Menu>
      {asking && (
        <Dialog title={t('ingestion.accept_title', { name: supplier.name })} onClose={() => setAsking(false)}>
          <p>{t('ingestion.accept_means')}</p>
          <div className="mt-4 flex justify-end gap-2">
            <Button data-first onClick={() => setAsking(false)}>
              {t('ui.cancel')}
            </Button>
            <Button look="danger" busy={sync.isPending} onClick={() => sync.mutate({ acceptVanished: true }, { onSettled: () => setAsking(false) })}>
              {t('ingestion.accept')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
