package dev.millrace.queue;

import dev.millrace.db.Database;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.job.NewJob;
import dev.millrace.lock.JobLocks;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The parts of the queue over a database and a Redis server of their own. */
public class QueueFixture implements AutoCloseable {
  public static final String KIND = "test.noop";
  public static final Lane LANE = new Lane(NewJob.DEFAULT_QUEUE, KIND);

  public final EmbeddedRedis redisServer = TestServices.startRedis();
  public final RedisUrl redisUrl = RedisUrl.parse(redisServer.url());
  public final Database database = Database.open(TestServices.seededDatabase(), "test", 12);
  public final Jdbi jdbi = database.jdbi();
  public final Redis redis = Redis.open(redisUrl, 16);
  public final ReadyJobs ready;
  public final QueueClient client;
  public final Claims claims = new Claims(jdbi);
  public final JobResults results;
  public final Leases leases = new Leases(jdbi, Duration.ofSeconds(10));
  public final JobLocks locks = JobLocks.open(redisUrl, redis, Duration.ofSeconds(10));

  public QueueFixture() {
    this(ReadyJobs.WINDOW);
  }

  public QueueFixture(int window) {
    ready = new ReadyJobs(redis, window);
    client = new QueueClient(database, redis, ready);
    results = new JobResults(jdbi, client);
  }

  public static NewJob job() {
    return NewJob.of(KIND, "{}");
  }

  public static List<NewJob> jobs(int count) {
    return IntStream.range(0, count).mapToObj(i -> job()).toList();
  }

  /** A row without a hint, as {@code millrace.enqueue} leaves it. */
  public static long insert(Handle handle, NewJob job) {
    return JobInsert.one(handle, job, null).jobId();
  }

  /** A registered worker with a lease. */
  public String worker(String workerId) {
    leases.register(
        new Leases.Registration(
            workerId, workerId, "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of(KIND), 1));
    return workerId;
  }

  /** Makes {@link #KIND} known, as a worker that runs it does. */
  public void registerKind() {
    jdbi.useHandle(handle -> handle.execute("INSERT INTO millrace.kinds (kind) VALUES (?)", KIND));
  }

  /** Removes all jobs, pauses and hints; the leases of its workers begin anew. */
  public void empty() {
    jdbi.useHandle(
        handle -> {
          handle.execute("TRUNCATE millrace.jobs CASCADE");
          handle.execute("DELETE FROM millrace.pauses");
          handle.execute(
              "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() + interval '1 minute'");
        });
    redis.send(jedis -> jedis.flushAll());
  }

  /** The hint of a job with the default priority and no lock key. */
  public static ReadyJob hint(long jobId) {
    return new ReadyJob(Rank.of(0, jobId), null);
  }

  public String state(long jobId) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT state FROM millrace.jobs WHERE id = ?", jobId)
                .mapTo(String.class)
                .one());
  }

  public long count(String state) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT count(*) FROM millrace.jobs WHERE state = ?", state)
                .mapTo(Long.class)
                .one());
  }

  /** Ends a worker's lease as time would. */
  public void leaseEnds(String workerId) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() - interval '1 second' WHERE worker_id = ?",
                workerId));
  }

  @Override
  public void close() {
    locks.close();
    redis.close();
    redisServer.close();
    database.close();
  }
}
