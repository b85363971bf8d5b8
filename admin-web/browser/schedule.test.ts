import { describe, expect, it } from 'vitest';
import type { BackgroundWorker, NextRuns } from '../src/api/types';
import { address, api, complaints, open, until, useBrowser } from './page';

useBrowser();

const WORKER = 'stats-update';
const worker = () => api<BackgroundWorker>('GET', `workers/${WORKER}`);

describe('the schedule of a worker', () => {
  it('is edited as a cron expression, with its words, its next five runs, and the error of the API at the field', async () => {
    const before = await worker();
    const page = await open('/admin/workers');
    await page.locator('#stats_update').getByRole('button', { name: /^Change the schedule/ }).click();
    const dialog = page.getByRole('dialog');
    const cron = dialog.getByRole('textbox', { name: 'Cron expression' });
    expect(await cron.inputValue()).toBe(before.cron);
    const save = dialog.getByRole('button', { name: 'Save' });

    await cron.fill('61 3 * * *');
    await dialog.getByText("cron minute must be *, 0 to 59, ranges as a-b, steps as a-b/n, or a list of these, was '61'").waitFor();
    expect(await cron.getAttribute('aria-invalid')).toBe('true');
    expect(await save.getAttribute('aria-disabled')).toBe('true');

    await cron.fill('30 3 * * 1');
    await dialog.getByText('At 03:30, only on Monday').waitFor();
    const zone = dialog.getByLabel('Time zone');
    await zone.fill('Mars/Olympus');
    await dialog.getByText("time_zone must be a name such as UTC or Europe/Berlin, was 'Mars/Olympus'").waitFor();
    await zone.fill('Europe/Berlin');
    const { next_runs: next } = await api<NextRuns>('GET', 'schedules/preview?cron=30+3+*+*+1&time_zone=Europe/Berlin&count=5');
    await dialog.locator(`time[datetime="${next[0]?.at}"]`).first().waitFor();
    expect(await dialog.getByRole('list').getByRole('listitem').count()).toBe(5);
    await save.click();
    await dialog.waitFor({ state: 'detached' });
    const after = await worker();
    expect([after.cron, after.time_zone, after.interval_seconds]).toEqual(['30 3 * * 1', 'Europe/Berlin', null]);
    await page.locator('#stats_update').getByText('At 03:30, only on Monday').waitFor();
    await api('PUT', `workers/${WORKER}`, { cron: before.cron, time_zone: before.time_zone });
  });

  it('becomes an interval and a cron expression again', async () => {
    const before = await worker();
    const page = await open('/admin/workers');
    const change = page.locator('#stats_update').getByRole('button', { name: /^Change the schedule/ });
    await change.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('By an interval').check();
    const seconds = dialog.getByLabel('Seconds from one run to the next');
    await seconds.fill('0');
    await dialog.getByText('a whole number from 1 to 999999999').waitFor();
    await seconds.fill('7200');
    await dialog.getByText('≈ 120 min').waitFor();
    await until(() => dialog.getByRole('listitem').count(), (count) => count === 5);
    await seconds.press('Enter');
    await until(worker, (now) => now.interval_seconds === 7200 && now.cron === null);
    await dialog.waitFor({ state: 'detached' });

    await change.click();
    await dialog.getByLabel('By a cron expression').check();
    await dialog.getByRole('textbox', { name: 'Cron expression' }).fill(before.cron ?? '');
    await until(() => dialog.getByRole('listitem').count(), (count) => count === 5);
    await dialog.getByRole('textbox', { name: 'Cron expression' }).press('Enter');
    await until(worker, (now) => now.interval_seconds === null && now.cron === before.cron);
  });

  it('is not saved over a change that was made meanwhile', async () => {
    const before = await worker();
    const page = await open('/admin/workers', { pace: 'off' });
    await page.locator('#stats_update').getByRole('button', { name: /^Change the schedule/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Cron expression' }).fill('5 5 * * *');
    await until(() => dialog.getByRole('listitem').count(), (count) => count === 5);
    await api('PUT', `workers/${WORKER}`, { cron: '6 6 * * *' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It was changed meanwhile.').first().waitFor();
    expect((await worker()).cron).toBe('6 6 * * *');
    await api('PUT', `workers/${WORKER}`, { cron: before.cron });
  });
});

describe('on paper', () => {
  it('each page is black on white, without controls, with its names, and no wider than A4', async () => {
    const page = await open('/admin/views', { theme: 'dark' });
    const { views } = await api<{ views: { view_name: string }[] }>('GET', 'materialized-views');
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 718, height: 1000 });
    for (const route of ['', '/workers', '/ingestion', '/views', '/jobs', '/stats', '/queues', '/audit', '/settings']) {
      await page.goto(`${address.replace(/\/$/, '')}/admin${route}`);
      await page.locator('h1').waitFor();
      await until(() => page.locator('[aria-busy=true]').count(), (busy) => busy === 0);
      const seen = await page.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor,
        ink: getComputedStyle(document.body).color,
        tooWide: document.documentElement.scrollWidth > innerWidth,
        nav: document.querySelector('nav')?.checkVisibility() ?? false,
        buttons: [...document.querySelectorAll('button:not(.print)')].filter((button) => button.checkVisibility()).length,
      }));
      expect({ route, ...seen }).toEqual({ route, ground: 'rgb(255, 255, 255)', ink: 'rgb(0, 0, 0)', tooWide: false, nav: false, buttons: 0 });
    }
    await page.goto(`${address.replace(/\/$/, '')}/admin/views`);
    for (const { view_name: name } of views) {
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
  });
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
