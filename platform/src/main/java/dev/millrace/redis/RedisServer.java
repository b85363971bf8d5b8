package dev.millrace.redis;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a Redis says of itself; of a cluster, one of its nodes.
 *
 * @param usedBytes of memory
 * @param mostBytes {@code maxmemory}; 0: no limit
 * @param evictionPolicy {@code maxmemory-policy}
 * @param keepsData whether it writes to its disk at all
 */
public record RedisServer(
    Instant now, long usedBytes, long mostBytes, String evictionPolicy, boolean keepsData) {

  /** Empty when it does not answer, or refuses the commands. */
  public static Optional<RedisServer> of(Redis redis) {
    return redis.call(client -> Optional.of(read(client)), Optional.empty());
  }

  private static RedisServer read(UnifiedJedis client) {
    Map<String, String> info =
        text(client.executeCommand(new CommandArguments(Command.INFO).add("all")))
            .lines()
            .map(line -> line.split(":", 2))
            .filter(parts -> parts.length == 2)
            .collect(
                Collectors.toMap(parts -> parts[0], parts -> parts[1], (first, later) -> first));
    List<?> time = (List<?>) client.executeCommand(new CommandArguments(Command.TIME));
    boolean log = info.getOrDefault("aof_enabled", "0").equals("1");
    return new RedisServer(
        Instant.ofEpochSecond(
            Long.parseLong(text(time.get(0))), Long.parseLong(text(time.get(1))) * 1_000),
        Long.parseLong(info.getOrDefault("used_memory", "0")),
        Long.parseLong(info.getOrDefault("maxmemory", "0")),
        info.getOrDefault("maxmemory_policy", "noeviction"),
        log || snapshots(client));
  }

  /** Servers that others run often refuse CONFIG, and keep what they are given. */
  private static boolean snapshots(UnifiedJedis client) {
    try {
      List<?> reply =
          (List<?>)
              client.executeCommand(new CommandArguments(Command.CONFIG).add("GET").add("save"));
      return reply.size() < 2 || !text(reply.get(1)).isEmpty();
    } catch (JedisDataException e) {
      return true;
    }
  }

  private static String text(Object reply) {
    return reply instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(reply);
  }
}
