import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import type { BackgroundWorker, Status, ViewSummary } from '../api/types';
import { concerns } from './concerns';

const t = ((key: string) => key) as unknown as TFunction;
const well: Status = {
  as_of: '2026-11-27T14:00:00Z',
  age_seconds: 0,
  degraded: [],
  ingestion: null,
  background_workers: [],
  views: [],
  jobs: null,
  running_jobs: [],
  queue_workers: [{ worker_id: 'w1', name: 'w1', host: 'h', pid: 1, queues: ['default'], concurrency: 4, state: 'running', running: 0, started_at: '', heartbeat_at: '', heartbeat_age_seconds: 0 }],
  unserved: [],
  scheduler: { state: 'running', trouble: null, leader: null, late_since: null, last_checkin_at: null, nodes: [] },
  troubles: [],
};

describe('what needs a person', () => {
  it('is nothing while all is well', () => {
    expect(concerns(well, t)).toEqual([]);
  });

  it('is each view that is late, blocked or failed, with its reason', () => {
    const view = (status: string) => ({ view_name: status, status, reason: 'because' }) as unknown as ViewSummary;
    const found = concerns({ ...well, views: ['FRESH', 'DUE', 'LATE', 'BLOCKED', 'FAILED', 'NEVER'].map(view) }, t);
    expect(found.map((one) => [one.what, one.why])).toEqual([
      ['LATE', 'because'],
      ['BLOCKED', 'because'],
      ['FAILED', 'because'],
    ]);
  });

  it('is a background worker that failed, with the error, and not one that has been mended', () => {
    const worker = (error: string | null, rows: number) =>
      ({ worker_key: 'w', display_name: null, last_run_status: error === null ? 'success' : 'error', last_run_error: error, runs_error_in_row: rows, schedule_error: null }) as unknown as BackgroundWorker;
    expect(concerns({ ...well, background_workers: [worker('no such table', 1), worker(null, 0)] }, t).map((one) => one.why)).toEqual(['no such table']);
  });

  it('is a missing scheduler, missing queue workers, and lanes that no queue worker serves', () => {
    const scheduler = { ...well.scheduler, state: 'absent', trouble: 'none checks in' } as Status['scheduler'];
    const found = concerns({ ...well, scheduler, queue_workers: [], unserved: [{ queue: 'mail', kind: 'mail.send' }] }, t);
    expect(found.map((one) => one.id)).toEqual(['scheduler', 'no-workers', 'lane mail mail.send']);
    expect(found[2]?.where).toBe('/jobs?state=queued&kind=mail.send&queue=mail');
  });
});
