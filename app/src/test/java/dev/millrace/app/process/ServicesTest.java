package dev.millrace.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServicesTest {
  private final Health health = new Health();

  @Test
  void a_server_that_ends_is_restarted_after_an_error_of_its_keeper() {
    AtomicInteger checks = new AtomicInteger();
    try (EmbeddedRedis redis = TestServices.startRedis();
        PeriodicTask keeper =
            Services.keeper(
                "Redis",
                () -> {
                  if (checks.incrementAndGet() == 1) {
                    throw new NoClassDefFoundError("gone");
                  }
                  return redis.isAlive();
                },
                redis::restart,
                health)) {
      keeper.start();
      await().until(() -> checks.get() > 1);
      assertThat(health.troubles())
          .containsExactly(
              "thread keeper-Redis died and was restarted, 1 times: NoClassDefFoundError: gone");
      assertThat(ProcessHandle.of(redis.pid()).orElseThrow().destroyForcibly()).isTrue();
      await().until(() -> !redis.isAlive());
      await().until(redis::isAlive);
    }
  }

  @Test
  void a_server_that_cannot_start_is_reported_until_it_can() {
    AtomicBoolean startable = new AtomicBoolean();
    AtomicBoolean alive = new AtomicBoolean();
    try (PeriodicTask keeper =
        Services.keeper(
            "Postgres",
            alive::get,
            () -> {
              if (!startable.get()) {
                throw new IllegalStateException("the disk is full");
              }
              alive.set(true);
            },
            health)) {
      keeper.start();
      await()
          .untilAsserted(
              () ->
                  assertThat(health.troubles())
                      .singleElement()
                      .asString()
                      .startsWith("thread keeper-Postgres fails and tries again, ")
                      .endsWith("times: IllegalStateException: the disk is full"));
      startable.set(true);
      await().until(() -> health.troubles().isEmpty());
    }
  }

  @Test
  void close_waits_for_a_restart_in_progress() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    PeriodicTask keeper =
        Services.keeper(
            "Redis",
            ended::get,
            () -> {
              begun.countDown();
              await().pollDelay(Duration.ofMillis(300)).until(() -> true);
              ended.set(true);
            },
            health);
    keeper.start();
    await().until(() -> begun.getCount() == 0);
    keeper.close(Duration.ofMinutes(1));
    assertThat(ended).isTrue();
  }
}
