import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Head } from '../app/Head';
import { useCommand } from '../api/command';
import { get, send } from '../api/http';
import { useMayNot } from '../api/signin';
import { useStatus } from '../api/status';
import type { Pause, Scheduler } from '../api/types';
import { duration } from '../i18n/format';
import { Age, Button, Empty, Moment, Section, State } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Loaded } from '../ui/Loaded';
import { Lanes } from './Lanes';

const KEY = ['pauses'];

export default function QueuesPage() {
  const { t } = useTranslation();
  const status = useStatus();
  const data = status.data;
  const title = data === undefined ? t('nav.queues') : data.queue_workers.length === 0 ? t('queues.title_none') : t('queues.title', { count: data.queue_workers.length });
  return (
    <>
      <Head title={title} tab={t('nav.queues')} lede={t('queues.lede')} />
      <Loaded query={status}>
        {(now) => (
          <>
            <Section title={t('queues.workers')} aside={t('overview.queue_workers', { count: now.queue_workers.length })}>
              <Lanes workers={now.queue_workers} running={now.running_jobs} />
            </Section>
            <Pauses />
            {now.scheduler !== null && <Nodes scheduler={now.scheduler} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Nodes({ scheduler }: { scheduler: Scheduler }) {
  const { t } = useTranslation();
  return (
    <Section title={t('queues.schedulers')} aside={t('overview.schedulers', { count: scheduler.nodes.length })}>
      {scheduler.trouble !== null && <p className="pt-3 text-bad">{scheduler.trouble}</p>}
      <ul>
        {scheduler.nodes.map((node) => (
          <li key={node.node} className="row grid gap-x-6 gap-y-1 py-3 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_auto]">
            <div className="min-w-0">
              <p className="flex flex-wrap gap-x-3">
                <span className="font-semibold break-all">{node.node}</span>
                <State tone={node.missing ? 'bad' : 'ok'}>{t(node.missing ? 'queues.missing' : 'queues.checks_in')}</State>
              </p>
              <p className="text-xs text-soft">
                {node.host} · pid {node.pid} · {t('queues.up')} <Age at={node.started_at} />
              </p>
            </div>
            <span className="text-soft">{node.node === scheduler.leader ? t('queues.leader') : ''}</span>
            <span className="text-soft">{t('queues.skew', { skew: duration(Math.abs(node.clock_skew_ms)) })}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Pauses() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const off = useMayNot()('pause_queues');
  const pauses = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<{ pauses: Pause[] }>('pauses?limit=200', signal) });
  const lift = useCommand({
    run: (pause: Pause) => {
      const which = new URLSearchParams();
      if (pause.queue !== '') {
        which.set('queue', pause.queue);
      }
      if (pause.kind !== '') {
        which.set('kind', pause.kind);
      }
      return send('DELETE', `pauses?${which}`);
    },
    done: () => ({ text: t('queues.lifted') }),
  });
  return (
    <Section title={t('queues.pauses')} aside={
        <Button off={off} onClick={() => setAsking(true)}>
          {t('queues.pause')}
        </Button>
      }>
      <Loaded query={pauses}>
        {(data) =>
          data.pauses.length === 0 ? (
            <div className="py-4">
              <Empty title={t('queues.no_pauses')} />
            </div>
          ) : (
            <ul>
              {data.pauses.map((pause) => (
                <li key={`${pause.queue} ${pause.kind}`} className="row flex flex-wrap items-center gap-x-6 gap-y-1 py-3">
                  <div className="min-w-0 flex-1">
                    <State tone="warn" icon="pause">
                      {t('queues.paused', { queue: pause.queue || t('queues.every'), kind: pause.kind || t('queues.every') })}
                    </State>
                    <p className="text-soft">
                      {t('workers.paused_by', { who: pause.paused_by })} <Moment at={pause.paused_at} />: “{pause.reason}”
                    </p>
                  </div>
                  <Button off={off} busy={lift.isPending} onClick={() => lift.mutate(pause)}>
                    {t('queues.lift')}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {asking && <PauseDialog onClose={() => setAsking(false)} />}
    </Section>
  );
}

function PauseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [queue, setQueue] = useState('default');
  const [kind, setKind] = useState('');
  const [reason, setReason] = useState('');
  const pause = useCommand({
    run: () => send('POST', 'pauses', { ...(queue.trim() === '' ? {} : { queue: queue.trim() }), ...(kind.trim() === '' ? {} : { kind: kind.trim() }), paused_by: 'admin', reason: reason.trim() }),
    done: () => ({ text: t('queues.paused_toast') }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    pause.mutate(undefined, { onSuccess: onClose });
  };
  const missing = reason.trim() === '' ? t('ui.reason_needed') : queue.trim() === '' && kind.trim() === '' ? t('queues.which_needed') : undefined;
  const field = 'mt-1 h-9 w-full rounded-md border border-edge bg-ground px-3';
  return (
    <Dialog title={t('queues.pause_title')} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <p className="text-soft">{t('queues.pause_means')}</p>
        <label>
          {t('jobs.queue')}
          <input value={queue} onChange={(event) => setQueue(event.target.value)} className={field} />
        </label>
        <label>
          {t('jobs.kind')}
          <input value={kind} onChange={(event) => setKind(event.target.value)} placeholder={t('queues.every')} className={field} />
        </label>
        <label>
          {t('ui.reason')}
          <input required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} className={field} />
        </label>
        <div className="mt-1 flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={pause.isPending} off={missing}>
            {t('queues.pause')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
