package dev.millrace.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PoolConnectionsTest {
  private static String silence(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW idle_in_transaction_session_timeout")) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  @Test
  void a_frozen_node_cannot_hold_the_lock_of_all() throws SQLException {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 1)) {
      PoolConnections connections = new PoolConnections(database.dataSource());
      try (Connection lent = connections.getConnection()) {
        lent.setAutoCommit(false);
        assertThat(silence(lent)).isEqualTo("10s");
      }
      try (Connection own = database.dataSource().getConnection()) {
        assertThat(own.getAutoCommit()).isTrue();
      }
    }
  }
}
