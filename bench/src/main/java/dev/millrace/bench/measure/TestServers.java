package dev.millrace.bench.measure;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import java.util.List;

/**
 * An empty database and an empty Redis to measure on.
 *
 * @param servers the processes whose CPU time is the store's
 */
public record TestServers(String databaseUrl, String redisUrl, List<Long> servers) {
  public TestServers {
    servers = List.copyOf(servers);
  }

  /** The address of the database as every version of {@code psql} and {@code pgbench} takes it. */
  public String libpqUrl() {
    return databaseUrl
        .replaceFirst("^jdbc:", "")
        .replaceFirst("[?&]require_auth=[^&]*", "")
        .replaceFirst("^([^?&]*)&", "$1?");
  }

  /**
   * Does what autovacuum does within a minute of many inserts. Without it the planner knows nothing
   * of a table that was filled a second ago, which halves the speed of some.
   */
  void vacuum() {
    try (Database database =
        Database.open(DatabaseUrl.parse(databaseUrl), "bench vacuum", 1, Limits.LONG)) {
      database.jdbi().useHandle(handle -> handle.execute("VACUUM ANALYZE"));
    }
  }
}
