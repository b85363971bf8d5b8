import { describe, expect, it } from 'vitest';
import { address, api, complaints, open, until, useBrowser, violations } from './page';

useBrowser();

const ROUTES = ['', '/workers', '/ingestion', '/views', '/jobs', '/jobs/1', '/stats', '/queues', '/audit', '/settings', '/nothing'];

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it('no route has a fault that axe finds, and each fits 320 px', async () => {
    const page = await open('/admin', { theme, language: theme === 'light' ? 'en' : 'de' });
    const faults: string[] = [];
    for (const route of ROUTES) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${address.replace(/\/$/, '')}/admin${route}`);
      await page.locator('h1').waitFor();
      await until(() => page.locator('[aria-busy=true]').count(), (busy) => busy === 0);
      faults.push(...(await violations(page)).map((fault) => `${route} ${fault}`));
      await page.setViewportSize({ width: 320, height: 800 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      faults.push(...(width > 320 ? [`${route} is ${width} px wide at 320 px`] : []), ...(await violations(page)).map((fault) => `${route} at 320 px: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

  it('the sign-in has no fault that axe finds', async () => {
    const page = await open('/admin', { theme, signedIn: false, width: 320 });
    expect(await violations(page)).toEqual([]);
  });
});

it('nothing moves while the page looks again', async () => {
  const page = await open('/admin', { pace: '2' });
  await until(() => page.locator('[aria-busy=true]').count(), (busy) => busy === 0);
  await page.evaluate(() => {
    const seen = window as unknown as { shift: number };
    seen.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number }[]) {
        seen.shift += entry.value;
      }
    }).observe({ type: 'layout-shift' });
  });
  const before = await api<{ as_of: string }>('GET', 'status');
  await until(() => api<{ as_of: string }>('GET', 'status'), (now) => Date.parse(now.as_of) - Date.parse(before.as_of) > 5_000);
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
