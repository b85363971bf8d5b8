package dev.millrace.sync.job;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;

/** A queue worker with the smallest supported heap, which exits when that is not enough. */
final class SheetWorkerProcess {
  /** A job of another kind. */
  static final JobKind<Beside> BESIDE = JobKind.of("test.beside", Beside.class);

  /** Nothing. */
  record Beside() {}

  private SheetWorkerProcess() {}

  static Process start(String jdbcUrl, String redisUrl, URI master) throws IOException {
    return new ProcessBuilder(
            ChildProcess.jvm(
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"),
                SheetWorkerProcess.class,
                List.of(jdbcUrl, redisUrl, master.toString())))
        .inheritIO()
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    Database database = Database.open(DatabaseUrl.parse(args[0]), "small worker", 16);
    RedisUrl url = RedisUrl.parse(args[1]);
    Redis redis = Redis.open(url, 8);
    Jdbi jdbi = database.jdbi();
    ReadyJobs ready = new ReadyJobs(redis);
    SyncSettings settings = SyncSettings.of(Optional.of(URI.create(args[2])));
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings("small", "default", 8, Duration.ofSeconds(1), Leases.LEASE),
            new QueueWorker.Services(
                jdbi,
                database.handlerPool(8).jdbi(),
                ready,
                new JobResults(jdbi, new QueueClient(database, redis, ready)),
                JobLocks.open(url, redis, Leases.LEASE),
                new ProgressBoard(redis)),
            new Handlers(List.of(new SyncSupplier(jdbi, settings), new BesideHandler())));
    worker.start();
    new CountDownLatch(1).await();
  }

  private static final class BesideHandler implements JobHandler<Beside> {
    @Override
    public JobKind<Beside> kind() {
      return BESIDE;
    }

    @Override
    public Outcome run(Beside payload, JobContext context) {
      return Outcome.done();
    }
  }
}
