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
import dev.millrace.text.DurationText;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Runs an attempt and turns what its handler returns or throws into a result. Thread-safe. */
final class Runner {
  private static final Logger log = LoggerFactory.getLogger(Runner.class);
  private static final int MAX_ERROR = 2_000;

  private final Handlers handlers;

  Runner(Handlers handlers) {
    this.handlers = handlers;
  }

  /** Runs an attempt in the calling thread. What the handler throws becomes a result. */
  AttemptResult run(Attempt attempt) {
    ClaimedJob job = attempt.job();
    attempt.setThread(Thread.currentThread());
    try {
      attempt.checkStop();
      Outcome outcome = handlers.run(job.kind(), job.payload(), attempt);
      return succeeded(attempt, outcome);
    } catch (Throwable e) { // an Error of a handler must not end the thread
      return failedSafely(attempt, e);
    } finally {
      attempt.setThread(null);
      Thread.interrupted(); // the next job must not inherit this one's stop
    }
  }

  /**
   * The result of an attempt whose handler ignores its stop. The thread that runs it is lost until
   * the handler returns.
   */
  AttemptResult giveUp(Attempt attempt) {
    log.error(
        "handler given up job={} kind={} fence={} running_ms={}: it ignores its stop; its executor thread is replaced; it runs{}",
        attempt.job().id(),
        attempt.job().kind(),
        attempt.job().fence(),
        attempt.running().toMillis(),
        attempt.stackTrace());
    return failed(attempt, new JobStoppedException(attempt.job().id(), "its handler did not stop"));
  }

  private static AttemptResult succeeded(Attempt attempt, Outcome outcome) {
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
      return new AttemptResult.HandedBack(attempt, ((Outcome.Snooze) outcome).delay(), true);
    }
  }

  /** The exception may throw as well, when it is asked for its message or its delay. */
  private AttemptResult failedSafely(Attempt attempt, Throwable e) {
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
      return new AttemptResult.HandedBack(attempt, Duration.ZERO, false);
    }
    String error =
        stop == Attempt.Stop.TIMED_OUT
            ? "timed out after " + DurationText.of(attempt.timeout())
            : describe(e);
    boolean retry = !(e instanceof UnretryableException) && job.attempt() < job.maxAttempts();
    RetryPolicy policy = handlers.kind(job.kind()).map(JobKind::retry).orElse(RetryPolicy.DEFAULT);
    Duration delay =
        e instanceof RetryAfterException after
            ? after.delay()
            : policy.delayAfter(job.attempt(), RandomGenerator.getDefault());
    LoggingEventBuilder line = e instanceof LoggedFailure ? log.atInfo() : log.atWarn();
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
        .setCause(isExpected(e) ? null : e)
        .log(
            "attempt failed, {}: {}",
            retry ? "the job is retried" : "it was the last one",
            error.replaceAll("\\s*\\R\\s*", "; "));
    return new AttemptResult.Failed(
        attempt, error, retry ? new AttemptResult.Retry(delay, policy.retryFor()) : null);
  }

  /**
   * Whether the message of a failure says all: it and its causes were thrown on purpose, or are
   * answers of Postgres and of the network.
   */
  static boolean isExpected(Throwable e) {
    if (!(e instanceof MillraceException)) {
      return false;
    }
    return Stream.iterate(e.getCause(), Objects::nonNull, Throwable::getCause)
        .allMatch(
            cause ->
                cause instanceof MillraceException
                    || cause instanceof JdbiException
                    || cause instanceof SQLException
                    || cause instanceof IOException);
  }

  /** The class and the message of a failure; of our own exceptions the message alone. */
  static String describe(Throwable e) {
    String message = e.getMessage() == null ? "" : ": " + e.getMessage();
    String text =
        (e instanceof MillraceException
            ? message.replaceFirst("^: ", "")
            : e.getClass().getSimpleName() + message);
    String clean = text.replace("\u0000", "");
    return CodePoints.first(clean, MAX_ERROR);
  }
}
