package dev.millrace.scheduler.quartz;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.quartz.utils.ConnectionProvider;

/**
 * Lends Quartz's store connections of the process's one pool, which it may not close.
 *
 * <p>A node that is frozen in the middle of a transaction holds the lock that all nodes fire under.
 * Postgres ends its session after ten seconds of silence, and the others go on.
 */
record PoolConnections(DataSource pool) implements ConnectionProvider {
  private static final String LEND = "SET idle_in_transaction_session_timeout = '10s'";
  private static final String TAKE_BACK = "RESET idle_in_transaction_session_timeout";

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = pool.getConnection();
    execute(connection, LEND);
    return (Connection)
        Proxy.newProxyInstance(
            PoolConnections.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                takeBack(connection);
                return null;
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }

  private static void takeBack(Connection connection) throws SQLException {
    try (connection) {
      if (!connection.isClosed()) {
        if (!connection.getAutoCommit()) {
          connection.rollback();
          connection.setAutoCommit(true);
        }
        execute(connection, TAKE_BACK);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  @Override
  public void initialize() {
    // the pool is open
  }

  @Override
  public void shutdown() {
    // the pool is the process's
  }
}
