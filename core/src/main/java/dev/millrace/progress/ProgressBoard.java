package dev.millrace.progress;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;

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
    redis.send(jedis -> PUBLISH.run(jedis, List.of(RedisKeys.progress(jobId)), args));
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

  /**
   * As {@link #of(long, long)}, for many jobs in one round trip.
   *
   * @param fences the fence of each job's newest attempt, by job id
   * @return progress by job id; jobs that said nothing are left out
   */
  public Map<Long, Progress> of(Map<Long, Long> fences) {
    Map<Long, Progress> said = new HashMap<>();
    redis
        .call(jedis -> readAll(jedis, fences.keySet()), Map.<Long, Map<String, String>>of())
        .forEach(
            (jobId, hash) ->
                read(hash)
                    .filter(progress -> Objects.equals(fences.get(jobId), progress.fence()))
                    .ifPresent(progress -> said.put(jobId, progress)));
    return said;
  }

  private static Map<Long, Map<String, String>> readAll(UnifiedJedis jedis, Set<Long> jobIds) {
    Map<Long, Response<Map<String, String>>> answers = new HashMap<>();
    try (AbstractPipeline pipeline = jedis.pipelined()) {
      jobIds.forEach(id -> answers.put(id, pipeline.hgetAll(RedisKeys.progress(id))));
    }
    Map<Long, Map<String, String>> hashes = new HashMap<>();
    answers.forEach((id, answer) -> hashes.put(id, answer.get()));
    return hashes;
  }

  /** Forgets a job that has ended. */
  public void clear(long jobId) {
    redis.send(jedis -> jedis.del(RedisKeys.progress(jobId)));
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
