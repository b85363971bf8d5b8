import { useTranslation } from 'react-i18next';
import type { Throughput } from '../api/types';
import { axisMoment, duration, zoneOffset } from '../i18n/format';
import { useWidth } from '../ui/useWidth';
import { line, logShare, moments, roundTimes } from './scale';

const HEIGHT = 148;
const BOTTOM = 20;
const LEFT = 56;

/** The 95th percentile of waiting and of running over time, by its logarithm. */
export function Lines({ data }: { data: Throughput }) {
  const { t } = useTranslation();
  const [box, width] = useWidth<HTMLDivElement>();
  const longest = Math.max(1_000, ...data.points.flatMap(({ waited, ran }) => [waited?.p95_ms ?? 0, ran?.p95_ms ?? 0]));
  const most = roundTimes(Infinity).find((ms) => ms >= longest) ?? longest;
  const plot = Math.max(1, width - LEFT);
  const step = plot / data.points.length;
  const inner = HEIGHT - BOTTOM - 8;
  const y = (ms: number) => 8 + inner * (1 - logShare(ms, most));
  const path = (of: 'waited' | 'ran') =>
    line(
      data.points.map((point, i) => {
        const found = point[of];
        return found === null ? null : { x: LEFT + (i + 0.5) * step, y: y(found.p95_ms) };
      }),
    );
  const from = Date.parse(data.from);
  const until = from + data.points.length * data.step_seconds * 1000;
  return (
    <div ref={box}>
      <svg width={width} height={HEIGHT} className="block max-w-full" role="img" aria-label={t('throughput.lines')}>
        {roundTimes(most).map((ms) => (
          <g key={ms}>
            <line x1={LEFT} x2={width} y1={y(ms)} y2={y(ms)} className="stroke-line" />
            <text x={LEFT - 8} y={y(ms) + 4} textAnchor="end" className="fill-soft text-xs">
              {duration(ms)}
            </text>
          </g>
        ))}
        <path d={path('ran')} fill="none" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" className="stroke-bar" />
        <path d={path('waited')} fill="none" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" className="stroke-accent" />
        {moments(from, until, Math.max(2, Math.floor(plot / 90)), zoneOffset(new Date(from))).map((time) => (
          <text key={time} x={Math.min(width - 18, Math.max(LEFT + 16, LEFT + ((time - from) / (until - from)) * plot))} y={HEIGHT - 5} textAnchor="middle" className="fill-soft text-xs">
            {axisMoment(new Date(time), until - from)}
          </text>
        ))}
      </svg>
    </div>
  );
}
