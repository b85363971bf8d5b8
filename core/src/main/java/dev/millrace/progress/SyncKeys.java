package dev.millrace.progress;

import dev.millrace.json.Json;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The keys {@code sync:status}, {@code sync:progress} and {@code sync:lock} in Redis, for programs
 * that read them there. They show what Postgres says and decide nothing. Only the holder of the
 * lock writes them, and they expire unless it renews them. Best effort: without Redis nothing is
 * written. Thread-safe.
 */
public final class SyncKeys {
  /** How long the keys live after they were last written. */
  static final Duration LIFE = Duration.ofSeconds(30);

  private static final Duration IDLE_LIFE = Duration.ofDays(1);
  private static final Script SHOW = Script.of(SyncKeys.class, "showSync");
  private static final Script END = Script.of(SyncKeys.class, "endSync");

  private final Redis redis;
  private final List<String> keys;

  /**
   * Names the keys.
   *
   * @param prefix of their names, {@code SYNC_REDIS_PREFIX}; empty: the documented names
   */
  public SyncKeys(Redis redis, String prefix) {
    this.redis = redis;
    this.keys = RedisKeys.sync(prefix);
  }

  /**
   * A master sync.
   *
   * @param taskId of its job
   * @param state as the documented JSON has it
   * @param progress empty: not known yet
   */
  public record Shown(
      String taskId, String state, Instant startedAt, Optional<Progress> progress) {}

  /** How many suppliers of a sync have ended. */
  public record Progress(long current, long total) {}

  private record Status(String state, Instant startedAt) {}

  /**
   * Writes and renews the keys of a sync in progress.
   *
   * @param ended the task id of a sync that has ended, whose lock may be taken over; empty: none
   * @return the other holder of the lock, if there is one: nothing was written
   */
  public Optional<String> show(Shown sync, Optional<String> ended) {
    List<String> arguments =
        List.of(
            sync.taskId(),
            Json.write(new Status(sync.state(), sync.startedAt())),
            sync.progress().map(Json::write).orElse(""),
            Long.toString(LIFE.toMillis()),
            ended.orElse(""));
    return Optional.of(redis.call(jedis -> String.valueOf(SHOW.run(jedis, keys, arguments)), ""))
        .filter(holder -> !holder.isEmpty());
  }

  /** Releases the lock of a sync that has ended, if it holds it, and shows the end. */
  public void end(String taskId, Instant startedAt, Progress last) {
    List<String> arguments =
        List.of(
            taskId,
            Json.write(new Status("idle", startedAt)),
            Json.write(last),
            Long.toString(LIFE.toMillis()),
            Long.toString(IDLE_LIFE.toMillis()));
    redis.send(jedis -> END.run(jedis, keys, arguments));
  }

  /** The holder of the lock; empty: there is none, or Redis is away. */
  public Optional<String> holder() {
    return redis.call(
        jedis ->
            jedis.type(keys.get(0)).equals("string")
                ? Optional.ofNullable(jedis.get(keys.get(0)))
                : Optional.empty(),
        Optional.<String>empty());
  }
}
