package dev.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedLimiterTest {
  private static final EmbeddedRedis SERVER = TestServices.startRedis();
  private static final SharedLimiter.Limit USER = new SharedLimiter.Limit("user:a", 20);
  private static final SharedLimiter.Limit OTHER = new SharedLimiter.Limit("user:b", 20);
  private static final SharedLimiter.Limit PROJECT = new SharedLimiter.Limit("project", 30);

  private final List<Redis> clients = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void close() {
    clients.get(0).send(jedis -> jedis.flushAll());
    clients.forEach(Redis::close);
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void two_clients_together_never_exceed_a_limit() throws Exception {
    List<SharedLimiter> limiters = List.of(limiter(USER, PROJECT), limiter(USER, PROJECT));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        SharedLimiter limiter = limiters.get(i % 2);
        calls.add(() -> limiter.take(1).isZero());
      }
      int taken = 0;
      for (Future<Boolean> call : threads.invokeAll(calls)) {
        taken += call.get() ? 1 : 0;
      }
      assertThat(taken).isEqualTo(20);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void requests_are_taken_all_or_none() {
    SharedLimiter limiter = limiter(USER);
    assertThat(limiter.take(18)).isZero();

    assertThat(limiter.take(3)).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
    assertThat(limiter.take(2)).isZero();
  }

  @Test
  void users_share_the_limit_of_their_project() {
    assertThat(limiter(USER, PROJECT).take(20)).isZero();
    SharedLimiter other = limiter(OTHER, PROJECT);

    assertThat(other.take(11)).isPositive();
    assertThat(other.take(10)).isZero();
  }

  @Test
  void requests_of_an_earlier_minute_do_not_count() {
    SharedLimiter limiter = limiter(USER);
    assertThat(limiter.take(20)).isZero();
    String key = RedisKeys.requests("test", USER.subject());
    clients
        .get(0)
        .send(
            jedis ->
                jedis.zrange(key, 0, 4).forEach(member -> jedis.zincrby(key, -60_000, member)));

    assertThat(limiter.take(6)).isPositive();
    assertThat(limiter.take(5)).isZero();
  }

  @Test
  void keys_expire_after_the_last_request() {
    limiter(USER).take(1);

    assertThat(clients.get(0).call(jedis -> jedis.pttl(RedisKeys.requests("test", "user:a")), -1L))
        .isBetween(50_000L, 61_000L);
  }

  @Test
  void without_redis_each_process_keeps_to_its_share() {
    List<SharedLimiter> processes = List.of(local(4), local(4), local(4), local(4));

    for (int minute = 1; minute <= 3; minute++) {
      int taken = 0;
      for (int second = 0; second < 60; second++) {
        for (SharedLimiter process : processes) {
          while (process.take(1).isZero()) {
            taken++;
          }
        }
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      }
      assertThat(taken).as("minute %d", minute).isBetween(16, minute == 1 ? 40 : 20);
    }
  }

  @Test
  void the_wait_without_redis_is_as_long_as_it_says() {
    SharedLimiter process = local(1);
    assertThat(process.take(20)).isZero();
    Duration wait = process.take(5);

    assertThat(wait).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(16));
    nanos.addAndGet(wait.toNanos());
    assertThat(process.take(5)).isZero();
  }

  @Test
  void what_redis_allowed_counts_when_redis_is_away() {
    EmbeddedRedis leaving = TestServices.startRedis();
    SharedLimiter limiter = limiter(RedisUrl.parse(leaving.url()), 1, USER);
    assertThat(limiter.take(20)).isZero();
    leaving.close();

    assertThat(limiter.take(1)).isPositive();
  }

  @Test
  void more_than_the_limit_can_never_be_taken() {
    assertThatThrownBy(() -> limiter(USER).take(21))
        .hasMessage("requests must be 1 to 20, were 21");
  }

  private SharedLimiter local(int processes) {
    return limiter(RedisUrl.parse("redis://127.0.0.1:1"), processes, USER);
  }

  private SharedLimiter limiter(SharedLimiter.Limit... limits) {
    return limiter(RedisUrl.parse(SERVER.url()), 1, limits);
  }

  private SharedLimiter limiter(RedisUrl url, int processes, SharedLimiter.Limit... limits) {
    Redis redis = Redis.open(url, 8);
    clients.add(redis);
    return new SharedLimiter(redis, "test", List.of(limits), () -> processes, nanos::get);
  }
}
