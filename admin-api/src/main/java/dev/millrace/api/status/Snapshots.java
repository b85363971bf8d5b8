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
 * The newest snapshot, for all pollers of this process. A look is taken when somebody asks and the
 * last one is a second old, never more often and never by two at once; it is taken on a thread of
 * its own, so that a Postgres that does not answer holds up nobody for long. While no look succeeds
 * the last one is given out, marked as such. Thread-safe.
 */
final class Snapshots implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** How long one look serves all. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** From this age on a look is called old, whatever the next one is waiting for. */
  private static final Duration OLD = Duration.ofSeconds(5);

  /** How long a look may take before pollers are given the last one. */
  private static final Duration MAX_WAIT = Duration.ofMillis(300);

  /** The same when the last one would have to be called old. */
  private static final Duration OLD_PATIENCE = Duration.ofSeconds(2);

  /** The same when there is none. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(6);

  /** A look is some statements, each of which has its time-out. */
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);

  private static final String POSTGRES = "postgres";
  private static final String NO_EARLIER = "; there is no earlier status to show";

  private final Supplier<Status> look;
  private final Health health;
  private final GuardedTasks looker;
  private volatile @Nullable Taken last;
  private final Interruption interruption = new Interruption("a look at the status");
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

  /** A snapshot as it is told when it is that old. */
  private record Aged(Instant asOf, long seconds, String why, Snapshot told) {}

  /**
   * Why no look succeeds.
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

  Snapshots(Supplier<Status> look, Health health) {
    this.look = look;
    this.health = health;
    this.looker =
        new GuardedTasks(
            "status-look",
            health,
            LONGEST_LOOK,
            Executors.newSingleThreadExecutor(Threads.named("status-look-")));
  }

  private List<String> ownTroubles() {
    return health.troubles().stream().map(trouble -> "API: " + trouble).toList();
  }

  /**
   * The newest there is.
   *
   * @throws ProblemException 503, or 500 for a defect, when there has never been one
   */
  Snapshot current() {
    Taken known = last;
    if (known != null && known.age().compareTo(FRESH) < 0) {
      return known.snapshot();
    }
    try {
      CompletableFuture<Taken> newest = takeOrJoin();
      Duration left = patience(known).minus(takingFor());
      return newest.get(left.toMillis(), TimeUnit.MILLISECONDS).snapshot();
    } catch (TimeoutException | ExecutionException e) {
      return otherwise(known);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise(known);
    }
  }

  private Duration patience(@Nullable Taken known) {
    if (known == null) {
      return FIRST_PATIENCE;
    }
    if (failing != null) {
      return Duration.ZERO;
    }
    return isOld(known) ? OLD_PATIENCE : MAX_WAIT;
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

  /** The same for all who ask within a second. */
  private synchronized Snapshot aged(Taken known, String why) {
    long seconds = known.age().toSeconds();
    Instant asOf = known.snapshot().look().asOf();
    Aged aged = lastAged;
    if (aged == null
        || !aged.asOf().equals(asOf)
        || aged.seconds() != seconds
        || !aged.why().equals(why)) {
      Snapshot told = known.snapshot().aged(Duration.ofSeconds(seconds), why, ownTroubles());
      aged = new Aged(asOf, seconds, why, told);
      lastAged = aged;
    }
    return aged.told();
  }

  private synchronized CompletableFuture<Taken> takeOrJoin() {
    long now = System.nanoTime();
    CompletableFuture<Taken> current = taking;
    if (current == null || (current.isDone() && now - takingSince >= FRESH.toNanos())) {
      current = looker.ask(() -> take(now));
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
      Taken taken = new Taken(Snapshot.of(look.get(), ownTroubles()), since);
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
    boolean away = ConnectionFailure.explains(failure);
    Optional<String> line = interruption.failed(failure);
    if (away) {
      line.ifPresent(log::warn);
    }
    if (known != null && away == (known.traceId() == null)) {
      return;
    }
    if (away) {
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
    looker.close();
  }
}
