import { get } from 'node:http';
import { expect, it } from 'vitest';
import { address } from './page';

/** Gzipped, in bytes: what a browser without Brotli loads before it shows anything. */
const MOST = 160 * 1024;

/** The bytes of an answer as they are sent. */
function sent(path: string): Promise<Buffer> {
  return new Promise((done, fail) => {
    get(new URL(path, `${address.replace(/\/$/, '')}/`), { headers: { 'Accept-Encoding': path.endsWith('.js') ? 'gzip' : 'identity' } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        path.endsWith('.js') && answer.headers['content-encoding'] !== 'gzip' ? fail(new Error(`${path} is not sent gzipped`)) : done(Buffer.concat(parts)),
      );
      answer.on('error', fail);
    }).on('error', fail);
  });
}

it('the script that is loaded first, with all that it imports, is small', async () => {
  const document = (await sent('admin')).toString();
  const scripts = [...document.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '');
  expect(scripts.length).toBeGreaterThan(1);
  const sizes = await Promise.all(scripts.map(async (path) => (await sent(`admin/${path}`)).length));
  expect(sizes.every((size) => size > 0)).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST);
});
