package dev.millrace.worker;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.job.Outcome;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;

/** A queue worker that some jobs end, as a fault of the virtual machine does. */
final class MortalProcess {
  static final String KILLS = "test.kills";
  static final String HARMLESS = "test.harmless";

  private MortalProcess() {}

  static Process start(String jdbcUrl, String redisUrl, Duration lease) throws IOException {
    return new ProcessBuilder(
            ChildProcess.jvm(
                List.of("-Xmx128m"),
                MortalProcess.class,
                List.of(jdbcUrl, redisUrl, Long.toString(lease.toMillis()))))
        .inheritIO()
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    Database database = Database.open(DatabaseUrl.parse(args[0]), "mortal worker", 12);
    RedisUrl url = RedisUrl.parse(args[1]);
    Duration lease = Duration.ofMillis(Long.parseLong(args[2]));
    Redis redis = Redis.open(url, 8);
    Jdbi jdbi = database.jdbi();
    ReadyJobs ready = new ReadyJobs(redis);
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings("mortal", "default", 8, Duration.ofSeconds(1), lease),
            new QueueWorker.Services(
                jdbi,
                database.handlerPool(8).jdbi(),
                ready,
                new JobResults(jdbi, new QueueClient(database, redis, ready)),
                JobLocks.open(url, redis, lease),
                new ProgressBoard(redis)),
            new Handlers(
                List.of(
                    TestHandler.of(
                        KILLS,
                        (number, context) -> {
                          Thread.sleep(number); // so that other jobs run meanwhile
                          Runtime.getRuntime().halt(137);
                          return Outcome.done();
                        }),
                    TestHandler.of(
                        HARMLESS,
                        (number, context) -> {
                          Thread.sleep(number);
                          return Outcome.done();
                        }))));
    worker.start();
    new CountDownLatch(1).await();
  }
}
