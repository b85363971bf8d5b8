package dev.millrace.worker;

import dev.millrace.Threads;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.Trigger;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.Progress;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
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

/**
 * One attempt of a job: what its handler sees of it, its time and its stop. A claim thread makes
 * it, an executor thread runs it; the heartbeat, the watch and a stop of the worker may {@link
 * #stop} it. Thread-safe.
 */
final class Attempt implements JobContext {
  private static final Logger log = LoggerFactory.getLogger(Attempt.class);
  private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);
  private static final int MAX_LOG_LINES = 1_000;

  /**
   * How long a handler may run on after its stop before its job is taken from it and its executor
   * thread is replaced.
   */
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);

  /** How long a statement may run on after its cancel before its connection is closed. */
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(5);

  /** Why an attempt is stopped; it decides the job's next state. */
  enum Stop {
    CANCELLED("cancelled on request"),
    TIMED_OUT("timed out"),
    LEASE_LOST("its queue worker lost its lease; another worker runs it again"),
    SHUTDOWN("its queue worker is stopping");

    private final String text;

    Stop(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * What handlers use through their attempts.
   *
   * @param jdbi for their transactions
   */
  record Services(Jdbi jdbi, ProgressBoard board, JobLog jobLog) {}

  private final ClaimedJob job;
  private final JobLocks.@Nullable Held lock;
  private final Services services;
  private final Duration timeout;
  private final long claimedAt = System.nanoTime();

  /** When it began, and whether it has. Written by its executor thread, read by the watch. */
  private volatile long startedAt = claimedAt;

  private volatile boolean begun;

  /** How long it ran; negative: it has not ended. Written once, by the thread that ends it. */
  private volatile long ranNanos = -1;

  /** Set once, by the first thread that stops it. */
  private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();

  private final AttemptTransactions transactions;
  private final AtomicInteger logLines = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** The executor thread while its handler runs. Changed by that thread, under this lock. */
  private volatile @Nullable Thread thread;

  /** Written by the threads that stop it, before {@link #stop}. */
  private volatile long stoppedAt;

  /** Written by the handler's threads; a lost update costs one message more or less. */
  private volatile long lastProgress;

  private volatile boolean showedProgress;

  Attempt(ClaimedJob job, JobLocks.@Nullable Held lock, Duration timeout, Services services) {
    this.job = job;
    this.lock = lock;
    this.timeout = timeout;
    this.services = services;
    this.transactions = new AttemptTransactions(this, services.jdbi());
    this.lastProgress = claimedAt - PROGRESS_INTERVAL.toNanos();
  }

  ClaimedJob job() {
    return job;
  }

  /** The lock it holds, if its job has a lock key. */
  JobLocks.@Nullable Held lock() {
    return lock;
  }

  Duration timeout() {
    return timeout;
  }

  /** Why it was stopped; null: it was not. */
  @Nullable Stop stopped() {
    return stop.get();
  }

  boolean showedProgress() {
    return showedProgress;
  }

  /** Whether one of its transactions has committed that the job has completed. */
  boolean recorded() {
    return transactions.haveCompleted();
  }

  /** An executor thread has taken it: its time runs from now. */
  void begin() {
    startedAt = System.nanoTime();
    begun = true;
  }

  /** Whether an executor thread runs its handler. */
  boolean isRunning() {
    return thread != null;
  }

  /** The time since its claim. */
  Duration waited() {
    return Duration.ofNanos(System.nanoTime() - claimedAt);
  }

  /** The time since it began, or since its claim if it has not, until its end. */
  Duration running() {
    long ran = ranNanos;
    return Duration.ofNanos(ran < 0 ? System.nanoTime() - startedAt : ran);
  }

  /** The time from when its job was due until it began, in the queue and in this process. */
  Duration queued() {
    return job.waited().plusNanos(startedAt - claimedAt);
  }

  /** Whether it runs for longer than its time-out; a prefetched attempt uses none of its time. */
  boolean isOverdue() {
    return begun && running().compareTo(timeout) > 0;
  }

  /** Sets the thread that a stop interrupts; null: none. */
  synchronized void setThread(@Nullable Thread runner) {
    thread = runner;
  }

  /**
   * Stops the attempt: its thread is interrupted, its running statements are cancelled. The first
   * reason counts. Returns at once: a cancel uses the network, which may be what has failed, and
   * the next attempt must be stopped in time as well.
   *
   * <p>A virtual thread is interrupted after the cancel: the interrupt closes the socket on which
   * it waits, and its statement would run on in Postgres and could not be cancelled.
   */
  void stop(Stop reason) {
    if (stop.get() == null) {
      stoppedAt = System.nanoTime();
    }
    if (!stop.compareAndSet(null, reason)) {
      return;
    }
    // a transaction that begins from now on sees the stop before its first statement
    boolean cancels = !transactions.areNone();
    boolean interruptsLater = cancels && Threads.areVirtual();
    if (!interruptsLater) {
      interrupt();
    }
    if (cancels) {
      Thread canceller = new Thread(() -> cancel(interruptsLater), "millrace-cancel");
      canceller.setDaemon(true);
      try {
        canceller.start();
      } catch (Error e) { // no memory for a thread; abortIfStuck() closes the connections later
        log.error("the statements of job {} could not be cancelled", job.id(), e);
        interrupt();
      }
    }
  }

  private void cancel(boolean thenInterrupts) {
    try {
      transactions.cancel();
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
   * Closes the connections of an attempt that still waits for Postgres 5 s after its stop, because
   * the network has lost the cancel or the answer. This frees the executor thread.
   */
  void abortIfStuck() {
    if (stop.get() == null || System.nanoTime() - stoppedAt < CANCEL_GRACE.toNanos()) {
      return;
    }
    transactions.abort();
  }

  /**
   * Gives up on a handler that runs on 15 s after its stop, in spite of the interrupt and the end
   * of its connections. What it returns later is ignored, and its fence refuses what it writes
   * through its transactions.
   *
   * @return true once, for the caller that is to record the attempt's end
   */
  boolean giveUp() {
    Stop reason = stop.get();
    if (thread == null
        || reason == null
        || reason == Stop.SHUTDOWN
        || System.nanoTime() - stoppedAt < STOP_GRACE.toNanos()) {
      return false;
    }
    return end();
  }

  /** Returns true once, for the caller whose result for this attempt counts. */
  boolean end() {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    ranNanos = Math.max(0, System.nanoTime() - startedAt);
    return true;
  }

  /** The stack of its handler, for the log. */
  String stackTrace() {
    Thread runner = thread;
    return runner == null
        ? " in no thread"
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
    if (!last && now - lastProgress < PROGRESS_INTERVAL.toNanos()) {
      return;
    }
    lastProgress = now;
    showedProgress = true;
    services
        .board()
        .publish(job.id(), new Progress(job.fence(), current, total, message, Instant.now()));
  }

  @Override
  public void log(String message) {
    addLine("info", message);
  }

  @Override
  public void warn(String message) {
    addLine("warn", message);
  }

  private void addLine(String level, String message) {
    int number = logLines.incrementAndGet();
    if (number <= MAX_LOG_LINES) {
      services.jobLog().add(job.id(), job.attempt(), level, message);
    } else if (number == MAX_LOG_LINES + 1) {
      services
          .jobLog()
          .add(
              job.id(),
              job.attempt(),
              "warn",
              "an attempt logs up to " + MAX_LOG_LINES + " lines; the rest is dropped");
    }
  }

  @Override
  public boolean stopRequested() {
    return stop.get() != null;
  }

  @Override
  public void checkStop() {
    Stop reason = stop.get();
    if (reason != null) {
      throw new JobStoppedException(job.id(), reason.text());
    }
  }

  @Override
  public Duration timeLeft() {
    Duration left = timeout.minus(running());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public <T> T inTransaction(Work<T> work) {
    return transactions.run(work);
  }

  @Override
  public boolean completeIn(Handle transaction, Object result) {
    if (job.family()) {
      return false;
    }
    transactions.complete(transaction, result);
    return true;
  }
}
