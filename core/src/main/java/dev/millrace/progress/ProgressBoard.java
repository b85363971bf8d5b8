package dev.millrace.progress;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The progress of running jobs, in Redis. Best effort both ways: without Redis nothing is written
 * and nothing is known.
 */
public final class ProgressBoard {
  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final Script PUBLISH = Script.of(ProgressBoard.class, "publish");

  private final Redis redis;

  public ProgressBoard(Redis redis) {
    this.redis = redis;
  }

  /** Shows it, unless a newer attempt of the job has spoken. */
  public void publish(long jobId, Progress progress) {
    List<String> args =
        List.of(
            Long.toString(progress.fence()),
            Long.toString(progress.current()),
            Long.toString(progress.total()),
            progress.message(),
            progress.at().toString(),
            Long.toString(LIFE.toMillis()));
    redis.tell(jedis -> PUBLISH.run(jedis, List.of(RedisKeys.progress(jobId)), args));
  }

  /** What the attempt with this fence said last; empty when it said nothing, or Redis is away. */
  public Optional<Progress> of(long jobId, long fence) {
    return redis
        .call(
            jedis -> Optional.of(jedis.hgetAll(RedisKeys.progress(jobId))),
            Optional.<Map<String, String>>empty())
        .flatMap(ProgressBoard::read)
        .filter(progress -> progress.fence() == fence);
  }

  /** Forgets a job that has ended. */
  public void clear(long jobId) {
    redis.tell(jedis -> jedis.del(RedisKeys.progress(jobId)));
  }

  private static Optional<Progress> read(Map<String, String> hash) {
    try {
      return hash.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Progress(
                  Long.parseLong(hash.getOrDefault("fence", "")),
                  Long.parseLong(hash.getOrDefault("current", "")),
                  Long.parseLong(hash.getOrDefault("total", "")),
                  hash.getOrDefault("message", ""),
                  Instant.parse(hash.getOrDefault("at", ""))));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
