package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.app.home.DataDir;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.redis.RedisUrl;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres and Redis: those the settings name, else embedded ones, which are restarted when they
 * end without having been stopped.
 */
public final class Services implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Services.class);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

  /** A start has its deadline, and is tried a few times. */
  private static final Duration LONGEST_RESTART = Duration.ofMinutes(5);

  private static final Duration LONGEST_STOP = Duration.ofMinutes(1);

  private final CloseStack closeStack = new CloseStack();
  private final Health health;
  private final DatabaseUrl database;
  private final RedisUrl redis;

  private Services(Config.Services given, DataDir dataDir, Health health) {
    this.health = health;
    try {
      database = given.database().orElseGet(() -> embeddedPostgres(dataDir));
      redis = given.redis().orElseGet(() -> embeddedRedis(dataDir));
    } catch (RuntimeException e) {
      closeStack.close();
      throw e;
    }
  }

  /**
   * Starts those without an address; returns when they answer.
   *
   * @param health of the process, for troubles of the threads that restart them
   */
  public static Services start(Config.Services given, DataDir dataDir, Health health) {
    return new Services(given, dataDir, health);
  }

  public DatabaseUrl database() {
    return database;
  }

  public RedisUrl redis() {
    return redis;
  }

  private DatabaseUrl embeddedPostgres(DataDir dataDir) {
    EmbeddedPostgres postgres =
        closeStack.add("embedded Postgres", EmbeddedPostgres.start(dataDir.services()));
    log.info("embedded Postgres on port {}", postgres.port());
    keepAlive("Postgres", postgres::isAlive, postgres::restart);
    return DatabaseUrl.parse(postgres.databaseUrl());
  }

  private RedisUrl embeddedRedis(DataDir dataDir) {
    EmbeddedRedis server =
        closeStack.add("embedded Redis", EmbeddedRedis.start(dataDir.services()));
    log.info("embedded Redis on port {}", server.port());
    keepAlive("Redis", server::isAlive, server::restart);
    return RedisUrl.parse(server.url());
  }

  private void keepAlive(String name, BooleanSupplier alive, Runnable restart) {
    PeriodicTask keeper = keeper(name, alive, restart, health);
    keeper.start();
    // a restart in progress must end first, or the server would outlive the close that follows
    closeStack.add("keeper of " + name, () -> keeper.close(LONGEST_STOP));
  }

  /** Starts an embedded server again after it has ended without having been stopped. */
  static PeriodicTask keeper(String name, BooleanSupplier alive, Runnable restart, Health health) {
    String thread = "keeper-" + name;
    return new PeriodicTask(
        thread,
        health.pulse(thread, LONGEST_RESTART),
        CHECK_INTERVAL,
        () -> {
          if (!alive.getAsBoolean()) {
            log.warn("embedded {} has ended; it is started again", name);
            restart.run();
          }
        });
  }

  @Override
  public void close() {
    closeStack.close();
  }
}
