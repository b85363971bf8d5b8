package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** The Redis of a drill, to be killed, filled and asked; the product reaches it by itself. */
public final class RedisServer implements AutoCloseable {
  private final EmbeddedRedis server;
  private final @Nullable Sentinel sentinel;

  /**
   * Starts it.
   *
   * @param watched whether the product is to find it by a sentinel, which asks for no password
   */
  RedisServer(Path directory, boolean watched) {
    EmbeddedRedis.Options options = EmbeddedRedis.Options.defaults().withAllCommands();
    server =
        EmbeddedRedis.start(
            directory.resolve("redis"),
            watched ? options.withConfiguration("user default on nopass ~* &* +@all") : options);
    sentinel = watched ? new Sentinel(directory.resolve("sentinel"), server.port()) : null;
  }

  /** As the product is given it. */
  String url() {
    return sentinel == null ? server.url() : sentinel.url();
  }

  /** What the product finds it by, in a drill that wants one. */
  public Sentinel sentinel() {
    if (sentinel == null) {
      throw new DrillException("this drill has no sentinel");
    }
    return sentinel;
  }

  private Jedis connect() {
    return new Jedis(URI.create(server.url()));
  }

  /** Changes a setting of the running server; says whether it did. */
  public boolean configure(String setting, String value) {
    try (Jedis jedis = connect()) {
      return jedis.configSet(setting, value).equals("OK");
    } catch (JedisException e) {
      return false;
    }
  }

  /** Whether it refuses to write because it is full. */
  public boolean refuses() {
    try (Jedis jedis = connect()) {
      jedis.set("drill", "1");
      return false;
    } catch (JedisDataException e) {
      return String.valueOf(e.getMessage()).startsWith("OOM");
    } catch (JedisException e) {
      return false;
    }
  }

  /** Whether, since it was started, it has given a queue worker a job. */
  public boolean givesJobs() {
    try (Jedis jedis = connect()) {
      return jedis.info("commandstats").contains("zpopmin:");
    } catch (JedisException e) {
      return false;
    }
  }

  /** As if it had just been started, for {@link #givesJobs}. */
  public void forgetCalls() {
    try (Jedis jedis = connect()) {
      jedis.configResetStat();
    }
  }

  /** SIGKILL. */
  public void kill() {
    ChildProcess.kill(server.pid());
  }

  /** Starts it again, empty. */
  public void restart() {
    server.restart();
  }

  /** Bytes that it uses for its data. */
  public long memory() {
    try (Jedis jedis = connect()) {
      return jedis
          .info("memory")
          .lines()
          .filter(line -> line.startsWith("used_memory_dataset:"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
          .findFirst()
          .orElseThrow(() -> new DrillException("Redis does not say how much memory it uses"));
    }
  }

  @Override
  public void close() {
    if (sentinel != null) {
      sentinel.close();
    }
    server.close();
  }
}
