import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../api/http';
import { useMayNot } from '../api/signin';
import type { BackgroundWorker, Profile } from '../api/types';
import { duration } from '../i18n/format';
import { JobStateMark } from '../jobs/JobStateMark';
import { Age, Moment } from '../ui';
import { Loaded } from '../ui/Loaded';
import { Why } from '../ui/Why';
import { useProfile } from './commands';
import { useNextRuns, useRuns } from './parts';

/** What one asks for now and then: the next five runs, the history, the policies. */
export function Details({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  const next = useNextRuns(worker);
  const runs = useRuns(worker);
  return (
    <div className="grid gap-x-10 gap-y-6 pt-3 pb-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
      <div>
        <h4 className="mb-1 text-xs font-semibold text-soft">{t('ui.why')}</h4>
        <div className="mb-5">
          <Why of={`workers/${encodeURIComponent(worker.worker_key)}`} />
        </div>
        <h4 className="mb-1 text-xs font-semibold text-soft">{t('workers.next_five', { zone: worker.time_zone })}</h4>
        <Loaded query={next}>
          {(answer) => (
            <ol>
              {answer.next_runs.map((slot) => (
                <li key={slot.at} className="flex justify-between gap-4 border-b border-line py-1.5">
                  <span>{slot.local.replace('T', ' ')}</span>
                  <span className="text-soft">
                    <Age at={slot.at} form="in" />
                  </span>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
        <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
          <dt className="text-soft">{t('workers.kind')}</dt>
          <dd>
            <code>{worker.kind}</code>
          </dd>
          <dt className="text-soft">{t('workers.overlap')}</dt>
          <dd>{t(`overlap.${worker.overlap_policy}`)}</dd>
          <dt className="text-soft">{t('workers.misfire')}</dt>
          <dd>{t(`misfire.${worker.misfire_policy}`)}</dd>
          <dt className="text-soft">{t('workers.jitter')}</dt>
          <dd>{duration(worker.jitter_seconds * 1000)}</dd>
        </dl>
        <Profiles worker={worker} />
      </div>
      <div className="min-w-0">
        <h4 className="mb-1 text-xs font-semibold text-soft">{t('workers.history')}</h4>
        <Loaded query={runs}>
          {(answer) =>
            answer.runs.length === 0 ? (
              <p className="py-2 text-soft">{t('workers.never')}</p>
            ) : (
              <ol className="max-h-80 overflow-y-auto" tabIndex={0} aria-label={t('workers.history')}>
                {answer.runs.map((run) => (
                  <li key={run.job_id} className="grid grid-cols-[7rem_1fr_auto] items-baseline gap-x-4 border-b border-line py-1.5">
                    <JobStateMark state={run.state} />
                    <span className="min-w-0">
                      <Moment at={run.started_at ?? run.created_at} />
                      <span className="text-soft">
                        {run.duration_ms !== null && ` · ${duration(run.duration_ms)}`} · {t(`trigger.${run.trigger}`)}
                      </span>
                      {run.error !== null && <span className="block truncate text-sm text-bad">{run.error}</span>}
                    </span>
                    <Link href={`/jobs/${run.job_id}`} className="link">
                      {t('ui.job', { id: run.job_id })}
                    </Link>
                  </li>
                ))}
              </ol>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}

function Profiles({ worker }: { worker: BackgroundWorker }) {
  const { t } = useTranslation();
  const profiles = useQuery({
    queryKey: ['profiles'],
    queryFn: ({ signal }) => get<{ profiles: Profile[] }>('schedules/profiles', signal),
    staleTime: Infinity,
  });
  const use = useProfile();
  const off = useMayNot()('change_workers');
  const all = profiles.data?.profiles ?? [];
  if (all.length === 0) {
    return null;
  }
  return (
    <label className="mt-4 block text-sm">
      <span className="mb-1 block text-soft">{t('workers.profile')}</span>
      <select
        value=""
        disabled={off !== undefined}
        title={off}
        onChange={(event) => use.mutate({ worker, profile: event.target.value })}
        className="h-8 w-full max-w-60 rounded-md border border-edge bg-raised px-2"
      >
        <option value="" disabled>
          {t('workers.profile_choose')}
        </option>
        {all.map((profile) => (
          <option key={profile.profile} value={profile.profile}>
            {profile.profile}: {profile.description}
          </option>
        ))}
      </select>
    </label>
  );
}
