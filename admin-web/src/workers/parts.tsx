import { useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../api/http';
import { useMayNot } from '../api/signin';
import type { BackgroundWorker, NextRuns, RunningJob, WorkerRun } from '../api/types';
import { duration, moment, number } from '../i18n/format';
import { Age, Button, ErrorText, Moment, State, Switch } from '../ui';
import { Dialog } from '../ui/Dialog';
import { type Run, Runs } from '../ui/Runs';
import { nameOf, useChangeWorker, usePauseWorker, useResumeWorker, useRunNow } from './commands';
import { useCronWords } from './cron';

const ScheduleDialog = lazy(() => import('./ScheduleDialog'));

export interface WorkerProps {
  readonly worker: BackgroundWorker;
  readonly running: RunningJob | undefined;
}

/** The newest runs, asked for again when one has begun or ended. */
export function useRuns(worker: BackgroundWorker) {
  return useQuery({
    queryKey: ['runs', worker.worker_key, worker.last_started_at, worker.last_finished_at],
    queryFn: ({ signal }) => get<{ runs: WorkerRun[] }>(`workers/${encodeURIComponent(worker.worker_key)}/runs?limit=60`, signal),
    placeholderData: (before) => before,
  });
}

export function useNextRuns(worker: BackgroundWorker) {
  return useQuery({
    queryKey: ['next', worker.worker_key, worker.version, worker.next_run_at],
    queryFn: ({ signal }) => get<NextRuns>(`workers/${encodeURIComponent(worker.worker_key)}/next-runs?count=5`, signal),
    placeholderData: (before) => before,
    enabled: worker.schedule_error === null,
  });
}

export function outcome(state: string): Run['outcome'] {
  return state === 'completed' ? 'ok' : state === 'failed' ? 'bad' : state === 'cancelled' ? 'idle' : 'live';
}

export function AutomaticSwitch({ worker }: WorkerProps) {
  const { t } = useTranslation();
  const change = useChangeWorker();
  const mayNot = useMayNot();
  return (
    <Switch
      off={mayNot('change_workers')}
      on={change.isPending ? (change.variables.change.enabled ?? worker.enabled) : worker.enabled}
      onChange={(enabled) => change.mutate({ worker, change: { enabled } })}
      label={t('workers.automatic', { name: nameOf(worker) })}
    />
  );
}

/** The interval in seconds with what that is in minutes, or the cron expression in words. */
export function ScheduleField({ worker }: { worker: BackgroundWorker }) {
  return worker.interval_seconds === null ? <CronLine worker={worker} /> : <IntervalField worker={worker} seconds={worker.interval_seconds} />;
}

function IntervalField({ worker, seconds }: { worker: BackgroundWorker; seconds: number }) {
  const { t } = useTranslation();
  const change = useChangeWorker();
  const off = useMayNot()('change_workers');
  // What is being typed; null: what the server has. A change by another tab does not take it away.
  const [draft, setDraft] = useState<string | null>(null);
  const id = useId();
  const shown = draft ?? String(seconds);
  const value = Number(shown);
  const wrong = !Number.isInteger(value) || value < 1;
  const changed = shown !== String(seconds);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (changed && !wrong) {
      change.mutate({ worker, change: { interval_seconds: value } }, { onSuccess: () => setDraft(null) });
    }
  };
  return (
    <form onSubmit={save} className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
      <span>{t('workers.every')}</span>
      <input
        inputMode="numeric"
        aria-label={t('workers.interval', { name: nameOf(worker) })}
        aria-describedby={`${id}-hint`}
        aria-invalid={wrong}
        readOnly={off !== undefined}
        title={off}
        value={shown}
        onChange={(event) => setDraft(event.target.value.trim())}
        onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
        className="h-8 w-20 rounded-md border border-edge bg-raised px-2 text-right aria-invalid:border-bad"
      />
      <span>{t('workers.seconds')}</span>
      <span id={`${id}-hint`} className={wrong ? 'text-xs text-bad' : 'text-xs text-soft'}>
        {wrong ? t('workers.interval_wrong') : t('workers.minutes', { minutes: number(value / 60, 1) })}
      </span>
      {changed && !wrong && (
        <Button type="submit" look="main" busy={change.isPending}>
          {t('ui.save')}
        </Button>
      )}
    </form>
  );
}

function CronLine({ worker }: { worker: BackgroundWorker }) {
  const words = useCronWords(worker.cron ?? '');
  return (
    <div className="min-h-8">
      <div>{words.length === 0 ? worker.cron : words.map((line) => <div key={line}>{line}</div>)}</div>
      <div className="text-xs text-soft">
        <code>{worker.cron}</code> {worker.time_zone}
      </div>
    </div>
  );
}

/** Opens the whole schedule: an interval or a cron expression, with its words and next runs. */
export function ChangeSchedule({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const off = useMayNot()('change_workers');
  return (
    <>
      <Button look="quiet" className="-ml-3 min-h-7 text-xs" off={off} onClick={() => setOpen(true)} aria-label={t('schedule.change_of', { name: nameOf(worker) })}>
        {t('schedule.change')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <ScheduleDialog worker={worker} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export function NextRun({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  if (worker.schedule_error !== null) {
    return <ErrorText text={worker.schedule_error} />;
  }
  if (!worker.enabled) {
    return <span className="text-soft">{t('workers.next_off')}</span>;
  }
  return worker.next_run_at === null ? (
    <span className="text-soft">{t('workers.next_none')}</span>
  ) : (
    <span className="text-soft">
      {t('workers.next')} <Moment at={worker.next_run_at} /> · <Age at={worker.next_run_at} form="in" />
    </span>
  );
}

export function StatusOf({ worker, running }: WorkerProps) {
  const { t } = useTranslation();
  if (running !== undefined || worker.last_run_status === 'running') {
    return <State tone="live">{t('workers.status_running')}</State>;
  }
  switch (worker.last_run_status) {
    case 'success':
      return <State tone="ok">{t('workers.status_success')}</State>;
    case 'error':
      return <State tone="bad">{t('workers.status_error')}</State>;
    default:
      return (
        <State tone="idle" icon="clock">
          {t('workers.status_never')}
        </State>
      );
  }
}

/** How it went last: when, how long, how often in a row. */
export function LastRun({ worker, running }: WorkerProps) {
  const { t } = useTranslation();
  const ran =
    worker.last_started_at !== null && worker.last_finished_at !== null && worker.last_finished_at >= worker.last_started_at
      ? Date.parse(worker.last_finished_at) - Date.parse(worker.last_started_at)
      : null;
  const streak =
    worker.runs_error_in_row > 0 ? t('workers.errors_in_row', { count: worker.runs_error_in_row }) : worker.runs_ok_in_row > 1 ? t('workers.ok_in_row', { count: worker.runs_ok_in_row }) : null;
  return (
    <span className="text-soft">
      {running?.started_at != null ? (
        <>
          {t('workers.for')} <Age at={running.started_at} /> ·{' '}
          <Link href={`/jobs/${running.id}`} className="link">
            {t('ui.job', { id: running.id })}
          </Link>
        </>
      ) : worker.last_run_at === null ? (
        t('workers.never')
      ) : (
        <>
          {t('workers.last')} <Moment at={worker.last_run_at} />
          {ran !== null && ` · ${duration(ran)}`}
          {streak !== null && ` · ${streak}`}
        </>
      )}
    </span>
  );
}

export function RunStrip({ worker }: { worker: BackgroundWorker }) {
  const runs = useRuns(worker).data?.runs ?? [];
  return (
    <Runs
      label={nameOf(worker)}
      runs={runs.map((run) => ({ id: run.job_id, outcome: outcome(run.state), ms: run.duration_ms }))}
    />
  );
}

export function RunNow({ worker, running }: WorkerProps) {
  const { t } = useTranslation();
  const run = useRunNow();
  const mayNot = useMayNot();
  const off = running === undefined ? mayNot('run_workers') : t('workers.already', { since: running.started_at === null ? '' : moment(new Date(running.started_at), Date.now()), trigger: t(`trigger.${running.trigger}`), id: running.id });
  return (
    <Button look="main" busy={run.isPending} off={off} onClick={() => run.mutate(worker)} aria-label={t('workers.run_now_of', { name: nameOf(worker) })}>
      {run.isPending || running !== undefined ? t('workers.running_now') : t('workers.run_now')}
    </Button>
  );
}

export function PauseButton({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const resume = useResumeWorker();
  const off = useMayNot()('pause_workers');
  if (worker.paused_at !== null || !worker.enabled) {
    return (
      <Button off={off} busy={resume.isPending} onClick={() => resume.mutate(worker)}>
        {t('workers.resume')}
      </Button>
    );
  }
  return (
    <>
      <Button off={off} onClick={() => setAsking(true)}>
        {t('workers.pause')}
      </Button>
      {asking && <PauseDialog worker={worker} onClose={() => setAsking(false)} />}
    </>
  );
}

function PauseDialog({ worker, onClose }: { worker: BackgroundWorker; onClose: () => void }) {
  const { t } = useTranslation();
  const pause = usePauseWorker();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    pause.mutate({ worker, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('workers.pause_title', { name: nameOf(worker) })} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="mb-3 text-soft">{t('workers.pause_means')}</p>
        <label className="block">
          <span className="mb-1 block font-medium">{t('ui.reason')}</span>
          <input
            data-first
            required
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder={t('workers.pause_example')}
            className="h-9 w-full rounded-md border border-edge bg-ground px-3"
          />
        </label>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={pause.isPending} off={reason.trim() === '' ? t('ui.reason_needed') : undefined}>
            {t('workers.pause')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function PausedLine({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  if (worker.enabled) {
    return null;
  }
  return (
    <p className="mt-1 text-sm text-warn">
      {worker.paused_at === null ? (
        t('workers.off')
      ) : (
        <>
          {t('workers.paused_by', { who: worker.paused_by ?? '' })} <Moment at={worker.paused_at} />
          {worker.paused_reason === null ? '' : `: “${worker.paused_reason}”`}
        </>
      )}
    </p>
  );
}
