package dev.millrace.bench.measure;

import java.util.List;

/**
 * An empty database and an empty Redis to measure on.
 *
 * @param servers the processes whose CPU time is the store's
 */
public record Ground(String databaseUrl, String redisUrl, List<Long> servers) {
  public Ground {
    servers = List.copyOf(servers);
  }
}
