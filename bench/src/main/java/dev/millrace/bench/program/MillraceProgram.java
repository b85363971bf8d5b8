package dev.millrace.bench.program;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.RedisUrl;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Millrace: the client and the worker as any program would use them. */
final class MillraceProgram extends Program {
  private static final int HANDS = 8;

  private static final String UNFINISHED =
      "(SELECT 1 FROM millrace.jobs WHERE state = 'queued' LIMIT 1) UNION ALL"
          + " (SELECT 1 FROM millrace.jobs WHERE state = 'processing' AND worker_id IS NOT NULL LIMIT 1) LIMIT 1";

  /** Whether each job has a lock key of its own. */
  private static final boolean LOCK_KEYS = Boolean.getBoolean("millrace.bench.lock-keys");

  private static final AtomicLong lockKeys = new AtomicLong();

  private final Database database;
  private final RedisUrl redisUrl;
  private final Redis redis;
  private final ReadyJobs ready;
  private final QueueClient client;
  private @Nullable QueueWorker worker;

  /** What a job carries. */
  record Payload(long at, String filler) {}

  private static final JobKind<Payload> KIND = JobKind.of("bench.noop", Payload.class);

  private MillraceProgram(String databaseUrl, String redisUrl) {
    this.database = Database.open(DatabaseUrl.parse(databaseUrl), "bench", 10);
    this.redisUrl = RedisUrl.parse(redisUrl);
    this.redis = Redis.open(this.redisUrl, 10);
    this.ready = new ReadyJobs(redis);
    this.client = new QueueClient(database, redis, ready);
  }

  /** Database, Redis, verb, numbers. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    new MillraceProgram(all.get(0), all.get(1)).run(all.subList(2, all.size()));
  }

  @Override
  void prepare() {
    new Migrations(database).run();
  }

  @Override
  void enqueue(int jobs) {
    if (jobs == 1) {
      client.enqueue(job());
      return;
    }
    List<NewJob> batch = new ArrayList<>(jobs);
    for (int i = 0; i < jobs; i++) {
      batch.add(job());
    }
    client.enqueueAll(batch);
  }

  private static NewJob job() {
    NewJob job = NewJob.of(KIND, new Payload(now(), FILLER));
    return LOCK_KEYS ? job.withLockKey("bench-" + lockKeys.incrementAndGet()) : job;
  }

  @Override
  void work() {
    worker =
        new QueueWorker(
            new QueueWorker.Settings(
                "bench", "default", HANDS, Duration.ofSeconds(5), Leases.LEASE),
            new QueueWorker.Services(
                database.jdbi(),
                database.handlerPool(HANDS).jdbi(),
                ready,
                new JobResults(database.jdbi(), client),
                JobLocks.open(redisUrl, redis, Duration.ofSeconds(10)),
                new ProgressBoard(redis)),
            new Handlers(List.of(new Noop())));
    worker.start();
  }

  private final class Noop implements JobHandler<Payload> {
    @Override
    public JobKind<Payload> kind() {
      return KIND;
    }

    @Override
    public Outcome run(Payload payload, JobContext context) {
      handled(payload.at());
      return Outcome.done();
    }
  }

  /**
   * Postgres is asked once this worker holds nothing any more and Redis has nothing for it: asking
   * costs what is measured. In plain JDBC, as the worker does: a first statement of Jdbi's own is a
   * tenth of a second of loading classes.
   */
  @Override
  boolean drained() throws SQLException {
    String hints = RedisKeys.ready(NewJob.DEFAULT_QUEUE, KIND.name());
    if (worker != null && (worker.holding() > 0 || redis.client().exists(hints))) {
      return false;
    }
    return database
        .jdbi()
        .withHandle(
            handle -> {
              try (Statement statement = handle.getConnection().createStatement();
                  ResultSet rows = statement.executeQuery(UNFINISHED)) {
                return !rows.next();
              }
            });
  }
}
