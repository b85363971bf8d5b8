import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { send } from '../api/http';
import type { Supplier } from '../api/types';

/** How a sync is to be done; all of it is off by default. */
export interface SyncOptions {
  readonly dryRun?: boolean;
  readonly onlyFailed?: boolean;
  readonly acceptVanished?: boolean;
}

function query({ dryRun, onlyFailed, acceptVanished }: SyncOptions): string {
  const set = [dryRun === true && 'dry_run=true', onlyFailed === true && 'only_failed=true', acceptVanished === true && 'accept_vanished=true'].filter(Boolean);
  return set.length === 0 ? '' : `?${set.join('&')}`;
}

/** There is one sync at a time: while it runs, the answer names it. */
export function useSync() {
  const { t } = useTranslation();
  return useCommand<SyncOptions, { task_id: string }>({
    run: (options) => send('POST', `ingestion/sync${query(options)}`),
    done: (result, options) => ({ text: t(options.dryRun === true ? 'ingestion.dry_started' : 'ingestion.started'), job: result.task_id }),
  });
}

export function useSyncSupplier(supplier: Supplier) {
  const { t } = useTranslation();
  return useCommand<SyncOptions, { task_id: string }>({
    run: (options) => send('POST', `ingestion/suppliers/${encodeURIComponent(supplier.id)}/sync${query(options)}`),
    done: (result, options) => ({ text: t(options.dryRun === true ? 'ingestion.dry_started_of' : 'ingestion.started_of', { name: supplier.name }), job: result.task_id }),
  });
}

export function useCancelSync() {
  const { t } = useTranslation();
  return useCommand<void, { task_id: string; status: string }>({
    run: () => send('POST', 'ingestion/sync/cancel'),
    done: (result) => ({ text: t(result.status === 'cancelled' ? 'ingestion.cancelled' : 'ingestion.cancelling'), job: result.task_id }),
  });
}
