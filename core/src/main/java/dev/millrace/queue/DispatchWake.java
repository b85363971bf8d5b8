package dev.millrace.queue;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import java.time.Duration;

/**
 * Wakes the dispatcher when a job is scheduled for so soon that its next check of the clock would
 * come too late. One signal is kept while it does not wait. Best effort. Thread-safe.
 */
public final class DispatchWake {
  private final Redis redis;

  public DispatchWake(Redis redis) {
    this.redis = redis;
  }

  public void send() {
    String bell = RedisKeys.dispatcherWake();
    redis.send(
        jedis -> {
          if (jedis.lpush(bell, "1") > 1) {
            jedis.ltrim(bell, 0, 0);
          }
        });
  }

  /**
   * Sleeps until a signal comes, at most for {@code time}.
   *
   * @param time at least a millisecond
   * @return true: rung, or the time is over; false: Redis is away, at once
   */
  public boolean await(Duration time) {
    double seconds = Math.max(1, time.toMillis()) / 1000.0;
    return redis.call(
        jedis -> {
          jedis.blpop(seconds, RedisKeys.dispatcherWake());
          return true;
        },
        false);
  }
}
