package dev.millrace.worker;

import java.time.Duration;

/**
 * Ends attempts that run for too long, closes connections that no longer answer, replaces executor
 * threads whose handler ignores its stop, and checks the lease between heartbeats. For the watch
 * thread only.
 */
final class AttemptWatch {
  /** How often attempts are checked. */
  static final Duration INTERVAL = Duration.ofMillis(250);

  /** No jobs are prefetched for an executor thread that has run one attempt for this long. */
  private static final Duration SLOW = Duration.ofMillis(100);

  private final HeldJobs held;
  private final WorkerLease lease;
  private final ExecutorThreads executors;
  private final Runner runner;

  AttemptWatch(HeldJobs held, WorkerLease lease, ExecutorThreads executors, Runner runner) {
    this.held = held;
    this.lease = lease;
    this.executors = executors;
    this.runner = runner;
  }

  /** One check of the lease, of all attempts and of the executor threads. */
  void check() {
    lease.check();
    int slow = 0;
    for (Attempt attempt : held.all()) {
      if (attempt.isRunning() && attempt.running().compareTo(SLOW) > 0) {
        slow++;
      }
      if (attempt.isOverdue()) {
        attempt.stop(Attempt.Stop.TIMED_OUT);
      }
      attempt.abortIfStuck();
      if (!held.isDraining() && attempt.giveUp()) {
        executors.giveOneUp();
        held.ended(runner.giveUp(attempt));
      }
    }
    executors.replaceMissing();
    held.setSlowThreads(slow);
    held.handBackStale();
  }
}
