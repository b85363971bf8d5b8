import { describe, expect, it } from 'vitest';
import type { BackgroundWorker } from '../src/api/types';
import { address, api, complaints, open, until, useBrowser } from './page';
import { startProxy } from './proxy';

useBrowser();

type Page = Awaited<ReturnType<typeof open>>;
const WORKER = 'feed-mv-refresh';
const card = (page: Page) => page.locator('#feed_mv_refresh');

/** When the page asked for a part of the API, in milliseconds. */
function asked(page: Page, part: string): number[] {
  const times: number[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith(`/api/admin/${part}`)) {
      times.push(Date.now());
    }
  });
  return times;
}

describe('the stream of events', () => {
  it('makes the next look come sooner than its time', async () => {
    const page = await open('/admin/workers');
    await page.getByText('as it happens').waitFor();
    const looks = asked(page, 'status');
    const { interval_seconds: before } = await api<BackgroundWorker>('GET', `workers/${WORKER}`);
    await api('PUT', `workers/${WORKER}`, { interval_seconds: 4321 });
    await until(() => card(page).getByLabel(/Interval/).inputValue(), (value) => value === '4321');
    const gaps = looks.slice(1).map((at, i) => at - (looks[i] ?? 0));
    // It was seen within a minute at all, and no look had to wait for the 30 s that polling takes beside a stream.
    expect(looks.length).toBeGreaterThan(0);
    expect(Math.max(0, ...gaps)).toBeLessThan(30_000);
    await api('PUT', `workers/${WORKER}`, before === null ? { cron: '0 * * * *' } : { interval_seconds: before });
  });

  it('ends while the page is hidden, and begins again when it is seen', async () => {
    const page = await open('/admin/workers');
    await page.getByText('as it happens').waitFor();
    const begun = asked(page, 'events');
    const see = (state: 'hidden' | 'visible') =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
    await see('hidden');
    await ended;
    await page.getByText(/every (3|10)\s*s/).waitFor();
    expect(begun).toEqual([]);
    await see('visible');
    await page.getByText('as it happens').waitFor();
    expect(begun).toHaveLength(1);
  });

  it('is done without, and not asked for again, where it is not offered', async () => {
    const page = await open('/admin/login');
    await page.route('**/api/admin/events', (route) => route.fulfill({ status: 404 }));
    const streams = asked(page, 'events');
    const looks = asked(page, 'status');
    await page.goto(`${address.replace(/\/$/, '')}/admin/workers`);
    await until(async () => looks.length, (count) => count >= 3);
    await page.getByText(/every (3|10)\s*s/).waitFor();
    expect(streams).toHaveLength(1);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('that is cut off leaves polling, and is taken up again', async () => {
    const proxy = await startProxy();
    try {
      const page = await open('/admin/workers', { at: proxy.at });
      await page.getByText('as it happens').waitFor();
      await proxy.stop();
      const banner = page.getByRole('alert').getByText('Millrace does not answer.');
      await banner.waitFor();
      await proxy.listen();
      await banner.waitFor({ state: 'detached' });
      await page.getByText('as it happens').waitFor();
    } finally {
      await proxy.stop();
    }
  });
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
