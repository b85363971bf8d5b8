import type { TFunction } from 'i18next';
import type { Status } from '../api/types';

export interface Concern {
  readonly id: string;
  readonly tone: 'bad' | 'warn';
  readonly mark: string;
  readonly what: string;
  readonly why: string;
  readonly where: string;
  readonly next: string;
}

/** What needs a person, the worst first, each with its reason and where to go about it. */
export function concerns(status: Status, t: TFunction): Concern[] {
  const found: Concern[] = [];
  if (status.scheduler !== null && status.scheduler.state !== 'running') {
    const absent = status.scheduler.state === 'absent';
    found.push({
      id: 'scheduler',
      tone: 'bad',
      mark: t(absent ? 'concern.absent' : 'concern.late'),
      what: t(absent ? 'concern.scheduler_absent' : 'concern.scheduler_late'),
      why: status.scheduler.trouble ?? '',
      where: '/queues',
      next: t('concern.see_processes'),
    });
  }
  if (status.queue_workers.length === 0) {
    found.push({ id: 'no-workers', tone: 'bad', mark: t('concern.absent'), what: t('concern.no_workers'), why: t('concern.no_workers_why'), where: '/queues', next: t('concern.see_processes') });
  }
  status.troubles.forEach((sentence, i) =>
    found.push({ id: `trouble-${i}`, tone: 'bad', mark: t('concern.trouble'), what: sentence, why: '', where: '/queues', next: t('concern.see_processes') }),
  );
  for (const view of status.views) {
    if (view.status === 'LATE' || view.status === 'BLOCKED' || view.status === 'FAILED') {
      found.push({
        id: `view ${view.view_name}`,
        tone: 'bad',
        mark: t(`freshness.${view.status}`),
        what: view.view_name,
        why: view.reason ?? view.last_error ?? '',
        where: `/views?view=${encodeURIComponent(view.view_name)}`,
        next: t('concern.see_view'),
      });
    }
  }
  for (const worker of status.background_workers) {
    const failed = worker.last_run_status === 'error' && worker.runs_error_in_row > 0;
    if (failed || worker.schedule_error !== null) {
      found.push({
        id: `worker ${worker.worker_key}`,
        tone: 'bad',
        mark: t('workers.status_error'),
        what: worker.display_name ?? worker.worker_key,
        why: worker.schedule_error ?? worker.last_run_error ?? '',
        where: `/workers#${worker.worker_key}`,
        next: t('concern.see_worker'),
      });
    }
  }
  for (const lane of status.unserved) {
    found.push({
      id: `lane ${lane.queue} ${lane.kind}`,
      tone: 'warn',
      mark: t('state.waiting'),
      what: t('concern.unserved', { kind: lane.kind, queue: lane.queue }),
      why: t('concern.unserved_why'),
      where: `/jobs?state=queued&kind=${encodeURIComponent(lane.kind)}&queue=${encodeURIComponent(lane.queue)}`,
      next: t('concern.see_jobs'),
    });
  }
  const failing = (status.ingestion?.suppliers ?? []).filter((supplier) => supplier.enabled && supplier.status === 'error');
  if (status.ingestion?.master_status === 'error') {
    found.push({ id: 'master', tone: 'bad', mark: t('workers.status_error'), what: t('concern.master'), why: status.ingestion.last_error ?? '', where: '/ingestion', next: t('concern.see_sync') });
  }
  if (failing.length > 0) {
    found.push({
      id: 'suppliers',
      tone: 'warn',
      mark: t('workers.status_error'),
      what: t('concern.suppliers', { count: failing.length }),
      why: failing.map((supplier) => `${supplier.name}: ${supplier.last_error ?? ''}`).slice(0, 3).join(' · '),
      where: '/ingestion',
      next: t('concern.see_sync'),
    });
  }
  return found;
}
