package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.health.Health;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {

  @Test
  void an_outage_is_logged_once_and_the_loop_goes_on_after_it() {
    AtomicInteger steps = new AtomicInteger();
    try (LogLines log = new LogLines(Loop.class)) {
      Loop loop =
          new Loop(
              "test",
              new Health(),
              () -> {
                if (steps.incrementAndGet() <= 3) {
                  throw new IllegalStateException("away");
                }
                return Duration.ofMillis(10);
              });
      loop.start();
      await().until(() -> steps.get() > 6);
      loop.stop();
      loop.join(Duration.ofSeconds(10));
      assertThat(log.lines().stream().map(line -> line.replaceAll("after \\d+ s", "after N s")))
          .containsExactly(
              "test failed and is tried until it works: away",
              "test works again after N s; 3 failed");
    }
  }

  @Test
  void a_loop_that_rests_can_be_woken_and_stopped() {
    AtomicInteger steps = new AtomicInteger();
    Loop loop =
        new Loop(
            "test",
            new Health(),
            () -> {
              steps.incrementAndGet();
              return Duration.ofHours(1);
            });
    loop.start();
    await().until(() -> steps.get() == 1);
    loop.wake();
    await().until(() -> steps.get() == 2);
    loop.stop();
    loop.join(Duration.ofSeconds(10));
    loop.wake();
    assertThat(steps.get()).isEqualTo(2);
  }

  @Test
  void a_loop_whose_thread_dies_is_restarted_and_told_of() {
    AtomicInteger steps = new AtomicInteger();
    Health health = new Health();
    Loop loop =
        new Loop(
            "fragile",
            health,
            () -> {
              if (steps.incrementAndGet() == 2) {
                throw new NoClassDefFoundError("gone");
              }
              return Duration.ofMillis(10);
            });
    loop.start();
    await().until(() -> steps.get() > 4);
    assertThat(health.troubles())
        .containsExactly(
            "thread fragile died and was restarted, 1 times: NoClassDefFoundError: gone");
    loop.stop();
    loop.join(Duration.ofSeconds(10));
    assertThat(health.troubles()).isEmpty();
  }
}
