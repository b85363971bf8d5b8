package dev.millrace.redis;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Makes a client that asks sentinels or the nodes of a cluster for its servers, which fails while
 * none of them answers: in a thread of its own, again and again until one does. Thread-safe.
 */
final class ClientStart implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClientStart.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Supplier<UnifiedJedis> create;
  private final CountDownLatch tried = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable UnifiedJedis client;
  private volatile String failure = "its servers have not been found yet";

  private ClientStart(Supplier<UnifiedJedis> create) {
    this.create = create;
  }

  /**
   * Begins.
   *
   * @param patience how long the first attempt is waited for
   */
  static ClientStart begin(Supplier<UnifiedJedis> create, Duration patience) {
    ClientStart start = new ClientStart(create);
    Thread thread = new Thread(start::run, "millrace-redis-start");
    thread.setDaemon(true);
    thread.start();
    start.await(start.tried, patience);
    return start;
  }

  /** A client that needs no server to be made. */
  static ClientStart of(UnifiedJedis client) {
    ClientStart start = new ClientStart(() -> client);
    start.client = client;
    return start;
  }

  /** Null while it has not been made. */
  @Nullable UnifiedJedis client() {
    return client;
  }

  /** Why the last attempt failed. */
  String failure() {
    return failure;
  }

  private void run() {
    do {
      try {
        made(create.get());
      } catch (RuntimeException | Error e) { // whatever it was, the next attempt may succeed
        failure = String.valueOf(e.getMessage());
        log.debug("the client of Redis could not be made", e);
      }
      tried.countDown();
    } while (client == null && !await(closing, RETRY));
  }

  private synchronized void made(UnifiedJedis made) {
    if (closing.getCount() == 0) {
      made.close();
    } else {
      client = made;
    }
  }

  private boolean await(CountDownLatch latch, Duration most) {
    try {
      return latch.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public synchronized void close() {
    closing.countDown();
    UnifiedJedis made = client;
    if (made != null) {
      made.close();
    }
  }
}
