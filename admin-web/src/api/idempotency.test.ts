import { expect, it } from 'vitest';
import { oneKey } from './idempotency';

it('a key stays while the same is sent, and is another for anything else, and in another form', () => {
  const keyOf = oneKey();
  const first = keyOf('{"kind":"a"}');
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf('{"kind":"a"}')).toBe(first);
  const second = keyOf('{"kind":"b"}');
  expect(second).not.toBe(first);
  expect(keyOf('{"kind":"a"}')).not.toBe(first);
  expect(oneKey()('{"kind":"a"}')).not.toBe(first);
});
