/**
 * The refresh of materialized views, as the kind {@code mv.refresh}.
 *
 * <p>Guarantee: every change that was committed before a refresh began is in the view when the
 * refresh has committed, and every request that was not served is still stored.
 *
 * <p>Each view has a transaction of its own, in this order: the advisory lock of the view, so that
 * two refreshes of it never overlap, even when Redis or the leases fail; the delete of its
 * requests; then the refresh, whose snapshot is younger than the delete's, so that it covers every
 * request that was deleted; the row of the log; the fence. A failure rolls the delete back.
 *
 * <ul>
 *   <li>The process is killed: Postgres rolls the open transaction back. (A refresh outside a
 *       transaction would continue and commit after its client's death.)
 *   <li>Another session holds the view: the attempt gives up after the lock time-out, records that
 *       session, and tries again a little later.
 *   <li>One view fails: it is logged, the others are refreshed, and the job fails at the end. Its
 *       next attempt refreshes only the views that failed.
 *   <li>The attempt is stale: nothing is committed.
 * </ul>
 */
@NullMarked
package dev.millrace.mv.job;

import org.jspecify.annotations.NullMarked;
