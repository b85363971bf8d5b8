package dev.millrace.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.Metrics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The pool of connections of one process. Thread-safe; close it last. */
public final class Database implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The driver has set the zone of this JVM; see decision 155. */
  private static final String IN_UTC = "SET TimeZone = 'UTC'";

  private final DatabaseUrl url;
  private final String name;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(DatabaseUrl url, String name, HikariDataSource pool) {
    this.url = url;
    this.name = name;
    this.pool = pool;
    this.jdbi = jdbi(pool);
  }

  static Jdbi jdbi(DataSource pool) {
    return Jdbi.create(pool)
        .registerArrayType(BigDecimal.class, "numeric")
        .registerArrayType(UUID.class, "uuid");
  }

  /**
   * Opens the pool of a process of Millrace, with the limits of its own statements and under the
   * fixed {@link SearchPath}. Does not wait for Postgres: the first statement does, for up to five
   * seconds.
   *
   * @param name shown in {@code pg_stat_activity}, such as {@code millrace worker}
   * @param connections the most that are ever open, at least 1
   */
  public static Database openOwn(DatabaseUrl url, String name, int connections) {
    return openOwn(url, name, connections, Limits.OWN);
  }

  /** As {@link #openOwn(DatabaseUrl, String, int)}, with limits of one's own. */
  static Database openOwn(DatabaseUrl url, String name, int connections, Limits limits) {
    HikariConfig config = config(url, name, connections, limits);
    config.setConnectionInitSql(config.getConnectionInitSql() + "; " + SearchPath.FIX_SESSION);
    return new Database(url, name, new HikariDataSource(config));
  }

  /**
   * Opens a pool under the search path that the database gives its sessions, for tools and tests.
   * The rest is as of {@link #openOwn}.
   *
   * @param name shown in {@code pg_stat_activity}, such as {@code millrace worker}
   * @param connections the most that are ever open, at least 1
   */
  public static Database open(DatabaseUrl url, String name, int connections) {
    return open(url, name, connections, Limits.OWN);
  }

  /** As {@link #open(DatabaseUrl, String, int)}, with limits of one's own. */
  public static Database open(DatabaseUrl url, String name, int connections, Limits limits) {
    return new Database(url, name, new HikariDataSource(config(url, name, connections, limits)));
  }

  /**
   * Opens a pool of its own for the work of handlers, to the same database. How long a transaction
   * of theirs may wait follows from how long their job may run.
   *
   * @param connections the most that are ever open, at least 1
   */
  public HandlerPool handlerPool(int connections) {
    return new HandlerPool(config(url, name + " work", connections, Limits.LONG));
  }

  private static HikariConfig config(DatabaseUrl url, String name, int connections, Limits limits) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url.jdbc());
    url.user().ifPresent(config::setUsername);
    url.password().ifPresent(config::setPassword);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(Math.min(2, connections));
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(Metrics.globalRegistry));
    config.setConnectionInitSql(IN_UTC + "; " + limits.sql());
    config.addDataSourceProperty("ApplicationName", name);
    config.addDataSourceProperty("connectTimeout", "5");
    config.addDataSourceProperty("cancelSignalTimeout", "5");
    config.addDataSourceProperty("socketTimeout", Long.toString(limits.silence().toSeconds()));
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("stringtype", "unspecified");
    return config;
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  public DataSource dataSource() {
    return pool;
  }

  /**
   * Opens another pool to the same database, as {@link #openOwn(DatabaseUrl, String, int)} does.
   *
   * @param purpose added to the name of this one
   */
  public Database sibling(String purpose, int connections, Limits limits) {
    return openOwn(url, name + " " + purpose, connections, limits);
  }

  @Override
  public void close() {
    pool.close();
  }
}
