package dev.millrace.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;

/**
 * The connections in which handlers work, and with them code that is not ours: functions of groups
 * and views, triggers of the tables that a handler writes, plugins. A pool of its own, so that such
 * code can use up no connection of the claims, the heartbeat, the schedules or the API; and each
 * connection is cleaned between two borrowers, or closed, so that the next one meets no setting,
 * role, lock, temporary table, cursor, channel or prepared statement of the one before.
 *
 * <p>A connection is closed when its transaction is still open, when a cancel was sent to it, when
 * it cannot be cleaned, and when the database has a procedural language whose functions keep state
 * of their own in the session, which no statement clears. Thread-safe.
 */
public final class HandlerPool implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** Postgres's own code for too many connections. */
  private static final String NO_ROOM = "53300";

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  /** Handed out and not cleaned since: a borrower may have returned one past us. */
  private final Set<PGConnection> unclean =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  HandlerPool(HikariConfig config) {
    config.setMinimumIdle(Math.min(1, config.getMaximumPoolSize() - 1));
    config.setIdleTimeout(IDLE.toMillis());
    // a function may drop the prepared statements of its session, which the driver is not told
    config.addDataSourceProperty("prepareThreshold", "0");
    this.pool = new HikariDataSource(); // opens its first connection when one is first borrowed
    config.copyStateTo(pool);
    this.jdbi = Database.jdbi(new Cleaning());
  }

  /** In whose transactions handlers work. */
  public Jdbi jdbi() {
    return jdbi;
  }

  public DataSource dataSource() {
    return new Cleaning();
  }

  /**
   * Has a borrowed connection closed when it comes back, because what it is doing is not known.
   * Does nothing to a connection of another pool.
   */
  public static void discard(Connection connection) {
    HandlerConnection.discard(connection);
  }

  /** Whether a caller got no connection, because the pool or Postgres has none left. */
  public static boolean isUsedUp(Throwable failure) {
    return SqlStates.deepest(failure).filter(NO_ROOM::equals).isPresent();
  }

  private Connection borrow() throws SQLException {
    while (true) {
      Connection pooled = pooled();
      PGConnection driver = pooled.unwrap(PGConnection.class);
      if (unclean.add(driver) || clean(pooled, driver)) {
        unclean.add(driver);
        return HandlerConnection.of(pooled, discard -> giveBack(pooled, driver, discard));
      }
      pool.evictConnection(pooled);
    }
  }

  private Connection pooled() throws SQLException {
    try {
      return pool.getConnection();
    } catch (SQLTransientConnectionException e) {
      int most = pool.getMaximumPoolSize();
      if (pool.getHikariPoolMXBean().getActiveConnections() < most) {
        throw e;
      }
      throw new SQLTransientConnectionException(
          "no connection for a handler came free within %d s: all %d are in use"
              .formatted(pool.getConnectionTimeout() / 1000, most),
          NO_ROOM,
          e);
    }
  }

  private void giveBack(Connection pooled, PGConnection driver, boolean discard)
      throws SQLException {
    if (!discard && clean(pooled, driver)) {
      pooled.close();
    } else if (!pooled.isClosed()) {
      pool.evictConnection(pooled);
    }
  }

  private boolean clean(Connection pooled, PGConnection driver) {
    boolean done = SessionReset.tryOn(pooled, pool.getPoolName());
    if (done) {
      unclean.remove(driver);
    }
    return done;
  }

  @Override
  public void close() {
    pool.close();
  }

  /** The pool as others know one. */
  private final class Cleaning implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return borrow();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      throw new SQLFeatureNotSupportedException("the pool has one user");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
      return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
      pool.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
      pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
      return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLFeatureNotSupportedException("the pool behind is not handed out");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
