import { useTranslation } from 'react-i18next';
import { duration } from '../i18n/format';

export interface Run {
  readonly id: string;
  readonly outcome: 'ok' | 'bad' | 'live' | 'idle';
  /** Null while it runs, or when it never ran. */
  readonly ms: number | null;
}

const FILL = { ok: 'fill-bar', bad: 'fill-bad', live: 'fill-accent', idle: 'fill-line' };
const SLOTS = 60;
const HEIGHT = 28;

/** The newest sixty runs, the newest at the right: height is duration (by its square root), colour and full height are failure. */
export function Runs({ runs, label }: { runs: readonly Run[]; label: string }) {
  const { t } = useTranslation();
  const shown = runs.slice(0, SLOTS).reverse();
  const longest = Math.max(1, ...shown.map((run) => run.ms ?? 0));
  const failed = shown.filter((run) => run.outcome === 'bad').length;
  const text = t('ui.runs', { label, count: shown.length, failed, longest: duration(longest) });
  return (
    <svg viewBox={`0 0 ${SLOTS * 4} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={text} className="block h-7 w-full max-w-60">
      <title>{text}</title>
      <rect x="0" y={HEIGHT - 1} width={SLOTS * 4} height="1" className="fill-line" />
      {shown.map((run, i) => {
        const share = run.ms === null ? 0.5 : Math.sqrt(run.ms / longest);
        const height = run.outcome === 'bad' ? HEIGHT : Math.max(3, share * (HEIGHT - 4));
        return <rect key={run.id} x={(SLOTS - shown.length + i) * 4} y={HEIGHT - height} width="3" height={height} className={FILL[run.outcome]} />;
      })}
    </svg>
  );
}
