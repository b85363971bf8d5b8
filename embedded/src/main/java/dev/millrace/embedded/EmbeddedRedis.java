package dev.millrace.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Redis server of this JVM, reachable on 127.0.0.1 only; it keeps nothing over a restart by
 * default. Thread-safe.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private final Service service;

  private EmbeddedRedis(Service service) {
    this.service = service;
  }

  /**
   * Like {@link #start(Path, Options)} with any free port and nothing added to the configuration.
   */
  public static EmbeddedRedis start(Path dataDir) {
    return start(dataDir, Options.defaults());
  }

  /**
   * Starts a server with {@code dataDir}, made if absent, and returns once it answers. Runs the
   * {@code redis-server} found on the {@code PATH} if it is newer than the one carried along.
   *
   * @throws EmbeddedServiceException if the directory cannot be used or is in use, the port is
   *     taken, or Redis refuses
   */
  public static EmbeddedRedis start(Path dataDir, Options options) {
    return new EmbeddedRedis(
        Service.start(
            "redis",
            dataDir,
            options.port(),
            layout -> new RedisKind(layout, options.configuration())));
  }

  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  /** Stays the same over {@link #restart()}. */
  public int port() {
    return service.port();
  }

  /** Process id of the server; a new one after {@link #restart()}. */
  public long pid() {
    return service.pid();
  }

  /** False once the server ended, whoever ended it. */
  public boolean isAlive() {
    return service.isAlive();
  }

  /**
   * Stops the server if it still runs and starts it on the same directory and port again.
   *
   * @throws EmbeddedServiceException as {@link #start(Path, Options)}, or if this was closed
   */
  public void restart() {
    service.restart();
  }

  /** Returns when no process is left; further calls do nothing. */
  @Override
  public void close() {
    service.close();
  }

  /**
   * How to serve.
   *
   * @param port 1 to 65535, or 0 for any free one
   * @param configuration lines of {@code redis.conf} put after the defaults, such as {@code
   *     maxmemory 64mb}
   */
  public record Options(int port, List<String> configuration) {
    public Options {
      Ports.check(port);
      configuration = List.copyOf(configuration);
    }

    public static Options defaults() {
      return new Options(Ports.ANY, List.of());
    }

    public Options withPort(int fixedPort) {
      return new Options(fixedPort, configuration);
    }

    /**
     * Not a server of data but a sentinel over one.
     *
     * @param master the name that clients ask for
     * @param port of the server that is watched, on this machine
     * @param quorum how many sentinels have to agree that it is away
     */
    public Options asSentinelOf(String master, int port, int quorum) {
      return withConfiguration(
          "sentinel monitor " + master + " 127.0.0.1 " + port + " " + quorum,
          "sentinel down-after-milliseconds " + master + " 2000",
          "sentinel failover-timeout " + master + " 5000");
    }

    public Options withConfiguration(String... lines) {
      return new Options(port, Stream.concat(configuration.stream(), Stream.of(lines)).toList());
    }
  }
}
