package dev.millrace.lock;

import dev.millrace.health.Health;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Redisson in a thread of its own when it is first wanted, and again some time after a start
 * that failed. No caller waits for it longer than for an answer of Redis. Thread-safe.
 */
final class RedissonStart implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedissonStart.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  /** Its own waits for servers that do not answer end long before. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Health health = new Health();
  private final Health.Pulse pulse = health.pulse("locks", LONGEST);
  private final Supplier<RedissonClient> create;
  private @Nullable CompletableFuture<RedissonClient> starting;
  private boolean waitedFor;
  private long failedAt;
  private @Nullable String failure;
  private boolean closed;

  RedissonStart(Supplier<RedissonClient> create) {
    this.create = create;
  }

  /**
   * The client.
   *
   * @param patience how long the first caller waits for its start
   * @return empty while it has not started
   */
  Optional<RedissonClient> client(Duration patience) {
    CompletableFuture<RedissonClient> current;
    long wait;
    synchronized (this) {
      if (closed) {
        return Optional.empty();
      }
      current = starting;
      boolean failed = current != null && current.isCompletedExceptionally();
      if (current == null || (failed && System.nanoTime() - failedAt > RETRY.toNanos())) {
        current = begin();
      }
      wait = waitedFor ? 0 : patience.toMillis();
      waitedFor = true;
    }
    try {
      return Optional.of(current.get(wait, TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The client, if it has started; does not start it. */
  synchronized Optional<RedissonClient> started() {
    CompletableFuture<RedissonClient> current = starting;
    return current == null || !current.isDone() || current.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(current.join());
  }

  private CompletableFuture<RedissonClient> begin() {
    CompletableFuture<RedissonClient> next = new CompletableFuture<>();
    starting = next;
    Thread thread = new Thread(() -> start(next), "millrace-locks");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (Error e) { // no memory for a thread: it is tried again like any start that failed
      failed(e);
      next.completeExceptionally(e);
    }
    return next;
  }

  private void start(CompletableFuture<RedissonClient> next) {
    pulse.beat();
    try {
      RedissonClient client = create.get();
      succeeded(next, client);
    } catch (RuntimeException | Error e) { // the callers that wait must get it
      failed(e);
      next.completeExceptionally(e);
    } finally {
      pulse.rests();
    }
  }

  private synchronized void succeeded(
      CompletableFuture<RedissonClient> next, RedissonClient client) {
    if (failure != null) {
      log.info("locks of lock keys are taken in Redis again");
      failure = null;
    }
    if (closed) {
      shutDown(client);
    }
    next.complete(client);
  }

  private synchronized void failed(Throwable e) {
    failedAt = System.nanoTime();
    if (failure == null) {
      log.warn(
          "locks of lock keys cannot be taken in Redis ({}); Postgres decides alone", e.toString());
    }
    failure = e.toString();
  }

  synchronized Optional<String> trouble() {
    return Optional.ofNullable(failure)
        .map(why -> "locks of lock keys cannot be taken in Redis: " + why)
        .or(() -> health.troubles().stream().findFirst());
  }

  @Override
  public void close() {
    Optional<RedissonClient> client = started();
    synchronized (this) {
      closed = true;
    }
    client.ifPresent(RedissonStart::shutDown);
  }

  private static void shutDown(RedissonClient client) {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
