package dev.millrace.embedded.redis;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Passwords;
import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.process.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * A Redis server of this JVM, reachable on 127.0.0.1 only, with a password that lies in the data
 * directory; it keeps nothing over a restart by default. Its user may do everything with data and
 * nothing with the server. Thread-safe.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private final Service service;
  private final String password;

  private EmbeddedRedis(Service service, String password) {
    this.service = service;
    this.password = password;
  }

  /**
   * Like {@link #start(Path, Options)} with any free port and nothing added to the configuration.
   */
  public static EmbeddedRedis start(Path dataDir) {
    return start(dataDir, Options.defaults());
  }

  /**
   * Starts a server with {@code dataDir}, made if absent, and returns once it answers. Runs the
   * {@code redis-server} or {@code valkey-server} found on the {@code PATH} if it has no known
   * holes or is newer than the one carried along.
   *
   * @throws EmbeddedServiceException if the directory cannot be used or is in use, the port is
   *     taken, or Redis refuses
   */
  public static EmbeddedRedis start(Path dataDir, Options options) {
    var login = new AtomicReference<RedisKind.Login>();
    Service service =
        Service.start(
            "redis",
            dataDir,
            options.port(),
            layout -> {
              var made = login(layout);
              login.set(made);
              return new RedisKind(layout, options, made);
            });
    return new EmbeddedRedis(service, Objects.requireNonNull(login.get()).password());
  }

  private static RedisKind.Login login(Layout layout) {
    try {
      Passwords passwords = Passwords.in(layout.dataDir());
      return new RedisKind.Login(
          passwords.readOrMake("redis"), passwords.readOrMake("redis-admin"));
    } catch (IOException e) {
      throw layout.unusable(e);
    }
  }

  /** Complete with user and password. */
  public String url() {
    return "redis://millrace:%s@127.0.0.1:%d".formatted(password, port());
  }

  /** Stays the same over {@link #restart()}. */
  public int port() {
    return service.port();
  }

  /** Process id of the server; a new one after {@link #restart()}. */
  public long pid() {
    return service.pid();
  }

  /** False once the server has ended, for whatever reason. */
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
   * @param allCommands whether the user may run all commands, for tests and drills
   */
  public record Options(int port, List<String> configuration, boolean allCommands) {
    public Options {
      Ports.check(port);
      configuration = List.copyOf(configuration);
    }

    public static Options defaults() {
      return new Options(Ports.ANY, List.of(), false);
    }

    public Options withPort(int fixedPort) {
      return new Options(fixedPort, configuration, allCommands);
    }

    /**
     * Not a server of data but a sentinel over one.
     *
     * @param master the name that clients ask for
     * @param port of the server that is watched, on this machine
     * @param quorum how many sentinels have to agree that it is down
     */
    public Options asSentinelOf(String master, int port, int quorum) {
      return withConfiguration(
          "sentinel monitor " + master + " 127.0.0.1 " + port + " " + quorum,
          "sentinel down-after-milliseconds " + master + " 2000",
          "sentinel failover-timeout " + master + " 5000");
    }

    public Options withConfiguration(String... lines) {
      return new Options(
          port, Stream.concat(configuration.stream(), Stream.of(lines)).toList(), allCommands);
    }

    /** The user may do everything, with the server too. */
    public Options withAllCommands() {
      return new Options(port, configuration, true);
    }
  }
}
