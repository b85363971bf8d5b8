/**
 * The refresh of materialized views, as the kind {@code mv.refresh}.
 *
 * <p>Guarantee: every change that was committed before a refresh began is in the view when the
 * refresh has committed, and every request that was not served is still there.
 *
 * <p>Each view has a transaction of its own, in this order: the advisory lock of the view, so that
 * two refreshes of it never overlap whatever Redis and the leases say; the delete of its requests;
 * then the refresh, whose snapshot is younger than the delete's, so that it covers every request
 * that was deleted; the row of the log; the fence. What fails takes the delete back with it.
 *
 * <ul>
 *   <li>The process is killed: Postgres rolls the open transaction back. (A refresh sent without a
 *       transaction would go on and commit after its client's death.)
 *   <li>Someone holds the view: the attempt gives up after the lock time-out, records who it was,
 *       and tries again a little later.
 *   <li>One view fails: it is logged, the others are refreshed, and the job fails at the end. Its
 *       next attempt does only what is left.
 *   <li>The attempt is stale: nothing of it is committed.
 * </ul>
 */
@NullMarked
package dev.millrace.mv.job;

import org.jspecify.annotations.NullMarked;
