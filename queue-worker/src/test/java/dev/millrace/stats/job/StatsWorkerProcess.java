package dev.millrace.stats.job;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.job.JobHandler;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.stats.Flags;
import dev.millrace.stats.StatsSettings;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;

/** A queue worker with the stats handlers in a process of its own, which a test kills. */
final class StatsWorkerProcess {
  private StatsWorkerProcess() {}

  /** Starts one with a cache at an address. */
  static Process start(String jdbcUrl, String redisUrl, URI cache) throws IOException {
    return new ProcessBuilder(
            ChildProcess.jvm(
                List.of(), StatsWorkerProcess.class, List.of(jdbcUrl, redisUrl, cache.toString())))
        .inheritIO()
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    Database database = Database.open(DatabaseUrl.parse(args[0]), "doomed worker", 24);
    RedisUrl url = RedisUrl.parse(args[1]);
    Redis redis = Redis.open(url, 8);
    Jdbi jdbi = database.jdbi();
    ReadyJobs ready = new ReadyJobs(redis);
    StatsSettings settings =
        new StatsSettings(
            Optional.of(URI.create(args[2])),
            Optional.of(StatsFixture.KEY),
            Optional.empty(),
            Flags.allOn(),
            10,
            Duration.ofSeconds(5));
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings("doomed", "default", 4, Duration.ofSeconds(1), Leases.LEASE),
            new QueueWorker.Services(
                jdbi,
                database.handlerPool(8).jdbi(),
                ready,
                new JobResults(jdbi, new QueueClient(database, redis, ready)),
                JobLocks.open(url, redis, Leases.LEASE),
                new ProgressBoard(redis)),
            new Handlers(
                List.<JobHandler<?>>copyOf(
                    StatsHandlers.all(jdbi, settings, StatsFixture.LONGEST_PAUSE))));
    worker.start();
    new CountDownLatch(1).await();
  }
}
