import { useTranslation } from 'react-i18next';
import type { Quantiles, Throughput } from '../api/types';
import { duration, number } from '../i18n/format';
import { useWidth } from '../ui/useWidth';
import { lastBucket, logShare, roundTimes } from './scale';

const HALF = 64;
const AXIS = 20;
const SHARES = ['p50_ms', 'p95_ms', 'p99_ms'] as const;

/** How long attempts waited, upwards, and ran, downwards, over one axis of time: what is on the right of the other is what costs the time. */
export function Histograms({ data }: { data: Throughput }) {
  const { t } = useTranslation();
  const [box, width] = useWidth<HTMLDivElement>();
  const { waits, runs, waited: wait, ran: run } = data.totals;
  const last = lastBucket(waits, runs);
  const end = data.bucket_bounds_ms[last] ?? 2 ** 27;
  const column = width / (last + 1);
  const most = Math.max(1, ...waits, ...runs);
  // Each bucket is twice as long as the one before, so that the axis is logarithmic; the first one, below 1 ms, has the same width.
  const x = (ms: number) => column + logShare(ms, end) * (width - column);
  const bars = (counts: readonly number[], sign: 1 | -1, fill: string) =>
    counts.slice(0, last + 1).map((count, i) => {
      const height = count === 0 ? 0 : Math.max(1.5, Math.sqrt(count / most) * (HALF - 6));
      return height === 0 ? null : <rect key={i} x={i * column} width={Math.max(1, column - 1)} y={sign === 1 ? HALF - height : HALF + AXIS} height={height} className={fill} />;
    });
  return (
    <div ref={box}>
      <svg width={width} height={2 * HALF + AXIS} className="block max-w-full" role="img" aria-label={t('throughput.histogram')}>
        {bars(waits, 1, 'fill-accent')}
        {bars(runs, -1, 'fill-bar')}
        <line x2={width} y1={HALF + 0.5} y2={HALF + 0.5} className="stroke-edge" />
        <line x2={width} y1={HALF + AXIS - 0.5} y2={HALF + AXIS - 0.5} className="stroke-edge" />
        {roundTimes(end).map((ms) => (
          <text key={ms} x={Math.min(width - 14, x(ms))} y={HALF + 14} textAnchor="middle" className="fill-soft text-xs">
            {duration(ms)}
          </text>
        ))}
        {wait !== null && <Places of={wait} x={x} from={2} until={HALF} />}
        {run !== null && <Places of={run} x={x} from={HALF + AXIS} until={2 * HALF + AXIS - 2} />}
      </svg>
      <table className="mt-2 w-full text-sm">
        <thead>
          <tr className="text-left text-xs text-soft">
            <th scope="col" className="font-normal">{t('throughput.half')}</th>
            {SHARES.map((share) => (
              <th key={share} scope="col" className="num pl-3 font-normal">
                {share.replace('_ms', '')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Times of={wait} sign="bg-accent" name={t('throughput.waited')} />
          <Times of={run} sign="bg-bar" name={t('throughput.ran')} />
        </tbody>
      </table>
    </div>
  );
}

function Places({ of, x, from, until }: { of: Quantiles; x: (ms: number) => number; from: number; until: number }) {
  return SHARES.map((share) => <line key={share} x1={x(of[share])} x2={x(of[share])} y1={from} y2={until} className="stroke-ink" strokeDasharray={share === 'p50_ms' ? undefined : share === 'p95_ms' ? '4 2' : '1 3'} />);
}

function Times({ of, sign, name }: { of: Quantiles | null; sign: string; name: string }) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1 text-left font-medium">
        <span className={`mr-2 inline-block size-2 rounded-xs ${sign}`} aria-hidden />
        {name}
      </th>
      {SHARES.map((share) => (
        <td key={share} className="num pl-3">
          {of === null ? '–' : shortTime(of[share])}
        </td>
      ))}
    </tr>
  );
}

/** Below the first bucket's end there is nothing to tell apart. */
export function shortTime(ms: number): string {
  return ms < 1 ? `< ${duration(1)}` : ms < 10 ? `${number(ms, 1)}\u202fms` : duration(ms);
}
