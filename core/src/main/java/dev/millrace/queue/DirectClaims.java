package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Claims straight from Postgres, the way without Redis, for one worker. Each claim looks from the
 * beginning of the lanes. When index entries of jobs that have ended make that expensive, it looks
 * from where the last one stood, and from the beginning only at a pace that fits the cost; a job
 * that turns up before that place (a retry, a key that was freed, a transaction that is committed
 * late) is then claimed up to two minutes later. Thread-safe.
 */
public final class DirectClaims {
  private static final String NEXT = Sql.of(DirectClaims.class, "next");
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /**
   * With no place to begin at, a claim that ran out of time begins this number of ids before the
   * newest.
   */
  private static final long AT_THE_END = 100_000;

  private final Jdbi jdbi;
  private final BackgroundRuns runs;
  private final ScanPace pace;
  private final Duration longest;
  private final Map<String, LaneMarks> marks = new HashMap<>();
  private long newestBefore = -1;

  public DirectClaims(Jdbi jdbi) {
    this(jdbi, new ScanPace(), LONGEST);
  }

  /** For tests. */
  DirectClaims(Jdbi jdbi, ScanPace pace, Duration longest) {
    this.jdbi = jdbi;
    this.runs = new BackgroundRuns(jdbi);
    this.pace = pace;
    this.longest = longest;
  }

  /** Ranks of a lane from {@code low} on, below {@code high}. */
  private record Stretch(String kind, long low, long high) {}

  /** A job that was ready. */
  private record Seen(String kind, ReadyJob job) {}

  /** What was ready, and what of it was claimed. */
  private record Nearest(List<ClaimedJob> claimed, List<Seen> seen) {}

  /** Claims the jobs that rank first over some lanes of a queue. */
  public synchronized List<ClaimedJob> claim(
      String workerId, String queue, List<String> kinds, int most) {
    boolean full = pace.due();
    if (full) {
      marks.clear();
    }
    long asked = System.nanoTime();
    try {
      Nearest nearest = nearest(workerId, queue, stretches(kinds), most);
      if (!full || pace.took(Duration.ofNanos(System.nanoTime() - asked))) {
        stand(kinds, nearest.seen(), nearest.seen().size() < most);
      }
      return nearest.claimed();
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      pace.took(longest);
      beginAtNewest(kinds);
      return List.of();
    }
  }

  private List<Stretch> stretches(List<String> kinds) {
    List<Stretch> stretches = new ArrayList<>();
    for (String kind : kinds) {
      marksOf(kind)
          .above(0)
          .forEach(part -> stretches.add(new Stretch(kind, part.low(), part.high())));
    }
    return stretches;
  }

  private Nearest nearest(String workerId, String queue, List<Stretch> stretches, int most) {
    Nearest nearest =
        Calls.inTransaction(
            jdbi,
            handle -> {
              Calls.limitStatements(handle, longest);
              Connection connection = handle.getConnection();
              List<Seen> seen = next(connection, queue, stretches, most);
              var claimer = new ClaimStatements.Claimer(workerId, false);
              return new Nearest(
                  ClaimStatements.claimAll(connection, claimer, firstOfKeys(seen)), seen);
            });
    runs.started(workerId, nearest.claimed());
    return nearest;
  }

  private static List<Seen> next(
      Connection connection, String queue, List<Stretch> stretches, int most) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEXT)) {
      Object[] kinds = stretches.stream().map(Stretch::kind).toArray();
      statement.setArray(1, connection.createArrayOf("text", kinds));
      statement.setObject(2, stretches.stream().mapToLong(Stretch::low).toArray());
      statement.setObject(3, stretches.stream().mapToLong(Stretch::high).toArray());
      statement.setString(4, queue);
      statement.setInt(5, most);
      statement.setInt(6, most);
      List<Seen> seen = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          seen.add(new Seen(rows.getString(1), new ReadyJob(rows.getLong(2), rows.getString(3))));
        }
      }
      return seen;
    }
  }

  /** At most one job of a lock key is claimed. */
  private static List<ReadyJob> firstOfKeys(List<Seen> seen) {
    Set<String> lockKeys = new HashSet<>();
    List<ReadyJob> jobs = new ArrayList<>();
    for (Seen each : seen) {
      String lockKey = each.job().lockKey();
      if (lockKey == null || lockKeys.add(lockKey)) {
        jobs.add(each.job());
      }
    }
    return jobs;
  }

  /** The next claim begins at the first that this one found, or behind all that were there. */
  private void stand(List<String> kinds, List<Seen> seen, boolean exhausted) {
    Map<String, Map<Integer, Long>> first = new HashMap<>();
    for (Seen each : seen) {
      long rank = each.job().rank();
      first
          .computeIfAbsent(each.kind(), kind -> new HashMap<>())
          .merge(LaneMarks.place(rank), rank, Math::min);
    }
    long newest = Claims.newest(jdbi);
    for (String kind : kinds) {
      Map<Integer, Long> found = first.getOrDefault(kind, Map.of());
      found.forEach((place, rank) -> marksOf(kind).raise(place, rank));
      for (int place = 0; exhausted && newestBefore > 0 && place < LaneMarks.PRIORITIES; place++) {
        if (!found.containsKey(place)) {
          marksOf(kind).raise(place, LaneMarks.start(place) + newestBefore);
        }
      }
    }
    newestBefore = newest;
  }

  private void beginAtNewest(List<String> kinds) {
    long newest = Claims.newest(jdbi);
    for (String kind : kinds) {
      for (int place = 0; place < LaneMarks.PRIORITIES; place++) {
        marksOf(kind).raise(place, LaneMarks.start(place) + Math.max(0, newest - AT_THE_END));
      }
    }
    newestBefore = newest;
  }

  private LaneMarks marksOf(String kind) {
    return marks.computeIfAbsent(kind, one -> new LaneMarks());
  }
}
