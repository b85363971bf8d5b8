package dev.millrace.drills.child;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that enqueues {@code jobs} jobs which take no time, tells of it, and stays. Their
 * numbers are below zero: those above are the drill's own.
 */
final class ClientChild {
  private static final int BATCH = 10_000;

  private ClientChild() {}

  static void start(Arguments arguments) {
    Database database =
        Database.open(DatabaseUrl.parse(arguments.text("database")), arguments.text("name"), 2);
    Redis redis = Redis.open(RedisUrl.parse(arguments.text("redis")), 2);
    JobClient client = new QueueClient(database, redis, new ReadyJobs(redis));
    int jobs = arguments.number("jobs");
    new Thread(() -> enqueue(client, jobs), "client").start();
  }

  private static void enqueue(JobClient client, int jobs) {
    List<NewJob> batch = new ArrayList<>(BATCH);
    for (int number = 1; number <= jobs; number++) {
      batch.add(NewJob.of(EffectHandler.KIND, new EffectPayload(-number, 0, 0, 0, false)));
      if (batch.size() == BATCH || number == jobs) {
        client.enqueueAll(batch);
        batch.clear();
      }
    }
    ChildEvent.ENQUEUED.report();
  }
}
