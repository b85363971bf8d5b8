package dev.millrace.worker;

import dev.millrace.MillraceException;
import dev.millrace.Threads;
import dev.millrace.db.HandlerPool;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.StaleFenceException;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.Progress;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobResults;
import java.io.Serial;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running attempt: what its handler sees of it, and how it is told to stop. Thread-safe. */
final class Attempt implements JobContext {
  private static final Logger log = LoggerFactory.getLogger(Attempt.class);
  private static final Duration PROGRESS_GAP = Duration.ofMillis(200);
  private static final int MAX_LOG_LINES = 1_000;

  /**
   * How long a handler that was told to stop may go on before its job is taken from it and its hand
   * is replaced.
   */
  private static final Duration GIVEN_UP_AFTER = Duration.ofSeconds(15);

  /** How long a stopped attempt's statement may take to heed its cancel. */
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(5);

  /** Why an attempt was told to stop; it decides what becomes of the job. */
  enum Stop {
    CANCELLED("cancelled on request"),
    TIMED_OUT("timed out"),
    LEASE_LOST("its queue worker lost the lease; another one runs it again"),
    SHUTDOWN("its queue worker is stopping");

    private final String reason;

    Stop(String reason) {
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  /** What an attempt needs of its worker. */
  record Dependencies(Jdbi jdbi, ProgressBoard board, JobLog jobLog) {}

  private final ClaimedJob job;
  private final JobLocks.@Nullable Held lock;
  private final Dependencies dependencies;
  private final long claimedAt = System.nanoTime();
  private volatile long startedAt = claimedAt;
  private volatile boolean begun;
  private final Duration timeout;
  private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
  private final OpenConnections connections;
  private final AtomicInteger logLines = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Thread thread;
  private volatile long stoppedAt;
  private volatile long lastProgress;
  private volatile boolean showedProgress;

  /** Whose transaction was the last to say that the job has completed. */
  private volatile @Nullable Connection completing;

  private volatile boolean recorded;

  Attempt(
      ClaimedJob job, JobLocks.@Nullable Held lock, Duration timeout, Dependencies dependencies) {
    this.job = job;
    this.lock = lock;
    this.timeout = timeout;
    this.dependencies = dependencies;
    this.connections = new OpenConnections(job.id());
    this.lastProgress = claimedAt - PROGRESS_GAP.toNanos();
  }

  ClaimedJob job() {
    return job;
  }

  JobLocks.@Nullable Held lock() {
    return lock;
  }

  @Nullable Stop stopped() {
    return stop.get();
  }

  boolean showedProgress() {
    return showedProgress;
  }

  /** Whether one of its transactions has recorded that the job has completed. */
  boolean recorded() {
    return recorded;
  }

  /** A hand has taken it: its time runs from now. */
  void begin() {
    startedAt = System.nanoTime();
    begun = true;
  }

  /** Whether an executor thread runs its handler. */
  boolean isRunning() {
    return thread != null;
  }

  Duration waited() {
    return Duration.ofNanos(System.nanoTime() - claimedAt);
  }

  Duration running() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Never before it has begun: an attempt that waits for a hand uses none of its time. */
  boolean overtime() {
    return begun && running().compareTo(timeout) > 0;
  }

  /** Once it runs in none, no thread is interrupted for it any more. */
  synchronized void runsIn(@Nullable Thread runner) {
    thread = runner;
  }

  /**
   * Tells the attempt to stop: the first reason counts. Its thread is interrupted, its running
   * statements are cancelled. Comes back at once: a cancel goes over the network, which may be what
   * has failed, and the next attempt must be told in time as well.
   *
   * <p>A virtual thread is interrupted after the cancel: the interrupt closes the socket on which
   * it waits, and the statement would go on in Postgres with nobody to cancel it.
   */
  void stop(Stop why) {
    if (stop.get() == null) {
      stoppedAt = System.nanoTime();
    }
    if (!stop.compareAndSet(null, why)) {
      return;
    }
    // a transaction that begins from now on sees the stop before it asks Postgres anything
    boolean cancels = !connections.areNone();
    boolean interruptsLater = cancels && Threads.areVirtual();
    if (!interruptsLater) {
      interrupt();
    }
    if (cancels) {
      Thread canceller = new Thread(() -> cancel(interruptsLater), "millrace-cancel");
      canceller.setDaemon(true);
      try {
        canceller.start();
      } catch (Error e) { // no memory for a thread; what is not cancelled is closed a little later
        log.error("the statements of job {} could not be cancelled", job.id(), e);
        interrupt();
      }
    }
  }

  private void cancel(boolean thenInterrupts) {
    try {
      connections.cancel();
    } catch (RuntimeException | Error e) {
      log.error("the statements of job {} could not be cancelled", job.id(), e);
    } finally {
      if (thenInterrupts) {
        interrupt();
      }
    }
  }

  private synchronized void interrupt() {
    Thread runner = thread;
    if (runner != null) {
      runner.interrupt();
    }
  }

  /**
   * Closes the connections of an attempt that was told to stop long ago and still waits for
   * Postgres: the network has swallowed the question or the answer. Frees the hand.
   */
  void abortIfStuck() {
    if (stop.get() == null || System.nanoTime() - stoppedAt < CANCEL_GRACE.toNanos()) {
      return;
    }
    connections.abort();
  }

  /**
   * Gives up on a handler that ignores its stop: neither the interrupt nor the end of its
   * connections has reached it. True once, for the caller that is to record the attempt's end; what
   * the handler returns later does not count, and what it writes through its transactions is
   * refused by the fence.
   */
  boolean giveUp() {
    Stop why = stop.get();
    if (thread == null
        || why == null
        || why == Stop.SHUTDOWN
        || System.nanoTime() - stoppedAt < GIVEN_UP_AFTER.toNanos()) {
      return false;
    }
    return end();
  }

  /** Whether the caller is the first to say how this attempt has ended: only that counts. */
  boolean end() {
    return ended.compareAndSet(false, true);
  }

  /** Where its handler is, for the log. */
  String stackTrace() {
    Thread runner = thread;
    return runner == null
        ? "nowhere"
        : "\n\tat "
            + Arrays.stream(runner.getStackTrace())
                .map(String::valueOf)
                .collect(Collectors.joining("\n\tat "));
  }

  @Override
  public long jobId() {
    return job.id();
  }

  @Override
  public int attempt() {
    return job.attempt();
  }

  @Override
  public int maxAttempts() {
    return job.maxAttempts();
  }

  @Override
  public long fence() {
    return job.fence();
  }

  @Override
  public Trigger trigger() {
    return Trigger.valueOf(job.trigger().toUpperCase(Locale.ROOT));
  }

  @Override
  public void progress(long current, long total, String message) {
    long now = System.nanoTime();
    boolean last = total > 0 && current == total;
    if (!last && now - lastProgress < PROGRESS_GAP.toNanos()) {
      return;
    }
    lastProgress = now;
    showedProgress = true;
    dependencies
        .board()
        .publish(job.id(), new Progress(job.fence(), current, total, message, Instant.now()));
  }

  @Override
  public void log(String message) {
    line("info", message);
  }

  @Override
  public void warn(String message) {
    line("warn", message);
  }

  private void line(String level, String message) {
    int number = logLines.incrementAndGet();
    if (number <= MAX_LOG_LINES) {
      dependencies.jobLog().add(job.id(), job.attempt(), level, message);
    } else if (number == MAX_LOG_LINES + 1) {
      dependencies
          .jobLog()
          .add(
              job.id(),
              job.attempt(),
              "warn",
              "more than " + MAX_LOG_LINES + " lines; the rest is not kept");
    }
  }

  @Override
  public boolean stopRequested() {
    return stop.get() != null;
  }

  @Override
  public void checkStop() {
    Stop why = stop.get();
    if (why != null) {
      throw new JobStoppedException(job.id(), why.reason());
    }
  }

  @Override
  public Duration timeLeft() {
    Duration left = timeout.minus(running());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * Waits for a connection as long as its time lasts: what the handler has done before would be
   * done again if it failed here.
   */
  @Override
  public <T> T inTransaction(Work<T> work) {
    AtomicBoolean lent = new AtomicBoolean();
    while (true) {
      checkStop();
      try {
        return dependencies
            .jdbi()
            .withHandle(
                handle -> {
                  lent.set(true);
                  return within(handle, work);
                });
      } catch (RuntimeException e) {
        if (lent.get() || !HandlerPool.isUsedUp(e)) {
          throw e;
        }
        warn("waits for a connection: " + e.getMessage());
      } catch (Exception e) {
        throw new WorkFailedException(job.id(), e);
      }
    }
  }

  @Override
  public boolean completeIn(Handle transaction, Object result) {
    if (job.family()) {
      return false;
    }
    if (!JobResults.completeIn(transaction, job, Json.write(result))) {
      throw new StaleFenceException(job.id(), job.fence());
    }
    completing = transaction.getConnection();
    return true;
  }

  /** Its connection can be cancelled and closed until the commit has been answered. */
  private <T> T within(Handle open, Work<T> work) throws Exception {
    Connection connection = open.getConnection();
    if (completing == connection) { // of an earlier transaction, which was rolled back
      completing = null;
    }
    connections.add(connection);
    try {
      checkStop();
      T result =
          open.inTransaction(
              handle -> {
                TransactionLimits.set(connection, timeLeft());
                T done = work.run(handle);
                if (completing != connection && !JobResults.stillMine(handle, job)) {
                  throw new StaleFenceException(job.id(), job.fence());
                }
                return done;
              });
      if (completing == connection) {
        recorded = true;
      }
      return result;
    } finally {
      connections.remove(connection);
      if (stop.get() != null) { // a cancel may still be on its way to it
        HandlerPool.discard(connection);
      }
    }
  }

  /** A checked exception of a handler's work inside a transaction, which was rolled back. */
  static final class WorkFailedException extends MillraceException {
    @Serial private static final long serialVersionUID = 1;

    WorkFailedException(long jobId, Exception cause) {
      super(
          "a transaction of job " + jobId + " failed and was rolled back: " + cause.getMessage(),
          cause);
    }
  }
}
