import type { Permission, JobState, SkippedJob } from '../api/types';
import { type Filter, MORE } from './filter';

export type Verb = 'retry' | 'cancel' | 'purge';

/** What each command is allowed for, and which states it takes; the first of retry is what it takes when none is asked for. */
export const VERBS: Readonly<Record<Verb, { readonly permission: Permission; readonly states: readonly JobState[] }>> = {
  retry: { permission: 'retry_jobs', states: ['failed', 'cancelled'] },
  cancel: { permission: 'cancel_jobs', states: ['scheduled', 'queued', 'processing', 'waiting'] },
  purge: { permission: 'purge_jobs', states: ['completed', 'failed', 'cancelled'] },
};

/** The filter as the commands take it, or why there is none: the command does not apply to the state, or cannot filter by all that the list does. */
export function bulkFilter(verb: Verb, filter: Filter): Filter | 'state' | 'narrow' {
  if (MORE.some((name) => filter[name] !== undefined)) {
    return 'narrow';
  }
  const { states } = VERBS[verb];
  if (filter.state !== undefined && !states.some((state) => state === filter.state)) {
    return 'state';
  }
  const { kind, queue } = filter;
  const state = filter.state ?? (verb === 'retry' ? states[0] : undefined);
  return { ...(state === undefined ? {} : { state }), ...(kind === undefined ? {} : { kind }), ...(queue === undefined ? {} : { queue }) };
}

/** An answer to one step of a command, whichever it is. */
export interface Step {
  readonly queued?: number;
  readonly cancelled?: number;
  readonly cancelling?: number;
  readonly purged?: number;
  readonly children?: number;
  readonly left: number;
  readonly skipped: readonly SkippedJob[];
  readonly more: boolean;
  readonly next_cursor?: string | null;
}

export interface Outcome {
  /** Queued again, cancelled or deleted. */
  readonly taken: number;
  /** Jobs whose workers were asked to stop. */
  readonly asked: number;
  /** That were deleted with those taken. */
  readonly children: number;
  readonly left: number;
  /** The first of those left, with their reasons. */
  readonly skipped: readonly SkippedJob[];
  /** Others still match: it was stopped before. */
  readonly more: boolean;
}

export const NOTHING: Outcome = { taken: 0, asked: 0, children: 0, left: 0, skipped: [], more: false };
const SHOWN = 100;

/** Does one step after another until none matches, or goesOn says no to what has become of it so far. */
export async function inSteps(step: (cursor: string | undefined) => Promise<Step>, goesOn: (soFar: Outcome) => boolean): Promise<Outcome> {
  let sum = NOTHING;
  let cursor: string | undefined;
  for (;;) {
    const answer = await step(cursor);
    const taken = (answer.queued ?? 0) + (answer.cancelled ?? 0) + (answer.purged ?? 0);
    const asked = answer.cancelling ?? 0;
    cursor = answer.next_cursor ?? undefined;
    // Without a cursor the next step begins at the same place: after one that found nothing it would never end.
    const more = answer.next_cursor === undefined ? answer.more && taken + asked + answer.left > 0 : cursor !== undefined;
    sum = {
      taken: sum.taken + taken,
      asked: sum.asked + asked,
      children: sum.children + (answer.children ?? 0),
      left: sum.left + answer.left,
      skipped: [...sum.skipped, ...answer.skipped].slice(0, SHOWN),
      more: answer.more,
    };
    if (!goesOn(sum) || !more) {
      return sum;
    }
  }
}
