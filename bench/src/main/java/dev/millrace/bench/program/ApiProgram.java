package dev.millrace.bench.program;

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
import java.io.IOException;

/**
 * The admin API on a free port of the loopback address; says {@code port=}, and ends with its
 * input.
 */
public final class ApiProgram {
  private static final int REDIS_CONNECTIONS = 4;

  private ApiProgram() {}

  /** Takes the addresses of Postgres and Redis, and the admin key. */
  @SuppressWarnings("SystemOut") // whoever started it reads that
  public static void main(String[] arguments) throws IOException {
    try (Database database =
            Database.openOwn(
                DatabaseUrl.parse(arguments[0]), "bench api", AdminApi.DATABASE_CONNECTIONS);
        Redis redis = Redis.open(RedisUrl.parse(arguments[1]), REDIS_CONNECTIONS);
        AdminApi api =
            new AdminApi(
                    new AdminApi.Parts(
                        database.jdbi(),
                        redis,
                        new ProgressBoard(redis),
                        new QueueClient(database, redis, new ReadyJobs(redis))),
                    new AdminApi.Settings(
                        "127.0.0.1",
                        0,
                        AdminKey.of(arguments[2]),
                        AdminApi.Stats.DEFAULT,
                        AccessRules.DEFAULT))
                .start()) {
      System.out.println("port=" + api.port());
      int end = System.in.read();
      System.out.println("ends=" + end);
    }
  }
}
