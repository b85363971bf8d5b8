package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * The leases of queue workers, by the database's clock. A lease covers all jobs of a process; once
 * ended it is never renewed, the process registers anew under another worker id. Plain JDBC: the
 * first claim waits for the first lease, and need not wait for the SQL parser as well.
 */
public final class Leases {
  /** How long a worker that says nothing keeps its jobs. */
  public static final Duration LEASE = Duration.ofSeconds(10);

  /** How often it says something. */
  public static final Duration HEARTBEAT = Duration.ofMillis(2500);

  private static final String REGISTER = Sql.of(Leases.class, "register");
  private static final String RENEW = Sql.of(Leases.class, "renew");
  private static final String END = Sql.of(Leases.class, "end");
  private static final String OUTLIVED = Sql.of(Leases.class, "outlived");
  private static final String RESERVE = Sql.of(Leases.class, "reserve");
  private static final String UNRESERVE = Sql.of(Leases.class, "unreserve");
  private static final String CANCELLED = Sql.of(Leases.class, "cancelled");

  private final Jdbi jdbi;
  private final Duration lease;

  public Leases(Jdbi jdbi, Duration lease) {
    this.jdbi = jdbi;
    this.lease = lease;
  }

  /**
   * A process that is about to claim.
   *
   * @param workerId new for every lease
   * @param name the part that stays, {@code WORKER_ID}
   * @param release what the process runs; empty: nobody said
   */
  public record Registration(
      String workerId,
      String name,
      String host,
      long pid,
      List<String> queues,
      List<String> kinds,
      int concurrency,
      String release) {
    public Registration {
      queues = List.copyOf(queues);
      kinds = List.copyOf(kinds);
    }

    /** Of a release without a name. */
    public Registration(
        String workerId,
        String name,
        String host,
        long pid,
        List<String> queues,
        List<String> kinds,
        int concurrency) {
      this(workerId, name, host, pid, queues, kinds, concurrency, "");
    }
  }

  public void register(Registration worker) {
    Calls.withHandle(
        jdbi,
        handle -> {
          Connection connection = handle.getConnection();
          try (PreparedStatement statement = connection.prepareStatement(REGISTER)) {
            statement.setString(1, worker.workerId());
            statement.setString(2, worker.name());
            statement.setString(3, worker.host());
            statement.setLong(4, worker.pid());
            statement.setArray(5, connection.createArrayOf("text", worker.queues().toArray()));
            statement.setArray(6, connection.createArrayOf("text", worker.kinds().toArray()));
            statement.setInt(7, worker.concurrency());
            statement.setLong(8, lease.toMillis());
            statement.setString(9, worker.release());
            return statement.executeUpdate();
          }
        });
  }

  /**
   * Renews the lease from now.
   *
   * @param draining whether the worker claims no more
   * @return false when the lease has ended: its jobs belong to the rescuer
   */
  public boolean renew(String workerId, boolean draining) {
    return renew(workerId, draining, List.of());
  }

  /** As {@link #renew(String, boolean)}, saying what is wrong with the worker. */
  public boolean renew(String workerId, boolean draining, List<String> troubles) {
    return Calls.withHandle(
            jdbi,
            handle -> {
              Connection connection = handle.getConnection();
              try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setLong(1, lease.toMillis());
                statement.setString(2, draining ? "draining" : "running");
                statement.setArray(3, connection.createArrayOf("text", troubles.toArray()));
                statement.setString(4, workerId);
                return statement.executeUpdate();
              }
            })
        == 1;
  }

  /**
   * Gives the lease up: the worker holds no job any more, or wants the rescuer to take what it
   * holds.
   */
  public void end(String workerId) {
    Calls.withHandle(jdbi, handle -> handle.createUpdate(END).bind("workerId", workerId).execute());
  }

  /**
   * Says of a worker whose lease has ended that its process lives, so that none of its jobs is
   * suspected to have ended it.
   */
  public void outlived(String workerId) {
    update(OUTLIVED, statement -> statement.setString(1, workerId));
  }

  /**
   * Says that a worker claims nothing but suspects for a while, unless another worker that serves
   * the lane does so.
   *
   * @return whether it is this worker's turn
   */
  public boolean reserve(String workerId, Lane lane, Duration time) {
    return update(
            RESERVE,
            statement -> {
              statement.setLong(1, time.toMillis());
              statement.setString(2, workerId);
              statement.setString(3, lane.queue());
              statement.setString(4, lane.kind());
            })
        == 1;
  }

  /** Says that a worker claims whatever there is again. */
  public void unreserve(String workerId) {
    update(UNRESERVE, statement -> statement.setString(1, workerId));
  }

  private interface Parameters {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private int update(String sql, Parameters parameters) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            parameters.bind(statement);
            return statement.executeUpdate();
          }
        });
  }

  /** The jobs of this worker that someone wants stopped. */
  public List<Long> cancelled(String workerId) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(CANCELLED)) {
            statement.setString(1, workerId);
            List<Long> jobs = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                jobs.add(rows.getLong(1));
              }
            }
            return jobs;
          }
        });
  }

  public Duration lease() {
    return lease;
  }
}
