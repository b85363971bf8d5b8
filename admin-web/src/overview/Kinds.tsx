import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Throughput } from '../api/types';
import { number, percent } from '../i18n/format';
import { Name } from '../ui';
import { shortTime } from './Histograms';

/** What ended of each kind: how many over time, how many failed, how long they waited and ran. */
export function Kinds({ data }: { data: Throughput }) {
  const { t } = useTranslation();
  const rest = data.kinds_in_all - data.kinds.length;
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t('throughput.by_kind')}>
      <table className="w-full">
        <thead>
          <tr className="border-b border-line text-left text-xs text-soft">
            <th scope="col" className="py-1.5 pr-4 font-normal">{t('jobs.kind')}</th>
            <th scope="col" className="pr-4 font-normal max-sm:hidden">{t('throughput.course')}</th>
            <th scope="col" className="num pr-4 font-normal">{t('throughput.ended')}</th>
            <th scope="col" className="num pr-4 font-normal">{t('throughput.wrong')}</th>
            <th scope="col" className="num pr-4 font-normal">{t('throughput.waited_p95')}</th>
            <th scope="col" className="num pr-4 font-normal max-lg:hidden">{t('throughput.ran_p50')}</th>
            <th scope="col" className="num pr-4 font-normal">{t('throughput.ran_p95')}</th>
            <th scope="col" className="num font-normal max-lg:hidden">{t('throughput.ran_p99')}</th>
          </tr>
        </thead>
        <tbody>
          {data.kinds.map(({ kind, ends, waited: wait, ran: run, ended }) => {
            const wrong = ends.failed + ends.retried;
            const all = ends.completed + ends.cancelled + wrong;
            return (
              <tr key={kind} className="row">
                <th scope="row" className="py-2 pr-4 text-left font-medium">
                  <Link href={`/jobs?kind=${encodeURIComponent(kind)}`} className="hover:text-accent">
                    <Name text={kind} />
                  </Link>
                </th>
                <td className="w-44 pr-4 max-sm:hidden">
                  <Course ended={ended} />
                </td>
                <td className="num pr-4">{number(all)}</td>
                <td className={wrong === 0 ? 'num pr-4 text-soft' : 'num pr-4 text-bad'}>
                  {wrong === 0 ? '0' : `${number(wrong)} · ${percent((100 * wrong) / all)}`}
                </td>
                <td className="num pr-4">{shortTime(wait.p95_ms)}</td>
                <td className="num pr-4 max-lg:hidden">{shortTime(run.p50_ms)}</td>
                <td className="num pr-4">{shortTime(run.p95_ms)}</td>
                <td className="num max-lg:hidden">{shortTime(run.p99_ms)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rest > 0 && <p className="py-2 text-sm text-soft">{t('throughput.more_kinds', { count: rest })}</p>}
    </div>
  );
}

/** How many ended in each step, by height; without an axis, for the shape. */
function Course({ ended }: { ended: readonly number[] }) {
  const most = Math.max(1, ...ended);
  return (
    <svg viewBox={`0 0 ${ended.length} 20`} preserveAspectRatio="none" aria-hidden className="block h-5 w-full">
      <rect y="19.500" width={ended.length} height="0.500" className="fill-line" />
      {ended.map((count, i) => (count === 0 ? null : <rect key={i} x={i} width="0.850" y={20 - Math.max(1.5, (20 * count) / most)} height={Math.max(1.5, (20 * count) / most)} className="fill-bar" />))}
    </svg>
  );
}

/** The kinds that failed, most first, each a bar beside the others. */
export function Failures({ data }: { data: Throughput }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...data.failures.map(({ failed, retried }) => failed + retried));
  if (data.failures.length === 0) {
    return <p className="py-3 text-soft">{t('throughput.no_failures')}</p>;
  }
  return (
    <ul>
      {data.failures.slice(0, 6).map(({ kind, failed, retried, ended }) => (
        <li key={kind} className="row flex flex-wrap items-baseline gap-x-4 py-1.5">
          <Link href={`/jobs?state=failed&kind=${encodeURIComponent(kind)}`} className="flex-1 hover:text-accent">
            <Name text={kind} />
          </Link>
          <span className="text-sm text-soft">{t('throughput.failed_of', { failed: number(failed), retried: number(retried), ended: number(ended) })}</span>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden className="mt-1 h-1 w-full">
            <rect width={(100 * failed) / most} height="4" className="fill-bad" />
            <rect x={(100 * failed) / most} width={(100 * retried) / most} height="4" className="fill-warn" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
