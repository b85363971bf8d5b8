import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Head } from '../app/Head';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import type { Ingestion, RunningJob } from '../api/types';
import { Button, Command, Empty, ErrorText, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Menu, MenuItem } from '../ui/Menu';
import { useCancelSync, useSync } from './commands';
import { Log } from './Log';
import { Stepper } from './Stepper';
import { Suppliers } from './Suppliers';
import { Syncs } from './Syncs';

export default function IngestionPage() {
  const { t } = useTranslation();
  const status = useStatus();
  const ingestion = status.data?.ingestion ?? null;
  return (
    <>
      <Head title={title(ingestion)} tab={t('nav.ingestion')} lede={t('ingestion.lede')}>
        <Commands ingestion={ingestion} />
      </Head>
      <Loaded query={status}>
        {(data) =>
          data.ingestion === null ? (
            <p className="text-bad">{t('ingestion.unreadable')}</p>
          ) : (
            <Content ingestion={data.ingestion} task={data.running_jobs.find((job) => job.id === data.ingestion?.task_id)} />
          )
        }
      </Loaded>
    </>
  );

  function title(now: Ingestion | null): string {
    if (now === null) {
      return t('nav.ingestion');
    }
    if (now.sync_state !== 'idle') {
      return t(now.sync_state === 'syncing_master' ? 'ingestion.title_master' : 'ingestion.title_suppliers');
    }
    const failing = now.suppliers.filter((s) => s.enabled && s.status === 'error').length;
    if (now.master_status === 'error') {
      return t('ingestion.title_master_failed');
    }
    return failing > 0 ? t('ingestion.title_failing', { count: failing }) : now.last_sync_at === null ? t('ingestion.title_never') : t('ingestion.title_well');
  }
}

function Commands({ ingestion }: { ingestion: Ingestion | null }) {
  const { t } = useTranslation();
  const sync = useSync();
  const cancel = useCancelSync();
  const mayNot = useMayNot();
  const running = ingestion !== null && ingestion.sync_state !== 'idle';
  const off = running ? t('ingestion.already', { id: ingestion.task_id ?? '' }) : mayNot('run_sync');
  const failing = ingestion?.suppliers.filter((supplier) => supplier.enabled && supplier.status === 'error').length ?? 0;
  return (
    <>
      {running && (
        <Button look="danger" off={mayNot('run_sync')} busy={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('ingestion.cancel')}
        </Button>
      )}
      <Menu
        trigger={
          <Button off={off}>
            {t('ingestion.other')} <ChevronDown aria-hidden size={14} />
          </Button>
        }
      >
        <MenuItem onSelect={() => sync.mutate({ dryRun: true })} note={t('ingestion.dry_run_means')}>
          {t('ingestion.dry_run')}
        </MenuItem>
        <MenuItem onSelect={() => sync.mutate({ onlyFailed: true })} off={failing === 0} note={failing === 0 ? t('ingestion.none_failing') : t('ingestion.sync_failed_means', { count: failing })}>
          {t('ingestion.sync_failed')}
        </MenuItem>
      </Menu>
      <Button look="main" busy={sync.isPending} off={off} onClick={() => sync.mutate({})}>
        {t('ingestion.sync_now')}
      </Button>
    </>
  );
}

function Content({ ingestion, task }: { ingestion: Ingestion; task: RunningJob | undefined }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const chosen = search.get('supplier');
  const choose = (supplier: string | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        next.delete('supplier');
        if (supplier !== null) {
          next.set('supplier', supplier);
        }
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <Stepper ingestion={ingestion} task={task} />
      {ingestion.last_error !== null && ingestion.master_status === 'error' && <ErrorText text={ingestion.last_error} />}
      <Section title={t('ingestion.suppliers')} aside={t('ingestion.supplier_count', { count: ingestion.suppliers.length })}>
        {ingestion.suppliers.length === 0 ? (
          <div className="py-6">
            <Empty title={t('ingestion.empty')}>
              <p className="mt-1 mb-2">{t('ingestion.empty_how')}</p>
              <Command text="MASTER_SHEET_URL=https://docs.google.com/spreadsheets/d/… ./millrace up" />
            </Empty>
          </div>
        ) : (
          <Suppliers suppliers={ingestion.suppliers} chosen={chosen} onChoose={choose} />
        )}
      </Section>
      <Log ingestion={ingestion} supplier={chosen} onChoose={choose} />
      <Syncs ingestion={ingestion} />
    </>
  );
}
