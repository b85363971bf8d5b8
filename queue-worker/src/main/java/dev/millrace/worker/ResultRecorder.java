package dev.millrace.worker;

import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.job.JobState;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * it; an outcome whose row another transaction has locked waits by itself.
 */
final class ResultRecorder {
  private static final Logger log = LoggerFactory.getLogger(ResultRecorder.class);
  private static final int BATCH = 500;

  /** While Postgres is away a batch waits no longer than the lease, and tries again meanwhile. */
  static final Duration LONGEST_STEP = Duration.ofMinutes(2);

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration LOG_PERIOD = Duration.ofMillis(200);

  /**
   * How long the first of a batch waits for the others, while jobs are ending in quick succession.
   */
  private static final Duration GATHER = Duration.ofMillis(1);

  /** What the recorder writes to. */
  record Parts(
      JobResults results,
      Claims claims,
      ReadyJobs ready,
      JobLocks locks,
      ProgressBoard board,
      JobLog jobLog) {}

  private final Parts parts;
  private final Consumers consumers;
  private final CompletionQueue<AttemptResult> ended = new CompletionQueue<>();

  private final Interruption interruption = new Interruption("the record of outcomes");
  private final Interruption lockInterruption = new Interruption("a look at locked jobs");
  private final Interruption logInterruption = new Interruption("the record of log lines");
  private final Postponed postponed = new Postponed();
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

  ResultRecorder(Parts parts, Consumers consumers) {
    this.parts = parts;
    this.consumers = consumers;
  }

  void add(AttemptResult end) {
    ended.add(end);
  }

  /** Lets {@link #run} return once everything is written. */
  void close() {
    closed = true;
  }

  /** Writes until closed. */
  void run(Health.Pulse pulse) {
    List<AttemptResult> batch = new ArrayList<>(BATCH);
    while (!closed || !ended.isEmpty() || !parts.jobLog().isEmpty()) {
      try {
        pulse.beat();
        ended.await(LOG_PERIOD);
        if (consumers.moreToCome().getAsBoolean()) {
          LockSupport.parkNanos(GATHER.toNanos());
        }
        ended.drainTo(batch, BATCH);
        flushLog();
        if (!batch.isEmpty()) {
          write(batch);
        }
        retryPostponed();
      } catch (InterruptedException e) {
        closed = true;
      } finally {
        batch.clear();
      }
    }
    if (postponed.size() > 0 || parts.jobLog().locked() > 0) {
      log.warn(
          "{} outcomes and {} log lines were not recorded: another transaction has locked their jobs",
          postponed.size(),
          parts.jobLog().locked());
    }
  }

  /** Outcomes do not wait for log lines. */
  private void flushLog() {
    try {
      parts.jobLog().flush();
      logInterruption.worked().ifPresent(log::info);
    } catch (RuntimeException e) {
      logInterruption.failed(e).ifPresent(log::warn);
      if (closed) {
        parts.jobLog().drop();
      }
    }
  }

  /**
   * Whatever goes wrong, the attempts are let go: a job whose outcome was not recorded is handed
   * back as one that this worker does not hold.
   */
  private void write(List<AttemptResult> batch) throws InterruptedException {
    try {
      writeAll(batch);
    } catch (RuntimeException | Error e) {
      consumers
          .forgotten()
          .accept(
              batch.stream()
                  .filter(end -> !postponed.holds(end))
                  .map(AttemptResult::attempt)
                  .toList());
      throw e;
    }
  }

  private void writeAll(List<AttemptResult> batch) throws InterruptedException {
    List<AttemptResult.Completed> completed = new ArrayList<>(batch.size());
    List<AttemptResult.Back> back = new ArrayList<>();
    List<AttemptResult> others = new ArrayList<>();
    for (AttemptResult end : batch) {
      if (end instanceof AttemptResult.Completed done) {
        completed.add(done);
      } else if (end instanceof AttemptResult.Back one && one.delay().isZero() && !one.snoozed()) {
        back.add(one);
      } else {
        others.add(end);
      }
    }
    List<AttemptResult> written = new ArrayList<>(batch.size());
    written.addAll(writeTogether(completed, this::writeCompleted));
    written.addAll(writeTogether(back, this::writeBack));
    for (AttemptResult other : others) {
      if (writeAlone(other, () -> writeOne(other))) {
        written.add(other);
      }
    }
    release(written);
  }

  /** What is written is no longer held. */
  private void release(List<AttemptResult> written) {
    try {
      freeKeys(written);
      for (AttemptResult end : written) {
        if (end.attempt().showedProgress()) {
          parts.board().clear(end.attempt().jobId());
        }
      }
    } finally {
      consumers.forgotten().accept(written.stream().map(AttemptResult::attempt).toList());
    }
  }

  /**
   * Writes the ends of attempts in one statement. If another transaction has locked a row that it
   * needs, the others are written and that one is postponed.
   *
   * @return those that nothing more is to be done for
   */
  private <T extends AttemptResult> List<T> writeTogether(List<T> ends, Consumer<List<T>> write)
      throws InterruptedException {
    if (ends.isEmpty()) {
      return ends;
    }
    Optional<RuntimeException> failure = untilWritten(() -> write.accept(ends));
    if (failure.isPresent() && WriteFailure.isLocked(failure.get())) {
      Set<Long> unlocked = unlocked(ends);
      List<T> free = ends.stream().filter(end -> unlocked.contains(end.attempt().jobId())).toList();
      if (free.size() == ends.size()) { // it has been unlocked meanwhile, or another one is locked
        ends.forEach(postponed::add);
        return List.of();
      }
      ends.stream().filter(end -> !free.contains(end)).forEach(postponed::add);
      return writeTogether(free, write);
    }
    if (failure.isEmpty()) {
      return ends;
    }
    List<T> written = new ArrayList<>(ends.size());
    for (T one : ends) {
      if (writeAlone(one, () -> write.accept(List.of(one)))) {
        written.add(one);
      }
    }
    return written;
  }

  /** None when Postgres cannot say: then all are postponed. */
  private Set<Long> unlocked(List<? extends AttemptResult> ends) {
    try {
      Set<Long> unlocked =
          parts.results().unlocked(ends.stream().map(end -> end.attempt().jobId()).toList());
      lockInterruption.worked().ifPresent(log::info);
      return unlocked;
    } catch (RuntimeException e) {
      lockInterruption.failed(e).ifPresent(log::warn);
      return Set.of();
    }
  }

  /** How many outcomes wait until another transaction unlocks their rows. */
  int postponed() {
    return postponed.size();
  }

  /** Writes those of the postponed outcomes whose rows are not locked any more. */
  private void retryPostponed() throws InterruptedException {
    List<AttemptResult> tried = postponed.due(BATCH);
    if (tried.isEmpty()) {
      return;
    }
    Set<Long> unlocked =
        consumers.leaseHeld().getAsBoolean()
            ? unlocked(tried)
            : tried.stream().map(end -> end.attempt().jobId()).collect(Collectors.toSet());
    List<AttemptResult> free = new ArrayList<>();
    for (AttemptResult end : tried) {
      if (unlocked.contains(end.attempt().jobId())) {
        free.add(end);
      } else {
        postponed.addAgain(end);
      }
    }
    if (!free.isEmpty()) {
      write(free);
    }
  }

  /**
   * A job whose outcome can never be recorded has failed: it must not keep the others from theirs.
   *
   * @return false when it is postponed
   */
  private boolean writeAlone(AttemptResult end, Runnable write) throws InterruptedException {
    Optional<RuntimeException> refusal = untilWritten(write);
    if (refusal.isPresent() && WriteFailure.isLocked(refusal.get())) {
      postponed.add(end);
      return false;
    }
    if (refusal.isPresent()) {
      ClaimedJob job = end.attempt().job();
      log.error("the outcome of job {} was refused; it fails", job.id(), refusal.get());
      String error = "its outcome could not be recorded: " + Runner.describe(refusal.get());
      untilWritten(() -> parts.results().ended(job, JobState.FAILED, error, null))
          .ifPresent(e -> log.error("job {} cannot fail either; it is handed back", job.id(), e));
    }
    return true;
  }

  /**
   * A write whose answer was lost is repeated; if it had been committed, its fence finds nothing to
   * change.
   *
   * @return why it would fail again: Postgres refuses it, or another transaction has locked a row;
   *     empty: it is written, or the lease is over
   */
  private Optional<RuntimeException> untilWritten(Runnable write) throws InterruptedException {
    while (true) {
      try {
        write.run();
        interruption.worked().ifPresent(log::info);
        return Optional.empty();
      } catch (RuntimeException e) {
        if (!consumers.leaseHeld().getAsBoolean()) {
          log.warn(
              "outcomes were not recorded and the lease is over; the rescuer takes the jobs back",
              e);
          return Optional.empty();
        }
        if (WriteFailure.isRefusal(e) || WriteFailure.isLocked(e)) {
          return Optional.of(e);
        }
        interruption.failed(e).ifPresent(log::warn);
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }

  private void writeCompleted(List<AttemptResult.Completed> completed) {
    Set<Long> recorded =
        parts
            .results()
            .completed(
                completed.stream()
                    .map(end -> new JobResults.Completed(end.attempt().job(), end.result()))
                    .toList());
    for (AttemptResult.Completed end : completed) {
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

  private void writeOne(AttemptResult end) {
    ClaimedJob job = end.attempt().job();
    boolean recorded = true;
    if (end instanceof AttemptResult.Waiting waiting) {
      recorded = parts.results().waiting(job, waiting.waitFor());
    } else if (end instanceof AttemptResult.Failed failed) {
      recorded = writeFailed(job, failed);
    } else if (end instanceof AttemptResult.Back back) {
      recorded = again(job, JobResults.Again.SNOOZED, back.delay(), null);
    } else if (end instanceof AttemptResult.Cancelled) {
      recorded =
          parts.results().ended(job, JobState.CANCELLED, Attempt.Stop.CANCELLED.reason(), null);
    }
    if (!recorded) {
      stale(end);
    }
  }

  private boolean writeFailed(ClaimedJob job, AttemptResult.Failed failed) {
    AttemptResult.Retry retry = failed.retry();
    if (retry == null) {
      return parts.results().ended(job, JobState.FAILED, failed.error(), null);
    }
    Optional<Duration> within = retry.within();
    if (within.isPresent()
        && parts.results().triedFor(job.id(), within.get().minus(retry.delay()))) {
      String error = failed.error() + " (not tried for longer than " + within.get() + ")";
      return parts.results().ended(job, JobState.FAILED, error, null);
    }
    return again(job, JobResults.Again.FAILED, retry.delay(), failed.error());
  }

  private boolean again(
      ClaimedJob job, JobResults.Again why, Duration delay, @Nullable String error) {
    boolean recorded = parts.results().again(job, why, delay, error);
    if (recorded && delay.isZero()) {
      ReadyJob hint = new ReadyJob(Rank.of(job.priority(), job.id()), job.lockKey());
      parts.ready().push(new Lane(job.queue(), job.kind()), List.of(hint), false);
    }
    return recorded;
  }

  /** Handed back, and pushed to Redis again, all at once. */
  private void writeBack(List<AttemptResult.Back> ends) {
    Set<Long> recorded =
        parts.results().handedBack(ends.stream().map(end -> end.attempt().job()).toList());
    Map<Lane, List<ReadyJob>> hints = new HashMap<>();
    for (AttemptResult.Back end : ends) {
      ClaimedJob job = end.attempt().job();
      if (recorded.contains(job.id())) {
        hints
            .computeIfAbsent(new Lane(job.queue(), job.kind()), lane -> new ArrayList<>())
            .add(new ReadyJob(Rank.of(job.priority(), job.id()), job.lockKey()));
      } else {
        stale(end);
      }
    }
    hints.forEach((lane, jobs) -> parts.ready().push(lane, jobs, false));
  }

  private static void stale(AttemptResult end) {
    ClaimedJob job = end.attempt().job();
    log.warn(
        "stale outcome refused job={} kind={} fence={}; a newer attempt has the job",
        job.id(),
        job.kind(),
        job.fence());
  }

  /** Frees the lock keys and limit slots of a batch and wakes the job that is next for each. */
  private void freeKeys(List<AttemptResult> batch) {
    List<JobLocks.Held> held =
        batch.stream()
            .map(end -> end.attempt().lock())
            .filter(Objects::nonNull)
            .collect(Collectors.toList());
    Set<String> lockKeys = Set.copyOf(keys(batch, ClaimedJob::lockKey));
    Map<String, Integer> freedSlots =
        keys(batch, ClaimedJob::limitKey).stream()
            .collect(Collectors.toMap(Function.identity(), key -> 1, Integer::sum));
    if (!held.isEmpty()) {
      parts.locks().release(held);
    }
    if (lockKeys.isEmpty() && freedSlots.isEmpty()) {
      return;
    }
    try {
      parts
          .claims()
          .nextOf(lockKeys, freedSlots)
          .forEach(next -> parts.ready().push(next.lane(), List.of(next.job()), false));
    } catch (RuntimeException e) {
      log.debug(
          "the jobs next for {} {} could not be looked up; the dispatcher finds them",
          lockKeys,
          freedSlots.keySet(),
          e);
    }
  }

  private static List<String> keys(
      List<AttemptResult> batch, Function<ClaimedJob, @Nullable String> key) {
    return batch.stream()
        .map(end -> key.apply(end.attempt().job()))
        .filter(Objects::nonNull)
        .toList();
  }
}
