package dev.millrace.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {

  @Test
  void repeated_failures_are_logged_once_and_the_task_goes_on() {
    AtomicInteger steps = new AtomicInteger();
    try (LogLines log = new LogLines(PeriodicTask.class)) {
      PeriodicTask task =
          new PeriodicTask(
              "test",
              new Health(),
              () -> {
                if (steps.incrementAndGet() <= 3) {
                  throw new IllegalStateException("away");
                }
                return Duration.ofMillis(10);
              });
      task.start();
      await().until(() -> steps.get() > 6);
      task.stop();
      task.join(Duration.ofSeconds(10));
      assertThat(log.lines().stream().map(line -> line.replaceAll("after \\d+ s", "after N s")))
          .containsExactly(
              "thread test failed and is tried until it works: away",
              "thread test works again after N s; 3 failed");
    }
  }

  @Test
  void wake_ends_the_pause_and_stop_ends_the_task() {
    AtomicInteger steps = new AtomicInteger();
    PeriodicTask task =
        new PeriodicTask(
            "test",
            new Health(),
            () -> {
              steps.incrementAndGet();
              return Duration.ofHours(1);
            });
    task.start();
    await().until(() -> steps.get() == 1);
    task.wake();
    await().until(() -> steps.get() == 2);
    task.stop();
    task.join(Duration.ofSeconds(10));
    task.wake();
    assertThat(steps.get()).isEqualTo(2);
  }

  @Test
  void a_thread_that_dies_is_restarted_and_reported() {
    AtomicInteger steps = new AtomicInteger();
    Health health = new Health();
    PeriodicTask task =
        new PeriodicTask(
            "fragile",
            health,
            () -> {
              if (steps.incrementAndGet() == 2) {
                throw new NoClassDefFoundError("gone");
              }
              return Duration.ofMillis(10);
            });
    task.start();
    await().until(() -> steps.get() > 4);
    assertThat(health.troubles())
        .containsExactly(
            "thread fragile died and was restarted, 1 times: NoClassDefFoundError: gone");
    task.stop();
    task.join(Duration.ofSeconds(10));
    assertThat(health.troubles()).isEmpty();
  }
}
