package dev.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.queue.Lane;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.LogLines;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisRefusalTest {
  private static final Lane LANE = new Lane("default", "test.noop");

  @Test
  void a_missing_right_is_logged_once_and_redis_is_not_reported_out() {
    try (EmbeddedRedis server =
            TestServices.startRedis("user poor on >secret ~* +@all -@scripting");
        Redis redis =
            Redis.open(RedisUrl.parse("redis://poor:secret@127.0.0.1:" + server.port()), 2);
        LogLines log = new LogLines(Redis.class)) {
      ReadyJobs ready = new ReadyJobs(redis);
      long begun = System.nanoTime();
      SchedulerFixture.await()
          .until(
              () -> {
                redis.ping();
                assertThat(ready.pop(List.of(LANE), 1)).isEmpty();
                return System.nanoTime() - begun > 2_500_000_000L;
              });
      assertThat(redis.up()).as("what needs scripts goes on from Postgres").isFalse();
      assertThat(redis.trouble().orElse("")).contains("lacks the right +evalsha");
      assertThat(log.lines()).singleElement().asString().contains("lacks the right +evalsha");
    }
  }

  @Test
  void a_full_redis_is_logged_once() {
    try (EmbeddedRedis server = TestServices.startRedis("maxmemory 1kb");
        Redis redis = Redis.open(RedisUrl.parse(server.url()), 2);
        LogLines log = new LogLines(Redis.class)) {
      long begun = System.nanoTime();
      SchedulerFixture.await()
          .until(
              () -> {
                redis.send(jedis -> jedis.set("millrace:probe", "1"));
                redis.ping();
                return System.nanoTime() - begun > 1_500_000_000L;
              });
      assertThat(log.lines()).singleElement().asString().contains("Redis refuses a command: OOM");
    }
  }
}
