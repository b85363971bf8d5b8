package dev.millrace.scheduler;

import dev.millrace.redis.RedisKeys;
import dev.millrace.schedule.SyncHours;
import java.time.Duration;

/**
 * How a scheduler node behaves.
 *
 * @param syncHours {@code SYNC_INTERVAL_HOURS}
 * @param missedAfter how old a slot without a fire is before it counts as missed and the misfire
 *     policy decides; longer than Quartz takes to recover a fire of a node that died
 * @param lookBack how far back missed slots are searched
 * @param leaderLease how long a leader that does not renew its lease keeps it
 * @param syncKeyPrefix {@code SYNC_REDIS_PREFIX}
 */
public record SchedulerSettings(
    SyncHours syncHours,
    Duration missedAfter,
    Duration lookBack,
    Duration leaderLease,
    Retention retention,
    String syncKeyPrefix) {
  /** The defaults. */
  public static final SchedulerSettings DEFAULT =
      new SchedulerSettings(
          SyncHours.DEFAULT,
          Duration.ofSeconds(20),
          Duration.ofHours(24),
          Duration.ofSeconds(5),
          Retention.DEFAULT);

  /** With our own prefix of the sync's keys. */
  public SchedulerSettings(
      SyncHours syncHours,
      Duration missedAfter,
      Duration lookBack,
      Duration leaderLease,
      Retention retention) {
    this(syncHours, missedAfter, lookBack, leaderLease, retention, RedisKeys.SYNC_PREFIX);
  }

  public SchedulerSettings {
    if (missedAfter.isNegative() || missedAfter.isZero() || missedAfter.compareTo(lookBack) >= 0) {
      throw new IllegalArgumentException(
          "missedAfter must be positive and shorter than lookBack ("
              + lookBack
              + "), was "
              + missedAfter);
    }
    if (leaderLease.toMillis() < 500) {
      throw new IllegalArgumentException("leaderLease must be >= PT0.5S, was " + leaderLease);
    }
  }

  /** These, with other hours and keys for the master sync. */
  public SchedulerSettings withSync(SyncHours hours, String keyPrefix) {
    return new SchedulerSettings(hours, missedAfter, lookBack, leaderLease, retention, keyPrefix);
  }

  /** These, with the audit kept for another time. */
  public SchedulerSettings withAudit(Duration time) {
    return new SchedulerSettings(
        syncHours, missedAfter, lookBack, leaderLease, retention.withAudit(time), syncKeyPrefix);
  }
}
