import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStatus } from '../api/status';
import { JOB_STATES } from '../api/types';
import { fullMoment, number } from '../i18n/format';
import { Button } from '../ui';
import { type Filter, fromField, MORE, toField } from './filter';

const FIELD = 'h-8 w-full rounded-md border border-edge bg-raised px-2';

/** By state with one click, by kind and queue in one line, by the rest below it; what is set can be taken away one by one. */
export function Filters({ filter, change }: { filter: Filter; change: (next: Filter) => void }) {
  const { t } = useTranslation();
  const counts = useStatus().data?.jobs;
  const set = MORE.filter((name) => filter[name] !== undefined);
  const [open, setOpen] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '');
    const rest: Filter = open
      ? { ...Object.fromEntries(MORE.map((name) => [name, text(name)])), since: fromField(text('since')), until: fromField(text('until')) }
      : Object.fromEntries(MORE.map((name) => [name, filter[name] ?? '']));
    change({ ...filter, ...rest, kind: text('kind'), queue: text('queue') });
  };
  return (
    // Fields start from the address: another one makes them anew.
    <form key={JSON.stringify(filter)} onSubmit={submit} role="search" className="border-y border-line py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-3">
        <div role="group" aria-label={t('jobs.state')} className="flex flex-wrap gap-1">
          {[undefined, ...JOB_STATES].map((state) => (
            <button
              key={state ?? 'all'}
              type="button"
              aria-pressed={filter.state === state}
              onClick={() => change({ ...filter, state: state ?? '' })}
              className="min-h-8 rounded-md px-2 text-soft hover:text-ink aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
            >
              {state === undefined ? t('jobs.all') : t(`state.${state}`)}
              {state !== undefined && counts != null && (
                <span className="ml-1.5 text-xs text-soft">
                  {number(counts.counts[state])}
                  {counts.at_least.includes(state) && '+'}
                </span>
              )}
            </button>
          ))}
        </div>
        <div className="flex flex-1 flex-wrap justify-end gap-2">
          <input data-search name="kind" aria-label={t('jobs.kind')} placeholder={t('jobs.kind')} defaultValue={filter.kind ?? ''} className={`${FIELD} sm:max-w-32`} />
          <input name="queue" aria-label={t('jobs.queue')} placeholder={t('jobs.queue')} defaultValue={filter.queue ?? ''} className={`${FIELD} sm:max-w-28`} />
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('jobs.more_filters')}
          </Button>
          <Button type="submit">{t('jobs.filter')}</Button>
        </div>
      </div>
      {open && (
        <>
          <div className="mt-3 grid gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
            <Field name="error" label={t('jobs.by_error')} value={filter.error} example="timed out" />
            <Field name="payload" label={t('jobs.by_payload')} value={filter.payload} example="customer.id=17" />
            <Field name="worker" label={t('jobs.by_worker')} value={filter.worker} />
            <Field name="job_key" label={t('jobs.by_job_key')} value={filter.job_key} />
            <Field name="parent" label={t('jobs.by_parent')} value={filter.parent} pattern="[1-9][0-9]{0,13}" />
            <Field name="since" label={t('jobs.by_since')} value={toField(filter.since)} type="datetime-local" />
            <Field name="until" label={t('jobs.by_until')} value={toField(filter.until)} type="datetime-local" />
          </div>
          <p className="mt-2 text-xs text-soft">{t('jobs.filter_bound')}</p>
        </>
      )}
      {!open && set.length > 0 && (
        <ul className="mt-3 flex flex-wrap gap-2" aria-label={t('jobs.filters_set')}>
          {set.map((name) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => change({ ...filter, [name]: '' })}
                className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-md bg-tint px-2 text-sm"
              >
                <span className="sr-only">{t('jobs.filter_remove')}</span>
                <span className="text-soft">{t(`jobs.by_${name}`)}</span>
                <span className="max-w-60 truncate font-medium">{name === 'since' || name === 'until' ? fullMoment(new Date(filter[name] ?? '')) : filter[name]}</span>
                <X aria-hidden size={13} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function Field({ name, label, value, type = 'text', example, pattern }: { name: string; label: string; value: string | undefined; type?: string; example?: string; pattern?: string }) {
  return (
    <label className="text-sm">
      {label}
      <input name={name} type={type} defaultValue={value ?? ''} placeholder={example} pattern={pattern} maxLength={200} className={`${FIELD} mt-1`} />
    </label>
  );
}
