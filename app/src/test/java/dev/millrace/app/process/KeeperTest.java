package dev.millrace.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.embedded.EmbeddedRedis;
import dev.millrace.health.Health;
import dev.millrace.testing.TestServices;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeeperTest {
  private final Health health = new Health();

  @Test
  void a_service_that_ends_is_started_again_after_an_error_of_its_keeper() {
    AtomicInteger looks = new AtomicInteger();
    try (EmbeddedRedis redis = TestServices.startRedis();
        Keeper keeper =
            new Keeper(
                "Redis",
                new Keeper.Service(
                    () -> {
                      if (looks.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("gone");
                      }
                      return redis.isAlive();
                    },
                    redis::restart),
                health)) {
      keeper.start();
      await().until(() -> looks.get() > 1);
      assertThat(health.troubles())
          .containsExactly(
              "thread keeps-Redis died and was restarted, 1 times: NoClassDefFoundError: gone");
      assertThat(ProcessHandle.of(redis.pid()).orElseThrow().destroyForcibly()).isTrue();
      await().until(() -> !redis.isAlive());
      await().until(redis::isAlive);
    }
  }

  @Test
  void a_service_that_cannot_be_started_is_reported_until_it_can() {
    AtomicBoolean startable = new AtomicBoolean();
    AtomicBoolean alive = new AtomicBoolean();
    try (Keeper keeper =
        new Keeper(
            "Postgres",
            new Keeper.Service(
                alive::get,
                () -> {
                  if (!startable.get()) {
                    throw new IllegalStateException("the disk is full");
                  }
                  alive.set(true);
                }),
            health)) {
      keeper.start();
      await()
          .untilAsserted(
              () ->
                  assertThat(health.troubles())
                      .singleElement()
                      .asString()
                      .startsWith("thread keeps-Postgres fails and tries again, ")
                      .endsWith("times: IllegalStateException: the disk is full"));
      startable.set(true);
      await().until(() -> health.troubles().isEmpty());
    }
  }

  @Test
  void a_restart_that_has_begun_ends_before_the_close() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Keeper keeper =
        new Keeper(
            "Redis",
            new Keeper.Service(
                ended::get,
                () -> {
                  begun.countDown();
                  await().pollDelay(java.time.Duration.ofMillis(300)).until(() -> true);
                  ended.set(true);
                }),
            health);
    keeper.start();
    await().until(() -> begun.getCount() == 0);
    keeper.close();
    assertThat(ended).isTrue();
  }
}
