package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.app.home.DataDir;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.EmbeddedPostgres;
import dev.millrace.embedded.EmbeddedRedis;
import dev.millrace.health.Health;
import dev.millrace.redis.RedisUrl;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres and Redis: those the settings name, else embedded ones, which are started again when
 * they end by themselves.
 */
public final class Services implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Services.class);

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
   * Starts those that are not given; comes back when they answer.
   *
   * @param health of the process, for what is wrong with the threads that keep them up
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
    Keeper keeper = new Keeper(name, new Keeper.Service(alive, restart), health);
    keeper.start();
    closeStack.add("keeper of " + name, keeper);
  }

  @Override
  public void close() {
    closeStack.close();
  }
}
