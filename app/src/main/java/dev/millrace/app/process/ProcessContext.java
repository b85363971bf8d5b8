package dev.millrace.app.process;

import dev.millrace.MillraceException;
import dev.millrace.app.error.NetworkReason;
import dev.millrace.app.error.UserError;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.SqlStates;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.db.takeover.Plan;
import dev.millrace.db.takeover.PlanText;
import dev.millrace.db.takeover.TakeoverRefusedException;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the roles of one process share: the connections, and the protocols over them. */
public final class ProcessContext implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProcessContext.class);

  private final CloseStack closeStack = new CloseStack();
  private final Database database;
  private final Redis redis;
  private final JobLocks locks;
  private final ReadyJobs ready;
  private final QueueClient jobs;

  private ProcessContext(Services services, String name, int connections) {
    try {
      database = closeStack.add("the pool", connect(services.database(), name, connections));
      redis = closeStack.add("the Redis client", Redis.open(services.redis(), connections));
      locks = closeStack.add("the locks", JobLocks.open(services.redis(), redis, Leases.LEASE));
    } catch (RuntimeException e) {
      closeStack.close();
      throw e;
    }
    ready = new ReadyJobs(redis);
    jobs = new QueueClient(database, redis, ready);
  }

  /**
   * Connects.
   *
   * @param name as the database shows it, such as {@code millrace worker}
   * @param connections the most that are ever open to Postgres, and to Redis
   * @throws UserError when Postgres cannot be reached
   */
  static ProcessContext open(Services services, String name, int connections) {
    ProcessContext context = new ProcessContext(services, name, connections);
    if (!context.redis.ping()) {
      log.warn("Redis at {} does not answer; jobs are claimed from Postgres", services.redis());
    }
    return context;
  }

  /**
   * A pool whose database has answered.
   *
   * @throws UserError when it does not
   */
  public static Database connect(DatabaseUrl url, String name, int connections) {
    refuseUnlessReached(url);
    return Database.openOwn(url, name, connections);
  }

  // not through the pool, which would retry before it reports the reason
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

  /** The message of a Postgres that answers is shown; without an answer the network's reason is. */
  private static UserError notConnected(DatabaseUrl url, SQLException e) {
    String state = SqlStates.deepest(e).orElse("");
    String what =
        switch (state.substring(0, Math.min(2, state.length()))) {
          case "28" ->
              " refuses the login of "
                  + url.user().map(user -> "user '" + user + "'").orElse("the default user")
                  + " (user and password are set in DATABASE_URL): "
                  + firstLine(e);
          case "3D" -> " has no such database (its name is set in DATABASE_URL): " + firstLine(e);
          case "53" -> " accepts no more connections: " + firstLine(e);
          case "57" -> " is starting or stopping: " + firstLine(e);
          case "42" -> " does not permit this user to connect: " + firstLine(e);
          default -> " cannot be reached: " + NetworkReason.of(e, "");
        };
    return new UserError("Postgres at " + url + what, e);
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * Brings the schema up to this release.
   *
   * @throws MillraceException when a migration failed
   */
  void migrate() {
    Plan done = migrate(new Migrations(database));
    PlanText.shortly(done).forEach(line -> log.info("{}", line));
  }

  /**
   * Migrates.
   *
   * @throws UserError when something that the database has is in the way
   * @throws MillraceException when a migration failed
   */
  public static Plan migrate(Migrations migrations) {
    try {
      return migrations.run();
    } catch (TakeoverRefusedException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Checks that the schema is migrated.
   *
   * @throws UserError when the schema is older than this release
   */
  void refuseOldSchema() {
    int pending = new Migrations(database).pending();
    if (pending > 0) {
      throw new UserError(
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

  QueueClient jobs() {
    return jobs;
  }

  JobResults results() {
    return new JobResults(jdbi(), jobs);
  }

  ProgressBoard board() {
    return new ProgressBoard(redis);
  }

  @Override
  public void close() {
    closeStack.close();
  }
}
