package dev.millrace.queue;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import java.time.Duration;

/**
 * The bell of the dispatcher: rung when a job is scheduled for so soon that its next look at the
 * clock would come too late. One ring is kept when nobody listens. Best effort. Thread-safe.
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
   * Sleeps until somebody rings, at most for {@code time}.
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
