package dev.millrace.drills.child;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.lock.JobLocks;
import dev.millrace.mv.Views;
import dev.millrace.progress.SyncKeys;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.scheduler.leader.Dispatch;
import dev.millrace.scheduler.leader.MvDebouncer;
import dev.millrace.scheduler.leader.Rescue;
import dev.millrace.scheduler.leader.SyncMirror;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's duties over the queue and the views, no less often than a scheduler node does them.
 */
final class LeaderChild {
  private static final Logger log = LoggerFactory.getLogger(LeaderChild.class);
  private static final Duration PROMOTE = Duration.ofMillis(50);
  private static final Duration RESYNC = Duration.ofMillis(500);
  private static final Duration RESCUE = Duration.ofSeconds(1);
  private static final Duration DEADLINES = Duration.ofSeconds(1);
  private static final Duration VIEWS = Duration.ofMillis(100);
  private static final Duration SYNC_KEYS = Duration.ofMillis(500);
  private static final int DUTIES = 6;

  private LeaderChild() {}

  static void start(Arguments arguments) {
    RedisUrl redisUrl = RedisUrl.parse(arguments.text("redis"));
    Database database =
        Database.open(DatabaseUrl.parse(arguments.text("database")), "drill leader", DUTIES + 1);
    Jdbi jdbi = database.jdbi();
    Redis redis = Redis.open(redisUrl, DUTIES + 1);
    ReadyJobs ready = new ReadyJobs(redis);
    JobLocks locks = JobLocks.open(redisUrl, redis, arguments.millis("lease"));
    Dispatch dispatch = new Dispatch(jdbi, ready);
    QueueClient client = new QueueClient(database, redis, ready);
    Rescue rescue = new Rescue(jdbi, locks);
    MvDebouncer debouncer = new MvDebouncer(jdbi, client, Views.REFRESHES_AT_ONCE);
    ScheduledExecutorService duties = Executors.newScheduledThreadPool(DUTIES);
    every(duties, PROMOTE, dispatch::promote);
    every(duties, RESYNC, dispatch::resync);
    every(duties, RESCUE, rescue::run);
    every(duties, DEADLINES, dispatch::expire);
    every(duties, VIEWS, debouncer::run);
    every(duties, SYNC_KEYS, new SyncMirror(jdbi, new SyncKeys(redis, ""))::show);
  }

  private static void every(ScheduledExecutorService duties, Duration pause, Runnable duty) {
    var unused =
        duties.scheduleWithFixedDelay(
            () -> {
              try {
                duty.run();
              } catch (RuntimeException e) {
                log.warn("a duty failed; it goes on: {}", e.getMessage());
              }
            },
            0,
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
