package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.Calls;
import dev.millrace.queue.Claims;
import dev.millrace.queue.QueueException;
import dev.millrace.queue.ScanPace;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Where the rescuer searches for the jobs of lost workers. Of workers lost lately at each step; of
 * all others at a pace that fits the cost of that. When Postgres cannot answer either in time,
 * because an old snapshot keeps the index entries of too many ended jobs, the scan goes on through
 * small windows of ids. Not thread-safe.
 */
final class LostWorkers {
  private static final String LATELY = Sql.of(LostWorkers.class, "lately");
  private static final String ALL = Sql.of(LostWorkers.class, "all");
  private static final String WINDOW = Sql.of(LostWorkers.class, "window");

  /** The time that the windows of one step may take together. */
  private static final Duration WINDOWS = Duration.ofMillis(25);

  private static final int NARROWEST = 1_000;

  /** What is lost lately is waited for: its looks may take ten per cent of the time. */
  private static final int SHORT_REST = 10;

  private static final Duration LATE_CHEAP = Duration.ofMillis(100);

  private final Jdbi jdbi;
  private final Duration most;
  private final ScanPace latePace = new ScanPace(LATE_CHEAP, SHORT_REST);
  private final ScanPace fullPace = new ScanPace();
  private final Sweep sweep = new Sweep(0, NARROWEST);
  private boolean byWindows;

  /**
   * A scan.
   *
   * @param most how long Postgres may take for one statement
   */
  LostWorkers(Jdbi jdbi, Duration most) {
    this.jdbi = jdbi;
    this.most = most;
  }

  /** Jobs that look lost; the rescuer has to ask again when it locks them. */
  List<Long> find(int limit) {
    List<Long> lost = new ArrayList<>();
    if (fullPace.due()) {
      byWindows = !paced(fullPace, ALL, limit, lost);
    } else if (latePace.due()) {
      byWindows |= !paced(latePace, LATELY, limit, lost);
    }
    if (byWindows && lost.size() < limit) {
      windows(limit, lost);
    }
    return lost;
  }

  /** Returns false when there was no time for it. */
  private boolean paced(ScanPace pace, String sql, int limit, List<Long> lost) {
    long asked = System.nanoTime();
    try {
      lost.addAll(ids(sql, limit));
      pace.took(Duration.ofNanos(System.nanoTime() - asked));
      return true;
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      pace.took(most);
      return false;
    }
  }

  private void windows(int limit, List<Long> lost) {
    long bound = Claims.newest(jdbi) + 1;
    long until = System.nanoTime() + WINDOWS.toNanos();
    boolean ended = false;
    while (!ended && lost.size() < limit && System.nanoTime() - until < 0) {
      long asked = System.nanoTime();
      try {
        List<Long> found = ids(WINDOW, sweep.low(), sweep.high(bound), limit);
        lost.addAll(found);
        if (found.size() == limit && sweep.high(bound) - sweep.low() > NARROWEST) {
          sweep.tooWide(bound);
        } else {
          ended = sweep.passed(bound, Duration.ofNanos(System.nanoTime() - asked)) != null;
        }
      } catch (JdbiException | QueueException e) {
        if (!SqlStates.isStatementTimeout(e)) {
          throw e;
        }
        sweep.tooWide(bound);
      }
    }
  }

  private List<Long> ids(String sql, long... values) {
    return Calls.inTransaction(
        jdbi,
        handle -> {
          Calls.limitStatements(handle, most);
          try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
              statement.setLong(i + 1, values[i]);
            }
            List<Long> ids = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                ids.add(row.getLong(1));
              }
            }
            return ids;
          }
        });
  }
}
