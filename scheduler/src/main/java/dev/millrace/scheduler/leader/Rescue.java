package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.job.RetryPolicy;
import dev.millrace.lock.JobLocks;
import dev.millrace.metrics.Count;
import dev.millrace.queue.Calls;
import dev.millrace.queue.Endings;
import dev.millrace.queue.Families;
import dev.millrace.queue.JobResults;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back the jobs of workers whose lease has ended: to be run again after a short back-off, or
 * failed when they have used up their attempts or a number of processes, so that a job that kills
 * its worker does not circulate. What was run by a process that vanished is a suspect: it is
 * claimed alone, so that the next death takes no other job along. Harmless when two leaders do it
 * at once.
 */
public final class Rescue {
  private static final Logger log = LoggerFactory.getLogger(Rescue.class);
  private static final String LOST = Sql.of(Rescue.class, "lost");

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);
  private static final int BATCH = 1_000;

  /** A job fails when this many processes in a row have vanished while they ran it. */
  static final int MOST_PROCESSES = 3;

  private static final String ALONE = "alone";
  private static final RetryPolicy BACK_OFF =
      new RetryPolicy(RetryPolicy.Shape.EXPONENTIAL, Duration.ofMillis(200), Duration.ofMinutes(1));

  private final Jdbi jdbi;
  private final JobLocks locks;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final LostWorkers look;

  public Rescue(Jdbi jdbi, JobLocks locks) {
    this(jdbi, locks, new LostWorkers(jdbi, LONGEST_LOOK));
  }

  /** For tests. */
  Rescue(Jdbi jdbi, JobLocks locks, LostWorkers look) {
    this.jdbi = jdbi;
    this.look = look;
    this.locks = locks;
  }

  private record Lost(
      long id,
      String kind,
      int attempt,
      int maxAttempts,
      long fence,
      @Nullable String lockKey,
      String workerId,
      boolean cancelled,
      int processesLost,
      boolean vanished) {
    Endings.Claim claim() {
      return new Endings.Claim(id, fence, workerId);
    }
  }

  /**
   * Takes back at most a thousand jobs. One that cannot be taken back does not keep the others; one
   * whose parent another transaction has locked is left for the next time.
   *
   * @return how many
   */
  public synchronized int run() {
    List<Long> ids = look.find(BATCH);
    if (ids.isEmpty()) {
      return 0;
    }
    try {
      return run(ids, this::takeBack);
    } catch (JdbiException e) {
      log.warn("jobs could not be rescued together; each is tried alone: {}", e.getMessage());
      return run(ids, this::takeBackAlone);
    }
  }

  private int run(List<Long> ids, BiPredicate<Handle, Lost> takeBack) {
    Set<String> lockKeys = new HashSet<>();
    int rescued =
        Calls.inTransaction(
            jdbi,
            handle -> {
              List<Lost> jobs = lost(handle, ids);
              Set<Long> unlocked = Families.unlocked(handle, jobs.stream().map(Lost::id).toList());
              int taken = 0;
              for (Lost job : jobs) {
                if (unlocked.contains(job.id()) && takeBack.test(handle, job)) {
                  taken++;
                  if (job.lockKey() != null) {
                    lockKeys.add(job.lockKey());
                  }
                }
              }
              return taken;
            });
    locks.breakAll(lockKeys);
    Count.JOBS_RESCUED.add(rescued);
    return rescued;
  }

  private static List<Lost> lost(Handle handle, List<Long> ids) {
    return handle
        .createQuery(LOST)
        .bindArray("ids", Long.class, ids)
        .bind("most", BATCH)
        .map(
            (row, context) ->
                new Lost(
                    row.getLong(1),
                    row.getString(2),
                    row.getInt(3),
                    row.getInt(4),
                    row.getLong(5),
                    row.getString(6),
                    row.getString(7),
                    row.getBoolean(8),
                    row.getInt(9),
                    row.getBoolean(10)))
        .list();
  }

  private boolean takeBackAlone(Handle handle, Lost job) {
    handle.savepoint(ALONE);
    try {
      boolean taken = takeBack(handle, job);
      handle.releaseSavepoint(ALONE);
      return taken;
    } catch (JdbiException e) {
      handle.rollbackToSavepoint(ALONE);
      log.error("job {} of {} could not be rescued", job.id(), job.workerId(), e);
      return false;
    }
  }

  private boolean takeBack(Handle handle, Lost job) {
    String error = "queue worker " + job.workerId() + " stopped renewing its lease";
    if (job.cancelled()) {
      Endings.end(handle, job.claim(), JobState.CANCELLED, error, null);
    } else if (job.attempt() >= job.maxAttempts()) {
      Endings.end(
          handle,
          job.claim(),
          JobState.FAILED,
          error + " during the last of " + job.maxAttempts() + " attempts",
          null);
    } else if (job.vanished() && job.processesLost() + 1 >= MOST_PROCESSES) {
      String poison =
          error + "; " + MOST_PROCESSES + " processes in a row have ended while they ran it";
      Endings.end(handle, job.claim(), JobState.FAILED, poison, null);
    } else {
      Endings.again(
          handle,
          job.claim(),
          job.vanished() ? JobResults.Again.LOST : JobResults.Again.LEFT,
          BACK_OFF.delayAfter(job.attempt(), random),
          error);
    }
    log.warn(
        "job rescued job={} kind={} attempt={}/{} processes_lost={} fence={} worker={}",
        job.id(),
        job.kind(),
        job.attempt(),
        job.maxAttempts(),
        job.processesLost() + (job.vanished() ? 1 : 0),
        job.fence(),
        job.workerId());
    return true;
  }
}
