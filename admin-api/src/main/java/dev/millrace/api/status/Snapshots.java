package dev.millrace.api.status;

import dev.millrace.Threads;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.db.ConnectionFailure;
import dev.millrace.db.Outage;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest snapshot, shared by all pollers of this process. A request reads a new one when the
 * last is 1 s old, or of before a change by this process; one read at a time, on a thread of its
 * own, so that a Postgres that does not answer delays a request by a bounded time. While reads
 * fail, requests get the last snapshot, marked as degraded. Thread-safe.
 */
final class Snapshots implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** How long one snapshot is served. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** From this age on a snapshot is marked as old, even while a read is in progress. */
  private static final Duration OLD = Duration.ofSeconds(5);

  /** How long a request waits for a read before it gets the last snapshot. */
  private static final Duration MAX_WAIT = Duration.ofMillis(300);

  /** The same when the last snapshot would be marked as old. */
  private static final Duration MAX_WAIT_OLD = Duration.ofSeconds(2);

  /** The same when there is no snapshot. */
  private static final Duration MAX_WAIT_FIRST = Duration.ofSeconds(6);

  /** A read is some statements, each of which has its time-out. */
  private static final Duration LONGEST_READ = Duration.ofMinutes(1);

  private static final String POSTGRES = "postgres";
  private static final String NO_EARLIER = "; there is no earlier status to show";

  private final Supplier<Status> source;
  private final Health health;
  private final GuardedTasks reader;
  private volatile @Nullable Taken last;

  /** When something was changed by this process. */
  private volatile long changedAt = System.nanoTime() - FRESH.toNanos();

  private final Interruption interruption = new Interruption("a read of the status");
  private volatile @Nullable Failure failing;
  private @Nullable CompletableFuture<Taken> taking;
  private long takingSince;
  private @Nullable Aged lastAged;

  /** A snapshot and when it was asked for, by {@link System#nanoTime}. */
  private record Taken(Snapshot snapshot, long since) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - since);
    }
  }

  /** A snapshot marked with its age. */
  private record Aged(Instant asOf, long seconds, String why, Snapshot snapshot) {}

  /**
   * Why reads fail.
   *
   * @param traceId of a defect, under which it was logged; null: Postgres does not answer, or not
   *     in time
   * @param sentence what Postgres cannot do
   */
  private record Failure(@Nullable String traceId, String sentence) {
    String word() {
      return traceId == null ? POSTGRES : Snapshot.internal(traceId);
    }

    ProblemException problem() {
      return traceId == null
          ? Problems.unavailable(sentence + NO_EARLIER)
          : new ProblemException(
              ProblemAnswers.internal(
                  "internal_error",
                  "the status cannot be read; the log has the trace_id",
                  traceId));
    }
  }

  Snapshots(Supplier<Status> source, Health health) {
    this.source = source;
    this.health = health;
    this.reader =
        new GuardedTasks(
            "status-read",
            health,
            LONGEST_READ,
            Executors.newSingleThreadExecutor(Threads.named("status-read-")));
  }

  private List<String> ownTroubles() {
    return health.troubles().stream().map(trouble -> "API: " + trouble).toList();
  }

  /**
   * Returns the newest snapshot.
   *
   * @throws ProblemException 503, or 500 for a defect, when there has never been one
   */
  Snapshot current() {
    Taken known = last;
    if (known != null && known.age().compareTo(FRESH) < 0 && known.since() - changedAt > 0) {
      return known.snapshot();
    }
    try {
      CompletableFuture<Taken> newest = takeOrJoin();
      Duration left = maxWait(known).minus(takingFor());
      return newest.get(left.toMillis(), TimeUnit.MILLISECONDS).snapshot();
    } catch (TimeoutException | ExecutionException e) {
      return otherwise(known);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise(known);
    }
  }

  /** A snapshot that was asked for before now is not served as fresh any more. */
  void changed() {
    changedAt = System.nanoTime();
  }

  private Duration maxWait(@Nullable Taken known) {
    if (known == null) {
      return MAX_WAIT_FIRST;
    }
    if (failing != null) {
      return Duration.ZERO;
    }
    return isOld(known) ? MAX_WAIT_OLD : MAX_WAIT;
  }

  private static boolean isOld(Taken known) {
    return known.age().compareTo(OLD) >= 0;
  }

  private Snapshot otherwise(@Nullable Taken known) {
    Failure failure = failing;
    if (known == null) {
      throw failure == null
          ? Problems.unavailable("Postgres does not answer" + NO_EARLIER)
          : failure.problem();
    }
    if (failure == null && !isOld(known)) {
      return known.snapshot();
    }
    return aged(known, failure == null ? POSTGRES : failure.word());
  }

  /** One instance for all requests within a second. */
  private synchronized Snapshot aged(Taken known, String why) {
    long seconds = known.age().toSeconds();
    Instant asOf = known.snapshot().status().asOf();
    Aged aged = lastAged;
    if (aged == null
        || !aged.asOf().equals(asOf)
        || aged.seconds() != seconds
        || !aged.why().equals(why)) {
      Snapshot marked = known.snapshot().aged(Duration.ofSeconds(seconds), why, ownTroubles());
      aged = new Aged(asOf, seconds, why, marked);
      lastAged = aged;
    }
    return aged.snapshot();
  }

  private synchronized CompletableFuture<Taken> takeOrJoin() {
    long now = System.nanoTime();
    CompletableFuture<Taken> current = taking;
    boolean before = takingSince - changedAt <= 0;
    if (current == null || (current.isDone() && (before || now - takingSince >= FRESH.toNanos()))) {
      current = reader.ask(() -> take(now));
      taking = current;
      takingSince = now;
    }
    return current;
  }

  private synchronized Duration takingFor() {
    return Duration.ofNanos(System.nanoTime() - takingSince);
  }

  private Taken take(long since) {
    try {
      Taken taken = new Taken(Snapshot.of(source.get(), ownTroubles()), since);
      last = taken;
      interruption.worked().ifPresent(log::info);
      failing = null;
      return taken;
    } catch (RuntimeException | Error e) {
      failed(e);
      throw e;
    }
  }

  /** Logs the first failure of a kind; those that follow keep its trace id. */
  private void failed(Throwable failure) {
    Failure known = failing;
    boolean outage = ConnectionFailure.explains(failure);
    Optional<String> line = interruption.failed(failure);
    if (outage) {
      line.ifPresent(log::warn);
    }
    if (known != null && outage == (known.traceId() == null)) {
      return;
    }
    if (outage) {
      failing = new Failure(null, Outage.describe(failure));
    } else {
      String traceId = ProblemAnswers.traceId();
      failing = new Failure(traceId, "");
      log.error(
          "the status cannot be read; the last one is shown, marked as degraded trace_id={}",
          traceId,
          failure);
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
