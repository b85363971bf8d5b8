package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sessions of others in the same database: an operator who typed documented SQL in a tool without
 * autocommit, an application with a long transaction, a dump. Each takes row locks or a snapshot,
 * keeps them for a random time, and rolls back.
 */
public final class Stranger implements AutoCloseable {
  /**
   * Jobs that the session commits before it locks them: no hint is sent for them, so the leader
   * finds them when they are locked already, and claims meet the locks however short the queue is.
   */
  private static final String OWN_JOBS =
      "SELECT array_agg(e.job_id) FROM generate_series(1, 5) n, millrace.enqueue('drill.mixed',"
          + " '{\"millis\": 0, \"failures\": 0, \"snoozes\": 0, \"spawned\": 0, \"children\": 0, \"fails\": false}'"
          + " || jsonb_build_object('number',"
          + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 10 + n)) e";

  /** What a session does first in its transaction. None of them waits for a lock itself. */
  private static final List<Hold> HOLDS =
      List.of(
          new Hold(
              "jobs that are queued",
              OWN_JOBS,
              "SELECT 1 FROM millrace.jobs WHERE id = ANY (?) AND state = 'queued'"
                  + " FOR UPDATE SKIP LOCKED"),
          rows("background workers", "public.background_workers", "true", 5),
          rows("jobs that run", "millrace.jobs", "state = 'processing'", 3),
          rows("jobs that are scheduled", "millrace.jobs", "state = 'scheduled'", 5),
          rows("parents that wait", "millrace.jobs", "state = 'waiting'", 3),
          rows("kinds", "millrace.kinds", "true", 1),
          new Hold(
              "a debounced call",
              "SELECT job_id FROM millrace.enqueue('drill.mixed', '{\"number\": 0, \"millis\": 0}',"
                  + " unique_key => 'stranger-' || pg_backend_pid(), debounce => interval '1 s')"),
          new Hold("a snapshot", "SELECT count(*) FROM millrace.jobs"),
          new Hold(
              "what a dump locks",
              "LOCK TABLE millrace.jobs, millrace.job_attempts, public.background_workers,"
                  + " millrace.queue_workers IN ACCESS SHARE MODE"));

  private static final Duration TRIES = Duration.ofSeconds(3);

  /**
   * What is held.
   *
   * @param made the statement that makes the rows to hold and is committed first; its array of ids
   *     is the parameter of the other statement. Empty: there are such rows
   */
  private record Hold(String what, String made, String sql) {
    Hold(String what, String sql) {
      this(what, "", sql);
    }
  }

  private static Hold rows(String what, String table, String where, int most) {
    return new Hold(
        what,
        "SELECT 1 FROM "
            + table
            + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
            + table
            + " WHERE "
            + where
            + " ORDER BY random() LIMIT "
            + most
            + ")) FOR UPDATE SKIP LOCKED");
  }

  private final String jdbcUrl;
  private final Duration longest;
  private final List<Thread> sessions;
  private volatile boolean over;

  /**
   * Begins.
   *
   * @param sessions that hold something at the same time
   * @param longest a session holds what it has
   */
  Stranger(String jdbcUrl, Random random, int sessions, Duration longest) {
    this.jdbcUrl = jdbcUrl;
    this.longest = longest;
    this.sessions =
        IntStream.range(0, sessions)
            .mapToObj(first -> session(first * HOLDS.size() / sessions, random.nextLong()))
            .toList();
    this.sessions.forEach(Thread::start);
  }

  /** A session that takes one hold after the other, beginning with the given one. */
  private Thread session(int first, long seed) {
    return new Thread(() -> hold(first, new Random(seed)), "stranger");
  }

  private void hold(int first, Random random) {
    try (Connection holder = DriverManager.getConnection(jdbcUrl);
        Connection account = DriverManager.getConnection(jdbcUrl)) {
      holder.setAutoCommit(false);
      holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      for (int i = first; !over; i++) {
        Hold hold = HOLDS.get(i % HOLDS.size());
        take(holder, account, hold);
        long seq = note(account, hold.what());
        long until =
            System.nanoTime() + longest.toNanos() / 2 + random.nextLong(longest.toNanos() / 2);
        while (!over && System.nanoTime() - until < 0) {
          Waits.pause(Duration.ofMillis(20));
        }
        holder.rollback();
        ended(account, seq);
      }
    } catch (SQLException e) {
      throw new DrillException("a stranger's session failed", e);
    }
  }

  /** Tries for a while: rows of the kind may come, and one that changed cannot be locked. */
  private void take(Connection holder, Connection account, Hold hold) throws SQLException {
    long until = System.nanoTime() + TRIES.toNanos();
    while (!over && !taken(holder, account, hold) && System.nanoTime() - until < 0) {
      holder.rollback();
      Waits.pause(Duration.ofMillis(5));
    }
  }

  private static boolean taken(Connection holder, Connection account, Hold hold)
      throws SQLException {
    try (PreparedStatement statement = holder.prepareStatement(hold.sql())) {
      if (!hold.made().isEmpty()) {
        statement.setArray(1, made(account, hold.made()));
      }
      if (!statement.execute()) {
        return true;
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next();
      }
    } catch (SQLException e) {
      if (!"40001".equals(e.getSQLState())) {
        throw e;
      }
      return false;
    }
  }

  private static Array made(Connection account, String sql) throws SQLException {
    try (Statement statement = account.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getArray(1);
    }
  }

  private static long note(Connection account, String what) throws SQLException {
    try (PreparedStatement insert =
        account.prepareStatement("INSERT INTO drill.holds (what) VALUES (?) RETURNING seq")) {
      insert.setString(1, what);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void ended(Connection account, long seq) throws SQLException {
    try (PreparedStatement update =
        account.prepareStatement(
            "UPDATE drill.holds SET until = clock_timestamp() WHERE seq = ?")) {
      update.setLong(1, seq);
      update.executeUpdate();
    }
  }

  /** Gives everything back. */
  @Override
  public void close() {
    over = true;
    for (Thread session : sessions) {
      try {
        session.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DrillException("the drill was interrupted");
      }
    }
  }
}
