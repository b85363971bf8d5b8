package dev.millrace.api.jobs;

import dev.millrace.job.Job;
import dev.millrace.job.Jobs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for jobs to end, for answers that tell what came of one. When the server stops, those who
 * wait are told where to look instead. Thread-safe.
 */
public final class JobEnds implements AutoCloseable {
  private static final Duration FIRST_LOOK = Duration.ofMillis(10);
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Jobs jobs;
  private final Duration patience;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * A way to wait.
   *
   * @param patience how long an answer waits for the end of a job
   */
  public JobEnds(Jobs jobs, Duration patience) {
    this.jobs = jobs;
    this.patience = patience;
  }

  /** The job at its end; empty when it goes on for longer than an answer waits. */
  public Optional<Job> await(long jobId) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Duration pause = FIRST_LOOK;
    while (true) {
      Job job =
          jobs.find(jobId)
              .orElseThrow(() -> new IllegalStateException("job " + jobId + " is gone"));
      if (job.state().finished()) {
        return Optional.of(job);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0 || closed.await(Math.min(left, pause.toNanos()), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
      pause = pause.multipliedBy(2).compareTo(LOOK) > 0 ? LOOK : pause.multipliedBy(2);
    }
  }

  /** Ends every wait. */
  @Override
  public void close() {
    closed.countDown();
  }
}
