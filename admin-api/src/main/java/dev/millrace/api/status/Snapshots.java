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
import dev.millrace.status.TransactionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * last is 1 s old; one read at a time, on a thread of its own, so that a Postgres that does not
 * answer delays a request by a bounded time. While reads fail, requests get the last snapshot,
 * marked as degraded.
 *
 * <p>A request that has to show a change waits, without a thread, for a snapshot that was asked for
 * after the request came, or that sees the change. All that wait share the next read, which begins
 * {@link #EXTRA} after the one before or when Postgres has had four times as long a rest as that
 * one took, whichever is later: commands cause at most ten reads a second, however many ask.
 * Thread-safe.
 */
final class Snapshots implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** How long one snapshot is served. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** From this age on a snapshot is marked as old, even while a read is in progress. */
  private static final Duration OLD = Duration.ofSeconds(5);

  /** How long after a read a change may cause another. */
  static final Duration EXTRA = Duration.ofMillis(100);

  /** As a multiple of the time that a read takes, the same. */
  private static final int EXTRA_READS = 5;

  /** How long a request waits for a snapshot that shows a change: a rest and a slow read. */
  private static final Duration MAX_WAIT_CHANGE = Duration.ofSeconds(3);

  private static final int ANSWERING = 4;

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
  private final GuardedTasks answers;
  private volatile @Nullable Taken last;

  /** When something was changed by this process. */
  private volatile long changedAt = System.nanoTime() - FRESH.toNanos();

  private final Interruption interruption = new Interruption("a read of the status");
  private volatile @Nullable Failure failing;
  private @Nullable CompletableFuture<Taken> taking;
  private long takingSince;
  private volatile long took;
  private final Set<Waiting> waiting = new HashSet<>();
  private boolean readIsPlanned;
  private @Nullable Aged lastAged;

  /** A snapshot and when it was asked for, by {@link System#nanoTime}. */
  private record Taken(Snapshot snapshot, long since) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - since);
    }
  }

  /**
   * What a request has to show.
   *
   * @param changedAt when this process changed something, by {@link System#nanoTime}
   * @param asked when the request came; the same clock
   */
  private record Wanted(Optional<TransactionSnapshot> change, long changedAt, long asked) {
    boolean isIn(Taken taken) {
      return taken.since() - changedAt > 0
          && (change.isEmpty()
              || taken.since() - asked >= 0
              || taken.snapshot().status().sight().includes(change.get()));
    }

    Shown shownBy(Snapshot snapshot) {
      return new Shown(
          snapshot,
          change.map(known -> snapshot.status().sight().lacking(known)).orElse(List.of()).stream()
              .map(part -> Shown.BEHIND + ":" + part)
              .toList());
    }
  }

  /** A request that waits; the answer is empty when there is no such snapshot. */
  private static final class Waiting {
    private final Wanted wanted;
    private final CompletableFuture<Optional<Taken>> answer = new CompletableFuture<>();

    Waiting(Wanted wanted) {
      this.wanted = wanted;
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
    this.answers =
        new GuardedTasks(
            "status-answer",
            health,
            LONGEST_READ,
            Executors.newFixedThreadPool(ANSWERING, Threads.named("status-answer-")));
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
    return look().snapshot();
  }

  /**
   * The newest snapshot, with the effect of what this process has changed, and of another change.
   * When none of them is to be had within three seconds it is the last one, which is said to be
   * behind.
   *
   * @param change empty: only what this process has changed
   * @return done at once, unless it has to be read; completed on a thread of its own
   * @throws ProblemException as {@link #current}
   */
  CompletableFuture<Shown> newest(Optional<TransactionSnapshot> change) {
    Wanted wanted = new Wanted(change, changedAt, System.nanoTime());
    Taken look = look();
    if (wanted.isIn(look)) {
      return CompletableFuture.completedFuture(wanted.shownBy(look.snapshot()));
    }
    if (failing != null) {
      return CompletableFuture.completedFuture(new Shown(look.snapshot(), List.of(Shown.BEHIND)));
    }
    Waiting one = new Waiting(wanted);
    synchronized (this) {
      waiting.add(one);
      readForWaiting();
    }
    return one.answer
        .completeOnTimeout(Optional.empty(), MAX_WAIT_CHANGE.toMillis(), TimeUnit.MILLISECONDS)
        .thenApplyAsync(taken -> shown(one, taken), answers);
  }

  private Shown shown(Waiting one, Optional<Taken> taken) {
    synchronized (this) {
      waiting.remove(one);
    }
    return taken
        .map(found -> one.wanted.shownBy(found.snapshot()))
        .orElseGet(() -> new Shown(otherwise(last).snapshot(), List.of(Shown.BEHIND)));
  }

  private Taken look() {
    Taken known = last;
    if (known != null && known.age().compareTo(FRESH) < 0) {
      return known;
    }
    try {
      CompletableFuture<Taken> newest = takeOrJoin();
      Duration left = maxWait(known).minus(takingFor());
      return newest.get(left.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return otherwise(known);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise(known);
    }
  }

  /** A snapshot that was asked for before now is not enough any more. */
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

  private Taken otherwise(@Nullable Taken known) {
    Failure failure = failing;
    if (known == null) {
      throw failure == null
          ? Problems.unavailable("Postgres does not answer" + NO_EARLIER)
          : failure.problem();
    }
    if (failure == null && !isOld(known)) {
      return known;
    }
    return new Taken(aged(known, failure == null ? POSTGRES : failure.word()), known.since());
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
    CompletableFuture<Taken> current = taking;
    boolean done = current == null || current.isDone();
    return current == null || (done && takingFor().compareTo(FRESH) >= 0) ? begin() : current;
  }

  private synchronized CompletableFuture<Taken> begin() {
    long now = System.nanoTime();
    CompletableFuture<Taken> begun = reader.ask(() -> take(now));
    taking = begun;
    takingSince = now;
    var unused = begun.whenComplete((taken, failure) -> settle(taken));
    return begun;
  }

  /** Begins a read for requests that wait, now or after the rest that is due. */
  private synchronized void readForWaiting() {
    boolean reads = taking != null && !taking.isDone();
    if (waiting.isEmpty() || reads || readIsPlanned) {
      return; // a read that ends comes back here
    }
    long rest = Math.max(EXTRA.toNanos(), EXTRA_READS * took) - takingFor().toNanos();
    if (taking == null || rest <= 0) {
      var unused = begin();
    } else {
      readIsPlanned = true;
      CompletableFuture.delayedExecutor(rest, TimeUnit.NANOSECONDS, answers)
          .execute(this::readAsPlanned);
    }
  }

  private synchronized void readAsPlanned() {
    readIsPlanned = false;
    readForWaiting();
  }

  /**
   * Answers those that waited for a read that has ended.
   *
   * @param taken null: it failed, and so may the next
   */
  private void settle(@Nullable Taken taken) {
    List<Waiting> over;
    synchronized (this) {
      over = waiting.stream().filter(one -> taken == null || one.wanted.isIn(taken)).toList();
      over.forEach(waiting::remove);
      readForWaiting();
    }
    over.forEach(one -> one.answer.complete(Optional.ofNullable(taken)));
  }

  private synchronized Duration takingFor() {
    return Duration.ofNanos(System.nanoTime() - takingSince);
  }

  private Taken take(long since) {
    long begun = System.nanoTime();
    try {
      Taken taken = new Taken(Snapshot.of(source.get(), ownTroubles()), since);
      last = taken;
      took = System.nanoTime() - begun;
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
    answers.close();
  }
}
