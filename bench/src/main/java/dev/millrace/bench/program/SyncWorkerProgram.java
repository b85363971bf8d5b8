package dev.millrace.bench.program;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.sync.job.SyncMaster;
import dev.millrace.sync.job.SyncSettings;
import dev.millrace.sync.job.SyncSupplier;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A queue worker of one executor thread that syncs suppliers, made of the product's parts as {@code
 * millrace worker} makes it. It says {@code ready}, and ends when standard input does.
 */
public final class SyncWorkerProgram {
  private static final int CONCURRENCY = 1;

  private SyncWorkerProgram() {}

  /** Database, Redis, master sheet, the worker's name. */
  public static void main(String[] arguments) throws IOException {
    RedisUrl redisUrl = RedisUrl.parse(arguments[1]);
    SyncSettings settings = SyncSettings.of(Optional.of(URI.create(arguments[2])));
    Database database =
        Database.open(DatabaseUrl.parse(arguments[0]), arguments[3], CONCURRENCY + 5);
    Redis redis = Redis.open(redisUrl, CONCURRENCY + 4);
    ReadyJobs ready = new ReadyJobs(redis);
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings(
                arguments[3], "default", CONCURRENCY, Duration.ofSeconds(5), Leases.LEASE),
            new QueueWorker.Services(
                database.jdbi(),
                database.handlerPool(CONCURRENCY).jdbi(),
                ready,
                new JobResults(database.jdbi(), new QueueClient(database, redis, ready)),
                JobLocks.open(redisUrl, redis, Leases.LEASE),
                new ProgressBoard(redis)),
            new Handlers(
                List.of(new SyncMaster(settings), new SyncSupplier(database.jdbi(), settings))));
    worker.start();
    Program.say("ready");
    while (System.in.read() >= 0) {
      // only the end of the stream counts
    }
    System.exit(0);
  }
}
