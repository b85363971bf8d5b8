package dev.millrace.app.process;

import dev.millrace.MillraceException;
import dev.millrace.app.NetworkReason;
import dev.millrace.app.Refusal;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.SqlStates;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobClient;
import dev.millrace.queue.Leases;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.Records;
import dev.millrace.redis.Redis;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the roles of one process share: the connections, and the protocols over them. */
public final class Shared implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shared.class);

  private final Closing closing = new Closing();
  private final Database database;
  private final Redis redis;
  private final JobLocks locks;
  private final ReadyJobs ready;
  private final JobClient jobs;

  private Shared(Services services, String name, int connections) {
    try {
      database = closing.add("the pool", connect(services.database(), name, connections));
      redis = closing.add("the Redis client", Redis.open(services.redis(), connections));
      locks = closing.add("the locks", JobLocks.open(services.redis(), redis, Leases.LEASE));
    } catch (RuntimeException e) {
      closing.close();
      throw e;
    }
    ready = new ReadyJobs(redis);
    jobs = new JobClient(database, redis, ready);
  }

  /**
   * Connects.
   *
   * @param name as the database shows it, such as {@code millrace worker}
   * @param connections the most that are ever open to Postgres, and to Redis
   * @throws Refusal when Postgres cannot be reached
   */
  static Shared open(Services services, String name, int connections) {
    Shared shared = new Shared(services, name, connections);
    if (!shared.redis.ping()) {
      log.warn("Redis at {} does not answer; jobs are claimed from Postgres", services.redis());
    }
    return shared;
  }

  /**
   * A pool whose database has answered.
   *
   * @throws Refusal when it does not
   */
  public static Database connect(DatabaseUrl url, String name, int connections) {
    refuseUnlessReached(url);
    return Database.openOwn(url, name, connections);
  }

  // not through the pool, which would try again and again before it says why
  private static void refuseUnlessReached(DatabaseUrl url) {
    Properties properties = new Properties();
    url.user().ifPresent(user -> properties.setProperty("user", user));
    url.password().ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "10");
    try (Connection connection = DriverManager.getConnection(url.jdbc(), properties)) {
      log.debug("Postgres answers as {}", connection.getMetaData().getDatabaseProductVersion());
      TransactionPooler.refuse(
          connection, () -> DriverManager.getConnection(url.jdbc(), properties));
    } catch (SQLException e) {
      throw notConnected(url, e);
    }
  }

  /** Postgres that answers says itself what is wrong; only one that does not is not reached. */
  private static Refusal notConnected(DatabaseUrl url, SQLException e) {
    String state = SqlStates.deepest(e).orElse("");
    String what =
        switch (state.substring(0, Math.min(2, state.length()))) {
          case "28" ->
              " refuses the login of "
                  + url.user().map(user -> "user '" + user + "'").orElse("the default user")
                  + " (user and password stand in DATABASE_URL): "
                  + said(e);
          case "3D" -> " has no such database (its name stands in DATABASE_URL): " + said(e);
          case "53" -> " takes no more connections: " + said(e);
          case "57" -> " is starting or stopping: " + said(e);
          case "42" -> " does not let this user connect: " + said(e);
          default -> " cannot be reached: " + NetworkReason.of(e, "");
        };
    return new Refusal("Postgres at " + url + what, e);
  }

  private static String said(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * Brings the schema up to this release.
   *
   * @throws MillraceException when a migration failed
   */
  void migrate() {
    database.migrate();
  }

  /**
   * Makes sure that someone has migrated.
   *
   * @throws Refusal when the schema is older than this release
   */
  void refuseOldSchema() {
    int pending = database.pendingMigrations();
    if (pending > 0) {
      throw new Refusal(
          "the database lacks "
              + pending
              + " of this release's migrations: run `millrace migrate` first");
    }
  }

  public Jdbi jdbi() {
    return database.jdbi();
  }

  Database database() {
    return database;
  }

  Redis redis() {
    return redis;
  }

  JobLocks locks() {
    return locks;
  }

  ReadyJobs ready() {
    return ready;
  }

  JobClient jobs() {
    return jobs;
  }

  Records records() {
    return new Records(jdbi(), jobs);
  }

  ProgressBoard board() {
    return new ProgressBoard(redis);
  }

  Leases leases() {
    return new Leases(jdbi(), Leases.LEASE);
  }

  @Override
  public void close() {
    closing.close();
  }
}
