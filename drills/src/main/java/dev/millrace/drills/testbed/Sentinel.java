package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/** The one sentinel of three that can be reached: nothing listens at the other two addresses. */
public final class Sentinel implements AutoCloseable {
  private static final String MASTER = "mymaster";

  private final EmbeddedRedis sentinel;
  private final String url;

  Sentinel(Path directory, int masterPort) {
    sentinel =
        EmbeddedRedis.start(
            directory, EmbeddedRedis.Options.defaults().asSentinelOf(MASTER, masterPort, 2));
    url =
        "redis-sentinel://127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d/%s"
            .formatted(closedPort(), sentinel.port(), closedPort(), MASTER);
  }

  private static int closedPort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new DrillException("no port of this machine could be had", e);
    }
  }

  String url() {
    return url;
  }

  /** SIGKILL. */
  public void kill() {
    ChildProcess.kill(sentinel.pid());
  }

  /** Starts it again. */
  public void restart() {
    sentinel.restart();
  }

  @Override
  public void close() {
    sentinel.close();
  }
}
