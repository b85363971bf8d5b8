package dev.millrace.drills.child;

import dev.millrace.api.AdminApi;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.AdminKey;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;

/** The HTTP API on the loopback address, at the port and with the key that it is started with. */
final class ApiChild {
  private static final int REDIS_CONNECTIONS = 4;

  private ApiChild() {}

  static void start(Arguments arguments) {
    Database database =
        Database.openOwn(
            DatabaseUrl.parse(arguments.text("database")),
            arguments.text("name"),
            AdminApi.DATABASE_CONNECTIONS);
    Redis redis = Redis.open(RedisUrl.parse(arguments.text("redis")), REDIS_CONNECTIONS);
    new AdminApi(
            new AdminApi.Parts(
                database.jdbi(),
                redis,
                new ProgressBoard(redis),
                new QueueClient(database, redis, new ReadyJobs(redis))),
            new AdminApi.Settings(
                "127.0.0.1",
                arguments.number("port"),
                AdminKey.of(arguments.text("key")),
                AdminApi.Stats.DEFAULT,
                AccessRules.DEFAULT))
        .start();
  }
}
