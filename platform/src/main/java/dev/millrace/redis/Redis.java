package dev.millrace.redis;

import dev.millrace.address.Host;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The connection of one process to Redis, and its health. Nothing that Redis answers is needed for
 * correctness, so every call says what to do without it. After a failure Redis is left alone for a
 * moment: a server that is away costs one refused call per {@link #PAUSE}, not one time-out per
 * job. Thread-safe.
 */
public final class Redis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Redis.class);

  /** How long Redis is left alone after a failed call. */
  public static final Duration PAUSE = Duration.ofMillis(250);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final ClientStart start;
  private volatile long restUntil = System.nanoTime();
  private volatile boolean up = true;
  private volatile String failure = "";
  private final Refusals refusals = new Refusals();

  private Redis(ClientStart start) {
    this.start = start;
  }

  /** Makes the client. Does not wait for Redis, which may come later or never. */
  public static Redis open(RedisUrl url, int connections) {
    var config =
        DefaultJedisClientConfig.builder()
            .resp2()
            .sslOptions(url.tls() ? SslOptions.defaults() : null)
            .user(url.user().orElse(null))
            .password(url.password().orElse(null))
            .database(url.db())
            .clientName("millrace")
            .connectionTimeoutMillis((int) TIMEOUT.toMillis())
            .socketTimeoutMillis((int) TIMEOUT.toMillis())
            .blockingSocketTimeoutMillis((int) TIMEOUT.multipliedBy(4).toMillis())
            .build();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(TIMEOUT);
    pool.setJmxEnabled(false); // nobody asks, and it is a sixth of a worker's start
    Set<HostAndPort> nodes =
        url.nodes().stream().map(Redis::address).collect(Collectors.toUnmodifiableSet());
    return new Redis(
        switch (url.topology()) {
          case SINGLE ->
              ClientStart.of(
                  RedisClient.builder()
                      .hostAndPort(address(url.nodes().get(0)))
                      .clientConfig(config)
                      .poolConfig(pool)
                      .build());
          case SENTINEL ->
              ClientStart.begin(
                  () ->
                      RedisSentinelClient.builder()
                          .masterName(url.master().orElseThrow())
                          .sentinels(nodes)
                          .clientConfig(config)
                          .poolConfig(pool)
                          .build(),
                  TIMEOUT);
          case CLUSTER ->
              ClientStart.begin(
                  () ->
                      RedisClusterClient.builder()
                          .nodes(nodes)
                          .clientConfig(config)
                          .poolConfig(pool)
                          .build(),
                  TIMEOUT);
        });
  }

  private static HostAndPort address(Host host) {
    return new HostAndPort(host.name(), host.port());
  }

  /**
   * False from a failed call to the next one that worked, and for a moment after Redis has refused
   * one: what it grants others then would not help.
   */
  public boolean up() {
    return up && refusals.newest().isEmpty();
  }

  /** What is wrong with it, as a sentence; empty while nothing is. */
  public Optional<String> trouble() {
    return up ? refusals.newest() : Optional.of("Redis is away: " + failure);
  }

  /**
   * Runs one command, or answers {@code otherwise} at once when Redis failed a moment ago or fails
   * now.
   *
   * @param command may be lost half-way: it must be harmless then
   */
  public <T> T call(Function<UnifiedJedis, T> command, T otherwise) {
    if (System.nanoTime() - restUntil < 0) {
      return otherwise;
    }
    UnifiedJedis client = start.client();
    if (client == null) {
      away(start.failure());
      return otherwise;
    }
    try {
      T answer = command.apply(client);
      if (!up) {
        up = true;
        log.info("Redis is back");
      }
      return answer;
    } catch (JedisDataException e) { // an answer: Redis is there, and refuses
      restUntil = System.nanoTime() + PAUSE.toNanos();
      refusals
          .add(String.valueOf(e.getMessage()))
          .ifPresent(what -> log.warn("{}; jobs are claimed from Postgres meanwhile", what));
      return otherwise;
    } catch (RuntimeException e) { // of Jedis, of its pool, or of the network below them
      away(String.valueOf(e.getMessage()));
      return otherwise;
    }
  }

  private void away(String why) {
    restUntil = System.nanoTime() + PAUSE.toNanos();
    failure = why;
    if (up) {
      up = false;
      log.warn("Redis is away ({}); claims go on from Postgres", why);
    }
  }

  /** As {@link #call}, for commands whose answer is not needed. */
  public void send(Consumer<UnifiedJedis> command) {
    call(
        client -> {
          command.accept(client);
          return true;
        },
        false);
  }

  /** Asks now whether Redis answers. */
  public boolean ping() {
    return call(client -> "PONG".equalsIgnoreCase(client.ping()), false);
  }

  @Override
  public void close() {
    start.close();
  }

  /** For tests and tools that need the client itself. */
  public UnifiedJedis client() {
    return Objects.requireNonNull(start.client(), "Redis has not been found yet");
  }
}
