import { ChevronDown } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMayNot } from '../api/signin';
import { Menu, MenuItem } from '../ui/Menu';
import { bulkFilter, type Verb, VERBS } from './bulk';
import type { Filter } from './filter';

const BulkDialog = lazy(() => import('./BulkDialog'));
const ALL: readonly Verb[] = ['retry', 'cancel', 'purge'];

/** What can be done to all jobs that match, beyond those shown; a command that cannot be given says why. */
export function BulkMenu({ filter }: { filter: Filter }) {
  const { t } = useTranslation();
  const mayNot = useMayNot();
  const [asking, setAsking] = useState<{ verb: Verb; filter: Filter }>();
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="inline-flex min-h-8 items-center gap-1.5 rounded-md border border-line bg-raised px-3 py-1 whitespace-nowrap hover:border-edge">
            {t('bulk.menu')}
            <ChevronDown aria-hidden size={14} />
          </button>
        }
      >
        {ALL.map((verb) => {
          const taken = bulkFilter(verb, filter);
          const off = mayNot(VERBS[verb].permission) ?? (typeof taken === 'string' ? t(`bulk.no_${taken}`) : undefined);
          return (
            <MenuItem
              key={verb}
              off={off !== undefined}
              note={off ?? t(`bulk.takes_${verb}`)}
              onSelect={() => typeof taken !== 'string' && setAsking({ verb, filter: taken })}
            >
              {t(`bulk.${verb}`)}
            </MenuItem>
          );
        })}
      </Menu>
      {asking !== undefined && (
        <Suspense fallback={null}>
          <BulkDialog {...asking} onClose={() => setAsking(undefined)} />
        </Suspense>
      )}
    </>
  );
}
