package dev.millrace.scheduler.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.quartz.utils.ConnectionProvider;

/**
 * Lends Quartz's store connections of the process's one pool, with the limits that the pool gives
 * them: a node that is frozen in the middle of a transaction holds the lock that all nodes fire
 * under, until Postgres ends its session, and the other nodes continue.
 */
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
