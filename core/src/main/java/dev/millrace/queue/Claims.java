package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/**
 * Claims: the one guarded UPDATE that gives a queued job to a worker under a new fence. At most one
 * claim of a job succeeds, whatever hints led to it; of jobs that share a lock key, at most one is
 * processing. No claim waits for a row that another transaction has locked: that job is left out,
 * and is claimed when the dispatcher finds it again. Thread-safe.
 */
public final class Claims {
  private static final String BEHIND = Sql.of(Claims.class, "behind");
  private static final String NEXT_OF_KEYS = Sql.of(Claims.class, "nextOfKeys");
  private static final String SKIPPABLE = Sql.of(Claims.class, "skippable");
  private static final String SKIP = Sql.of(Claims.class, "skip");
  private static final String SUSPECT = Sql.of(Claims.class, "suspect");
  private static final String UNACKNOWLEDGED = Sql.of(Claims.class, "unacknowledged");
  private static final String NEWEST = Sql.of(Claims.class, "newest");

  private final Jdbi jdbi;
  private final BackgroundRuns runs;

  public Claims(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.runs = new BackgroundRuns(jdbi);
  }

  /** The newest id that has been given to a job, whether that is committed or not. */
  public static long newest(Jdbi jdbi) {
    return Calls.withHandle(jdbi, handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
  }

  /**
   * Claims those of the jobs that are still queued.
   *
   * @param jobs hints, at most one per lock key
   */
  public List<ClaimedJob> claim(String workerId, List<ReadyJob> jobs) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    List<ClaimedJob> claimed =
        Calls.withHandle(
            jdbi,
            handle ->
                ClaimStatements.claimAll(
                    handle.getConnection(), new ClaimStatements.Claimer(workerId, false), jobs));
    runs.started(workerId, claimed);
    return claimed;
  }

  /**
   * Claims the jobs that rank first over the lanes straight from Postgres, from the beginning of
   * the lanes; see {@link DirectClaims}.
   */
  public List<ClaimedJob> claimNext(String workerId, String queue, List<String> kinds, int most) {
    return new DirectClaims(jdbi).claim(workerId, queue, kinds, most);
  }

  /**
   * Claims a suspect for a worker that holds no job; nothing else is claimed beside it for a
   * minute.
   *
   * @return empty when it is not to be had, or the worker holds another job
   */
  public Optional<ClaimedJob> claimSuspect(String workerId, ReadyJob suspect) {
    List<ClaimedJob> claimed =
        Calls.withHandle(
            jdbi,
            handle ->
                ClaimStatements.claimAll(
                    handle.getConnection(),
                    new ClaimStatements.Claimer(workerId, true),
                    List.of(suspect)));
    runs.started(workerId, claimed);
    return claimed.stream().findFirst();
  }

  /**
   * The suspect of a queue that has waited longest, of those that could be claimed now.
   *
   * @param but ids of jobs that are left out
   */
  public Optional<Suspect> suspect(String queue, List<String> kinds, Collection<Long> but) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          Connection connection = handle.getConnection();
          try (PreparedStatement statement = connection.prepareStatement(SUSPECT)) {
            statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
            statement.setString(2, queue);
            statement.setObject(3, but.stream().mapToLong(Long::longValue).toArray());
            try (ResultSet row = statement.executeQuery()) {
              return row.next()
                  ? Optional.of(
                      new Suspect(
                          new Lane(queue, row.getString(1)),
                          new ReadyJob(row.getLong(2), row.getString(3)),
                          Duration.ofMillis(row.getLong(4))))
                  : Optional.<Suspect>empty();
            }
          }
        });
  }

  /**
   * A job that may be what ended the process that ran it last.
   *
   * @param waited since it could be run again
   */
  public record Suspect(Lane lane, ReadyJob job, Duration waited) {}

  /** Ready jobs as Postgres knows them, in order: what a lane's window is refilled from. */
  public List<ReadyJob> ready(ReadyJobs.Range range) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(BEHIND)) {
            statement.setString(1, range.lane().queue());
            statement.setString(2, range.lane().kind());
            statement.setLong(3, range.after());
            statement.setInt(4, range.most());
            List<ReadyJob> jobs = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                jobs.add(new ReadyJob(rows.getLong(1), rows.getString(2)));
              }
            }
            return jobs;
          }
        });
  }

  /**
   * The first ready job of each lock key that has been freed, and of each limit key as many as
   * slots have been, with their lanes.
   */
  public List<FreedJob> nextOf(Set<String> lockKeys, Map<String, Integer> freedSlots) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          Connection connection = handle.getConnection();
          try (PreparedStatement statement = connection.prepareStatement(NEXT_OF_KEYS)) {
            statement.setArray(1, connection.createArrayOf("text", lockKeys.toArray()));
            List<String> limitKeys = List.copyOf(freedSlots.keySet());
            Object[] slots = limitKeys.stream().map(freedSlots::get).toArray();
            statement.setArray(2, connection.createArrayOf("text", limitKeys.toArray()));
            statement.setArray(3, connection.createArrayOf("integer", slots));
            List<FreedJob> jobs = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                Lane lane = new Lane(rows.getString(1), rows.getString(2));
                jobs.add(new FreedJob(lane, new ReadyJob(rows.getLong(3), rows.getString(4))));
              }
            }
            return jobs;
          }
        });
  }

  /**
   * Cancels those of the jobs that are not needed while another of their lock key runs. One that
   * another transaction has locked, or whose parent is, is left for the next time.
   */
  public void skipBusy(List<ReadyJob> busy) {
    long[] ids = busy.stream().mapToLong(ReadyJob::jobId).toArray();
    Calls.inTransaction(
        jdbi,
        handle -> {
          List<Long> skippable = ids(handle.getConnection(), SKIPPABLE, ids);
          if (skippable.isEmpty()) {
            return 0;
          }
          Set<Long> unlocked = Families.unlocked(handle, skippable);
          long[] free = unlocked.stream().mapToLong(Long::longValue).toArray();
          List<Long> skipped = ids(handle.getConnection(), SKIP, free);
          skipped.forEach(id -> Families.ended(handle, id));
          return skipped.size();
        });
  }

  private static List<Long> ids(Connection connection, String sql, long[] ids) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, ids);
      List<Long> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
      return found;
    }
  }

  /** See {@link #nextOf}. */
  public record FreedJob(Lane lane, ReadyJob job) {}

  /**
   * The claims of a worker that were committed and whose answer never came, so that no thread runs
   * their jobs. Ask while no claim of this worker is under way.
   *
   * @param from the oldest fence that is looked for
   * @param known the fences that the worker knows and has not finished with
   */
  public List<Unacknowledged> unacknowledged(String workerId, long from, Collection<Long> known) {
    return Calls.withHandle(
        jdbi, handle -> unacknowledged(handle.getConnection(), workerId, from, known));
  }

  static List<Unacknowledged> unacknowledged(
      Connection connection, String workerId, long from, Collection<Long> known)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UNACKNOWLEDGED)) {
      statement.setString(1, workerId);
      statement.setLong(2, from);
      statement.setObject(3, known.stream().mapToLong(Long::longValue).toArray());
      List<Unacknowledged> claims = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Lane lane = new Lane(rows.getString(3), rows.getString(4));
          ReadyJob job = new ReadyJob(rows.getLong(1), rows.getString(5));
          claims.add(new Unacknowledged(lane, job, rows.getLong(2)));
        }
      }
      return claims;
    }
  }

  /** See {@link #unacknowledged}. */
  public record Unacknowledged(Lane lane, ReadyJob job, long fence) {}
}
