import { useTranslation } from 'react-i18next';
import type { Freshness } from '../api/types';
import { State, type Tone } from '../ui';

const LOOK: Record<Freshness, readonly [Tone, ('wait' | 'clock' | 'pause')?]> = {
  FRESH: ['ok'],
  DUE: ['idle', 'wait'],
  LATE: ['bad', 'clock'],
  BLOCKED: ['bad', 'pause'],
  FAILED: ['bad'],
  NEVER: ['warn'],
};

export function FreshnessMark({ status, refreshing }: { status: Freshness; refreshing: boolean }) {
  const { t } = useTranslation();
  if (refreshing) {
    return <State tone="live">{t('views.refreshing')}</State>;
  }
  const [tone, icon] = LOOK[status];
  return (
    <State tone={tone} {...(icon === undefined ? {} : { icon })}>
      {t(`freshness.${status}`)}
    </State>
  );
}
