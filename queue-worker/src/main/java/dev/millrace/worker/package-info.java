/**
 * The queue worker: claims jobs, runs them and records their outcomes.
 *
 * <p>Guarantee: an attempt is recorded, and its fenced effects are committed, only while it is the
 * newest of its job. What happens when something stops:
 *
 * <ul>
 *   <li>A handler fails or times out: the attempt is recorded as failed; the job is retried after
 *       its kind's back-off, or failed for good.
 *   <li>The process is killed: its lease ends, the rescuer takes its jobs back.
 *   <li>The process is frozen beyond its lease: as if killed. When it wakes it finds its lease
 *       lost, stops all its attempts, and starts a new incarnation under a new worker id. Fences
 *       refuse what the old attempts still try to write.
 *   <li>Postgres is unreachable: nothing is claimed, outcomes wait; when the lease cannot be
 *       renewed in time, all attempts are stopped.
 *   <li>Another transaction has locked a row: a claim leaves that job out; an outcome that needs
 *       the row is postponed alone, and takes no room from other jobs.
 *   <li>Redis is unreachable: jobs are claimed from Postgres directly, without locks in Redis; the
 *       unique index of lock keys decides.
 *   <li>SIGTERM: nothing more is claimed; prefetched jobs go back at once; running jobs get the
 *       drain time and then go back with their attempt not spent.
 * </ul>
 *
 * <p>The way of a job: {@link dev.millrace.worker.ClaimLoop} claims it by {@link
 * dev.millrace.worker.JobFetcher}; {@link dev.millrace.worker.HeldJobs} holds its {@link
 * dev.millrace.worker.Attempt}; {@link dev.millrace.worker.ExecutorThreads} run it; {@link
 * dev.millrace.worker.ResultRecorder} records its {@link dev.millrace.worker.AttemptResult} and
 * releases it.
 */
@NullMarked
package dev.millrace.worker;

import org.jspecify.annotations.NullMarked;
