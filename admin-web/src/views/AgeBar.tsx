import { useTranslation } from 'react-i18next';
import { useNow } from '../app/now';
import type { View } from '../api/types';
import { span } from '../i18n/format';
import { clsx } from '../ui';

/** The age of a view, in milliseconds: since when it lacks changes, or since its last success where that is not known. */
export function ageOf(view: View, now: number): number | null {
  const since = view.fresh_as_of ?? view.last_success_at;
  return since === null ? null : Math.max(0, now - Date.parse(since));
}

/** Since when changes are missing, in milliseconds; null while none is. */
function behind(view: View, now: number): number | null {
  if (view.deadline === null || view.max_lag_seconds === null) {
    return null;
  }
  return Math.max(0, now - (Date.parse(view.deadline) - view.max_lag_seconds * 1000));
}

/** How much of its target is used up: the mark is the target; without one there is only an age. */
export function AgeBar({ view }: { view: View }) {
  const { t } = useTranslation();
  const now = useNow();
  const age = ageOf(view, now);
  const late = behind(view, now);
  const target = view.max_lag_seconds === null ? null : view.max_lag_seconds * 1000;
  const share = target === null ? null : Math.min(1.33, (late ?? 0) / target);
  const text =
    age === null
      ? t('views.age_never')
      : target === null
        ? t('views.age', { age: span(age) })
        : late === null
          ? t('views.age_fresh', { age: span(age), target: span(target) })
          : t('views.age_of', { age: span(late), target: span(target) });
  return (
    <div className="min-w-0">
      <p className="text-sm">{text}</p>
      {target !== null && (
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden className="mt-1 h-1.5 w-full">
          <rect x="0" y="2" width="100" height="2" className="fill-line" />
          {share !== null && share > 0 && (
            <rect x="0" y="1" width={Math.max(1, share * 75)} height="4" className={clsx(share > 1 ? 'fill-bad' : share > 0.75 ? 'fill-warn' : 'fill-bar')} />
          )}
          <rect x="74.500" y="0" width="1" height="6" className="fill-edge" />
        </svg>
      )}
    </div>
  );
}
