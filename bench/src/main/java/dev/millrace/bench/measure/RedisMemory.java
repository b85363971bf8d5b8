package dev.millrace.bench.measure;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;

/** What a measurement has left in Redis. */
final class RedisMemory {
  private static final double KILOBYTE = 1024;

  private final TestServers servers;
  private final double before;

  /** Reads the base line. */
  RedisMemory(TestServers servers) {
    this.servers = servers;
    this.before = used();
  }

  /** Kilobytes above the base line. */
  double grownKilobytes() {
    return (used() - before) / KILOBYTE;
  }

  private double used() {
    try (Redis redis = Redis.open(RedisUrl.parse(servers.redisUrl()), 1)) {
      return redis
          .client()
          .info("memory")
          .lines()
          .filter(line -> line.startsWith("used_memory:"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1).strip()))
          .findFirst()
          .orElseThrow();
    }
  }
}
