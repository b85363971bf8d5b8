import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/http';
import { Button } from './index';

/** What a query has; while it has nothing, a still line of the same height, or what failed and a way on. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { t } = useTranslation();
  if (query.data !== undefined) {
    return <>{children(query.data)}</>;
  }
  if (query.error !== null) {
    return <Failed error={query.error} again={() => void query.refetch()} />;
  }
  return (
    <p className="py-3 text-soft" aria-busy="true">
      {t('ui.loading')}
    </p>
  );
}

export function Failed({ error, again }: { error: Error; again: () => void }) {
  const { t } = useTranslation();
  const trace = error instanceof Problem ? error.text('trace_id') : undefined;
  return (
    <div role="alert" className="my-3 max-w-[70ch] border-l-2 border-bad py-1 pl-4">
      <p className="font-medium text-bad">{t('ui.load_failed')}</p>
      <p className="text-soft">
        {error.message}
        {trace !== undefined && <code className="ml-2">trace_id {trace}</code>}
      </p>
      <Button className="mt-2" onClick={again}>
        {t('ui.again')}
      </Button>
    </div>
  );
}
