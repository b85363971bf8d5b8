package dev.millrace.testing;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.Seed;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.redis.RedisUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Postgres per test JVM, from which every caller gets a migrated database of its own, and Redis
 * servers on demand. They end with the JVM.
 */
public final class TestServices {
  private static final AtomicInteger databases = new AtomicInteger();
  private static final AtomicInteger redisServers = new AtomicInteger();

  private TestServices() {}

  /** A new database with the schema of this release. */
  public static DatabaseUrl freshDatabase() {
    return Template.create("template_millrace");
  }

  /** A new database with the schema of this release and the rows of every {@link Seed}. */
  public static DatabaseUrl seededDatabase() {
    return Template.create(SeededTemplate.NAME);
  }

  /** A new database with nothing in it. */
  public static DatabaseUrl emptyDatabase() {
    return Template.create("template1");
  }

  /** A new database with all that another of them holds; that one must have no sessions. */
  public static DatabaseUrl copyOf(DatabaseUrl original) {
    return Template.create(original.jdbc().replaceFirst("^.*/([^/?]+)(\\?.*)?$", "$1"));
  }

  /** A Redis server of one's own, with lines added to its configuration. */
  public static EmbeddedRedis startRedis(String... configuration) {
    EmbeddedRedis redis =
        EmbeddedRedis.start(
            directory("redis-" + redisServers.incrementAndGet()),
            EmbeddedRedis.Options.defaults().withAllCommands().withConfiguration(configuration));
    Runtime.getRuntime().addShutdownHook(new Thread(redis::close));
    return redis;
  }

  /** A sentinel over a Redis server, known there as "mymaster". */
  public static EmbeddedRedis startSentinel(EmbeddedRedis master) {
    EmbeddedRedis sentinel =
        EmbeddedRedis.start(
            directory("sentinel-" + redisServers.incrementAndGet()),
            EmbeddedRedis.Options.defaults().asSentinelOf("mymaster", master.port(), 2));
    Runtime.getRuntime().addShutdownHook(new Thread(sentinel::close));
    return sentinel;
  }

  /** The address of a Redis server of one's own, empty. */
  public static RedisUrl freshRedis() {
    return RedisUrl.parse(startRedis().url());
  }

  private static Path directory(String name) {
    try {
      return Files.createDirectories(
          Path.of("target", "services", ProcessHandle.current().pid() + "-" + name)
              .toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The seeded database that others are copies of. */
  private static final class SeededTemplate {
    private static final String NAME = make();

    private static String make() {
      String name = Template.copy("template_millrace");
      try (Database database = Database.openOwn(Template.url(Template.POSTGRES, name), "seed", 1)) {
        database.jdbi().inTransaction(Seed::addAll);
      }
      return name;
    }
  }

  /** The migrated database that the others are copies of. */
  private static final class Template {
    private static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              directory("postgres"),
              EmbeddedPostgres.Options.defaults()
                  .withSuperuser()
                  .withSetting("fsync", "off")
                  .withSetting("max_connections", "400"));
      Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
      try (Database maintenance =
          Database.open(DatabaseUrl.parse(postgres.jdbcUrl()), "template", 1, Limits.LONG)) {
        maintenance.jdbi().useHandle(handle -> handle.execute("CREATE DATABASE template_millrace"));
      }
      try (Database template =
          Database.open(url(postgres, "template_millrace"), "template", 2, Limits.LONG)) {
        new Migrations(template).run();
      }
      return postgres;
    }

    static DatabaseUrl create(String template) {
      return url(POSTGRES, copy(template));
    }

    static synchronized String copy(String template) {
      String name = "test_" + databases.incrementAndGet();
      try (Database maintenance =
          Database.open(DatabaseUrl.parse(POSTGRES.jdbcUrl()), "template", 1, Limits.LONG)) {
        maintenance
            .jdbi()
            .useHandle(
                handle -> handle.execute("CREATE DATABASE " + name + " TEMPLATE " + template));
      }
      return name;
    }

    private static DatabaseUrl url(EmbeddedPostgres postgres, String name) {
      return DatabaseUrl.parse(postgres.jdbcUrl().replaceFirst("/millrace(?=\\?|$)", "/" + name));
    }
  }
}
