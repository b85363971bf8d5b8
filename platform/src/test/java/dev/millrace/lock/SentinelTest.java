package dev.millrace.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** One sentinel of three is reachable, or none that Redisson could use. */
class SentinelTest {
  private static final Duration WATCHDOG = Duration.ofSeconds(10);

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static RedisUrl url(int first, int second, int third) {
    return RedisUrl.parse(
        "redis-sentinel://127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d/mymaster"
            .formatted(first, second, third));
  }

  @Test
  void locks_are_taken_in_redis_with_one_sentinel_of_three() throws IOException {
    try (EmbeddedRedis master = TestServices.startRedis("user default on nopass ~* &* +@all");
        EmbeddedRedis sentinel = TestServices.startSentinel(master)) {
      RedisUrl url = url(sentinel.port(), closedPort(), closedPort());
      try (Redis redis = Redis.open(url, 2);
          JobLocks one = JobLocks.open(url, redis, WATCHDOG);
          JobLocks other = JobLocks.open(url, redis, WATCHDOG)) {
        assertThat(redis.ping()).isTrue();
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> !one.tryAll(Set.of("warm")).isEmpty() && started(one, other));
        Map<String, JobLocks.Held> held = one.tryAll(Set.of("customer-a"));
        assertThat(held).containsKey("customer-a");
        assertThat(other.tryAll(Set.of("customer-a", "customer-b")))
            .as("what one holds the other does not get")
            .containsOnlyKeys("customer-b");
        one.release(List.copyOf(held.values()));
        assertThat(other.tryAll(Set.of("customer-a"))).containsKey("customer-a");
      }
    }
  }

  private static boolean started(JobLocks one, JobLocks other) {
    return !other.tryAll(Set.of("warm-other")).isEmpty() && one.started() && other.started();
  }

  @Test
  void a_process_that_finds_no_sentinel_uses_redis_when_one_is_back() throws IOException {
    try (EmbeddedRedis master = TestServices.startRedis("user default on nopass ~* &* +@all");
        EmbeddedRedis sentinel = TestServices.startSentinel(master)) {
      ProcessHandle.of(sentinel.pid()).orElseThrow().destroyForcibly();
      Awaitility.await().until(() -> !sentinel.isAlive());
      try (Redis redis = Redis.open(url(sentinel.port(), closedPort(), closedPort()), 2)) {
        assertThat(redis.ping()).isFalse();
        assertThat(redis.trouble().orElseThrow()).startsWith("Redis is away: All sentinels down");
        sentinel.restart();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(redis::ping);
        assertThat(redis.trouble()).isEmpty();
      }
    }
  }

  @Test
  void a_process_starts_while_no_node_of_its_cluster_answers() throws IOException {
    RedisUrl url = RedisUrl.parse("redis-cluster://127.0.0.1:%d".formatted(closedPort()));
    try (Redis redis = Redis.open(url, 2)) {
      assertThat(redis.ping()).isFalse();
      assertThat(redis.trouble()).isPresent();
    }
  }

  @Test
  void a_redisson_that_cannot_start_grants_every_lock_and_is_tried_again() throws IOException {
    try (EmbeddedRedis master = TestServices.startRedis()) {
      RedisUrl direct = RedisUrl.parse(master.url());
      RedisUrl dead = url(closedPort(), closedPort(), closedPort());
      try (Redis redis = Redis.open(direct, 2);
          JobLocks locks = JobLocks.open(dead, redis, WATCHDOG)) {
        assertThat(redis.ping()).isTrue();
        long begun = System.nanoTime();
        Map<String, JobLocks.Held> held = locks.tryAll(Set.of("a", "b"));
        assertThat(held).containsOnlyKeys("a", "b");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        locks.release(List.copyOf(held.values()));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> locks.trouble().isPresent());
        begun = System.nanoTime();
        assertThat(locks.tryAll(Set.of("a"))).containsOnlyKeys("a");
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .as("the start is not waited for again")
            .isLessThan(Duration.ofSeconds(1));
      }
    }
  }
}
