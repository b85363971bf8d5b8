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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guarded UPDATEs that give queued jobs to a worker, each under a new fence. */
final class ClaimStatements {
  private static final Logger log = LoggerFactory.getLogger(ClaimStatements.class);
  private static final String CLAIM = Sql.of(Claims.class, "claim");

  /**
   * The planner takes a list of unknown length for costly, so it plans again for each short one,
   * which takes longer than the claim. The one id of a lone job is planned for once.
   */
  private static final String CLAIM_ONE = CLAIM.replace("id = ANY (?)", "id = ?");

  private static final String CLAIM_LIMITED = Sql.of(Claims.class, "claimLimited");
  private static final Comparator<ClaimedJob> IN_ORDER =
      Comparator.comparingLong(job -> Rank.of(job.priority(), job.id()));

  /** How often a batch is tried before each of its jobs is tried on its own. */
  private static final int SLOT_TRIES = 3;

  private static final Set<String> LOST_A_RACE = Set.of("23505", "40P01");

  private ClaimStatements() {}

  /**
   * Who claims.
   *
   * @param suspects whether it holds nothing and takes a suspect
   */
  record Claimer(String workerId, boolean suspects) {}

  /**
   * Claims jobs in as few statements as it takes. What one statement has claimed is kept whatever
   * becomes of the next: outside of a transaction it is committed.
   */
  static List<ClaimedJob> claimAll(Connection connection, Claimer claimer, List<ReadyJob> jobs)
      throws SQLException {
    if (jobs.isEmpty()) {
      return List.of();
    }
    long[] ids = jobs.stream().mapToLong(ReadyJob::jobId).sorted().toArray();
    List<ClaimedJob> claimed = new ArrayList<>(ids.length);
    if (!claimPlain(connection, claimer, ids, claimed) && ids.length > 1) {
      for (long id : ids) {
        claimPlain(connection, claimer, new long[] {id}, claimed);
      }
    }
    if (claimed.size() < ids.length) {
      try {
        claimLimited(connection, claimer, rest(ids, claimed), claimed);
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
      Connection connection, Claimer claimer, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    boolean one = ids.length == 1;
    return claim(
        connection,
        one ? CLAIM_ONE : CLAIM,
        statement -> {
          statement.setString(1, claimer.workerId());
          statement.setObject(2, one ? (Object) ids[0] : ids);
          bindGuards(statement, 3, claimer);
          read(statement, claimer.workerId(), claimed);
        });
  }

  /** When another claimer takes the same slot, the next try chooses among those still free. */
  private static void claimLimited(
      Connection connection, Claimer claimer, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    for (int tries = 0; tries < SLOT_TRIES; tries++) {
      if (claimLimitedOnce(connection, claimer, ids, claimed)) {
        return;
      }
    }
    for (long id : ids) {
      claimLimitedOnce(connection, claimer, new long[] {id}, claimed);
    }
  }

  private static boolean claimLimitedOnce(
      Connection connection, Claimer claimer, long[] ids, List<ClaimedJob> claimed)
      throws SQLException {
    return claim(
        connection,
        CLAIM_LIMITED,
        statement -> {
          statement.setObject(1, ids);
          statement.setObject(2, ids);
          bindGuards(statement, 3, claimer);
          statement.setString(7, claimer.workerId());
          read(statement, claimer.workerId(), claimed);
        });
  }

  /** The lease, and what may not be claimed beside what the worker holds. */
  private static void bindGuards(PreparedStatement statement, int from, Claimer claimer)
      throws SQLException {
    statement.setString(from, claimer.workerId());
    statement.setString(from + 1, claimer.workerId());
    statement.setBoolean(from + 2, claimer.suspects());
    statement.setString(from + 3, claimer.workerId());
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
        millisOrNull(row, 14),
        millisOrNull(row, 15),
        Duration.ofMillis(Math.max(0, row.getLong(16))));
  }

  private static @Nullable Duration millisOrNull(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Duration.ofMillis(Math.max(1, value));
  }
}
