package dev.millrace.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.MillraceException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The pool of connections of one process. Thread-safe; close it last. */
public final class Database implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final DatabaseUrl url;
  private final String name;
  private final HikariDataSource pool;
  private final Migrations migrations;
  private final Jdbi jdbi;

  private Database(DatabaseUrl url, String name, HikariDataSource pool) {
    this.url = url;
    this.name = name;
    this.pool = pool;
    this.migrations = new Migrations(url, name);
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
    config.setConnectionInitSql(limits.sql() + "; " + SearchPath.FIX_SESSION);
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
    config.setConnectionInitSql(limits.sql());
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
   * Brings the schema up to this release. Safe to call from many processes at once: one migrates,
   * the others wait. Tables of an older installation that are named like ours are renamed first. A
   * migration that the database lacks runs although newer ones have (decision 016); one that has
   * changed since it ran, or that this release does not know, is refused.
   *
   * @throws MillraceException when a migration failed; what it did was rolled back
   */
  public void migrate() {
    migrations.run();
  }

  /**
   * How many of this release's migrations the database lacks. Changes nothing.
   *
   * @throws MillraceException when the database cannot say
   */
  public int pendingMigrations() {
    return migrations.pending();
  }

  @Override
  public void close() {
    pool.close();
  }
}
