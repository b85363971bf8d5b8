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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RFuture;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redisson locks over lock keys. A lock that is held saves the work of a claim that Postgres would
 * refuse; a lock that was lost, or granted twice, costs that work and nothing else, for one {@code
 * processing} job per lock key is a unique index. So nobody ever waits for a lock here, and without
 * Redis every lock is granted. Thread-safe.
 */
public final class JobLocks implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobLocks.class);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Redis redis;
  private final Config config;
  private final AtomicLong holds = new AtomicLong();
  private @Nullable RedissonClient redisson;

  private JobLocks(Redis redis, Config config) {
    this.redis = redis;
    this.config = config;
  }

  /**
   * Does not wait for Redis. The client is made when the first lock is wanted: its start is a third
   * of a worker's, and most jobs have no lock key.
   *
   * @param redis tells whether Redis is away, so that no time-out is spent on finding out again
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
                  .setDatabase(url.db())
                  .addSentinelAddress(nodes));
      case CLUSTER -> modest(config.useClusterServers().addNodeAddress(nodes));
    }
    return new JobLocks(redis, config);
  }

  private synchronized RLock lock(String lockKey) {
    if (redisson == null) {
      redisson = Redisson.create(config);
    }
    return redisson.getLock(RedisKeys.lock(lockKey));
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
    if (!redis.up()) {
      lockKeys.forEach(key -> granted.put(key, new Held(key, Held.UNLOCKED)));
      return granted;
    }
    Map<Held, RFuture<Boolean>> asked = new HashMap<>();
    for (String key : lockKeys) {
      Held held = new Held(key, holds.incrementAndGet());
      asked.put(held, lock(key).tryLockAsync(held.hold()));
    }
    asked.forEach(
        (held, answer) -> {
          if (granted(held, answer)) {
            granted.put(held.lockKey(), held);
          }
        });
    return granted;
  }

  private static boolean granted(Held held, RFuture<Boolean> answer) {
    try {
      return answer.toCompletableFuture().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("lock {} could not be asked for; Postgres decides", held.lockKey(), e);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Releases locks and waits until Redis has done so. A lock that is gone already, or held by
   * another since, is left alone.
   */
  public void release(List<Held> locks) {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    for (Held held : locks) {
      if (held.hold() != Held.UNLOCKED) {
        answers.add(lock(held.lockKey()).unlockAsync(held.hold()).toCompletableFuture());
      }
    }
    for (CompletableFuture<Void> answer : answers) {
      try {
        answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        log.debug("a lock was not released; it ends by itself", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Removes the locks that a dead worker left, once Postgres has taken its jobs back. */
  public void breakAll(Set<String> lockKeys) {
    if (redis.up()) {
      lockKeys.forEach(key -> redis.tell(jedis -> jedis.del(RedisKeys.lock(key))));
    }
  }

  @Override
  public synchronized void close() {
    if (redisson != null) {
      redisson.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }
}
