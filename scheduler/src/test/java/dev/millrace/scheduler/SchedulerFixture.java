package dev.millrace.scheduler;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.SyncHours;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** An installation of its own, and scheduler nodes as a test wants them. */
final class SchedulerFixture implements AutoCloseable {
  static final SchedulerSettings SETTINGS =
      new SchedulerSettings(
          SyncHours.DEFAULT,
          Duration.ofSeconds(20),
          Duration.ofHours(24),
          Duration.ofSeconds(2),
          Retention.DEFAULT);

  final EmbeddedRedis redisServer = TestServices.startRedis();
  final RedisUrl redisUrl = RedisUrl.parse(redisServer.url());
  final DatabaseUrl databaseUrl = TestServices.seededDatabase();

  /** What the nodes work with, under their own search path. */
  final Database database = Database.openOwn(databaseUrl, "test", 40);

  private final Database tests = Database.open(databaseUrl, "the test itself", 4);

  /** For the statements of a test, under the path of the database's users. */
  final Jdbi jdbi = tests.jdbi();

  final Redis redis = Redis.open(redisUrl, 16);
  final ReadyJobs ready = new ReadyJobs(redis);
  final QueueClient client = new QueueClient(database, redis, ready);
  final JobLocks locks = JobLocks.open(redisUrl, redis, Duration.ofSeconds(10));
  final FireStore fireStore =
      new FireStore(
          database.jdbi(), client, "test", SETTINGS.missedAfter(), InstantSource.system());
  private final List<Scheduler> nodes = new ArrayList<>();

  SchedulerFixture() {
    sql("DELETE FROM background_workers WHERE worker_name <> 'master_sync'");
  }

  /** A started node. */
  Scheduler node() {
    return node(SETTINGS);
  }

  Scheduler node(SchedulerSettings settings) {
    Scheduler node =
        new Scheduler(
            new Scheduler.Parts(database, redis, locks, "n" + (nodes.size() + 1), settings));
    node.start();
    nodes.add(node);
    return node;
  }

  /** A background worker whose runs may overlap, changed last an hour ago. */
  void worker(String name, int intervalSeconds) {
    sql(
        "INSERT INTO background_workers (worker_name, interval_seconds, kind, overlap_policy, created_at, updated_at)"
            + " VALUES (?, ?, 'test.noop', 'allow', now() - interval '1 hour', now() - interval '1 hour')",
        name,
        intervalSeconds);
  }

  void sql(String sql, Object... args) {
    jdbi.useHandle(handle -> handle.execute(sql, args));
  }

  long count(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }

  @Nullable String text(String sql, Object... args) {
    return jdbi.withHandle(
        handle -> handle.select(sql, args).mapTo(String.class).findOne().orElse(null));
  }

  /** The newest slot of a background worker that has passed; its row shows it as the next run. */
  Instant passedSlot(String workerName) {
    BackgroundWorker worker = new BackgroundWorkers(jdbi).find(workerName).orElseThrow();
    Instant now = Instant.now();
    List<Instant> slots = worker.schedule().slots(now.minus(Duration.ofDays(2)), now, 1);
    Instant slot = slots.get(slots.size() - 1);
    sql("UPDATE background_workers SET next_run_at = ? WHERE worker_name = ?", slot, workerName);
    return slot;
  }

  List<Instant> slots(String workerName, String outcome) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT fire_time FROM millrace.fires WHERE schedule = ? AND outcome = ? ORDER BY fire_time",
                    workerName,
                    outcome)
                .mapTo(Instant.class)
                .list());
  }

  long jobs(String workerName) {
    return count("SELECT count(*) FROM millrace.jobs WHERE background_worker = ?", workerName);
  }

  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  @Override
  public void close() {
    nodes.forEach(Scheduler::close);
    locks.close();
    redis.close();
    redisServer.close();
    tests.close();
    database.close();
  }
}
