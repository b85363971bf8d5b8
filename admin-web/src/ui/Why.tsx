import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFollow } from '../api/follow';
import { get } from '../api/http';
import { useStatus } from '../api/status';
import type { Reasons } from '../api/types';
import { Age, Moment } from './index';
import { Loaded } from './Loaded';
import { pageOf } from './pageOf';

/** Why something waits, runs, or is as it is: the reasons of the API in their order, each until when, and where to go on. */
export function Why({ of }: { of: string }) {
  const { t } = useTranslation();
  const key = ['why', of];
  useFollow(key, useStatus().data);
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => get<Reasons>(`${of}/why`, signal) });
  return (
    <Loaded query={query}>
      {(data) => (
        <ul aria-label={t('ui.why')} className="border-l-2 border-accent py-0.5 pl-3">
          {data.reasons.map((reason, i) => {
            const place = pageOf(reason.link);
            return (
              // The order is the answer's, and a reason has no name of its own.
              <li key={`${reason.code} ${i}`} className="break-words">
                {reason.message}.
                {/* Most sentences have the moment in themselves. */}
                {reason.until !== null && !reason.message.includes(reason.until.slice(0, 16)) && (
                  <span className="text-soft">
                    {' '}
                    {t('ui.until')} <Moment at={reason.until} /> · <Age at={reason.until} form="in" />
                  </span>
                )}
                {place !== undefined && (
                  <>
                    {' '}
                    <Link href={place} className="link">
                      {t('ui.go_there')}
                    </Link>
                  </>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Loaded>
  );
}
