package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.app.home.DataDir;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.EmbeddedPostgres;
import dev.millrace.embedded.EmbeddedRedis;
import dev.millrace.redis.RedisUrl;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres and Redis: those the settings name, else embedded ones, which are started again when
 * they end by themselves.
 */
public final class Services implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Services.class);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Closing closing = new Closing();
  private final DatabaseUrl database;
  private final RedisUrl redis;

  private Services(Config.Services given, DataDir dataDir) {
    try {
      database = given.database().orElseGet(() -> embeddedPostgres(dataDir));
      redis = given.redis().orElseGet(() -> embeddedRedis(dataDir));
    } catch (RuntimeException e) {
      closing.close();
      throw e;
    }
  }

  /** Starts those that are not given; comes back when they answer. */
  public static Services start(Config.Services given, DataDir dataDir) {
    return new Services(given, dataDir);
  }

  public DatabaseUrl database() {
    return database;
  }

  public RedisUrl redis() {
    return redis;
  }

  private DatabaseUrl embeddedPostgres(DataDir dataDir) {
    EmbeddedPostgres postgres =
        closing.add("embedded Postgres", EmbeddedPostgres.start(dataDir.services()));
    log.info("embedded Postgres on port {}", postgres.port());
    keepAlive("Postgres", postgres::isAlive, postgres::restart);
    return DatabaseUrl.parse(postgres.databaseUrl());
  }

  private RedisUrl embeddedRedis(DataDir dataDir) {
    EmbeddedRedis server = closing.add("embedded Redis", EmbeddedRedis.start(dataDir.services()));
    log.info("embedded Redis on port {}", server.port());
    keepAlive("Redis", server::isAlive, server::restart);
    return RedisUrl.parse(server.url());
  }

  private void keepAlive(String name, BooleanSupplier alive, Runnable restart) {
    ScheduledExecutorService keeper =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "millrace-keeps-" + name);
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        keeper.scheduleWithFixedDelay(
            () -> {
              if (!alive.getAsBoolean()) {
                log.warn("embedded {} has ended; it is started again", name);
                try {
                  restart.run();
                } catch (RuntimeException e) {
                  log.error("embedded {} could not be started again: {}", name, e.getMessage());
                }
              }
            },
            LOOK.toMillis(),
            LOOK.toMillis(),
            TimeUnit.MILLISECONDS);
    closing.add(
        "keeper of " + name,
        () -> {
          keeper.shutdown();
          // a restart that has begun must end, or it would outlive the close that follows
          boolean ended = keeper.awaitTermination(1, TimeUnit.MINUTES);
          log.debug("keeper of {} ended: {}", name, ended);
        });
  }

  @Override
  public void close() {
    closing.close();
  }
}
