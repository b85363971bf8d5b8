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
import org.jdbi.v3.core.Jdbi;

/** The parts of the queue over a database and a Redis server of their own. */
final class QueueFixture implements AutoCloseable {
  static final String KIND = "test.noop";
  static final Lane LANE = new Lane(NewJob.DEFAULT_QUEUE, KIND);

  final EmbeddedRedis redisServer = TestServices.startRedis();
  final RedisUrl redisUrl = RedisUrl.parse(redisServer.url());
  final Database database = Database.open(TestServices.seededDatabase(), "test", 12);
  final Jdbi jdbi = database.jdbi();
  final Redis redis = Redis.open(redisUrl, 16);
  final ReadyJobs ready;
  final QueueClient client;
  final Claims claims = new Claims(jdbi);
  final JobResults results;
  final Leases leases = new Leases(jdbi, Duration.ofSeconds(10));
  final Dispatch dispatch;
  final JobLocks locks = JobLocks.open(redisUrl, redis, Duration.ofSeconds(10));
  final Rescue rescue;

  QueueFixture() {
    this(ReadyJobs.WINDOW);
  }

  QueueFixture(int window) {
    ready = new ReadyJobs(redis, window);
    client = new QueueClient(database, redis, ready);
    results = new JobResults(jdbi, client);
    dispatch = new Dispatch(jdbi, ready);
    rescue = new Rescue(jdbi, locks);
  }

  static NewJob job() {
    return NewJob.of(KIND, "{}");
  }

  static List<NewJob> jobs(int count) {
    return IntStream.range(0, count).mapToObj(i -> job()).toList();
  }

  /** A registered worker with a lease. */
  String worker(String workerId) {
    leases.register(
        new Leases.Registration(
            workerId, workerId, "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of(KIND), 1));
    return workerId;
  }

  /** The hint of a job with the default priority and no lock key. */
  static ReadyJob hint(long jobId) {
    return new ReadyJob(Rank.of(0, jobId), null);
  }

  String state(long jobId) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT state FROM millrace.jobs WHERE id = ?", jobId)
                .mapTo(String.class)
                .one());
  }

  long count(String state) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT count(*) FROM millrace.jobs WHERE state = ?", state)
                .mapTo(Long.class)
                .one());
  }

  /** Ends a worker's lease as time would. */
  void leaseEnds(String workerId) {
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
