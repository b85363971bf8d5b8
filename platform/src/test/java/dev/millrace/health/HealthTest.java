package dev.millrace.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Duration LONGEST = Duration.ofMillis(50);

  private final Health health = new Health();

  private GuardedTasks tasks(Duration longest) {
    return new GuardedTasks("tasks", health, longest, Executors.newSingleThreadExecutor());
  }

  @Test
  void a_task_that_throws_is_reported_and_the_next_is_run() {
    AtomicInteger ran = new AtomicInteger();
    try (GuardedTasks tasks = tasks(Duration.ofMinutes(1))) {
      tasks.execute(
          () -> {
            throw new NoClassDefFoundError("gone");
          });
      tasks.execute(
          () -> {
            throw new IllegalStateException("broken");
          });
      tasks.execute(ran::incrementAndGet);
      await().until(() -> ran.get() == 1);
      assertThat(health.troubles())
          .containsExactly(
              "thread tasks died and was restarted, 2 times: IllegalStateException: broken");
    }
  }

  @Test
  void a_question_that_meets_an_error_is_answered_with_it_and_reported() {
    try (GuardedTasks tasks = tasks(Duration.ofMinutes(1))) {
      CompletableFuture<Integer> answer =
          tasks.ask(
              () -> {
                throw new NoClassDefFoundError("gone");
              });
      assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(NoClassDefFoundError.class);
      await()
          .untilAsserted(
              () ->
                  assertThat(health.troubles())
                      .containsExactly(
                          "thread tasks died and was restarted, 1 times: NoClassDefFoundError: gone"));
      assertThat(tasks.ask(() -> 1).join()).isOne();
    }
  }

  @Test
  void a_task_that_takes_longer_than_it_may_hangs_until_it_ends() {
    CountDownLatch end = new CountDownLatch(1);
    try (GuardedTasks tasks = tasks(LONGEST)) {
      tasks.execute(() -> awaitOpen(end));
      await()
          .untilAsserted(
              () ->
                  assertThat(health.troubles())
                      .singleElement()
                      .asString()
                      .startsWith("thread tasks hangs: no beat for "));
      end.countDown();
      await().until(() -> health.troubles().isEmpty());
    }
  }

  @Test
  void one_of_many_threads_that_hangs_is_reported_whatever_the_others_do() {
    CountDownLatch end = new CountDownLatch(1);
    try (GuardedTasks tasks =
        new GuardedTasks("pool", health, LONGEST, Executors.newFixedThreadPool(2))) {
      tasks.execute(() -> awaitOpen(end));
      await()
          .until(
              () -> {
                tasks.ask(() -> 1).join();
                return !health.troubles().isEmpty();
              });
      end.countDown();
    }
  }

  @Test
  void a_thread_that_rests_does_not_hang() {
    CountDownLatch end = new CountDownLatch(1);
    Health.Pulse pulse = health.pulse("rests", LONGEST);
    Thread thread =
        new Thread(
            new Guarded(
                "rests",
                pulse,
                () -> {
                  pulse.rests();
                  end.await();
                }));
    thread.start();
    await().pollDelay(LONGEST.multipliedBy(3)).until(() -> health.troubles().isEmpty());
    end.countDown();
  }

  @Test
  void a_thread_that_dies_and_cannot_even_be_reported_is_restarted() {
    AtomicInteger runs = new AtomicInteger();
    Thread thread =
        new Thread(
            new Guarded(
                "fragile",
                health.pulse("fragile", LONGEST),
                () -> {
                  if (runs.incrementAndGet() == 1) {
                    throw new Unspeakable();
                  }
                }));
    thread.start();
    await().until(() -> runs.get() == 2);
  }

  /** As an error is that there is no memory to describe. */
  @SuppressWarnings("serial") // never sent anywhere
  private static final class Unspeakable extends Error {
    @Override
    public String getMessage() {
      throw new OutOfMemoryError("no memory for the message");
    }
  }

  @Test
  void what_is_wrong_in_what_is_included_is_reported_as_well() {
    Health process = new Health();
    health.include(process);
    process.lost("of-a-library", new IllegalStateException("broken"));
    assertThat(health.troubles())
        .containsExactly(
            "thread of-a-library died and is not restarted: IllegalStateException: broken");
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
