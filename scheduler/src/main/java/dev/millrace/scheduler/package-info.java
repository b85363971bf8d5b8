/**
 * Runs recurring jobs on schedule and repairs the queue.
 *
 * <p><b>Fires.</b> A {@link dev.millrace.schedule.Schedule} defines the slots. Quartz's cluster
 * wakes one node at ticks that include every slot, and the row (background worker, slot) in {@code
 * millrace.fires} decides: the node that inserts it enqueues the job in the same transaction, and a
 * later node finds the row and stops. So a slot is one job however often Quartz fires it. A fire
 * that was lost (a node was killed between Quartz's commit and that insert, Postgres was out, no
 * scheduler ran) leaves a slot without a row; the back-fill finds it once it is older than {@link
 * dev.millrace.scheduler.SchedulerSettings#missedAfter} and settles it by the row's misfire policy.
 *
 * <p><b>Changes.</b> {@code background_workers} decides. Each node compares its versions twice a
 * second and writes changes into Quartz's store; one node at a time, and only where the ticks
 * differ, so that a node that starts does not reset triggers. {@code enabled} is not written there:
 * each fire reads the row.
 *
 * <p><b>The leader.</b> One node holds the lease in {@code millrace.leader}, by the database's
 * clock, and runs the duties that need one node only: dispatch, resync, rescue, back-fill, stuck
 * triggers, prune. Each is a guarded statement and harmless when done twice, so a leader that was
 * suspended and resumes late repeats work without effect. A leader that stops resigns and is
 * replaced within 1 s; one that is killed is replaced when its lease has ended.
 *
 * <p>While Postgres is out each duty backs off, and the log has one line. While Redis is out, due
 * jobs are still promoted in Postgres, from where workers claim them directly.
 */
@NullMarked
package dev.millrace.scheduler;

import org.jspecify.annotations.NullMarked;
