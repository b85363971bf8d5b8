package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.Calls;
import dev.millrace.queue.Lane;
import dev.millrace.queue.LaneMarks;
import dev.millrace.queue.QueueException;
import dev.millrace.queue.ReadyJob;
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
import org.jspecify.annotations.Nullable;

/**
 * The leader's scan of the head of one lane. It reads a page of jobs from the lane's beginning, and
 * goes on behind jobs that cannot be claimed. When jobs that are held, or index entries of jobs
 * that have ended, make that expensive, it marks how far it has come and begins there the next
 * time; what lies below the marks is swept in small windows, so that a job which turns up there (a
 * retry, a row of a transaction that was committed late) is found as well. Not thread-safe.
 */
final class LaneScan {
  /** How many jobs one page has. */
  static final int PAGE = 1_000;

  private static final String HEAD = Sql.of(LaneScan.class, "head");
  private static final Duration LONGEST_WALK = Duration.ofMillis(500);
  private static final Duration STATEMENT = Duration.ofSeconds(1);

  /**
   * With no marks to begin at, a scan that ran out of time begins this many ids before the newest.
   */
  private static final long NEWEST = 100_000;

  private final Jdbi jdbi;
  private final Lane lane;
  private final Duration cheap;
  private final LaneMarks marks = new LaneMarks();
  private final Sweep sweep = new Sweep(0, PAGE);
  private int sweptRows;

  LaneScan(Jdbi jdbi, Lane lane, Duration cheap) {
    this.jdbi = jdbi;
    this.lane = lane;
    this.cheap = cheap;
  }

  /**
   * What a scan has found.
   *
   * @param claimable jobs that may be claimed, in order
   * @param skipping jobs that are not wanted while their lock key is held
   * @param more whether the lane may hold more behind these
   * @param endOfRound whether all that lies below the marks has been swept
   */
  record Found(
      List<ReadyJob> claimable, List<ReadyJob> skipping, boolean more, boolean endOfRound) {}

  /** A row of head.sql. */
  private record Head(
      ReadyJob job, boolean held, boolean skips, @Nullable String limitKey, int room) {}

  /** Says of the jobs of a scan, in order, which may be claimed: per key only as many as fit. */
  private static final class Choice {
    private final List<ReadyJob> claimable = new ArrayList<>();
    private final List<ReadyJob> skipping = new ArrayList<>();
    private final Set<String> lockKeys = new HashSet<>();
    private final Map<String, Integer> limits = new HashMap<>();

    boolean add(Head head) {
      ReadyJob job = head.job();
      if (head.held() && head.skips()) {
        skipping.add(job);
      }
      if (head.held()
          || !hasRoom(head)
          || (job.lockKey() != null && !lockKeys.add(job.lockKey()))) {
        return false;
      }
      if (head.limitKey() != null) {
        limits.merge(head.limitKey(), 1, Integer::sum);
      }
      claimable.add(job);
      return true;
    }

    private boolean hasRoom(Head head) {
      return head.limitKey() == null || limits.getOrDefault(head.limitKey(), 0) < head.room();
    }
  }

  /** How far a scan has come in the lane. */
  private static final class Walk {
    private final Map<Integer, Long> reached = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();
    private long last = -1;

    void note(ReadyJob job, boolean claimable) {
      int place = LaneMarks.place(job.rank());
      if (claimable && open.add(place)) {
        reached.put(place, job.rank());
      } else if (!open.contains(place)) {
        reached.put(place, job.rank() + 1);
      }
      last = job.rank();
    }
  }

  /** Something of the lane has become ready at this rank. */
  void lower(long rank) {
    marks.lower(rank);
  }

  /** Whether there is something to sweep. */
  boolean marked() {
    return !marks.isEmpty();
  }

  /**
   * Scans the head.
   *
   * @param newestId ids up to this one have been given for a while
   */
  Found near(long newestId) {
    Choice choice = new Choice();
    Walk walk = new Walk();
    long begun = System.nanoTime();
    boolean full = true;
    boolean dear = false;
    try {
      int pages = 0;
      while (full && (pages == 0 || goesOn(choice, begun))) {
        long asked = System.nanoTime();
        List<Head> page = read(marks.above(walk.last + 1));
        dear |= pages++ == 0 && since(asked).compareTo(cheap) > 0;
        page.forEach(head -> walk.note(head.job(), choice.add(head)));
        full = page.size() == PAGE;
      }
      mark(walk, full, dear, newestId, pages > 1);
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      beginAtNewest(newestId);
    }
    return new Found(choice.claimable, choice.skipping, full, false);
  }

  private static boolean goesOn(Choice choice, long begun) {
    return choice.claimable.size() < PAGE / 2 && since(begun).compareTo(LONGEST_WALK) < 0;
  }

  private void mark(Walk walk, boolean full, boolean dear, long newestId, boolean heldUp) {
    int lastPlace = full ? LaneMarks.place(walk.last) : LaneMarks.PRIORITIES;
    for (int place = 0; place < LaneMarks.PRIORITIES && place <= lastPlace; place++) {
      @Nullable Long reached = walk.reached.get(place);
      if (!dear && !marks.has(place) && (!heldUp || reached == null)) {
        continue;
      }
      if (reached != null) {
        marks.raise(place, reached);
      } else if (place < lastPlace && (dear || marks.has(place))) {
        marks.raise(place, LaneMarks.start(place) + newestId);
      }
    }
  }

  /** So that what is new is found; the sweep finds the rest. */
  private void beginAtNewest(long newestId) {
    for (int place = 0; place < LaneMarks.PRIORITIES; place++) {
      if (!marks.has(place)) {
        marks.raise(place, LaneMarks.start(place) + Math.max(0, newestId - NEWEST));
      }
    }
  }

  /** Scans one window of what lies below the marks, and returns what can be claimed there. */
  Found swept() {
    long bound = marks.highestId();
    Choice choice = new Choice();
    List<LaneMarks.Stretch> window = marks.below(sweep.low(), sweep.high(bound));
    long asked = System.nanoTime();
    List<Head> page = List.of();
    try {
      page = window.isEmpty() ? page : read(window);
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      sweep.tooWide(bound);
      return new Found(List.of(), List.of(), false, false);
    }
    page.forEach(choice::add);
    boolean ended = false;
    if (page.size() == PAGE && sweep.high(bound) - sweep.low() > PAGE) {
      sweep.tooWide(bound);
    } else {
      sweptRows += page.size();
      Duration round = sweep.passed(bound, since(asked));
      if (round != null) {
        ended = true;
        endOfRound(round);
      }
    }
    return new Found(choice.claimable, choice.skipping, false, ended);
  }

  private void endOfRound(Duration round) {
    if (round.compareTo(cheap) < 0 && sweptRows < PAGE) {
      marks.clear(); // nothing is in the way any more
    }
    sweptRows = 0;
  }

  /** Begins the sweep anew: hints may have been lost wherever jobs are ready. */
  void distrust() {
    sweep.restart();
    sweptRows = 0;
  }

  private List<Head> read(List<LaneMarks.Stretch> stretches) {
    return Calls.inTransaction(
        jdbi,
        handle -> {
          Calls.limitStatements(handle, STATEMENT);
          return read(handle.getConnection(), stretches);
        });
  }

  private List<Head> read(Connection connection, List<LaneMarks.Stretch> stretches)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HEAD)) {
      statement.setObject(1, stretches.stream().mapToLong(LaneMarks.Stretch::low).toArray());
      statement.setObject(2, stretches.stream().mapToLong(LaneMarks.Stretch::high).toArray());
      statement.setString(3, lane.queue());
      statement.setString(4, lane.kind());
      statement.setInt(5, PAGE);
      statement.setInt(6, PAGE);
      List<Head> page = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          page.add(
              new Head(
                  new ReadyJob(row.getLong(1), row.getString(2)),
                  row.getBoolean(3),
                  row.getBoolean(4),
                  row.getString(5),
                  row.getInt(6)));
        }
      }
      return page;
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
