import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mark, Throughput } from '../api/types';
import { axisMoment, moment, number, zoneOffset } from '../i18n/format';
import { useWidth } from '../ui/useWidth';
import { ceiling, moments } from './scale';

const HEIGHT = 168;
const TOP = 22;
const BOTTOM = 20;
const LEFT = 56;

/** What ended, a column for each step: what failed stands at the foot, where its height can be compared. */
export function Columns({ data }: { data: Throughput }) {
  const { t } = useTranslation();
  const [box, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number>();
  const points = data.points;
  const sums = points.map(({ ends }) => ends.completed + ends.failed + ends.retried + ends.cancelled);
  const most = ceiling(Math.max(...sums));
  const plot = Math.max(1, width - LEFT);
  const step = plot / points.length;
  const inner = HEIGHT - TOP - BOTTOM;
  const from = Date.parse(data.from);
  const until = from + points.length * data.step_seconds * 1000;
  const x = (time: number) => LEFT + ((time - from) / (until - from)) * plot;
  const gap = step > 4 ? 1 : 0;
  const shown = at === undefined ? undefined : points[at];
  const { completed, failed, retried, cancelled } = data.totals.ends;
  return (
    <div ref={box} className="relative">
      <p className="h-5 truncate text-xs text-soft" aria-hidden>
        {shown === undefined
          ? t('throughput.per_step', { span: t(`throughput.step_${data.step_seconds as 60 | 900 | 3600}`) })
          : `${moment(new Date(shown.at), Date.parse(data.as_of))} · ${t('throughput.point', {
              completed: number(shown.ends.completed),
              failed: number(shown.ends.failed),
              retried: number(shown.ends.retried),
            })}`}
      </p>
      <svg
        width={width}
        height={HEIGHT}
        className="block max-w-full"
        role="img"
        aria-label={t('throughput.columns', { completed: number(completed), failed: number(failed), retried: number(retried), cancelled: number(cancelled) })}
        onPointerMove={(event) => {
          const place = Math.floor((event.nativeEvent.offsetX - LEFT) / step);
          setAt(place >= 0 && place < points.length ? place : undefined);
        }}
        onPointerLeave={() => setAt(undefined)}
      >
        {[0.5, 1].map((share) => (
          <g key={share}>
            <line x1={LEFT} x2={width} y1={TOP + inner * (1 - share)} y2={TOP + inner * (1 - share)} className="stroke-line" />
            <text x={LEFT - 8} y={TOP + inner * (1 - share) + 4} textAnchor="end" className="fill-soft text-xs">
              {most * share >= 1 && Number.isInteger(most * share) ? number(most * share) : ''}
            </text>
          </g>
        ))}
        {at !== undefined && <rect x={LEFT + at * step} y={TOP} width={step} height={inner} className="fill-sunken" />}
        {points.map(({ ends, at: moment }, i) => {
          const bad = ((ends.failed + ends.retried) / most) * inner;
          const good = ((ends.completed + ends.cancelled) / most) * inner;
          const left = LEFT + i * step;
          const foot = HEIGHT - BOTTOM;
          const badShown = bad > 0 ? Math.max(2, bad) : 0;
          return (
            <g key={moment}>
              {good > 0 && <rect x={left} y={foot - badShown - Math.max(1, good)} width={step - gap} height={Math.max(1, good)} className={i === points.length - 1 ? 'fill-bar opacity-60' : 'fill-bar'} />}
              {bad > 0 && <rect x={left} y={foot - badShown} width={step - gap} height={badShown} className="fill-bad" />}
            </g>
          );
        })}
        <line x1={LEFT} x2={width} y1={HEIGHT - BOTTOM + 0.5} y2={HEIGHT - BOTTOM + 0.5} className="stroke-edge" />
        {moments(from, until, Math.max(2, Math.floor(plot / 90)), zoneOffset(new Date(from))).map((time) => (
          <text key={time} x={Math.min(width - 18, Math.max(LEFT + 16, x(time)))} y={HEIGHT - 5} textAnchor="middle" className="fill-soft text-xs">
            {axisMoment(new Date(time), until - from)}
          </text>
        ))}
        {data.marks.map((mark) => (
          <MarkLine key={`${mark.at} ${mark.subject} ${mark.type}`} mark={mark} x={Math.max(LEFT, x(Date.parse(mark.at)))} />
        ))}
      </svg>
    </div>
  );
}

const SIGN = { deploy: 'M-4 0L0 -6L4 0Z', pause: 'M-3 -6h2v6h-2ZM1 -6h2v6h-2Z', resume: 'M-3 -6L3 -3L-3 0Z' };

function MarkLine({ mark, x }: { mark: Mark; x: number }) {
  return (
    <g transform={`translate(${x} 0)`} className="fill-accent stroke-accent">
      <line y1={TOP - 6} y2={HEIGHT - BOTTOM} strokeDasharray="2 3" />
      <path d={SIGN[mark.type]} transform={`translate(0 ${TOP - 8})`} stroke="none" />
    </g>
  );
}
