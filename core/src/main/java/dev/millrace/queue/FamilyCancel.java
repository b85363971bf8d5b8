package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.job.JobState;
import dev.millrace.queue.JobControl.Cancelled;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels families of more than {@link #WHOLE} unfinished jobs in steps of as many, after a first
 * transaction that asks the job itself to stop and notes that its family is to follow. Who cancels
 * takes steps for as long as it is willing to wait; the leader goes on with what is left, also
 * after a crash. Thread-safe.
 */
public final class FamilyCancel {
  /** How many jobs one transaction cancels. */
  static final int WHOLE = 1_000;

  private static final Logger log = LoggerFactory.getLogger(FamilyCancel.class);
  private static final String UNFINISHED = Sql.of(FamilyCancel.class, "unfinished");
  private static final String UNCANCELLED = Sql.of(FamilyCancel.class, "uncancelled");
  private static final String LOCK = Sql.of(FamilyCancel.class, "lock");
  private static final String BEGIN = Sql.of(FamilyCancel.class, "begin");
  private static final String BEGUN = Sql.of(FamilyCancel.class, "begun");
  private static final String END = Sql.of(FamilyCancel.class, "end");
  private static final String CANCEL = Sql.of(FamilyCancel.class, "cancel");

  private final Jdbi jdbi;

  public FamilyCancel(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A job that was asked to stop, or ended, and its state since. */
  record Touched(long id, JobState state) {}

  /**
   * Cancels a family that is too large for one transaction.
   *
   * @param patience how long steps are taken here before the rest is left to the leader
   * @return empty when it is not
   */
  public Optional<Cancelled> cancelIfLarge(long jobId, Duration patience) {
    return cancelIfLarge(jobId, patience, JobControl.Alongside.NOTHING);
  }

  /**
   * As {@link #cancelIfLarge(long, Duration)}.
   *
   * @param alongside in the first transaction, unless the job had ended
   */
  Optional<Cancelled> cancelIfLarge(long jobId, Duration patience, JobControl.Alongside alongside) {
    List<Long> unfinished = ids(UNFINISHED, jobId);
    return unfinished.size() <= WHOLE
        ? Optional.empty()
        : Optional.of(cancel(jobId, unfinished, patience, alongside));
  }

  private Cancelled cancel(
      long jobId, List<Long> unfinished, Duration patience, JobControl.Alongside alongside) {
    boolean touched = begin(jobId, alongside);
    List<Long> others = unfinished.stream().filter(id -> id != jobId).toList();
    boolean done = goOn(jobId, others, System.nanoTime() + patience.toNanos());
    if (!touched) {
      return Cancelled.NOTHING_TO_CANCEL;
    }
    return done && ids(UNFINISHED, jobId).isEmpty() ? Cancelled.AT_ONCE : Cancelled.REQUESTED;
  }

  /** Goes on with what was begun and not brought to its end, for about so long. */
  public void goOn(Duration patience) {
    List<Long> begun =
        Calls.withHandle(jdbi, handle -> handle.createQuery(BEGUN).mapTo(Long.class).list());
    long until = System.nanoTime() + patience.toNanos();
    for (long jobId : begun) {
      try {
        goOn(jobId, ids(UNCANCELLED, jobId), until);
      } catch (JdbiException | QueueException e) { // must not keep the others
        log.warn("the cancel of the family of job {} goes on later: {}", jobId, e.getMessage());
      }
    }
  }

  /** Whether the job itself was still to be cancelled. */
  private boolean begin(long jobId, JobControl.Alongside alongside) {
    return JobResults.recording(
        jdbi,
        handle -> {
          List<Touched> touched = cancel(handle, List.of(jobId));
          handle.createUpdate(BEGIN).bind("id", jobId).execute();
          if (!touched.isEmpty()) {
            alongside.write(handle, jobId);
          }
          return !touched.isEmpty();
        });
  }

  /**
   * Parents before their children, so that none is taken for completed when its last child ends.
   *
   * @return whether all of the family was asked to stop
   */
  private boolean goOn(long jobId, List<Long> found, long until) {
    List<Long> left = found;
    boolean progress = true;
    while (!left.isEmpty() && progress) {
      progress = false;
      for (int from = 0; from < left.size(); from += WHOLE) {
        if (System.nanoTime() - until >= 0) {
          return false;
        }
        progress |= step(left.subList(from, Math.min(left.size(), from + WHOLE)));
      }
      left = ids(UNCANCELLED, jobId); // what was locked, and what was added meanwhile
    }
    if (left.isEmpty()) {
      Calls.withHandle(jdbi, handle -> handle.createUpdate(END).bind("id", jobId).execute());
    }
    return left.isEmpty();
  }

  /** Returns whether any of them was asked to stop, or ended. */
  private boolean step(List<Long> ids) {
    try {
      return JobResults.recording(
          jdbi,
          handle -> {
            List<Long> next = next(handle, ids);
            return !next.isEmpty() && !cancel(handle, next).isEmpty();
          });
    } catch (JdbiException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      log.debug("a step of a cancel is taken later: a parent is locked", e);
      return false;
    }
  }

  private record Locked(long id, long parentId, boolean follows) {}

  /**
   * Those whose turn it is: a parent that was not told to stop would take the end of its last child
   * for its own success.
   */
  private static List<Long> next(Handle handle, List<Long> ids) {
    Set<Long> next = new LinkedHashSet<>();
    handle
        .createQuery(LOCK)
        .bindArray("ids", Long.class, ids)
        .map((row, context) -> new Locked(row.getLong(1), row.getLong(2), row.getBoolean(3)))
        .stream()
        .sorted(Comparator.comparingLong(Locked::id))
        .filter(job -> job.follows() || next.contains(job.parentId()))
        .forEach(job -> next.add(job.id()));
    return List.copyOf(next);
  }

  /** Cancels those of some jobs that are unfinished, and settles what the end of each means. */
  static List<Touched> cancel(Handle handle, List<Long> ids) {
    List<Touched> touched =
        handle
            .createQuery(CANCEL)
            .bindArray("ids", Long.class, ids)
            .map((row, context) -> new Touched(row.getLong(1), JobState.of(row.getString(2))))
            .list();
    Families.ended(
        handle,
        touched.stream()
            .filter(job -> job.state() == JobState.CANCELLED)
            .map(Touched::id)
            .toList());
    return touched;
  }

  private List<Long> ids(String query, long jobId) {
    return Calls.withHandle(
        jdbi, handle -> handle.createQuery(query).bind("id", jobId).mapTo(Long.class).list());
  }
}
