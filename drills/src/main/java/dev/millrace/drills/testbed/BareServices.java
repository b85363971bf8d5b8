package dev.millrace.drills.testbed;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.drills.proxy.PostgresProxy;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.lock.JobLocks;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** A database and a Redis without workers, for the sequences of moves of the model drill. */
public final class BareServices implements AutoCloseable {
  private final EmbeddedRedis redisServer;
  private final Database database;
  private final Redis redis;
  private final JobLocks locks;

  private final String jdbcUrl;

  private BareServices(EmbeddedRedis redisServer, String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
    RedisUrl redisUrl = RedisUrl.parse(redisServer.url());
    this.redisServer = redisServer;
    this.database = Database.open(DatabaseUrl.parse(jdbcUrl), "drill", 2, Limits.LONG);
    this.redis = Redis.open(redisUrl, 2);
    this.locks = JobLocks.open(redisUrl, redis, Duration.ofSeconds(10));
  }

  public static BareServices open() {
    String jdbcUrl = DrillServices.newDatabase(DrillServices.postgres());
    BareServices services =
        new BareServices(
            EmbeddedRedis.start(
                DrillServices.newDirectory("desk").resolve("redis"),
                EmbeddedRedis.Options.defaults().withAllCommands()),
            jdbcUrl);
    new Migrations(services.database).run();
    DrillServices.execute(jdbcUrl, TestBed.resource("/dev/millrace/drills/testbed/schema.sql"));
    return services;
  }

  /** Where Postgres listens. */
  public int postgresPort() {
    return DrillServices.postgres().port();
  }

  /** The address of the database, as it is behind a proxy. */
  public DatabaseUrl behind(PostgresProxy proxy) {
    return DatabaseUrl.parse(jdbcUrl.replace(":" + postgresPort() + "/", ":" + proxy.port() + "/"));
  }

  public Database database() {
    return database;
  }

  public Jdbi jdbi() {
    return database.jdbi();
  }

  public Redis redis() {
    return redis;
  }

  public JobLocks locks() {
    return locks;
  }

  @Override
  public void close() {
    locks.close();
    redis.close();
    redisServer.close();
    database.close();
  }
}
