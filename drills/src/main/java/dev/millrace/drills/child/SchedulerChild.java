package dev.millrace.drills.child;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.lock.JobLocks;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.schedule.SyncHours;
import dev.millrace.scheduler.Retention;
import dev.millrace.scheduler.Scheduler;
import dev.millrace.scheduler.SchedulerSettings;
import java.time.Duration;

/** A scheduler node, as the product starts it. */
final class SchedulerChild {
  private static final int REDIS_CONNECTIONS = 8;

  private SchedulerChild() {}

  static void start(Arguments arguments) {
    RedisUrl redisUrl = RedisUrl.parse(arguments.text("redis"));
    Database database =
        Database.open(
            DatabaseUrl.parse(arguments.text("database")),
            arguments.text("name"),
            Scheduler.DATABASE_CONNECTIONS);
    Redis redis = Redis.open(redisUrl, REDIS_CONNECTIONS);
    SchedulerSettings settings =
        new SchedulerSettings(
            SyncHours.DEFAULT,
            arguments.millis("missed_after"),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Retention.DEFAULT);
    new Scheduler(
            new Scheduler.Parts(
                database,
                redis,
                JobLocks.open(redisUrl, redis, arguments.millis("lease")),
                arguments.text("name"),
                settings))
        .start();
  }
}
