import { describe, expect, it } from 'vitest';
import { api, complaints, open, until, useBrowser } from './page';

useBrowser();

const LATER = { kind: 'sync.master', queue: 'bulk', delay_seconds: 86_400, payload: {} };

async function enqueue(count: number): Promise<string[]> {
  const { jobs } = await api<{ jobs: { job_id: string }[] }>('POST', 'jobs/bulk', { jobs: Array.from({ length: count }, () => LATER) });
  return jobs.map((job) => job.job_id);
}

const stateOf = async (id: string) => (await api<{ state: string }>('GET', `jobs/${id}`)).state;

describe('all jobs that match', () => {
  it('are counted, cancelled with a reason, and deleted, and the audit has both reasons', async () => {
    const ids = await enqueue(3);
    const page = await open('/admin/jobs?queue=bulk');
    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: 'Cancel all that match' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel all that match' });
    await dialog.getByText('3 jobs match.').waitFor();
    await dialog.getByText('queue bulk').waitFor();
    const go = dialog.getByRole('button', { name: 'Cancel 3 jobs' });
    expect(await go.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('Reason').fill('a wrong release');
    await dialog.getByLabel('Reason').press('Enter');
    await dialog.getByText('3 jobs are cancelled.').waitFor();
    expect(await Promise.all(ids.map(stateOf))).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: 'Delete all that match' }).click();
    const purge = page.getByRole('dialog', { name: 'Delete all that match' });
    await purge.getByText('3 jobs match.').waitFor();
    await purge.getByLabel('Only those that ended').selectOption('86400');
    await purge.getByText('0 jobs match.').waitFor();
    await purge.getByLabel('Only those that ended').selectOption('0');
    await purge.getByText('3 jobs match.').waitFor();
    await purge.getByLabel('Reason').fill('never wanted');
    await purge.getByRole('button', { name: 'Delete 3 jobs' }).click();
    await purge.getByText('3 jobs are deleted.').waitFor();
    await purge.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('No job matches.').waitFor();
    await expect(api('GET', `jobs/${ids[0]}`)).rejects.toThrow('404');

    const audit = await open('/admin/audit');
    await audit.getByText('“never wanted”').first().waitFor();
    await audit.getByText('“a wrong release”').first().waitFor();
  });

  it('that stay are listed with the reason of each', async () => {
    const [id = ''] = await enqueue(1);
    await api('POST', `jobs/${id}/cancel`);
    const key = { ...LATER, unique_key: 'bulk-page' };
    const { job_id: held } = await api<{ job_id: string }>('POST', 'jobs', key);
    await api('POST', `jobs/${held}/cancel`);
    const { job_id: holder } = await api<{ job_id: string }>('POST', 'jobs', key);
    const page = await open('/admin/jobs?queue=bulk&state=cancelled');
    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: 'Retry all that match' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Retry 2 jobs' }).click();
    await dialog.getByText('1 job is queued again.').waitFor();
    await dialog.getByText('1 was left as it is.').waitFor();
    await dialog.getByRole('list', { name: 'Those left, with their reasons' }).getByText(`Job ${held}: another unfinished job has its unique key`).waitFor();
    await Promise.all([id, holder].map((each) => api('POST', `jobs/${each}/cancel`).catch(() => undefined)));
    await api('POST', 'jobs/purge', { queue: 'bulk', reason: 'the end of a test' });
  });

  it('are left alone where the command would take others than are listed, which the menu says', async () => {
    const page = await open('/admin/jobs?queue=bulk&state=completed');
    await page.getByRole('button', { name: 'All that match' }).click();
    const retry = page.getByRole('menuitem', { name: /^Retry all that match/ });
    expect(await retry.getAttribute('aria-disabled')).toBe('true');
    await retry.getByText('Not for jobs in the state that is chosen.').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(page.url().replace('state=completed', 'error=x'));
    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: /^Delete all that match/ }).getByText('take the other filters away').waitFor();
  });

  it('are no matter of one whose role may not delete them', async () => {
    await api('POST', 'users', { name: 'olga', role: 'operator', password: 'correct horse battery' }).catch(() => undefined);
    const page = await open('/admin/jobs?queue=bulk', { signedIn: false });
    await page.getByLabel('Name').fill('olga');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'All that match' }).click();
    const purge = page.getByRole('menuitem', { name: /^Delete all that match/ });
    await purge.getByText('olga (operator) may not do this.').waitFor();
    expect(await purge.getAttribute('aria-disabled')).toBe('true');
  });
});

describe('a job that is enqueued', () => {
  it('is one job when the answer was lost and it is sent again, and another when it was edited', async () => {
    const page = await open('/admin/jobs?queue=held');
    const answers: string[] = [];
    await page.route('**/api/admin/jobs', async (route) => {
      if (route.request().method() !== 'POST') {
        return route.fallback();
      }
      const answer = await route.fetch();
      answers.push(((await answer.json()) as { job_id: string }).job_id);
      return answers.length === 1 ? route.abort() : route.fulfill({ response: answer });
    });
    await page.getByRole('button', { name: 'Enqueue a job' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enqueue a job' });
    await dialog.getByLabel('Kind').fill('sync.master');
    await dialog.getByLabel('Queue').fill('held');
    const enqueue = dialog.getByRole('button', { name: 'Enqueue a job' });
    await enqueue.click();
    await page.getByText('the server does not answer').waitFor();
    await enqueue.click();
    await dialog.waitFor({ state: 'detached' });
    expect(answers).toHaveLength(2);
    expect(answers[1]).toBe(answers[0]);

    await page.getByRole('button', { name: 'Enqueue a job' }).click();
    await dialog.getByLabel('Kind').fill('sync.master');
    await dialog.getByLabel('Queue').fill('held');
    await enqueue.click();
    await dialog.waitFor({ state: 'detached' });
    expect(answers[2]).not.toBe(answers[0]);
    await Promise.all(answers.slice(1).map((id) => api('POST', `jobs/${id}/cancel`).catch(() => undefined)));
  });
});

describe('the menus of the frame', () => {
  it('come with the first press, by the keyboard too, and give the focus back', async () => {
    const page = await open('/admin/queues');
    const trigger = page.getByRole('button', { name: 'Preferences' });
    await trigger.focus();
    await page.keyboard.press('ArrowDown');
    const dark = page.getByRole('menuitemradio', { name: 'Dark' });
    await dark.waitFor();
    await dark.focus();
    await page.keyboard.press('Enter');
    await until(() => page.evaluate(() => document.documentElement.dataset['theme']), (theme) => theme === 'dark');
    await until(() => page.evaluate(() => document.activeElement?.textContent), (text) => text?.includes('Preferences') === true);
  });
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
