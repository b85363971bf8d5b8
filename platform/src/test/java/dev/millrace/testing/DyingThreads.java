package dev.millrace.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;

/** Ends threads of ours by an unexpected error, at their next question to Postgres. */
public final class DyingThreads implements JdbiPlugin {
  /** What is said of one that has met it. */
  public static final String REASON = "NoClassDefFoundError: gone";

  private final Set<String> doomed = ConcurrentHashMap.newKeySet();

  private DyingThreads() {}

  /** Those that ask through this from now on. */
  public static DyingThreads of(Jdbi jdbi) {
    DyingThreads threads = new DyingThreads();
    jdbi.installPlugin(threads);
    return threads;
  }

  /** Each dies once. */
  public void kill(Collection<String> threads) {
    doomed.addAll(threads);
  }

  /** Those that have not asked anything yet. */
  public Set<String> alive() {
    return Set.copyOf(doomed);
  }

  @Override
  public Connection customizeConnection(Connection connection) throws SQLException {
    if (doomed.remove(Thread.currentThread().getName())) {
      connection.close();
      throw new NoClassDefFoundError("gone");
    }
    return connection;
  }
}
