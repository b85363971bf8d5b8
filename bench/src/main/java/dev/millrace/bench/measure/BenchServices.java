package dev.millrace.bench.measure;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The servers that everything is measured on: one Postgres with every commit on the disk, one Redis
 * without persistence (Millrace keeps nothing there), one with an append-only file for the peers
 * that keep their jobs in it.
 */
public final class BenchServices implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private final EmbeddedRedis redis;
  private final EmbeddedRedis durableRedis;
  private final AtomicInteger databases = new AtomicInteger();

  /** On the Postgres that Millrace brings along. */
  public BenchServices(Path directory) {
    this(directory.resolve("postgres"), directory, EmbeddedPostgres.Options.defaults());
  }

  /**
   * On an installed Postgres.
   *
   * @param postgresBin the folder that holds {@code postgres} and {@code initdb}
   */
  public BenchServices(Path directory, Path postgresBin) {
    this(
        directory.resolve("installed-postgres"),
        directory,
        EmbeddedPostgres.Options.defaults().withPrograms(postgresBin));
  }

  private BenchServices(Path cluster, Path directory, EmbeddedPostgres.Options options) {
    this.postgres =
        EmbeddedPostgres.start(
            cluster,
            options
                .withSuperuser()
                .withSetting("fsync", "on")
                .withSetting("synchronous_commit", "on")
                .withSetting("shared_buffers", "1GB")
                .withSetting("max_wal_size", "8GB"));
    this.redis =
        EmbeddedRedis.start(
            directory.resolve("redis"), EmbeddedRedis.Options.defaults().withAllCommands());
    this.durableRedis =
        EmbeddedRedis.start(
            directory.resolve("durable-redis"),
            EmbeddedRedis.Options.defaults()
                .withAllCommands()
                .withConfiguration("appendonly yes", "appendfsync everysec"));
  }

  /** Version and build of the Postgres server, in its own words. */
  public String postgresVersion() {
    try (Database database =
        Database.open(DatabaseUrl.parse(postgres.databaseUrl()), "bench version", 1, Limits.LONG)) {
      return database
          .jdbi()
          .withHandle(handle -> handle.createQuery("SELECT version()").mapTo(String.class).one());
    }
  }

  /** An empty database, an empty Redis. */
  public TestServers fresh(boolean durable) {
    EmbeddedRedis server = durable ? durableRedis : redis;
    try (Redis client = Redis.open(RedisUrl.parse(server.url()), 1)) {
      client.client().flushAll();
    }
    String name = "bench_" + databases.incrementAndGet();
    try (Database maintenance =
        Database.open(
            DatabaseUrl.parse(postgres.databaseUrl()), "bench maintenance", 1, Limits.LONG)) {
      maintenance
          .jdbi()
          .useHandle(
              handle -> {
                int before = databases.get() - 1;
                handle.execute("DROP DATABASE IF EXISTS bench_" + before + " WITH (FORCE)");
                handle.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
                handle.execute("CREATE DATABASE " + name);
                handle.execute("CHECKPOINT");
              });
    }
    String url = postgres.databaseUrl().replaceFirst("/millrace(?=\\?|$)", "/" + name);
    return new TestServers(url, server.url(), List.of(postgres.pid(), server.pid()));
  }

  @Override
  public void close() {
    durableRedis.close();
    redis.close();
    postgres.close();
  }
}
