package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.queue.Calls;
import dev.millrace.queue.Families;
import dev.millrace.queue.FamilyCancel;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Lane;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.ScanPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's side of the queue: makes due jobs ready and restores what Redis lost. Each step is
 * bounded, however long the queues are, and harmless when two leaders do it at once. Thread-safe.
 */
public final class Dispatch {
  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  /** How long one look goes on with a cancel of a large family. */
  private static final Duration STEPS = Duration.ofSeconds(2);

  /** The most jobs that one {@link #expire} ends. */
  private static final int EXPIRED = 1_000;

  /** The most jobs that one {@link #promote} moves. */
  public static final int PROMOTE = 5_000;

  private static final String PROMOTE_SQL = Sql.of(Dispatch.class, "promote");
  private static final String LATE = Sql.of(Dispatch.class, "late");
  private static final String EXPIRE = Sql.of(Dispatch.class, "expire");
  private static final String LATE_PARENTS = Sql.of(Dispatch.class, "lateParents");

  private final Jdbi jdbi;
  private final ReadyJobs ready;
  private final RedisResync resync;
  private final DueScan due;
  private final FamilyCancel cancels;

  public Dispatch(Jdbi jdbi, ReadyJobs ready) {
    this(jdbi, ready, ScanPace.CHEAP);
  }

  /**
   * For tests.
   *
   * @param cheap how long a scan may take before the next one begins where it stopped
   */
  Dispatch(Jdbi jdbi, ReadyJobs ready, Duration cheap) {
    this.jdbi = jdbi;
    this.ready = ready;
    this.cancels = new FamilyCancel(jdbi);
    this.resync = new RedisResync(jdbi, ready, cheap);
    this.due = new DueScan(jdbi, cheap.dividedBy(3)); // it is taken many times a second
  }

  private record Due(Lane lane, ReadyJob job, boolean suspect) {}

  /**
   * Moves jobs whose time has come from scheduled to queued, and sends hints.
   *
   * @return how many; as many again may be waiting when it is {@link #PROMOTE}
   */
  public int promote() {
    List<Due> jobs =
        Calls.withHandle(
            jdbi,
            handle ->
                handle
                    .createQuery(PROMOTE_SQL)
                    .bind("from", due.from())
                    .bind("most", PROMOTE)
                    .map(
                        (row, context) ->
                            new Due(
                                new Lane(row.getString(1), row.getString(2)),
                                new ReadyJob(row.getLong(3), row.getString(4)),
                                row.getBoolean(5)))
                    .list());
    Map<Lane, List<ReadyJob>> byLane = new HashMap<>();
    for (Due one : jobs) {
      if (!one.suspect()) { // workers look for suspects themselves
        byLane.computeIfAbsent(one.lane(), lane -> new ArrayList<>()).add(one.job());
      }
    }
    byLane.forEach(
        (lane, ofLane) -> {
          resync.lower(lane, ofLane);
          ready.push(lane, ofLane, false);
        });
    return jobs.size();
  }

  /**
   * How long, by the database's clock, until the next scheduled job is due; empty when none is
   * scheduled.
   */
  public Optional<Duration> untilNextDue() {
    return due.untilNext();
  }

  /**
   * Puts the near end of every lane into Redis again; what is there already stays as it is. Ends
   * the jobs that are not wanted while their lock key is held: no worker may have their hint.
   */
  public void resync() {
    resync.step();
  }

  /**
   * Fails the jobs that may not start any more because their deadlines have passed, and stops the
   * children of parents whose whole time is over; goes on with cancels of large families. One that
   * another transaction has locked, or whose parent is, is left for the next time.
   *
   * @return how many jobs and parents, at most a thousand of each
   */
  public int expire() {
    cancels.goOn(STEPS);
    return Calls.inTransaction(
            jdbi,
            handle -> {
              List<Long> late =
                  handle.createQuery(LATE).bind("most", EXPIRED).mapTo(Long.class).list();
              Set<Long> unlocked = Families.unlocked(handle, late);
              List<Long> failed =
                  handle
                      .createQuery(EXPIRE)
                      .bindArray("ids", Long.class, unlocked)
                      .mapTo(Long.class)
                      .list();
              Families.ended(handle, failed);
              return unlocked.size();
            })
        + stopLateFamilies();
  }

  /** A parent that is late ends as failed, with the last of its children. */
  private int stopLateFamilies() {
    List<Long> parents =
        Calls.withHandle(
            jdbi,
            handle ->
                handle.createQuery(LATE_PARENTS).bind("most", EXPIRED).mapTo(Long.class).list());
    int stopped = 0;
    for (long parent : parents) {
      try {
        if (cancels.cancelIfLarge(parent, STEPS).isEmpty()) {
          JobResults.recording(jdbi, handle -> JobControl.cancelIn(handle, parent));
        }
        stopped++;
      } catch (JdbiException e) { // must not keep the others
        log.warn(
            "the family of job {} is late and could not be cancelled; the next step tries again",
            parent,
            e);
      }
    }
    return stopped;
  }
}
