package dev.millrace.worker;

import dev.millrace.job.JobState;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.Records;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what came of attempts to Postgres, in batches: whatever has ended while the last batch was
 * being written makes the next. While Postgres is away the batch waits, as long as the lease lets
 * it.
 */
final class Recorder {
  private static final Logger log = LoggerFactory.getLogger(Recorder.class);
  private static final int BATCH = 500;
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration LOG_PERIOD = Duration.ofMillis(200);

  /**
   * How long the first of a batch waits for the others, while jobs are ending in quick succession.
   */
  private static final Duration GATHER = Duration.ofMillis(1);

  /** Classes of SQL states: bad data, a rule that is broken, too large, raised by a trigger. */
  private static final Set<String> REFUSALS = Set.of("22", "23", "54", "P0");

  /** What the recorder writes to. */
  record Parts(
      Records records,
      Claims claims,
      ReadyJobs ready,
      JobLocks locks,
      ProgressBoard board,
      JobLog jobLog) {}

  private final Parts parts;
  private final Consumers consumers;
  private final Inbox<Ended> ended = new Inbox<>();
  private volatile boolean closed;

  /**
   * Who hears of it.
   *
   * @param forgotten called with the attempts of a batch for which nothing more is to be done
   * @param leaseHeld false: what is still to be recorded belongs to the rescuer
   * @param moreToCome whether jobs wait for a hand, so that more will end within a moment
   */
  record Consumers(
      Consumer<List<Attempt>> forgotten, BooleanSupplier leaseHeld, BooleanSupplier moreToCome) {}

  Recorder(Parts parts, Consumers consumers) {
    this.parts = parts;
    this.consumers = consumers;
  }

  void add(Ended end) {
    ended.add(end);
  }

  /** Lets {@link #run} return once everything is written. */
  void close() {
    closed = true;
  }

  /** Writes until closed. */
  void run() {
    List<Ended> batch = new ArrayList<>(BATCH);
    while (!closed || !ended.isEmpty() || !parts.jobLog().isEmpty()) {
      try {
        ended.await(LOG_PERIOD);
        if (consumers.moreToCome().getAsBoolean()) {
          LockSupport.parkNanos(GATHER.toNanos());
        }
        ended.drainTo(batch, BATCH);
        flushLog();
        if (!batch.isEmpty()) {
          write(batch);
        }
      } catch (InterruptedException e) {
        closed = true;
      } finally {
        batch.clear();
      }
    }
  }

  /** Outcomes do not wait for log lines. */
  private void flushLog() {
    try {
      parts.jobLog().flush();
    } catch (RuntimeException e) {
      log.warn("log lines could not be written: {}", e.getMessage());
      if (closed) {
        parts.jobLog().drop();
      }
    }
  }

  private void write(List<Ended> batch) throws InterruptedException {
    List<Ended.Completed> completed = new ArrayList<>(batch.size());
    List<Ended> others = new ArrayList<>();
    for (Ended end : batch) {
      if (end instanceof Ended.Completed done) {
        completed.add(done);
      } else {
        others.add(end);
      }
    }
    if (!completed.isEmpty()) {
      writeTogether(completed);
    }
    for (Ended other : others) {
      writeAlone(other.attempt(), () -> writeOne(other));
    }
    freeKeys(batch);
    List<Attempt> attempts = new ArrayList<>(batch.size());
    for (Ended end : batch) {
      if (end.attempt().showedProgress()) {
        parts.board().clear(end.attempt().jobId());
      }
      attempts.add(end.attempt());
    }
    consumers.forgotten().accept(attempts);
  }

  private void writeTogether(List<Ended.Completed> completed) throws InterruptedException {
    Optional<RuntimeException> refusal = untilWritten(() -> writeCompleted(completed));
    if (refusal.isPresent()) {
      for (Ended.Completed one : completed) {
        writeAlone(one.attempt(), () -> writeCompleted(List.of(one)));
      }
    }
  }

  /**
   * A job whose outcome can never be recorded has failed: it must not keep the others from theirs.
   */
  private void writeAlone(Attempt attempt, Runnable write) throws InterruptedException {
    Optional<RuntimeException> refusal = untilWritten(write);
    if (refusal.isPresent()) {
      ClaimedJob job = attempt.job();
      log.error("the outcome of job {} was refused; it fails", job.id(), refusal.get());
      String error = "its outcome could not be recorded: " + Runner.describe(refusal.get());
      untilWritten(() -> parts.records().ended(job, JobState.FAILED, error, null))
          .ifPresent(e -> log.error("job {} cannot fail either; it is handed back", job.id(), e));
    }
  }

  /**
   * A write whose answer was lost is repeated; if it had been committed, its fence finds nothing to
   * change.
   *
   * @return why it would fail for ever; empty: it is written, or the lease is over
   */
  private Optional<RuntimeException> untilWritten(Runnable write) throws InterruptedException {
    while (true) {
      try {
        write.run();
        return Optional.empty();
      } catch (RuntimeException e) {
        if (!consumers.leaseHeld().getAsBoolean()) {
          log.warn(
              "outcomes were not recorded and the lease is over; the rescuer takes the jobs back",
              e);
          return Optional.empty();
        }
        if (isRefusal(e)) {
          return Optional.of(e);
        }
        log.warn("outcomes could not be recorded; trying again: {}", e.getMessage());
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }

  /** Whether Postgres, or the way to it, will never take what it was asked to write. */
  private static boolean isRefusal(RuntimeException e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    String state = cause instanceof SQLException sql ? sql.getSQLState() : null;
    return cause == null || (state != null && REFUSALS.contains(state.substring(0, 2)));
  }

  private void writeCompleted(List<Ended.Completed> completed) {
    Set<Long> recorded =
        parts
            .records()
            .completed(
                completed.stream()
                    .map(end -> new Records.Completed(end.attempt().job(), end.result()))
                    .toList());
    for (Ended.Completed end : completed) {
      ClaimedJob job = end.attempt().job();
      if (!recorded.contains(job.id())) {
        stale(end);
      } else if (log.isDebugEnabled()) {
        log.debug(
            "job completed job={} kind={} attempt={} fence={} duration_ms={}",
            job.id(),
            job.kind(),
            job.attempt(),
            job.fence(),
            end.attempt().running().toMillis());
      }
    }
  }

  private void writeOne(Ended end) {
    ClaimedJob job = end.attempt().job();
    boolean recorded = true;
    if (end instanceof Ended.Waiting waiting) {
      recorded = parts.records().waiting(job, waiting.waitFor());
    } else if (end instanceof Ended.Failed failed) {
      recorded = writeFailed(job, failed);
    } else if (end instanceof Ended.Back back) {
      recorded =
          again(
              job,
              back.snoozed() ? Records.Again.SNOOZED : Records.Again.HANDED_BACK,
              back.delay(),
              null);
    } else if (end instanceof Ended.Cancelled) {
      recorded =
          parts.records().ended(job, JobState.CANCELLED, Attempt.Stop.CANCELLED.reason(), null);
    }
    if (!recorded) {
      stale(end);
    }
  }

  private boolean writeFailed(ClaimedJob job, Ended.Failed failed) {
    Ended.Retry retry = failed.retry();
    if (retry == null) {
      return parts.records().ended(job, JobState.FAILED, failed.error(), null);
    }
    Optional<Duration> within = retry.within();
    if (within.isPresent()
        && parts.records().triedFor(job.id(), within.get().minus(retry.delay()))) {
      String error = failed.error() + " (not tried for longer than " + within.get() + ")";
      return parts.records().ended(job, JobState.FAILED, error, null);
    }
    return again(job, Records.Again.FAILED, retry.delay(), failed.error());
  }

  private boolean again(ClaimedJob job, Records.Again why, Duration delay, @Nullable String error) {
    boolean recorded = parts.records().again(job, why, delay, error);
    if (recorded && delay.isZero()) {
      ReadyJob hint = new ReadyJob(Rank.of(job.priority(), job.id()), job.lockKey());
      parts.ready().push(new Lane(job.queue(), job.kind()), List.of(hint), false);
    }
    return recorded;
  }

  private static void stale(Ended end) {
    ClaimedJob job = end.attempt().job();
    log.warn(
        "stale outcome refused job={} kind={} fence={}; a newer attempt has the job",
        job.id(),
        job.kind(),
        job.fence());
  }

  /** Frees the lock keys and limit slots of a batch and wakes the job that is next for each. */
  private void freeKeys(List<Ended> batch) {
    List<JobLocks.Held> held =
        batch.stream()
            .map(end -> end.attempt().lock())
            .filter(Objects::nonNull)
            .collect(Collectors.toList());
    Set<String> lockKeys = keys(batch, ClaimedJob::lockKey);
    Set<String> limitKeys = keys(batch, ClaimedJob::limitKey);
    if (!held.isEmpty()) {
      parts.locks().release(held);
    }
    if (lockKeys.isEmpty() && limitKeys.isEmpty()) {
      return;
    }
    try {
      parts
          .claims()
          .nextOf(lockKeys, limitKeys)
          .forEach(next -> parts.ready().push(next.lane(), List.of(next.job()), false));
    } catch (RuntimeException e) {
      log.debug(
          "the jobs next for {} {} could not be looked up; the dispatcher finds them",
          lockKeys,
          limitKeys,
          e);
    }
  }

  private static Set<String> keys(List<Ended> batch, Function<ClaimedJob, @Nullable String> key) {
    return batch.stream()
        .map(end -> key.apply(end.attempt().job()))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }
}
