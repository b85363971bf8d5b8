import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { send } from '../api/http';
import { useLookAgain } from '../api/status';
import { JOB_STATES, type BulkCount } from '../api/types';
import { number, span } from '../i18n/format';
import { Button } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Loaded } from '../ui/Loaded';
import { toast } from '../ui/Toasts';
import { inSteps, NOTHING, type Outcome, type Step, type Verb } from './bulk';
import type { Filter } from './filter';

const AGES = [0, 3_600, 86_400, 604_800, 2_592_000] as const;
const FIELD = 'mt-1 w-full rounded-md border border-edge bg-ground px-3';

/** A command for all jobs that pass a filter: how many they are, why it is given, how far it is, and what became of them. */
export default function BulkDialog({ verb, filter, onClose }: { verb: Verb; filter: Filter; onClose: () => void }) {
  const { t } = useTranslation();
  const again = useLookAgain();
  const [age, setAge] = useState(0);
  const [reason, setReason] = useState('');
  const [sum, setSum] = useState<Outcome>();
  const [ended, setEnded] = useState<'done' | Error>();
  const goesOn = useRef(true);
  const body = { ...filter, ...(age === 0 ? {} : { older_than_seconds: age }) };
  const count = useQuery({
    queryKey: ['bulk', verb, body],
    queryFn: () => send<BulkCount>('POST', `jobs/${verb}`, { ...body, dry_run: true }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });

  const running = sum !== undefined && ended === undefined;
  const close = () => {
    goesOn.current = false; // the step under way ends; no other begins
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (off !== undefined || sum !== undefined) {
      return;
    }
    const command = { ...body, limit: 1000, ...(verb === 'retry' ? {} : { reason: reason.trim() }) };
    setSum(NOTHING);
    inSteps(
      (cursor) => send<Step>('POST', `jobs/${verb}`, { ...command, ...(cursor === undefined ? {} : { cursor }) }),
      (soFar) => {
        setSum(soFar);
        return goesOn.current;
      },
    )
      .then((all) => {
        setEnded('done');
        if (!goesOn.current) {
          toast('ok', t(`bulk.done_${verb}`, { count: all.taken + all.asked, n: number(all.taken + all.asked) }));
        }
      })
      .catch((error: unknown) => {
        const fault = error instanceof Error ? error : new Error(String(error));
        setEnded(fault);
        if (!goesOn.current) {
          toast('bad', fault.message);
        }
      })
      .finally(() => void again());
  };

  const state = JOB_STATES.find((s) => s === filter.state);
  const scope = [state === undefined ? t(`bulk.any_${verb}`) : t(`state.${state}`), filter.kind, filter.queue === undefined ? undefined : t('bulk.queue', { name: filter.queue })]
    .filter((part) => part !== undefined)
    .join(' · ');
  const n = count.data === undefined ? '…' : number(count.data.count) + (count.data.complete ? '' : '+');
  const off =
    count.data === undefined || count.isPlaceholderData
      ? t('bulk.counting')
      : count.data.count === 0
        ? t('bulk.none')
        : verb !== 'retry' && reason.trim() === ''
          ? t('bulk.reason_needed')
          : undefined;

  if (sum !== undefined) {
    return (
      <Dialog title={t(`bulk.${verb}`)} onClose={close} wide>
        <Became verb={verb} sum={sum} ended={ended} of={n} />
        <div className="mt-4 flex justify-end gap-2">
          {running ? (
            <Button onClick={() => (goesOn.current = false)}>{t('bulk.stop')}</Button>
          ) : (
            <Button look="main" onClick={close}>
              {t('ui.close')}
            </Button>
          )}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t(`bulk.${verb}`)} onClose={close} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="min-h-16">
          <Loaded query={count}>
            {(data) => (
              <>
                <p aria-live="polite">
                  <strong className="text-lg">{t('bulk.count', { count: data.count, n })}</strong>
                  <span className="text-soft"> {scope}</span>
                </p>
                {data.job_ids.length > 0 && (
                  <p className="text-sm text-soft">
                    {t('bulk.first')} <Ids ids={data.job_ids.slice(0, 5)} onFollow={close} />
                  </p>
                )}
              </>
            )}
          </Loaded>
        </div>
        <p className="max-w-[65ch]">{t(`bulk.means_${verb}`)}</p>
        <label>
          {t(verb === 'cancel' ? 'bulk.created' : 'bulk.finished')}
          <select value={age} onChange={(event) => setAge(Number(event.target.value))} className={`${FIELD} h-9`}>
            {AGES.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? t('bulk.any_time') : t('bulk.ago', { span: span(seconds * 1000) })}
              </option>
            ))}
          </select>
        </label>
        {verb !== 'retry' && (
          <label>
            {t('bulk.reason')}
            <input data-first required maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} className={`${FIELD} h-9`} />
          </label>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>{t('bulk.leave')}</Button>
          <Button type="submit" look={verb === 'purge' ? 'danger' : 'main'} off={off}>
            {t(`bulk.go_${verb}`, { count: count.data?.count ?? 0, n })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** How far it is, then what became of them, and of each that was left the reason. */
function Became({ verb, sum, ended, of }: { verb: Verb; sum: Outcome; ended: 'done' | Error | undefined; of: string }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), [ended]);
  const lines: ReactNode[] = [
    verb === 'cancel' && sum.asked > 0 ? t('bulk.asked', { count: sum.asked, n: number(sum.asked) }) : null,
    verb === 'purge' && sum.children > 0 ? t('bulk.children', { count: sum.children, n: number(sum.children) }) : null,
    sum.left > 0 ? t('bulk.left', { count: sum.left, n: number(sum.left) }) : null,
    ended !== undefined && sum.more ? t('bulk.more') : null,
  ].filter((line) => line !== null);
  return (
    <div ref={place} tabIndex={-1} className="outline-none" aria-busy={ended === undefined}>
      <p role="status" className="text-lg font-semibold">
        {ended === undefined ? t('bulk.so_far', { n: number(sum.taken + sum.asked), of }) : t(`bulk.done_${verb}`, { count: sum.taken, n: number(sum.taken) })}
      </p>
      {ended instanceof Error && (
        <p role="alert" className="mt-1 text-bad">
          {t('bulk.broke')} {ended.message}
        </p>
      )}
      {lines.map((line, i) => (
        <p key={i}>{line}</p>
      ))}
      {sum.skipped.length > 0 && (
        <ul aria-label={t('bulk.reasons')} tabIndex={0} className="mt-3 max-h-64 overflow-y-auto border-t border-line">
          {sum.skipped.map((job) => (
            <li key={job.job_id} className="border-b border-line py-1 text-sm">
              <Link href={`/jobs/${job.job_id}`} className="link">
                {t('ui.job', { id: job.job_id })}
              </Link>
              : {job.reason}
            </li>
          ))}
        </ul>
      )}
      {sum.left > sum.skipped.length && <p className="mt-1 text-sm text-soft">{t('bulk.first_left', { n: number(sum.skipped.length) })}</p>}
    </div>
  );
}

function Ids({ ids, onFollow }: { ids: readonly string[]; onFollow: () => void }) {
  return ids.map((id, i) => (
    <Fragment key={id}>
      {i > 0 && ', '}
      <Link href={`/jobs/${id}`} onClick={onFollow} className="link">
        {id}
      </Link>
    </Fragment>
  ));
}
