package dev.millrace.api.access;

import dev.millrace.api.problem.Problems;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Refuses requests without the right key. A delayed answer holds no thread. Thread-safe. */
final class KeyRefusals {
  /** Answers held back at once; beyond, a wrong key is answered 429. */
  private static final int MOST_HELD_BACK = 200;

  /** Of one address. */
  private static final int MOST_OF_ONE = 20;

  private final WrongKeys wrong = new WrongKeys();
  private final Map<String, Integer> heldBack = new HashMap<>();
  private final TrustedProxies proxies;
  private int held;

  KeyRefusals(TrustedProxies proxies) {
    this.proxies = proxies;
  }

  /** Whether so many answers to an address are held back that the next wrong key is a 429. */
  boolean isFull(Context ctx) {
    String address = proxies.client(ctx);
    synchronized (this) {
      return heldBack.getOrDefault(address, 0) >= MOST_OF_ONE;
    }
  }

  /**
   * Refuses one.
   *
   * @param key what is wrong with its key, for the log: never the key
   */
  void refuse(Context ctx, String key) {
    String address = proxies.client(ctx);
    String agent = Optional.ofNullable(ctx.userAgent()).orElse("");
    Duration delay =
        wrong.failed(
            new WrongKeys.Request(address, ctx.method().name(), ctx.path(), key, agent),
            System.nanoTime());
    if (delay.isZero()) {
      throw Problems.unauthorized();
    }
    if (!begin(address)) {
      throw Problems.tooManyAttempts();
    }
    Executor later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> answer =
        CompletableFuture.runAsync(
            () -> {
              end(address);
              throw Problems.unauthorized();
            },
            later);
    ctx.future(() -> answer);
  }

  private synchronized boolean begin(String address) {
    int ofOne = heldBack.getOrDefault(address, 0);
    if (held >= MOST_HELD_BACK || ofOne >= MOST_OF_ONE) {
      return false;
    }
    held++;
    heldBack.put(address, ofOne + 1);
    return true;
  }

  private synchronized void end(String address) {
    held--;
    heldBack.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
  }
}
