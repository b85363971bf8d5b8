import { expect, it } from 'vitest';
import { address, complaints, open, secret, until, useBrowser, violations } from './page';
import { startProxy } from './proxy';

useBrowser();

const at = address.replace(/\/$/, '');

/** The rules of axe that the viewer's own colours, levels of headings, landmarks, and links within buttons do not keep. */
const VIEWERS_OWN = ['color-contrast', 'heading-order', 'nested-interactive', 'region', 'scrollable-region-focusable'];

/** The ids of all operations, as the server's file has them. */
async function operations(): Promise<string[]> {
  const answer = await fetch(`${at}/api/openapi.yaml`, { headers: { Authorization: `Bearer ${secret}` } });
  const paths = /\npaths:\n(.*?)\n(?=\S)/s.exec(await answer.text())?.[1] ?? '';
  return [...paths.matchAll(/^ {6}operationId: (\w+)$/gm)].map((match) => match[1] ?? '').sort();
}

it('the document of the API shows each operation, and what one needs and answers', async () => {
  const page = await open('/api/docs');
  await until(() => page.locator('[aria-busy=true]').count(), (busy) => busy === 0);
  const shown = await until(
    () => page.locator('.opblock').evaluateAll((blocks) => blocks.map((block) => block.id.replace(/^.*-/, '')).sort()),
    (ids) => ids.length > 0,
  );
  const known = await operations();
  expect(known.length).toBeGreaterThan(60);
  expect(shown).toEqual(known);

  const cancel = page.locator('.opblock', { hasText: '/api/admin/jobs/{id}/cancel' });
  await cancel.getByRole('button').first().click();
  await cancel.getByText('x-permission').waitFor();
  await cancel.getByText('"cancel_jobs"').waitFor();
  await cancel.locator('tr.response[data-code="409"]').waitFor();
  expect(page.url()).toContain('#/jobs/');
  expect(await page.getByRole('button', { name: /try it out|authorize|execute/i }).count()).toBe(0);
});

it('it is one link away from the page, under a prefix too, and leads back', async () => {
  const proxy = await startProxy('/tools/millrace');
  try {
    const page = await open('/admin/settings', { at: proxy.at });
    await page.getByRole('link', { name: 'The API for programs' }).click();
    await page.locator('.opblock').first().waitFor();
    expect(page.url()).toBe(`${proxy.at}/api/docs`);
    await page.goto(`${proxy.at}/api/docs/`);
    await page.locator('.opblock').first().waitFor();
    await page.getByRole('link', { name: 'Admin page' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(page.url().replace(/\/$/, '')).toBe(`${proxy.at}/admin`);
  } finally {
    await proxy.stop();
  }
});

it('who is not signed in is shown the way in, and nothing else', async () => {
  const page = await open('/api/docs', { signedIn: false });
  const way = page.getByRole('link', { name: 'Sign in' });
  await way.waitFor();
  expect(await page.locator('.opblock').count()).toBe(0);
  await way.click();
  await page.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
});

it.each(['light', 'dark'] as const)('axe finds no fault in it but those of the viewer in the %s theme', async (theme) => {
  const page = await open('/api/docs', { theme });
  const first = page.locator('.opblock').first();
  await first.waitFor();
  await first.getByRole('button').first().click();
  await first.locator('tr.response').first().waitFor();
  expect(await violations(page, VIEWERS_OWN)).toEqual([]);
});

it('no page has a script that fails or a thing that the security policy refuses', () => {
  expect(complaints).toEqual([]);
});
