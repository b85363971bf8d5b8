package dev.millrace.app.doctor;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisServer;
import dev.millrace.redis.RedisUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with a Redis, asked of it. */
public final class RedisFindings {
  private static final int FULL_PERCENT = 80;

  private RedisFindings() {}

  /** Empty: nothing is wrong. Changes nothing. */
  public static List<Finding> of(RedisUrl url) {
    try (Redis redis = Redis.open(url, 1)) {
      Optional<RedisServer> server = RedisServer.of(redis);
      if (server.isEmpty()) {
        return List.of(
            Finding.warn(
                "redis_away",
                "Redis at "
                    + url
                    + " does not answer or refuses commands"
                    + redis.trouble().map(why -> ": " + why).orElse("")
                    + "; jobs are claimed from Postgres",
                "start it, or correct REDIS_URL"));
      }
      return of(server.get());
    }
  }

  private static List<Finding> of(RedisServer server) {
    List<Finding> findings = new ArrayList<>();
    Clocks.compare("Redis", server::now).ifPresent(findings::add);
    if (server.mostBytes() > 0 && !server.evictionPolicy().equals("noeviction")) {
      findings.add(
          Finding.warn(
              "redis_evicts",
              "Redis drops keys when it is full (maxmemory-policy "
                  + server.evictionPolicy()
                  + "): ready jobs then wait until the scheduler finds them, and limits are forgotten",
              "CONFIG SET maxmemory-policy noeviction, and in redis.conf"));
    }
    if (server.mostBytes() > 0 && server.usedBytes() > server.mostBytes() / 100.0 * FULL_PERCENT) {
      findings.add(
          Finding.warn(
              "redis_full",
              "Redis uses "
                  + (long) Math.floor(100.0 * server.usedBytes() / server.mostBytes())
                  + " % of its maxmemory of "
                  + server.mostBytes() / (1 << 20)
                  + " MB",
              "raise maxmemory; when it is full, jobs are claimed from Postgres"));
    }
    if (!server.keepsData()) {
      findings.add(
          Finding.note(
              "redis_keeps_nothing",
              "Redis writes nothing to its disk (appendonly no, no save): after its restart the queue is"
                  + " filled from Postgres within seconds, and progress and limits start anew",
              "appendonly yes keeps them"));
    }
    return findings;
  }
}
