package dev.millrace.scheduler.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.quartz.utils.ConnectionProvider;

/** Lends Quartz's store connections of the process's one pool, which it may not close. */
record PoolConnections(DataSource pool) implements ConnectionProvider {
  @Override
  public Connection getConnection() throws SQLException {
    return pool.getConnection();
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
