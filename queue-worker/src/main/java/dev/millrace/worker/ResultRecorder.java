package dev.millrace.worker;

import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.queue.ClaimedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the outcomes of attempts in batches: all that ended while the last batch was being
 * written are the next one. While Postgres is unreachable the batch waits, as long as the lease is
 * held; an outcome whose row another transaction has locked is postponed alone.
 *
 * <p>For the recording thread only, except {@link #close}.
 */
final class ResultRecorder {
  private static final Logger log = LoggerFactory.getLogger(ResultRecorder.class);
  private static final int BATCH = 500;

  /** A batch is retried while the lease is held, and each try beats. */
  static final Duration MAX_STEP = Duration.ofMinutes(2);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);
  private static final Duration LOG_INTERVAL = Duration.ofMillis(200);

  /** How long the first outcome of a batch waits for others while jobs are prefetched. */
  private static final Duration GATHER = Duration.ofMillis(1);

  private final ResultWriter writer;
  private final ResourceRelease resources;
  private final JobLog jobLog;
  private final HeldJobs held;
  private final WorkerLease lease;
  private final Interruption interruption = new Interruption("the record of outcomes");
  private final Interruption lockInterruption = new Interruption("the check for locked jobs");
  private final Interruption logInterruption = new Interruption("the record of log lines");
  private final Postponed postponed;

  /** Set by the thread that stops the worker, or by an interrupt. */
  private volatile boolean closed;

  ResultRecorder(
      ResultWriter writer,
      ResourceRelease resources,
      JobLog jobLog,
      HeldJobs held,
      WorkerLease lease) {
    this.writer = writer;
    this.resources = resources;
    this.jobLog = jobLog;
    this.held = held;
    this.lease = lease;
    this.postponed = new Postponed(held);
  }

  /** Lets {@link #run} return once all that can be written is written. */
  void close() {
    closed = true;
  }

  /** Records until closed. */
  void run(Health.Pulse pulse) {
    CompletionQueue<AttemptResult> results = held.results();
    List<AttemptResult> batch = new ArrayList<>(BATCH);
    while (!closed || !results.isEmpty() || !jobLog.isEmpty()) {
      try {
        pulse.beat();
        results.await(LOG_INTERVAL);
        if (held.hasPrefetched()) {
          LockSupport.parkNanos(GATHER.toNanos());
        }
        results.drainTo(batch, BATCH);
        flushLog();
        if (!batch.isEmpty()) {
          record(batch);
        }
        retryPostponed();
      } catch (InterruptedException e) {
        closed = true;
      } finally {
        batch.clear();
      }
    }
    if (postponed.size() > 0 || jobLog.locked() > 0) {
      log.warn(
          "{} outcomes and {} log lines were not recorded: another transaction has locked their jobs",
          postponed.size(),
          jobLog.locked());
    }
  }

  /** A failure is logged and keeps no outcome from being recorded. */
  private void flushLog() {
    try {
      jobLog.flush();
      logInterruption.worked().ifPresent(log::info);
    } catch (RuntimeException e) {
      logInterruption.failed(e).ifPresent(log::warn);
      if (closed) {
        jobLog.drop();
      }
    }
  }

  /**
   * Records a batch. Whatever goes wrong, its attempts are released: a job whose outcome was not
   * recorded is then handed back as a lost claim.
   */
  private void record(List<AttemptResult> batch) throws InterruptedException {
    try {
      recordAll(batch);
    } catch (RuntimeException | Error e) {
      held.release(
          batch.stream()
              .filter(end -> !postponed.contains(end))
              .map(AttemptResult::attempt)
              .toList());
      throw e;
    }
  }

  private void recordAll(List<AttemptResult> batch) throws InterruptedException {
    List<AttemptResult.Completed> completed = new ArrayList<>(batch.size());
    List<AttemptResult.HandedBack> handedBack = new ArrayList<>();
    List<AttemptResult> others = new ArrayList<>();
    for (AttemptResult end : batch) {
      if (end instanceof AttemptResult.Completed done) {
        completed.add(done);
      } else if (end instanceof AttemptResult.HandedBack back
          && back.delay().isZero()
          && !back.snoozed()) {
        handedBack.add(back);
      } else {
        others.add(end);
      }
    }
    List<AttemptResult> recorded = new ArrayList<>(batch.size());
    recorded.addAll(recordTogether(completed, writer::writeCompleted));
    recorded.addAll(recordTogether(handedBack, writer::writeHandedBack));
    for (AttemptResult other : others) {
      if (recordAlone(other, () -> writer.writeOne(other))) {
        recorded.add(other);
      }
    }
    try {
      resources.release(recorded);
    } finally {
      held.release(recorded.stream().map(AttemptResult::attempt).toList());
    }
  }

  /**
   * Writes the ends of attempts in one statement. If another transaction has locked a row that it
   * needs, the others are written and that one is postponed.
   *
   * @return those for which nothing more is to be written
   */
  private <T extends AttemptResult> List<T> recordTogether(List<T> ends, Consumer<List<T>> write)
      throws InterruptedException {
    if (ends.isEmpty()) {
      return ends;
    }
    Optional<RuntimeException> failure = writeWithRetries(() -> write.accept(ends));
    if (failure.isPresent() && WriteFailure.isLocked(failure.get())) {
      Set<Long> unlocked = unlocked(ends);
      List<T> free = ends.stream().filter(end -> unlocked.contains(end.attempt().jobId())).toList();
      if (free.size() == ends.size()) { // the lock has been released, or is on another row
        ends.forEach(postponed::add);
        return List.of();
      }
      ends.stream().filter(end -> !free.contains(end)).forEach(postponed::add);
      return recordTogether(free, write);
    }
    if (failure.isEmpty()) {
      return ends;
    }
    List<T> recorded = new ArrayList<>(ends.size());
    for (T end : ends) {
      if (recordAlone(end, () -> write.accept(List.of(end)))) {
        recorded.add(end);
      }
    }
    return recorded;
  }

  /** The ids of unlocked jobs; empty when Postgres does not answer: then all are postponed. */
  private Set<Long> unlocked(List<? extends AttemptResult> ends) {
    try {
      Set<Long> unlocked = writer.unlocked(ends);
      lockInterruption.worked().ifPresent(log::info);
      return unlocked;
    } catch (RuntimeException e) {
      lockInterruption.failed(e).ifPresent(log::warn);
      return Set.of();
    }
  }

  /** Records those of the postponed outcomes whose rows are unlocked. */
  private void retryPostponed() throws InterruptedException {
    List<AttemptResult> due = postponed.due(BATCH);
    if (due.isEmpty()) {
      return;
    }
    Set<Long> unlocked =
        lease.held()
            ? unlocked(due)
            : due.stream().map(end -> end.attempt().jobId()).collect(Collectors.toSet());
    List<AttemptResult> free = new ArrayList<>();
    for (AttemptResult end : due) {
      if (unlocked.contains(end.attempt().jobId())) {
        free.add(end);
      } else {
        postponed.addAgain(end);
      }
    }
    if (!free.isEmpty()) {
      record(free);
    }
  }

  /**
   * Writes the end of one attempt. If Postgres refuses the outcome, the job fails, so that it does
   * not keep others from being recorded.
   *
   * @return false when it is postponed
   */
  private boolean recordAlone(AttemptResult end, Runnable write) throws InterruptedException {
    Optional<RuntimeException> failure = writeWithRetries(write);
    if (failure.isPresent() && WriteFailure.isLocked(failure.get())) {
      postponed.add(end);
      return false;
    }
    if (failure.isPresent()) {
      ClaimedJob job = end.attempt().job();
      log.error("the outcome of job {} was refused; it fails", job.id(), failure.get());
      String error = "its outcome could not be recorded: " + Runner.describe(failure.get());
      writeWithRetries(() -> writer.fail(end, error))
          .ifPresent(e -> log.error("job {} cannot fail either; it is handed back", job.id(), e));
    }
    return true;
  }

  /**
   * Writes, again and again while Postgres is unreachable and the lease is held. A write whose
   * answer was lost may be repeated: if it was committed, its fence finds nothing to change.
   *
   * @return why another try would fail too: Postgres refuses it, or another transaction has locked
   *     a row; empty: it is written, or the lease is lost
   */
  private Optional<RuntimeException> writeWithRetries(Runnable write) throws InterruptedException {
    while (true) {
      try {
        write.run();
        interruption.worked().ifPresent(log::info);
        return Optional.empty();
      } catch (RuntimeException e) {
        if (!lease.held()) {
          log.warn(
              "outcomes were not recorded and the lease is lost; the rescuer takes the jobs back",
              e);
          return Optional.empty();
        }
        if (WriteFailure.isRefusal(e) || WriteFailure.isLocked(e)) {
          return Optional.of(e);
        }
        interruption.failed(e).ifPresent(log::warn);
        Thread.sleep(RETRY_PAUSE.toMillis());
      }
    }
  }
}
