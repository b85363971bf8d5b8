import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../api/http';
import type { BackgroundWorker, NextRuns } from '../api/types';
import { number } from '../i18n/format';
import { Age, Button } from '../ui';
import { Dialog } from '../ui/Dialog';
import { nameOf, useChangeWorker } from './commands';
import { useCronWords } from './cron';
import { type Faults, faultsOf, ZONES } from './schedule';

/** Typing has come to rest before the runs of what is typed are asked for. */
const REST_MS = 300;
const FIELD = 'mt-1 h-9 w-full rounded-md border border-edge bg-ground px-3 aria-invalid:border-bad';

/** When a worker runs: an interval, or a cron expression with its words. The next five runs are those that the server computes. */
export default function ScheduleDialog({ worker, onClose }: { worker: BackgroundWorker; onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const change = useChangeWorker();
  const { reset: forget } = change;
  const [form, setForm] = useState<'cron' | 'interval'>(worker.cron === null ? 'interval' : 'cron');
  const [cron, setCron] = useState(worker.cron ?? '');
  const [seconds, setSeconds] = useState(String(worker.interval_seconds ?? 600));
  const [zone, setZone] = useState(worker.time_zone);
  const typed: Record<string, string> = form === 'cron' ? { cron: cron.trim(), time_zone: zone.trim() } : { interval_seconds: seconds.trim() };
  const text = new URLSearchParams(typed).toString();
  const [rested, setRested] = useState(text);
  useEffect(() => {
    forget(); // what was refused is not what stands there now
    const timer = window.setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text, forget]);
  const whole = Object.values(typed).every((value) => value !== '');
  const preview = useQuery({
    queryKey: ['preview', rested],
    queryFn: ({ signal }) => get<NextRuns>(`schedules/preview?${rested}&count=5`, signal),
    enabled: whole && rested === text,
    gcTime: 60_000,
  });
  const known = whole && rested === text;
  const words = useCronWords(form === 'cron' && known && preview.data !== undefined ? cron.trim() : '');
  const faults: Faults = known ? faultsOf(preview.error ?? change.error) : {};
  // Before its runs have come it may be saved: the API reads it again.
  const off = !whole ? t('schedule.needed') : known && preview.error !== null ? t('schedule.wrong') : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (off === undefined) {
      const sent = form === 'cron' ? { cron: cron.trim(), time_zone: zone.trim() } : { interval_seconds: Number(seconds) };
      change.mutate({ worker, change: sent }, { onSuccess: onClose });
    }
  };

  return (
    <Dialog title={t('schedule.title', { name: nameOf(worker) })} onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <fieldset className="flex flex-wrap gap-x-6 gap-y-1">
          <legend className="sr-only">{t('schedule.form')}</legend>
          {(['cron', 'interval'] as const).map((one) => (
            <label key={one} className="flex min-h-8 items-center gap-2">
              <input type="radio" name={`${id}-form`} checked={form === one} onChange={() => setForm(one)} className="size-4 accent-accent" />
              {t(`schedule.by_${one}`)}
            </label>
          ))}
        </fieldset>
        {form === 'cron' ? (
          <div className="grid gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <div>
              <label htmlFor={`${id}-cron`}>{t('schedule.cron')}</label>
              <input
                id={`${id}-cron`}
                data-first
                spellCheck={false}
                autoComplete="off"
                value={cron}
                aria-invalid={faults.cron !== undefined}
                aria-describedby={`${id}-cron-says`}
                onChange={(event) => setCron(event.target.value)}
                className={`${FIELD} font-mono`}
              />
              <div id={`${id}-cron-says`} aria-live="polite" className="mt-1 min-h-10 text-sm">
                {faults.cron !== undefined ? (
                  <p className="text-bad">{faults.cron}</p>
                ) : words.length > 0 ? (
                  words.map((line) => <p key={line}>{line}</p>)
                ) : (
                  <p className="text-soft">{t('schedule.cron_hint')}</p>
                )}
              </div>
            </div>
            <div>
              <label htmlFor={`${id}-zone`}>{t('schedule.zone')}</label>
              <input
                id={`${id}-zone`}
                list={`${id}-zones`}
                spellCheck={false}
                autoComplete="off"
                value={zone}
                aria-invalid={faults.time_zone !== undefined}
                aria-describedby={`${id}-zone-says`}
                onChange={(event) => setZone(event.target.value)}
                className={FIELD}
              />
              <datalist id={`${id}-zones`}>
                {ZONES.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
              <p id={`${id}-zone-says`} aria-live="polite" className="mt-1 min-h-5 text-sm text-bad">
                {faults.time_zone}
              </p>
            </div>
          </div>
        ) : (
          <div>
            <label htmlFor={`${id}-seconds`}>{t('schedule.seconds')}</label>
            <input
              id={`${id}-seconds`}
              inputMode="numeric"
              value={seconds}
              aria-invalid={faults.interval_seconds !== undefined}
              aria-describedby={`${id}-seconds-says`}
              onChange={(event) => setSeconds(event.target.value)}
              className={FIELD}
            />
            <p id={`${id}-seconds-says`} aria-live="polite" className={`mt-1 min-h-5 text-sm ${faults.interval_seconds === undefined ? 'text-soft' : 'text-bad'}`}>
              {faults.interval_seconds ?? (/^\d+$/.test(seconds.trim()) ? t('workers.minutes', { minutes: number(Number(seconds) / 60, 1) }) : '')}
            </p>
          </div>
        )}
        {faults.other !== undefined && (
          <p role="alert" className="text-bad">
            {faults.other}
          </p>
        )}
        <section aria-labelledby={`${id}-next`} className="min-h-44">
          <h3 id={`${id}-next`} className="text-xs font-semibold text-soft">
            {t('workers.next_five', { zone: preview.data?.time_zone ?? (form === 'cron' ? zone : 'UTC') })}
          </h3>
          {known && preview.data !== undefined && (
            <ol>
              {preview.data.next_runs.map((slot) => (
                <li key={slot.at} className="flex flex-wrap justify-between gap-x-4 border-b border-line py-1">
                  <time dateTime={slot.at}>{slot.local.replace('T', ' ')}</time>
                  <span className="text-soft">
                    <Age at={slot.at} form="in" />
                  </span>
                </li>
              ))}
            </ol>
          )}
        </section>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={change.isPending} off={off}>
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
