package dev.millrace.http;

import dev.millrace.db.Sql;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Limits of requests to a service within a minute, over all processes together. Redis keeps the
 * requests of the last minute, so that no minute has more than the limit, wherever it begins. While
 * Redis is away, each process keeps to its own share of the smallest limit: the rate of all
 * together is the limit's still, but the first minute may have twice as many. Thread-safe.
 */
public final class SharedLimiter {
  private static final Script TAKE = Script.of(SharedLimiter.class, "take");
  private static final String WORKERS = Sql.of(SharedLimiter.class, "workers");
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final long AWAY = -1;

  private final Redis redis;
  private final String service;
  private final List<Limit> limits;
  private final IntSupplier processes;
  private final LongSupplier nanos;
  private final int smallest;

  /** The moment at which this process's share is unused; by {@link #nanos}. */
  private long unusedFrom;

  /**
   * A limit.
   *
   * @param subject whose requests count, such as a user or a project
   * @param most requests within a minute
   */
  public record Limit(String subject, int most) {
    public Limit {
      if (most < 1) {
        throw new IllegalArgumentException("a limit must be >= 1 a minute, was " + most);
      }
    }
  }

  /**
   * Makes a limiter.
   *
   * @param service the name under which all processes share it
   * @param limits all of which must allow a request
   * @param processes how many share the limits; asked only while Redis is away
   */
  public SharedLimiter(Redis redis, String service, List<Limit> limits, IntSupplier processes) {
    this(redis, service, limits, processes, System::nanoTime);
  }

  SharedLimiter(
      Redis redis, String service, List<Limit> limits, IntSupplier processes, LongSupplier nanos) {
    this.redis = redis;
    this.service = service;
    this.limits = List.copyOf(limits);
    this.processes = processes;
    this.nanos = nanos;
    this.smallest = limits.stream().mapToInt(Limit::most).min().orElseThrow();
    this.unusedFrom = nanos.getAsLong();
  }

  /** How many queue workers there are, as Postgres knows them. */
  public static IntSupplier workers(Jdbi jdbi) {
    return () -> jdbi.withHandle(handle -> handle.createQuery(WORKERS).mapTo(Integer.class).one());
  }

  /**
   * Takes requests, all of them or none.
   *
   * @param requests 1 to the smallest limit
   * @return zero: they may be sent now; else how long to wait before the next call
   */
  public Duration take(int requests) {
    if (requests < 1 || requests > smallest) {
      throw new IllegalArgumentException(
          "requests must be 1 to " + smallest + ", were " + requests);
    }
    long wait = takeFromRedis(requests);
    return wait == AWAY ? takeFromShare(requests) : Duration.ofMillis(wait);
  }

  private long takeFromRedis(int requests) {
    List<String> keys = new ArrayList<>();
    List<String> args = new ArrayList<>();
    args.add(Integer.toString(requests));
    args.add(Long.toString(WINDOW.toMillis()));
    args.add(UUID.randomUUID().toString());
    for (Limit limit : limits) {
      keys.add(RedisKeys.requests(service, limit.subject()));
      args.add(Integer.toString(limit.most()));
    }
    long wait = redis.call(jedis -> (Long) TAKE.run(jedis, keys, args), AWAY);
    if (wait == 0) {
      use(requests, 1);
    }
    return wait;
  }

  /** Each request uses a part of the minute; the whole minute may be used at once. */
  private synchronized Duration takeFromShare(int requests) {
    long now = nanos.getAsLong();
    int sharers = Math.max(1, processes.getAsInt());
    long ahead = Math.max(0, unusedFrom - now);
    long cost = cost(requests, sharers);
    long room = Math.max(0, WINDOW.toNanos() - cost);
    if (ahead > room) {
      return Duration.ofNanos(ahead - room).plusMillis(1);
    }
    use(requests, sharers);
    return Duration.ZERO;
  }

  private synchronized void use(int requests, int sharers) {
    unusedFrom = Math.max(unusedFrom, nanos.getAsLong()) + cost(requests, sharers);
  }

  private long cost(int requests, int sharers) {
    return WINDOW.toNanos() / smallest * requests * sharers;
  }
}
