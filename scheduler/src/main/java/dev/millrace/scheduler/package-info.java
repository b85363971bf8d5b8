/**
 * What makes recurring jobs run by themselves and the queue mend itself.
 *
 * <p><b>Fires.</b> A {@link dev.millrace.schedule.Schedule} says which slots there are, Quartz's
 * cluster wakes one node up at ticks that contain all of them, and the row (background worker,
 * slot) in {@code millrace.fires} decides: who inserts it enqueues, in the same transaction;
 * everyone who comes later finds it and stops. So a slot is one job however often Quartz fires it.
 * A fire that was lost (a node killed between Quartz's commit and ours, Postgres away, no scheduler
 * running) leaves a slot without a row; the back-fill finds it once it is older than {@link
 * dev.millrace.scheduler.SchedulerSettings#missedAfter} and settles it by the row's misfire policy.
 *
 * <p><b>Changes.</b> {@code background_workers} is the one truth. Every node looks at its versions
 * twice a second and mirrors a change into Quartz's store; one of them at a time, and only where
 * the ticks differ, so that a node that boots resets nobody's trigger. {@code enabled} is not
 * mirrored: each fire reads the row afresh.
 *
 * <p><b>The leader.</b> One node holds the lease in {@code millrace.leader}, by the database's
 * clock, and does the duties that one is enough for: dispatch, mend, rescue, back-fill, stuck
 * triggers, prune. Each is a guarded statement and harmless when done twice, so a leader that was
 * stopped and wakes up late wastes work and breaks nothing. A leader that leaves gives the lease up
 * and is replaced within a second; one that is killed is replaced when its lease has ended.
 *
 * <p>While Postgres is away every loop waits with a back-off of its own and says so once. While
 * Redis is away, due jobs are still promoted in Postgres, where the workers look for them.
 */
@NullMarked
package dev.millrace.scheduler;

import org.jspecify.annotations.NullMarked;
