package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Claims: the one guarded UPDATE that gives a queued job to a worker under a new fence. At most one
 * claim of a job succeeds, whatever hints led to it; of jobs that share a lock key, at most one is
 * processing. Thread-safe.
 */
public final class Claims {
  private static final String CLAIM = Sql.of(Claims.class, "claim");

  /**
   * A list of unknown length looks dear to the planner, so it plans anew for each short one, which
   * takes longer than the claim. The one id of a lone job is planned for once.
   */
  private static final String CLAIM_ONE = CLAIM.replace("id = ANY (?)", "id = ?");

  private static final String NEXT = Sql.of(Claims.class, "next");
  private static final String BEHIND = Sql.of(Claims.class, "behind");
  private static final String NEXT_OF_KEYS = Sql.of(Claims.class, "nextOfKeys");
  private static final String LIMITED = Sql.of(Claims.class, "limited");
  private static final String CLAIM_LIMITED = Sql.of(Claims.class, "claimLimited");
  private static final String SKIP = Sql.of(Claims.class, "skip");
  private static final String UNHEARD = Sql.of(Claims.class, "unheard");
  private static final Comparator<ClaimedJob> IN_ORDER =
      Comparator.comparingLong(job -> Rank.of(job.priority(), job.id()));
  private static final Set<String> LOST_A_RACE = Set.of("23505", "40P01");

  private final Jdbi jdbi;

  public Claims(Jdbi jdbi) {
    this.jdbi = jdbi;
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
    return Calls.withHandle(jdbi, handle -> claimOrSplit(handle.getConnection(), workerId, jobs));
  }

  /**
   * Claims the jobs that rank first over the lanes straight from Postgres: the way without Redis.
   */
  public List<ClaimedJob> claimNext(String workerId, String queue, List<String> kinds, int most) {
    return Calls.inTransaction(
        jdbi,
        handle ->
            claimOrSplit(
                handle.getConnection(),
                workerId,
                next(handle.getConnection(), queue, kinds, most)));
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
   * The first ready job of each lock key, and of each limit key, that has been freed, with its
   * lane.
   */
  public List<FreedJob> nextOf(Set<String> lockKeys, Set<String> limitKeys) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          Connection connection = handle.getConnection();
          try (PreparedStatement statement = connection.prepareStatement(NEXT_OF_KEYS)) {
            statement.setArray(1, connection.createArrayOf("text", lockKeys.toArray()));
            statement.setArray(2, connection.createArrayOf("text", limitKeys.toArray()));
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

  /** Cancels those of the jobs that are not needed while another of their lock key runs. */
  public void skipBusy(List<ReadyJob> busy) {
    long[] ids = busy.stream().mapToLong(ReadyJob::jobId).toArray();
    Calls.inTransaction(
        jdbi,
        handle -> {
          List<Long> skipped = ids(handle.getConnection(), SKIP, ids);
          skipped.forEach(id -> Records.tellFamily(handle, id));
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
   * @param known the fences that the worker has heard of and is not done with
   */
  public List<Unheard> unheard(String workerId, Collection<Long> known) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(UNHEARD)) {
            statement.setString(1, workerId);
            statement.setObject(2, known.stream().mapToLong(Long::longValue).toArray());
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
        });
  }

  /** See {@link #unheard}. */
  public record Unheard(Lane lane, ReadyJob job, long fence) {}

  /**
   * Another claimer can win a lock key between our look and our write; then each job is tried on
   * its own.
   */
  private static List<ClaimedJob> claimOrSplit(
      Connection connection, String workerId, List<ReadyJob> jobs) throws SQLException {
    boolean ownTransaction = connection.getAutoCommit();
    var savepoint = ownTransaction ? null : connection.setSavepoint();
    try {
      return update(connection, workerId, jobs);
    } catch (SQLException e) {
      if (!LOST_A_RACE.contains(e.getSQLState())) {
        throw e;
      }
      if (savepoint != null) {
        connection.rollback(savepoint);
      }
      List<ClaimedJob> claimed = new ArrayList<>();
      if (jobs.size() > 1) {
        for (ReadyJob job : jobs) {
          claimed.addAll(claimOrSplit(connection, workerId, List.of(job)));
        }
      }
      return claimed;
    }
  }

  private static List<ClaimedJob> update(
      Connection connection, String workerId, List<ReadyJob> jobs) throws SQLException {
    if (jobs.isEmpty()) {
      return List.of();
    }
    long[] ids = jobs.stream().mapToLong(ReadyJob::jobId).sorted().toArray();
    List<ClaimedJob> claimed = new ArrayList<>(jobs.size());
    boolean one = ids.length == 1;
    try (PreparedStatement statement = connection.prepareStatement(one ? CLAIM_ONE : CLAIM)) {
      statement.setString(1, workerId);
      statement.setObject(2, one ? (Object) ids[0] : ids);
      statement.setString(3, workerId);
      read(statement, claimed);
    }
    if (claimed.size() < ids.length) {
      for (long limited : ids(connection, LIMITED, ids)) {
        claimLimited(connection, workerId, limited, claimed);
      }
    }
    claimed.sort(IN_ORDER); // an UPDATE returns its rows as it came by them
    return claimed;
  }

  private static void claimLimited(
      Connection connection, String workerId, long id, List<ClaimedJob> claimed)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CLAIM_LIMITED)) {
      statement.setLong(1, id);
      statement.setString(2, workerId);
      statement.setLong(3, id);
      statement.setString(4, workerId);
      read(statement, claimed);
    }
  }

  private static void read(PreparedStatement statement, List<ClaimedJob> claimed)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        claimed.add(claimedJob(rows));
      }
    }
  }

  private static ClaimedJob claimedJob(ResultSet row) throws SQLException {
    return new ClaimedJob(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getInt(5),
        row.getInt(6),
        row.getInt(7),
        row.getLong(8),
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

  private static List<ReadyJob> next(
      Connection connection, String queue, List<String> kinds, int most) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEXT)) {
      statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
      statement.setString(2, queue);
      statement.setInt(3, most);
      statement.setInt(4, most);
      List<ReadyJob> jobs = new ArrayList<>();
      Set<String> lockKeys = new HashSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String lockKey = rows.getString(3);
          if (lockKey == null || lockKeys.add(lockKey)) {
            jobs.add(new ReadyJob(rows.getLong(2), lockKey));
          }
        }
      }
      return jobs;
    }
  }
}
