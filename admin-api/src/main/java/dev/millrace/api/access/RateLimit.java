package dev.millrace.api.access;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts what is asked for within a time, over all processes. While Redis is away each process
 * counts for itself, with the same limits. Thread-safe.
 */
public final class RateLimit {
  private static final Script TAKE = Script.of(RateLimit.class, "take");

  /** Of the counts that are kept in this process, the one that was not used for longest goes. */
  private static final int MOST_LOCAL = 10_000;

  private final Redis redis;
  private final Map<String, Window> local = new LinkedHashMap<>(16, 0.75f, true);

  private record Window(long begin, int taken) {}

  /**
   * How much is allowed.
   *
   * @param name of what is limited, for the keys in Redis: lower-case letters
   * @param most within {@code per}, counted from the first
   */
  public record Limit(String name, int most, Duration per) {
    public Limit {
      if (most < 1) {
        throw new IllegalArgumentException("most must be >= 1, was " + most);
      }
    }
  }

  public RateLimit(Redis redis) {
    this.redis = redis;
  }

  /**
   * Takes one.
   *
   * @param of who or what is limited; only its digest is kept
   * @return empty when it is within the limit, else how long until the next may be taken
   */
  public Optional<Duration> take(Limit limit, String of) {
    String digest = HexFormat.of().formatHex(Secrets.sha256(of), 0, 16);
    long wait =
        TAKE.number(
            redis,
            List.of(RedisKeys.limit(limit.name(), digest)),
            List.of(Integer.toString(limit.most()), Long.toString(limit.per().toMillis())),
            -1);
    long millis = wait < 0 ? takeLocally(limit, digest, System.nanoTime()) : wait;
    return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }

  private synchronized long takeLocally(Limit limit, String digest, long now) {
    String key = limit.name() + ":" + digest;
    long length = limit.per().toNanos();
    Window before = local.get(key);
    if (before == null || now - before.begin() >= length) {
      local.put(key, new Window(now, 1));
      if (local.size() > MOST_LOCAL) {
        local.remove(local.keySet().iterator().next());
      }
      return 0;
    }
    if (before.taken() >= limit.most()) {
      return Math.max(1, Duration.ofNanos(before.begin() + length - now).toMillis());
    }
    local.put(key, new Window(before.begin(), before.taken() + 1));
    return 0;
  }
}
