package dev.millrace.worker;

import dev.millrace.MillraceException;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.StaleFenceException;
import dev.millrace.job.UnretryableException;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Runs one attempt and says what came of it. Thread-safe. */
final class Runner {
  private static final Logger log = LoggerFactory.getLogger(Runner.class);
  private static final int LONGEST_ERROR = 2_000;

  private final Handlers handlers;

  Runner(Handlers handlers) {
    this.handlers = handlers;
  }

  /** Never throws: whatever the handler does ends in a value. */
  AttemptResult run(Attempt attempt) {
    ClaimedJob job = attempt.job();
    attempt.runsIn(Thread.currentThread());
    try {
      attempt.checkStop();
      Outcome outcome = handlers.run(job.kind(), job.payload(), attempt);
      return ended(attempt, outcome);
    } catch (Throwable e) { // an Error of a handler must not take the worker with it
      return failedSomehow(attempt, e);
    } finally {
      attempt.runsIn(null);
      boolean unused = Thread.interrupted(); // the next job must not inherit this one's stop
    }
  }

  /**
   * The end of an attempt whose handler ignores its stop. The thread that runs it is lost until it
   * comes back by itself.
   */
  AttemptResult giveUp(Attempt attempt) {
    log.error(
        "handler given up job={} kind={} fence={} running_ms={}: it does not stop; its hand is replaced, it is{}",
        attempt.job().id(),
        attempt.job().kind(),
        attempt.job().fence(),
        attempt.running().toMillis(),
        attempt.stackTrace());
    return failed(attempt, new JobStoppedException(attempt.job().id(), "its handler did not stop"));
  }

  private static AttemptResult ended(Attempt attempt, Outcome outcome) {
    if (attempt.recorded()) {
      return new AttemptResult.Recorded(attempt);
    }
    if (attempt.stopped() == Attempt.Stop.LEASE_LOST) {
      return new AttemptResult.Abandoned(attempt);
    }
    if (outcome instanceof Outcome.Done done) {
      return new AttemptResult.Completed(attempt, done.result());
    } else if (outcome instanceof Outcome.WaitFor waitFor) {
      return new AttemptResult.Waiting(attempt, waitFor);
    } else {
      return new AttemptResult.Back(attempt, ((Outcome.Snooze) outcome).delay(), true);
    }
  }

  /** What a handler threw may be broken itself: its message, or how long it wants to wait. */
  private AttemptResult failedSomehow(Attempt attempt, Throwable e) {
    try {
      return failed(attempt, e);
    } catch (RuntimeException broken) {
      return failed(attempt, broken);
    }
  }

  private AttemptResult failed(Attempt attempt, Throwable e) {
    ClaimedJob job = attempt.job();
    Attempt.Stop stop = attempt.stopped();
    if (attempt.recorded()) {
      log.warn("job {} had completed when its handler failed", job.id(), e);
      return new AttemptResult.Recorded(attempt);
    }
    if (e instanceof StaleFenceException || stop == Attempt.Stop.LEASE_LOST) {
      log.warn(
          "attempt abandoned job={} kind={} fence={}: {}",
          job.id(),
          job.kind(),
          job.fence(),
          e.getMessage());
      return new AttemptResult.Abandoned(attempt);
    }
    if (stop == Attempt.Stop.CANCELLED) {
      return new AttemptResult.Cancelled(attempt);
    }
    if (stop == Attempt.Stop.SHUTDOWN) {
      return new AttemptResult.Back(attempt, Duration.ZERO, false);
    }
    String error =
        stop == Attempt.Stop.TIMED_OUT ? "timed out after " + attempt.running() : describe(e);
    boolean retry = !(e instanceof UnretryableException) && job.attempt() < job.maxAttempts();
    RetryPolicy policy = handlers.kind(job.kind()).map(JobKind::retry).orElse(RetryPolicy.DEFAULT);
    Duration delay =
        e instanceof RetryAfterException after
            ? after.delay()
            : policy.delayAfter(job.attempt(), RandomGenerator.getDefault());
    LoggingEventBuilder line = log.atWarn();
    if (job.backgroundWorker() != null) {
      line = line.addKeyValue("worker", job.backgroundWorker());
    }
    if (retry) {
      line = line.addKeyValue("retry_ms", delay.toMillis());
    }
    line.addKeyValue("job", job.id())
        .addKeyValue("kind", job.kind())
        .addKeyValue("attempt", job.attempt())
        .addKeyValue("max_attempts", job.maxAttempts())
        .addKeyValue("fence", job.fence())
        .addKeyValue("duration_ms", attempt.running().toMillis())
        .setCause(e)
        .log("attempt failed, {}: {}", retry ? "it is tried again" : "it was the last", error);
    return new AttemptResult.Failed(
        attempt, error, retry ? new AttemptResult.Retry(delay, policy.retryFor()) : null);
  }

  /** One line an operator can act on: the kind of the failure and what it says. */
  static String describe(Throwable e) {
    String message = e.getMessage() == null ? "" : ": " + e.getMessage();
    String text =
        (e instanceof MillraceException
            ? message.replaceFirst("^: ", "")
            : e.getClass().getSimpleName() + message);
    String clean = text.replace("\u0000", "");
    return CodePoints.first(clean, LONGEST_ERROR);
  }
}
