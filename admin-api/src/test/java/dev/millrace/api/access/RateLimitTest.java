package dev.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final RateLimit.Limit THREE =
      new RateLimit.Limit("test", 3, Duration.ofSeconds(30));

  @Test
  @SuppressWarnings("try") // Redis ends in the midst of it
  void two_processes_share_a_limit_and_each_counts_alone_while_redis_is_away() {
    try (EmbeddedRedis server = TestServices.startRedis();
        Redis redis = Redis.open(RedisUrl.parse(server.url()), 2);
        Redis other = Redis.open(RedisUrl.parse(server.url()), 2)) {
      await().until(() -> redis.ping() && other.ping());
      RateLimit one = new RateLimit(redis);
      RateLimit two = new RateLimit(other);
      assertThat(one.take(THREE, "ada")).isEmpty();
      assertThat(two.take(THREE, "ada")).isEmpty();
      assertThat(one.take(THREE, "ada")).isEmpty();
      assertThat(two.take(THREE, "ada").orElseThrow())
          .isBetween(Duration.ofMillis(1), Duration.ofSeconds(30));
      assertThat(two.take(THREE, "bob")).isEmpty();
      server.close();
      for (int i = 0; i < 3; i++) {
        assertThat(one.take(THREE, "ada")).isEmpty();
      }
      assertThat(one.take(THREE, "ada")).isPresent();
      assertThat(two.take(THREE, "ada")).isEmpty();
    }
  }

  @Test
  void a_window_ends_and_leaves_no_key() {
    RateLimit.Limit brief = new RateLimit.Limit("brief", 1, Duration.ofMillis(300));
    try (EmbeddedRedis server = TestServices.startRedis();
        Redis redis = Redis.open(RedisUrl.parse(server.url()), 2)) {
      await().until(redis::ping);
      RateLimit limit = new RateLimit(redis);
      assertThat(limit.take(brief, "ada")).isEmpty();
      await().until(() -> limit.take(brief, "ada").isEmpty());
      await().until(() -> redis.call(jedis -> jedis.keys("millrace:*").isEmpty(), false));
    }
  }
}
