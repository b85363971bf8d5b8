package dev.millrace.api.health;

import dev.millrace.health.GuardedTasks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Probes whether a service answers, at most once a second; no answer counts as down. A probe that
 * hangs is not repeated until it has ended. Thread-safe.
 */
final class Probe {
  private static final Duration CACHED = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  private final BooleanSupplier question;
  private final GuardedTasks executor;
  private @Nullable CompletableFuture<Boolean> asked;
  private long askedAt;

  Probe(BooleanSupplier question, GuardedTasks executor) {
    this.question = question;
    this.executor = executor;
  }

  synchronized boolean up() {
    CompletableFuture<Boolean> answer = asked;
    long now = System.nanoTime();
    if (answer == null || (answer.isDone() && now - askedAt > CACHED.toNanos())) {
      answer = executor.ask(question::getAsBoolean);
      asked = answer;
      askedAt = now;
    }
    long left = Math.max(0, askedAt + TIMEOUT.toNanos() - now);
    try {
      return answer.get(left, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
