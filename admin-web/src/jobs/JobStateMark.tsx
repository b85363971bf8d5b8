import { useTranslation } from 'react-i18next';
import type { JobState } from '../api/types';
import { State, type Tone } from '../ui';

const LOOK: Record<JobState, readonly [Tone, ('wait' | 'clock')?]> = {
  scheduled: ['idle', 'clock'],
  queued: ['idle', 'wait'],
  processing: ['live'],
  waiting: ['live', 'wait'],
  completed: ['ok'],
  failed: ['bad'],
  cancelled: ['idle'],
};

/** Quiet: there is none of them, and nothing to catch the eye. */
export function JobStateMark({ state, quiet = false }: { state: JobState; quiet?: boolean }) {
  const { t } = useTranslation();
  const [tone, icon] = LOOK[state];
  return (
    <State tone={tone} quiet={quiet} {...(icon === undefined ? {} : { icon })}>
      {t(`state.${state}`)}
    </State>
  );
}
