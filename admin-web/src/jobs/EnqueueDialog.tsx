import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui';
import { Dialog } from '../ui/Dialog';
import { useEnqueue } from './commands';
import { parseExact } from './json';

/** A new job, or an old one edited: its payload goes out as it stands in the field, each digit of it. */
export function EnqueueDialog({ onClose, kind: firstKind = '', queue: firstQueue = 'default', payload: firstPayload = '{}' }: { onClose: () => void; kind?: string; queue?: string; payload?: string }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState(firstKind);
  const [queue, setQueue] = useState(firstQueue);
  const [payload, setPayload] = useState(firstPayload);
  const enqueue = useEnqueue();
  let fault: string | undefined;
  try {
    fault = parseExact(payload) instanceof Map ? undefined : t('jobs.payload_object');
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enqueue.mutate({ kind: kind.trim(), queue: queue.trim(), payload }, { onSuccess: onClose });
  };
  const field = 'mt-1 h-9 w-full rounded-md border border-edge bg-ground px-3';
  const off = kind.trim() === '' ? t('jobs.kind_needed') : fault;
  return (
    <Dialog title={t('jobs.enqueue')} onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <label>
            {t('jobs.kind')}
            <input data-first required value={kind} onChange={(event) => setKind(event.target.value)} className={field} />
          </label>
          <label>
            {t('jobs.queue')}
            <input required value={queue} onChange={(event) => setQueue(event.target.value)} className={field} />
          </label>
        </div>
        <label>
          {t('jobs.payload')}
          <textarea
            rows={10}
            spellCheck={false}
            value={payload}
            aria-invalid={fault !== undefined}
            aria-describedby="payload-fault"
            onChange={(event) => setPayload(event.target.value)}
            className="mt-1 w-full rounded-md border border-edge bg-ground p-3 font-mono text-sm"
          />
        </label>
        <p id="payload-fault" className="min-h-5 text-sm text-bad">
          {fault}
        </p>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={enqueue.isPending} off={off}>
            {t('jobs.enqueue')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
