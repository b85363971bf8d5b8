package dev.millrace.worker;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.HandlerPool;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.DirectClaims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.scheduler.leader.Dispatch;
import dev.millrace.scheduler.leader.Rescue;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jdbi.v3.core.Jdbi;

/**
 * The services of one installation, a leader's duties in one thread, and queue workers as a test
 * wants them.
 */
public final class WorkerFixture implements AutoCloseable {
  final EmbeddedRedis redisServer = TestServices.startRedis();
  final RedisUrl redisUrl = RedisUrl.parse(redisServer.url());
  private final DatabaseUrl databaseUrl;

  /** What the product's parts work with, under its own search path. */
  final Database database;

  public final Jdbi own;
  private final Database tests;

  /** For the statements of a test, under the path of the database's users. */
  public final Jdbi jdbi;

  final HandlerPool handlerPool;

  /** In whose transactions the handlers of the workers work. */
  public final Jdbi work;

  final Redis redis = Redis.open(redisUrl, 16);
  final ReadyJobs ready = new ReadyJobs(redis);
  public final QueueClient client;
  final JobResults results;
  final JobLocks locks = JobLocks.open(redisUrl, redis, Duration.ofSeconds(2));
  final ProgressBoard board = new ProgressBoard(redis);
  final Leases leases;
  private final List<QueueWorker> workers = new ArrayList<>();
  private final AtomicInteger names = new AtomicInteger();
  private final PeriodicTask leader;

  public WorkerFixture(Duration lease) {
    this(lease, TestServices.seededDatabase());
  }

  /** Over a migrated database. */
  public WorkerFixture(Duration lease, DatabaseUrl databaseUrl) {
    this.databaseUrl = databaseUrl;
    database = Database.openOwn(databaseUrl, "test", 30);
    own = database.jdbi();
    tests = Database.open(databaseUrl, "the test itself", 8);
    jdbi = tests.jdbi();
    handlerPool = database.handlerPool(24);
    work = handlerPool.jdbi();
    client = new QueueClient(database, redis, ready);
    results = new JobResults(own, client);
    leases = new Leases(own, lease);
    Dispatch dispatch = new Dispatch(own, ready);
    Rescue rescue = new Rescue(own, locks);
    leader =
        new PeriodicTask(
            "test-leader",
            new Health(),
            Duration.ofMillis(50),
            () -> {
              rescue.run();
              dispatch.promote();
              dispatch.resync();
            });
    leader.start();
  }

  /** Where its Postgres is, for another process. */
  public String jdbcUrl() {
    return databaseUrl.jdbc();
  }

  /** Where its Redis is, for another process. */
  public String redisUrl() {
    return redisServer.url();
  }

  /** An attempt of a new job that a worker has claimed. */
  Attempt claimed(String workerId) {
    client.enqueue(NewJob.of("test.claimed", "{}"));
    ClaimedJob job =
        new DirectClaims(own)
            .claim(workerId, NewJob.DEFAULT_QUEUE, List.of("test.claimed"), 1)
            .get(0);
    return attempt(job);
  }

  /** The attempt of a job that is claimed already. */
  Attempt attempt(ClaimedJob job) {
    return new Attempt(
        job, null, Duration.ofMinutes(1), new Attempt.Services(work, board, new JobLog(own)));
  }

  /** Starts a worker with the handlers. */
  public QueueWorker worker(int concurrency, JobHandler<?>... handlers) {
    return worker(work, concurrency, handlers);
  }

  /** Starts a worker whose handlers work in transactions of a pool of the test's own. */
  public QueueWorker worker(Jdbi work, int concurrency, JobHandler<?>... handlers) {
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings(
                "w" + names.incrementAndGet(),
                "default",
                concurrency,
                Duration.ofSeconds(5),
                leases.lease()),
            new QueueWorker.Services(own, work, ready, results, locks, board),
            new Handlers(List.of(handlers)));
    worker.start();
    workers.add(worker);
    return worker;
  }

  public String state(long jobId) {
    return text("SELECT state FROM millrace.jobs WHERE id = ?", jobId);
  }

  public String text(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(String.class).one());
  }

  public long count(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }

  public static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  @Override
  public void close() {
    workers.forEach(QueueWorker::close);
    leader.close();
    locks.close();
    redis.close();
    redisServer.close();
    handlerPool.close();
    tests.close();
    database.close();
  }
}
