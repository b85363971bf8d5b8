package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims: the one guarded UPDATE that gives a queued job to a worker under a new fence. At most one
 * claim of a job succeeds, whatever hints led to it; of jobs that share a lock key, at most one is
 * processing. No claim waits for a row that another transaction has locked: that job is left out,
 * and is claimed when the dispatcher finds it again. Thread-safe.
 */
public final class Claims {
  private static final Logger log = LoggerFactory.getLogger(Claims.class);
  private static final String CLAIM = Sql.of(Claims.class, "claim");

  /**
   * A list of unknown length looks dear to the planner, so it plans anew for each short one, which
   * takes longer than the claim. The one id of a lone job is planned for once.
   */
  private static final String CLAIM_ONE = CLAIM.replace("id = ANY (?)", "id = ?");

  private static final String BEHIND = Sql.of(Claims.class, "behind");
  private static final String NEXT_OF_KEYS = Sql.of(Claims.class, "nextOfKeys");
  private static final String CLAIM_LIMITED = Sql.of(Claims.class, "claimLimited");
  private static final String SKIPPABLE = Sql.of(Claims.class, "skippable");
  private static final String SKIP = Sql.of(Claims.class, "skip");
  private static final String UNHEARD = Sql.of(Claims.class, "unheard");
  private static final Comparator<ClaimedJob> IN_ORDER =
      Comparator.comparingLong(job -> Rank.of(job.priority(), job.id()));

  /** How often a batch is tried before each of its jobs is tried on its own. */
  private static final int SLOT_TRIES = 3;

  private static final Set<String> LOST_A_RACE = Set.of("23505", "40P01");

  private final Jdbi jdbi;
  private final BackgroundRuns runs;

  public Claims(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.runs = new BackgroundRuns(jdbi);
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
        Calls.withHandle(jdbi, handle -> claimAll(handle.getConnection(), workerId, jobs));
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
   * The claims of a worker that were committed and whose answer never came, so that nobody runs
   * their jobs. Ask while no claim of this worker is under way.
   *
   * @param from the oldest fence that is looked for
   * @param known the fences that the worker has heard of and is not done with
   */
  List<Unheard> unheard(String workerId, long from, Collection<Long> known) {
    return Calls.withHandle(jdbi, handle -> unheard(handle.getConnection(), workerId, from, known));
  }

  static List<Unheard> unheard(
      Connection connection, String workerId, long from, Collection<Long> known)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UNHEARD)) {
      statement.setString(1, workerId);
      statement.setLong(2, from);
      statement.setObject(3, known.stream().mapToLong(Long::longValue).toArray());
      List<Unheard> claims = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Lane lane = new Lane(rows.getString(3), rows.getString(4));
          ReadyJob job = new ReadyJob(rows.getLong(1), rows.getString(5));
          claims.add(new Unheard(lane, job, rows.getLong(2)));
        }
      }
      return claims;
    }
  }

  /** See {@link #unheard}. */
  public record Unheard(Lane lane, ReadyJob job, long fence) {}

  /**
   * Claims jobs in as few statements as it takes. What one statement has claimed is kept whatever
   * becomes of the next: outside of a transaction it is committed.
   */
  static List<ClaimedJob> claimAll(Connection connection, String workerId, List<ReadyJob> jobs)
      throws SQLException {
    if (jobs.isEmpty()) {
      return List.of();
    }
    long[] ids = jobs.stream().mapToLong(ReadyJob::jobId).sorted().toArray();
    List<ClaimedJob> claimed = new ArrayList<>(ids.length);
    if (!claimPlain(connection, workerId, ids, claimed) && ids.length > 1) {
      for (long id : ids) {
        boolean unused = claimPlain(connection, workerId, new long[] {id}, claimed);
      }
    }
    if (claimed.size() < ids.length) {
      try {
        claimLimited(connection, workerId, rest(ids, claimed), claimed);
      } catch (SQLException e) {
        if (claimed.isEmpty() || !connection.getAutoCommit()) {
          throw e;
        }
        log.warn("jobs under a limit could not be claimed; the dispatcher finds them again", e);
      }
    }
    claimed.sort(IN_ORDER); // an UPDATE returns its rows as it came by them
    return claimed;
  }

  private static long[] rest(long[] ids, List<ClaimedJob> claimed) {
    Set<Long> done = claimed.stream().map(ClaimedJob::id).collect(Collectors.toSet());
    return Arrays.stream(ids).filter(id -> !done.contains(id)).toArray();
  }

  private static boolean claimPlain(
      Connection connection, String workerId, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    boolean one = ids.length == 1;
    return claim(
        connection,
        one ? CLAIM_ONE : CLAIM,
        statement -> {
          statement.setString(1, workerId);
          statement.setObject(2, one ? (Object) ids[0] : ids);
          statement.setString(3, workerId);
          read(statement, workerId, claimed);
        });
  }

  /** Another claimer that took the same slot leaves free ones to be chosen from anew. */
  private static void claimLimited(
      Connection connection, String workerId, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    for (int tries = 0; tries < SLOT_TRIES; tries++) {
      if (claimLimitedOnce(connection, workerId, ids, claimed)) {
        return;
      }
    }
    for (long id : ids) {
      boolean unused = claimLimitedOnce(connection, workerId, new long[] {id}, claimed);
    }
  }

  private static boolean claimLimitedOnce(
      Connection connection, String workerId, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    return claim(
        connection,
        CLAIM_LIMITED,
        statement -> {
          statement.setObject(1, ids);
          statement.setObject(2, ids);
          statement.setString(3, workerId);
          statement.setString(4, workerId);
          read(statement, workerId, claimed);
        });
  }

  /** Binds its parameters and reads its rows. */
  private interface Claim {
    void run(PreparedStatement statement) throws SQLException;
  }

  /**
   * Runs one statement that claims.
   *
   * @return false when another claimer won a lock key or a slot between our look and our write:
   *     nothing was claimed
   */
  private static boolean claim(Connection connection, String sql, Claim claim) throws SQLException {
    Savepoint savepoint = connection.getAutoCommit() ? null : connection.setSavepoint();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      claim.run(statement);
      return true;
    } catch (SQLException e) {
      if (!LOST_A_RACE.contains(e.getSQLState())) {
        throw e;
      }
      if (savepoint != null) {
        connection.rollback(savepoint);
      }
      return false;
    }
  }

  private static void read(PreparedStatement statement, String workerId, List<ClaimedJob> claimed)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        claimed.add(claimedJob(rows, workerId));
      }
    }
  }

  private static ClaimedJob claimedJob(ResultSet row, String workerId) throws SQLException {
    return new ClaimedJob(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getInt(5),
        row.getInt(6),
        row.getInt(7),
        row.getLong(8),
        workerId,
        row.getString(9),
        row.getString(10),
        row.getString(11),
        row.getString(12),
        row.getBoolean(13),
        millisOrNull(row, 14));
  }

  private static @Nullable Duration millisOrNull(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Duration.ofMillis(Math.max(1, value));
  }
}
