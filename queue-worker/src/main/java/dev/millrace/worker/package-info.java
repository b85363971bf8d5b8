/**
 * The queue worker: claims jobs, runs them, records what came of them.
 *
 * <p>Guarantee: an attempt is recorded, and its fenced effects are committed, only while it is the
 * newest of its job. What happens when something stops:
 *
 * <ul>
 *   <li>A handler fails, or runs over its time: the attempt is recorded as failed; the job is
 *       retried after its kind's back-off, or failed for good.
 *   <li>The process is killed: its lease ends, the rescuer takes its jobs back.
 *   <li>The process is frozen beyond its lease: as if killed. When it wakes it finds the lease
 *       gone, stops everything it ran, and begins a new life under a new worker id. Whatever its
 *       old attempts still try to write is refused by their fences.
 *   <li>Postgres is away: nothing is claimed; outcomes wait; when the lease cannot be renewed in
 *       time everything is stopped.
 *   <li>Another transaction has locked a row: a claim leaves that job out; an outcome that needs
 *       the row is postponed by itself, and holds its place in this worker no longer.
 *   <li>Redis is away: jobs are claimed from Postgres directly, with the locks granted by nobody
 *       and the lock key's unique index deciding.
 *   <li>SIGTERM: nothing more is claimed, what has not started goes back at once, what runs gets
 *       the drain time and then goes back with its attempt not spent.
 * </ul>
 */
@NullMarked
package dev.millrace.worker;

import org.jspecify.annotations.NullMarked;
