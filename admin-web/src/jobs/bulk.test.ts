import { describe, expect, it } from 'vitest';
import { bulkFilter, inSteps, type Step } from './bulk';

const step = (one: Partial<Step>): Step => ({ left: 0, skipped: [], more: false, ...one });

/** Answers one after another, and the cursors that they were asked with. */
function answers(all: readonly Step[]) {
  const cursors: (string | undefined)[] = [];
  return {
    cursors,
    next: async (cursor: string | undefined) => {
      const answer = all[cursors.length];
      cursors.push(cursor);
      if (answer === undefined) {
        throw new Error('asked once more than there are answers');
      }
      return answer;
    },
  };
}

describe('a command in steps', () => {
  it('goes on by the cursor until there is none, and adds up what became of all', async () => {
    const skipped = [{ job_id: '9', code: 'family_at_work' as const, reason: 'its family is at work' }];
    const { cursors, next } = answers([
      step({ purged: 1000, children: 3, more: true, next_cursor: 'a' }),
      step({ purged: 0, left: 1, skipped, more: true, next_cursor: 'b' }),
      step({ purged: 5, next_cursor: null }),
    ]);
    expect(await inSteps(next, () => true)).toEqual({ taken: 1005, asked: 0, children: 3, left: 1, skipped, more: false });
    expect(cursors).toEqual([undefined, 'a', 'b']);
  });

  it('goes on without a cursor while a step finds something', async () => {
    const { cursors, next } = answers([step({ cancelled: 10, cancelling: 2, more: true }), step({ cancelled: 0, left: 4, more: true }), step({ cancelled: 0, more: true })]);
    expect(await inSteps(next, () => true)).toMatchObject({ taken: 10, asked: 2, left: 4, more: true });
    expect(cursors).toHaveLength(3);
  });

  it('stops after the step under way when it is told to, and says that others match', async () => {
    const { cursors, next } = answers([step({ queued: 1000, more: true, next_cursor: 'a' })]);
    expect(await inSteps(next, () => false)).toMatchObject({ taken: 1000, more: true });
    expect(cursors).toHaveLength(1);
  });

  it('names a hundred of those left, and counts all', async () => {
    const skipped = Array.from({ length: 100 }, (_, i) => ({ job_id: String(i), code: 'locked' as const, reason: 'another holds it' }));
    const { next } = answers([step({ left: 300, skipped, more: true, next_cursor: 'a' }), step({ left: 50, skipped, next_cursor: null })]);
    const sum = await inSteps(next, () => true);
    expect([sum.left, sum.skipped.length]).toEqual([350, 100]);
  });
});

describe('the filter of a command', () => {
  it('is that of the list, with the state that a retry takes when none is chosen', () => {
    expect(bulkFilter('retry', {})).toEqual({ state: 'failed' });
    expect(bulkFilter('cancel', { kind: 'mail.send' })).toEqual({ kind: 'mail.send' });
    expect(bulkFilter('purge', { state: 'completed', queue: 'default' })).toEqual({ state: 'completed', queue: 'default' });
  });

  it('is refused where the command would take other jobs than are listed', () => {
    expect(bulkFilter('cancel', { state: 'failed' })).toBe('state');
    expect(bulkFilter('purge', { state: 'queued' })).toBe('state');
    expect(bulkFilter('retry', { state: 'failed', error: 'timeout' })).toBe('narrow');
  });
});
