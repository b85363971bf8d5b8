package dev.millrace.app;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.app.process.Role;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobHandler;
import dev.millrace.redis.RedisUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * Millrace within the process of another Java program: it starts with it and is closed with it.
 *
 * <pre>{@code
 * try (Millrace millrace = Millrace.embedded(dataSource, "redis://localhost:6379")
 *     .handlers(new SendMail())
 *     .start()) {
 *   serve();
 * }
 * }</pre>
 *
 * <p>It opens connections of its own, to Postgres up to 8 for each role and two more than it runs
 * jobs at once, because its sessions have limits and a search path that other code must not get. Of
 * a data source that is given it takes the address and the login. It neither configures a logging
 * system nor handles signals. Thread-safe.
 */
public final class Millrace implements AutoCloseable {
  private final Node node;

  private Millrace(Node node) {
    this.node = node;
  }

  /**
   * Beside a program that has a pool.
   *
   * @param database a {@code HikariDataSource} or a data source of the Postgres driver
   * @param redisUrl such as {@code redis://localhost:6379}
   * @throws dev.millrace.MillraceException when the address of the data source cannot be read
   */
  public static Builder embedded(DataSource database, String redisUrl) {
    return new Builder(DatabaseUrl.of(database), RedisUrl.parse(redisUrl));
  }

  /**
   * Beside any program.
   *
   * @param databaseUrl as {@code DATABASE_URL}
   * @param redisUrl as {@code REDIS_URL}
   */
  public static Builder embedded(String databaseUrl, String redisUrl) {
    return new Builder(DatabaseUrl.parse(databaseUrl), RedisUrl.parse(redisUrl));
  }

  /** What is to run. For one thread. */
  public static final class Builder {
    private final DatabaseUrl database;
    private final RedisUrl redis;
    private final Map<String, String> settings = new HashMap<>(System.getenv());
    private final List<JobHandler<?>> handlers = new ArrayList<>();
    private Set<Role> roles = EnumSet.of(Role.SCHEDULER, Role.WORKER);

    private Builder(DatabaseUrl database, RedisUrl redis) {
      this.database = database;
      this.redis = redis;
    }

    /** Runs these roles; unless this is called, a scheduler and a queue worker. */
    public Builder roles(Role first, Role... more) {
      roles = EnumSet.of(first, more);
      return this;
    }

    /** Runs kinds of job of the program itself, beside the built-in ones. */
    public Builder handlers(JobHandler<?>... more) {
      handlers.addAll(List.of(more));
      return this;
    }

    /** Sets what is otherwise a variable of the environment, such as {@code MV_MAX_WORKERS}. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Keeps its files there; unless this is called, in the user's directory for data. */
    public Builder dataDir(Path directory) {
      return setting("MILLRACE_DATA_DIR", directory.toAbsolutePath().toString());
    }

    /**
     * Migrates the schema and starts the roles. Returns when they run.
     *
     * @throws dev.millrace.MillraceException when a setting, a port or a service does not allow it
     */
    public Millrace start() {
      Config config =
          Config.read(Settings.of(settings), Config.Needs.NOTHING, DataDirs.main(settings))
              .withServices(database, redis);
      return new Millrace(
          Node.start(Node.Plan.within(roles, config, DataDir.open(config.dataDir()), handlers)));
    }
  }

  /** Enqueues jobs. */
  public JobClient jobs() {
    return node.jobs();
  }

  /** Its connections to Postgres, for statements of Millrace's tables. */
  public Jdbi jdbi() {
    return node.jdbi();
  }

  /** Where the API answers; only with {@link Role#API}. */
  public URI address() {
    return node.address();
  }

  /** Stops claiming, waits up to 25 s for the jobs that run, hands the rest back, and stops. */
  @Override
  public void close() {
    node.close();
  }
}
