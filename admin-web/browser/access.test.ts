import { describe, expect, it } from 'vitest';
import { address, api, complaints, open, until, useBrowser } from './page';

useBrowser();

const at = address.replace(/\/$/, '');
const PASSWORD = 'correct horse battery';

async function signIn(name: string, path = '/admin') {
  const page = await open(path, { signedIn: false });
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}

describe('people', () => {
  it('sign in by password, see what their role may, and are signed out everywhere when they are disabled', async () => {
    const admin = await open('/admin/settings');
    await admin.getByRole('button', { name: 'Add a user' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('vera');
    await dialog.getByLabel('Password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Add a user' }).click();
    await admin.getByRole('listitem', { name: 'vera' }).waitFor();

    const viewer = await signIn('vera', '/admin/workers');
    const run = viewer.getByRole('button', { name: 'Run now: Inventory MV Refresh' });
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await run.focus();
    await viewer.getByRole('tooltip').getByText('vera (viewer) may not do this.').waitFor();
    expect(await viewer.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    expect(await viewer.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('csrf');

    await admin.getByRole('listitem', { name: 'vera' }).getByRole('button', { name: 'Disable' }).click();
    await viewer.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
  });

  it('run and pause as an operator, and the audit has their name and reason', async () => {
    await api('POST', 'users', { name: 'otto', role: 'operator', password: PASSWORD });
    const page = await signIn('otto', '/admin/workers');
    const card = page.locator('#feed_mv_refresh');
    await card.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('index build');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await card.getByText('Paused by otto').waitFor();
    await card.getByRole('button', { name: 'Resume' }).click();
    await until(() => api<{ enabled: boolean }>('GET', 'workers/feed-mv-refresh'), (now) => now.enabled);

    const admin = await open('/admin/audit?who=otto');
    await admin.getByText('“index build”').waitFor();
    await admin.getByRole('button', { name: 'Export all that match' }).click();
    await admin.getByText('The export is saved.').waitFor();
  });

  it('sign in once by a link, which leaves the address at once', async () => {
    const { link } = await api<{ link: string }>('POST', 'users/admin/link');
    const page = await open(`/admin/login#link=${link}`, { signedIn: false });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(page.url()).not.toContain(link);
    await page.goto(`${at}/admin/settings`);
    await page.getByRole('heading', { level: 1, name: 'You are admin, admin' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();

    const second = await open(`/admin/login#link=${link}`, { signedIn: false });
    await second.getByText('This link was used already').waitFor();
  });
});

describe('programs', () => {
  it('get a key that is shown once and can be revoked', async () => {
    const page = await open('/admin/settings');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What it is for').fill('reports');
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    const shown = await page.getByRole('dialog').locator('code').innerText();
    const ask = () => fetch(`${at}/api/admin/me`, { headers: { Authorization: `Bearer ${shown}` } }).then((answer) => answer.status);
    expect(await ask()).toBe(200);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    const line = page.getByRole('listitem', { name: 'reports' });
    await line.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await line.getByText('Revoked').waitFor();
    expect(await until(ask, (status) => status === 401)).toBe(401);
  });
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
