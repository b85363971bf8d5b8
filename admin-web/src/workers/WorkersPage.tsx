import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Head } from '../app/Head';
import { useStatus } from '../api/status';
import type { BackgroundWorker, Status } from '../api/types';
import { clsx, Command, Empty, ErrorText, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { nameOf } from './commands';
import { Details } from './Details';
import { AutomaticSwitch, ChangeSchedule, LastRun, NextRun, PauseButton, PausedLine, RunNow, RunStrip, ScheduleField, StatusOf, type WorkerProps } from './parts';

export default function WorkersPage() {
  const { t } = useTranslation();
  const status = useStatus();
  return (
    <>
      <Head title={title()} tab={t('nav.workers')} lede={t('workers.lede')} />
      <Loaded query={status}>{(data) => <Workers status={data} />}</Loaded>
    </>
  );

  function title(): string {
    const workers = status.data?.background_workers;
    if (workers === undefined) {
      return t('nav.workers');
    }
    const failing = workers.filter((w) => w.last_run_status === 'error' || w.schedule_error !== null).length;
    const off = workers.filter((w) => !w.enabled).length;
    if (failing > 0) {
      return t('workers.title_failing', { count: failing });
    }
    return off > 0 ? t('workers.title_off', { count: off }) : t('workers.title_well', { count: workers.length });
  }
}

function Workers({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Section title={t('workers.section')} aside={t('workers.count', { count: status.background_workers.length })}>
      {status.background_workers.length === 0 ? (
        <div className="py-6">
          <Empty title={t('workers.empty')}>
            <p className="mt-1 mb-2">{t('workers.empty_how')}</p>
            <Command text="./millrace workers --help" />
          </Empty>
        </div>
      ) : (
        <ul>
          {status.background_workers.map((worker) => (
            <Card key={worker.worker_key} worker={worker} running={status.running_jobs.find((job) => job.background_worker === worker.worker_key)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function useOpen(worker: BackgroundWorker) {
  return useState(location.hash === `#${worker.worker_key}`);
}

/** A card is a row: the same thing of all workers stands in one column, and can be compared. */
function Card({ worker, running }: WorkerProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useOpen(worker);
  return (
    <li id={worker.worker_key} aria-label={nameOf(worker)} className={clsx('row', !worker.enabled && 'bg-sunken/60')}>
      <div className="grid grid-cols-[2.5rem_minmax(0,1fr)] gap-x-4 gap-y-3 py-4 lg:grid-cols-[2.5rem_minmax(0,1.25fr)_minmax(0,1fr)_minmax(0,1.1fr)_7rem]">
        <div className="pt-0.5 pl-px">
          <AutomaticSwitch worker={worker} running={running} />
        </div>
        <div className="min-w-0">
          <h3 className="text-lg leading-7 font-semibold">{nameOf(worker)}</h3>
          <p className="text-sm text-soft">{worker.description}</p>
          <PausedLine worker={worker} />
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="mt-1.5 -ml-1 inline-flex min-h-7 items-center gap-1 rounded px-1 text-xs text-soft hover:text-ink"
          >
            <ChevronRight aria-hidden size={14} className={clsx('transition-transform', open && 'rotate-90')} />
            {t('workers.details')}
          </button>
        </div>
        <div className="min-w-0 max-lg:col-start-2">
          <ScheduleField worker={worker} />
          <div className="mt-1 text-sm">
            <NextRun worker={worker} />
          </div>
          <ChangeSchedule worker={worker} />
        </div>
        <div className="min-w-0 max-lg:col-start-2">
          <div className="flex min-h-8 flex-wrap items-center gap-x-2 text-sm">
            <StatusOf worker={worker} running={running} />
            <LastRun worker={worker} running={running} />
          </div>
          <div className="mt-1">
            <RunStrip worker={worker} />
          </div>
          {worker.last_run_error !== null && (
            <div className="mt-2">
              <span className="sr-only">{t('workers.last_error')}</span>
              <ErrorText text={worker.last_run_error} />
            </div>
          )}
        </div>
        <div className="flex gap-2 max-lg:col-start-2 lg:flex-col lg:items-stretch">
          <RunNow worker={worker} running={running} />
          <PauseButton worker={worker} />
        </div>
      </div>
      {open && (
        <div className="pl-[3.5rem]">
          <Details worker={worker} />
        </div>
      )}
    </li>
  );
}
