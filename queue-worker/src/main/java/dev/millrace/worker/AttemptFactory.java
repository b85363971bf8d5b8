package dev.millrace.worker;

import dev.millrace.job.JobKind;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes the attempts of claimed jobs. Immutable. */
final class AttemptFactory {
  /** The time limit of a job whose kind this process does not handle. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);

  private final Handlers handlers;
  private final Attempt.Services services;

  AttemptFactory(Handlers handlers, Attempt.Services services) {
    this.handlers = handlers;
    this.services = services;
  }

  /**
   * Makes the attempt of a job.
   *
   * @param lock under which the job is claimed, if it needs one
   */
  Attempt of(ClaimedJob job, JobLocks.@Nullable Held lock) {
    Duration ofKind = handlers.kind(job.kind()).map(JobKind::timeout).orElse(DEFAULT_TIMEOUT);
    return new Attempt(job, lock, job.timeout(ofKind), services);
  }
}
