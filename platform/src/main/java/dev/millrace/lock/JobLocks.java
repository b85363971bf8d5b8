package dev.millrace.lock;

import dev.millrace.address.Host;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.RedisUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RFuture;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redisson locks over lock keys. A lock that is held saves the work of a claim that Postgres would
 * refuse; a lock that was lost, or granted twice, costs that work and nothing else, for one {@code
 * processing} job per lock key is a unique index. So no thread ever waits for a lock here, and
 * without Redis every lock is granted. Thread-safe.
 */
public final class JobLocks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobLocks.class);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration REST = Duration.ofSeconds(5);

  private final Redis redis;
  private final AtomicLong holds = new AtomicLong();
  private final RedissonStart start;
  private volatile long restUntil = System.nanoTime();
  private volatile @Nullable String failure;

  private JobLocks(Redis redis, Config config) {
    this.redis = redis;
    this.start = new RedissonStart(() -> Redisson.create(config));
  }

  /**
   * Does not wait for Redis. The client is made when the first lock is wanted: its start is a third
   * of a worker's, and most jobs have no lock key.
   *
   * @param redis knows whether Redis is away, so that no time-out is spent on finding out again
   * @param watchdog how long a lock outlives a killed process; renewed every third of it
   */
  public static JobLocks open(RedisUrl url, Redis redis, Duration watchdog) {
    Config config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    config.setLockWatchdogTimeout(watchdog.toMillis());
    config.setLazyInitialization(true);
    config.setThreads(2);
    config.setNettyThreads(2);
    url.user().ifPresent(config::setUsername);
    url.password().ifPresent(config::setPassword);
    String scheme = url.tls() ? "rediss://" : "redis://";
    String[] nodes =
        url.nodes().stream().map(Host::toString).map(scheme::concat).toArray(String[]::new);
    switch (url.topology()) {
      case SINGLE ->
          modest(
              config
                  .useSingleServer()
                  .setAddress(nodes[0])
                  .setDatabase(url.db())
                  .setConnectionPoolSize(4)
                  .setConnectionMinimumIdleSize(1)
                  .setSubscriptionConnectionMinimumIdleSize(1)
                  .setSubscriptionConnectionPoolSize(1));
      case SENTINEL ->
          modest(
              config
                  .useSentinelServers()
                  .setMasterName(url.master().orElseThrow())
                  // one sentinel that answers is enough to find the master
                  .setCheckSentinelsList(false)
                  .setDatabase(url.db())
                  .addSentinelAddress(nodes));
      case CLUSTER -> modest(config.useClusterServers().addNodeAddress(nodes));
    }
    return new JobLocks(redis, config);
  }

  private static void modest(BaseConfig<?> servers) {
    servers
        .setTimeout((int) ANSWER.toMillis())
        .setConnectTimeout((int) ANSWER.toMillis())
        .setRetryAttempts(0);
  }

  /**
   * A granted lock.
   *
   * @param hold Redisson knows owners by thread; this number stands in for one, so that any thread
   *     may release
   */
  public record Held(String lockKey, long hold) {
    private static final long UNLOCKED = 0;
  }

  /**
   * Tries the lock of each key at once, without waiting.
   *
   * @return those that were granted, by lock key; all of them when Redis is away
   */
  public Map<String, Held> tryAll(Set<String> lockKeys) {
    Map<String, Held> granted = new HashMap<>();
    if (!redis.up() || System.nanoTime() - restUntil < 0) {
      lockKeys.forEach(key -> granted.put(key, new Held(key, Held.UNLOCKED)));
      return granted;
    }
    Optional<RedissonClient> client = start.client(ANSWER);
    Map<Held, RFuture<Boolean>> asked = new HashMap<>();
    for (String key : lockKeys) {
      Optional<RFuture<Boolean>> answer = Optional.empty();
      Held held = new Held(key, holds.incrementAndGet());
      if (client.isPresent()) {
        answer = ask(client.get(), held);
      }
      if (answer.isPresent()) {
        asked.put(held, answer.get());
      } else {
        granted.put(key, new Held(key, Held.UNLOCKED));
      }
    }
    long until = System.nanoTime() + ANSWER.toNanos();
    asked.forEach(
        (held, answer) -> {
          if (granted(answer, until)) {
            granted.put(held.lockKey(), held);
          }
        });
    return granted;
  }

  /** Empty when the lock cannot be asked for: Postgres decides. */
  private Optional<RFuture<Boolean>> ask(RedissonClient client, Held held) {
    try {
      return Optional.of(client.getLock(RedisKeys.lock(held.lockKey())).tryLockAsync(held.hold()));
    } catch (RuntimeException e) {
      doesNotAnswer(e);
      return Optional.empty();
    }
  }

  private boolean granted(RFuture<Boolean> answer, long until) {
    try {
      long left = Math.max(0, until - System.nanoTime());
      boolean locked = answer.toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
      answers();
      return locked;
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      doesNotAnswer(e);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void answers() {
    if (failure != null) {
      failure = null;
      log.info("locks of lock keys are taken in Redis again");
    }
  }

  /** Then no claim waits for the next answer: Postgres decides for a while. */
  private void doesNotAnswer(Exception e) {
    restUntil = System.nanoTime() + REST.toNanos();
    String why = (e.getCause() == null ? e : e.getCause()).toString();
    if (failure == null) {
      log.warn("locks of lock keys cannot be asked for in Redis ({}); Postgres decides alone", why);
    }
    failure = why;
  }

  /**
   * Releases locks and waits until Redis has done so. A lock that is gone already, or held by
   * another since, is left alone.
   */
  public void release(List<Held> locks) {
    Optional<RedissonClient> client = start.started();
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    for (Held held : locks) {
      if (held.hold() != Held.UNLOCKED && client.isPresent()) {
        unlock(client.get(), held).ifPresent(answers::add);
      }
    }
    for (CompletableFuture<Void> answer : answers) {
      try {
        answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        log.debug("a lock was not released; it expires", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Optional<CompletableFuture<Void>> unlock(RedissonClient client, Held held) {
    try {
      return Optional.of(
          client
              .getLock(RedisKeys.lock(held.lockKey()))
              .unlockAsync(held.hold())
              .toCompletableFuture());
    } catch (RuntimeException e) {
      log.debug("lock {} was not released; it expires", held.lockKey(), e);
      return Optional.empty();
    }
  }

  /** Removes the locks that a dead worker left, once Postgres has taken its jobs back. */
  public void breakAll(Set<String> lockKeys) {
    if (redis.up()) {
      lockKeys.forEach(key -> redis.send(jedis -> jedis.del(RedisKeys.lock(key))));
    }
  }

  /** Why lock keys are decided by Postgres alone; empty while they are not. */
  public Optional<String> trouble() {
    String why = failure;
    return why == null
        ? start.trouble()
        : Optional.of("locks of lock keys cannot be asked for in Redis: " + why);
  }

  /** Whether locks are asked for in Redis. */
  boolean started() {
    return start.started().isPresent();
  }

  @Override
  public void close() {
    start.close();
  }
}
