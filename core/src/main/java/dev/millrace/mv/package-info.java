/**
 * Materialized views that stay fresh: when each is due, and how fresh it is.
 *
 * <p>A change of a watched table raises a sequence. No writer updates a row that others need, so
 * writers never wait for each other. The leader reads the sequences once a second and appends a
 * request for each view whose sequences have changed. A sequence is raised before its writer
 * commits, so the leader remembers the transactions that still hold it, and asks again when one of
 * them has ended: what counts is a request made after the commit. A view is due {@code debounce}
 * after its last request, but no later than {@code max_wait} after the first one that is not
 * served, and early enough that {@code max_lag} is met, going by how long its refreshes took. Then
 * one job is enqueued under the unique key of the view; requests that come while it runs stay, and
 * make exactly one more. A refresh that changed something asks at once for the views that read this
 * one, and a view waits while one above it is due or running: upstream first, and only what is
 * affected.
 *
 * <p>What fails: the requests of a failed refresh are still there, and the view is due again after
 * a back-off. A dead leader: the next one sees the same requests and sequences, since what was read
 * of a sequence and the request for it are written in one transaction. Two leaders: the unique key
 * keeps one job. No leader: requests and sequences wait, nothing is lost. A change that is rolled
 * back: one refresh that finds nothing new.
 */
@NullMarked
package dev.millrace.mv;

import org.jspecify.annotations.NullMarked;
