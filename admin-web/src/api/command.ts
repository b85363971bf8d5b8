import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { createElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { toast } from '../ui/Toasts';
import { Problem } from './http';
import { useLookAgain } from './status';

interface CommandOptions<V, R> {
  /** Puts the answer into what is shown, before the page has looked again. */
  readonly apply?: (result: R, client: QueryClient) => void;
  readonly run: (input: V) => Promise<R>;
  /** What it says when it is done; nothing for what can be seen. */
  readonly done?: (result: R, input: V) => { text: string; tone?: 'ok' | 'bad'; job?: string | undefined } | undefined;
}

/** A command: whatever comes of it is said, and the page looks again. */
export function useCommand<V = void, R = unknown>({ run, done, apply }: CommandOptions<V, R>) {
  const { t } = useTranslation();
  const again = useLookAgain();
  const client = useQueryClient();
  return useMutation<R, Error, V>({
    mutationFn: run,
    onSuccess: (result, input) => {
      apply?.(result, client);
      const said = done?.(result, input);
      if (said !== undefined) {
        const link = said.job === undefined ? undefined : createElement(Link, { href: `/jobs/${said.job}`, className: 'link', children: t('ui.job', { id: said.job }) });
        toast(said.tone ?? 'ok', said.text, link);
      }
    },
    onError: (error) => {
      const holder = error instanceof Problem ? (error.text('task_id') ?? error.text('job_id')) : undefined;
      const text = error instanceof Problem && error.code === 'stale_version' ? t('ui.stale_version') : error.message;
      const link = holder === undefined ? undefined : createElement(Link, { href: `/jobs/${holder}`, className: 'link', children: t('ui.job', { id: holder }) });
      toast('bad', text, link);
    },
    onSettled: () => void again(),
  });
}
