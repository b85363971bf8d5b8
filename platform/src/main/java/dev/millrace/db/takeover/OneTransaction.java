package dev.millrace.db.takeover;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One connection, given to all who ask for one, in a transaction that only its owner ends. So
 * Flyway's history, its migrations and our own steps are committed together or not at all. For one
 * thread.
 */
final class OneTransaction implements DataSource {
  private final Connection connection;
  private boolean rolledBack;

  OneTransaction(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, values) -> call(method, values));
  }

  /** Flyway commits, closes and sets auto-commit as it likes; the transaction goes on. */
  private @Nullable Object call(Method method, Object[] values) throws Throwable {
    switch (method.getName()) {
      case "commit", "close", "setAutoCommit" -> {
        return null;
      }
      case "rollback" -> {
        rolledBack = true;
        connection.rollback();
        return null;
      }
      default -> {
        try {
          return method.invoke(connection, values);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }
    }
  }

  /** Whether one of those who asked has rolled it back: nothing of it may be committed. */
  boolean rolledBack() {
    return rolledBack;
  }

  @Override
  public Connection getConnection(String user, String password) {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("no log writer");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("no log writer");
  }

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("this wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
