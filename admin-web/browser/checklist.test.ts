import { describe, expect, it } from 'vitest';
import type { BackgroundWorker, JobList, Status, Throughput, ViewDetail } from '../src/api/types';
import { address, api, complaints, open, secret, until, useBrowser } from './page';
import { startProxy } from './proxy';

useBrowser();

const WORKER = 'inventory-mv-refresh';
const worker = () => api<BackgroundWorker>('GET', `workers/${WORKER}`);
const card = (page: Awaited<ReturnType<typeof open>>) => page.locator('#inventory_mv_refresh');

describe('signing in', () => {
  it('refuses a wrong key, takes the right one, and opens what was asked for', async () => {
    const page = await open('/admin/queues', { signedIn: false });
    await page.getByRole('button', { name: 'With a key instead' }).click();
    const field = page.getByLabel('Admin key or API key');
    await field.fill('not-the-key');
    await field.press('Enter');
    await page.getByRole('alert').getByText('This key opens nothing.').waitFor();
    await field.fill(secret);
    await field.press('Enter');
    await page.getByRole('heading', { level: 1, name: /queue worker/i }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/admin/queues');
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(secret);
  });
});

describe('the workers page', () => {
  it('has the section Global Background Workers with the card of Inventory MV Refresh and its values', async () => {
    const page = await open('/admin/workers');
    await page.getByRole('heading', { name: 'Global Background Workers' }).waitFor();
    const shown = await worker();
    await card(page).getByRole('heading', { name: 'Inventory MV Refresh' }).waitFor();
    await card(page).getByText(shown.description ?? '').waitFor();
    expect(await card(page).getByRole('switch').isChecked()).toBe(shown.enabled);
    expect(await card(page).getByLabel(/Interval/).inputValue()).toBe(String(shown.interval_seconds));
  });

  it('changes the switch and the interval on the server', async () => {
    const page = await open('/admin/workers');
    const before = await worker();
    await card(page).getByRole('switch').click();
    await until(worker, (now) => now.enabled !== before.enabled);
    await until(() => card(page).getByRole('switch').isChecked(), (on) => on !== before.enabled);
    await card(page).getByRole('switch').click();
    await until(worker, (now) => now.enabled === before.enabled);

    const field = card(page).getByLabel(/Interval/);
    await field.fill('1200');
    await card(page).getByText('≈ 20 min').waitFor();
    await field.press('Enter');
    await until(worker, (now) => now.interval_seconds === 1200);
    await until(() => card(page).getByLabel(/Interval/).inputValue(), (value) => value === '1200');
  });

  it('refuses an interval that is no positive whole number, and sends nothing', async () => {
    const page = await open('/admin/workers');
    const before = await worker();
    const field = card(page).getByLabel(/Interval/);
    await field.fill('0');
    await card(page).getByText('A whole number of seconds, 1 or more').waitFor();
    await field.press('Enter');
    expect((await worker()).version).toBe(before.version);
  });

  it('runs a worker by the keyboard alone, and shows the new run', async () => {
    const page = await open('/admin/workers');
    const before = await worker();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('run now inventory');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText(/Inventory MV Refresh ran with success|takes longer than 30 s/).waitFor();
    const after = await until(worker, (now) => now.last_run_status === 'success' && now.last_run_at !== before.last_run_at);
    await card(page).locator(`time[datetime="${after.last_run_at}"]`).waitFor();
    await card(page).getByText('Success').waitFor();
  });

  it('tells the second of two tabs that another has changed the worker', async () => {
    const page = await open('/admin/workers', { pace: 'off' });
    const before = await worker();
    await api('PUT', `workers/${WORKER}`, { interval_seconds: 900 });
    await card(page).getByRole('switch').click();
    await page.getByText('It was changed meanwhile.').waitFor();
    expect((await worker()).enabled).toBe(before.enabled);
    await until(() => card(page).getByLabel(/Interval/).inputValue(), (value) => value === '900');
  });

  it('pauses a worker with a reason and resumes it', async () => {
    await api('POST', `workers/${WORKER}/resume`);
    const page = await open('/admin/workers');
    await card(page).getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('index build');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await card(page).getByText('“index build”').waitFor();
    expect((await worker()).paused_reason).toBe('index build');
    await card(page).getByRole('button', { name: 'Resume' }).click();
    await until(worker, (now) => now.enabled && now.paused_at === null);
  });
});

describe('the ingestion page', () => {
  it('starts a sync, shows how far it is, and offers no second one meanwhile', async () => {
    const page = await open('/admin/ingestion', { pace: '2' });
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('The sync is queued.').waitFor();
    const sync = () => api<Status>('GET', 'status');
    const ended = await until(sync, (now) => now.ingestion?.sync_state === 'idle' && (now.ingestion.suppliers.length ?? 0) > 0);
    const supplier = ended.ingestion?.suppliers[0];
    await page.getByRole('button', { name: supplier?.name ?? '', exact: true }).first().waitFor();
    await page.getByText(/^Log$/).waitFor();
  });
});

describe('the views page', () => {
  it('refreshes a view and adds it to its history', async () => {
    const page = await open('/admin/views', { pace: '2' });
    const name = 'mv_feed_projects';
    const newest = async () => (await api<ViewDetail>('GET', `materialized-views/${name}`)).history[0]?.refresh_completed_at;
    const before = await newest();
    await page.getByRole('button', { name: `Refresh now: ${name}` }).click();
    await page.getByText(new RegExp(`${name} (will be|is being) refreshed`)).waitFor();
    await until(newest, (now) => now !== before);
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByText('Newest refreshes').waitFor();
  });
});

describe('the overview', () => {
  it('counts what has ended, and keeps the window of time in the address', async () => {
    const counted = () => api<Throughput>('GET', 'throughput?window=15m');
    const done = await until(counted, (now) => now.totals.ends.completed > 0 && now.kinds.length > 0);
    const page = await open('/admin');
    await page.getByRole('heading', { name: 'The last hour' }).waitFor();
    await page.getByRole('button', { name: '15 min', exact: true }).click();
    await page.getByRole('heading', { name: 'The last 15 minutes' }).waitFor();
    expect(new URL(page.url()).searchParams.get('window')).toBe('15m');
    await page.getByRole('img', { name: /Attempts that ended over time: \d/ }).waitFor();
    await page.getByRole('rowheader', { name: done.kinds[0]?.kind ?? '' }).waitFor();
    await page.getByText('The numbers of the charts').click();
    expect(await page.getByRole('group', { name: 'The numbers of the charts' }).getByRole('row').count()).toBe(16);
    await page.reload();
    await page.getByRole('heading', { name: 'The last 15 minutes' }).waitFor();
  });
});

describe('the stats page', () => {
  it('runs a stats job and lists its functions side by side', async () => {
    const page = await open('/admin/stats', { pace: '2' });
    await page.getByRole('button', { name: 'Run the stats now' }).click();
    await page.getByText('The stats job is queued.').waitFor();
    await until(() => api<JobList>('GET', 'jobs?kind=stats.update&limit=1'), (list) => list.jobs[0]?.finished_at != null);
    await page.getByText('update_power_ratings').first().waitFor();
  });
});

describe('the jobs page', () => {
  it('keeps its filter in the address, and opens a job with its payload to the digit', async () => {
    const made = await fetch(`${address.replace(/\/$/, '')}/api/admin/jobs`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: '{"kind":"sync.master","delay_seconds":86400,"payload":{}}',
    });
    expect(made.status).toBeLessThan(300);
    const { job_id: id } = (await made.json()) as { job_id: string };
    const page = await open('/admin/jobs');
    await page.getByRole('button', { name: /^Scheduled/ }).click();
    await until(async () => page.url(), (url) => url.includes('state=scheduled'));
    await page.locator(`a[href$="/admin/jobs/${id}"]`).click();
    await page.getByRole('heading', { level: 1, name: 'sync.master: Scheduled' }).waitFor();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.getByRole('heading', { level: 1, name: 'sync.master: Cancelled' }).waitFor();
  });

  it('finds a job by a field of its payload, and takes the filter away again', async () => {
    const { job_id: id } = await api<{ job_id: string }>('POST', 'jobs', { kind: 'sync.master', delay_seconds: 86400, payload: { dry_run: true } });
    const page = await open('/admin/jobs?state=scheduled');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Field of the payload').fill('dry_run=true');
    await page.getByLabel('Field of the payload').press('Enter');
    await until(async () => page.url(), (url) => new URL(url).searchParams.get('payload') === 'dry_run=true');
    await page.locator(`a[href$="/admin/jobs/${id}"]`).waitFor();
    await page.goto(`${address.replace(/\/$/, '')}/admin/jobs?error=nobody+says+this`);
    await page.getByText('No job matches.').waitFor();
    await page.getByRole('button', { name: 'Take away: Error contains' }).click();
    await page.locator(`a[href$="/admin/jobs/${id}"]`).waitFor();
    expect(new URL(page.url()).searchParams.has('error')).toBe(false);
    await api('POST', `jobs/${id}/cancel`);
  });

  it('shows the children of a job as a tree', async () => {
    const sync = (await api<JobList>('GET', 'jobs?kind=sync.master&state=completed&limit=1')).jobs[0];
    const children = (await api<JobList>('GET', `jobs?parent=${sync?.id ?? ''}`)).jobs;
    expect(children.length).toBeGreaterThan(0);
    const page = await open(`/admin/jobs/${sync?.id ?? ''}`);
    await page.getByRole('heading', { name: 'Children' }).waitFor();
    await page.locator(`a[href$="/admin/jobs/${children[0]?.id ?? ''}"]`).waitFor();
    await page.getByRole('button', { name: `Children of job ${children[0]?.id ?? ''}`, exact: true }).click();
    await page.getByText('It has no children.').waitFor();
  });

  it('retries a selection by the keyboard alone', async () => {
    const { job_id: id } = await api<{ job_id: string }>('POST', 'jobs', { kind: 'sync.master', delay_seconds: 86400, payload: {} });
    await api('POST', `jobs/${id}/cancel`);
    const page = await open('/admin/jobs?state=cancelled');
    await page.getByLabel(`Select job ${id}`).focus();
    await page.keyboard.press('Space');
    const retry = page.getByRole('button', { name: 'Retry 1' });
    await retry.focus();
    await page.keyboard.press('Enter');
    await until(() => api<{ state: string }>('GET', `jobs/${id}`), (job) => job.state !== 'cancelled');
    await api('POST', `jobs/${id}/cancel`).catch(() => undefined);
  });
});

describe('an API that is gone', () => {
  it('leaves the last good data under a banner, and the page recovers by itself', async () => {
    const proxy = await startProxy();
    try {
      const page = await open('/admin/workers', { pace: '2', at: proxy.at });
      await card(page).waitFor();
      await proxy.stop();
      const banner = page.getByRole('alert').getByText('Millrace does not answer.');
      await banner.waitFor();
      expect(await card(page).isVisible()).toBe(true);
      await proxy.listen();
      await banner.waitFor({ state: 'detached' });
    } finally {
      await proxy.stop();
    }
  });
});

describe('a proxy with a path prefix', () => {
  it('serves the page and its API under the prefix', async () => {
    const proxy = await startProxy('/tools/jobs');
    try {
      const page = await open('/admin/workers', { at: proxy.at });
      await card(page).waitFor();
      await page.getByRole('link', { name: 'Views' }).click();
      await page.getByRole('heading', { name: 'Materialized views' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/tools/jobs/admin/views');
    } finally {
      await proxy.stop();
    }
  });
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
