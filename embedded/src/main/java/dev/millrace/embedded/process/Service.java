package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.DirectoryLock;
import dev.millrace.embedded.files.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service on one data directory: locked, started, watched, restarted and stopped. The lock
 * outlives the process.
 */
public final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(10);
  private static final int ATTEMPTS = 3;

  // A service without references must not be collected: the pipe would close, and the
  // service stop.
  private static final Set<Service> RUNNING = ConcurrentHashMap.newKeySet();

  private final ServiceKind kind;
  private final Layout layout;
  private final DirectoryLock lock;
  private final OrphanedProcesses leftovers;
  private int port;
  private @Nullable Supervised process;
  private boolean closed;

  private Service(ServiceKind kind, Layout layout, DirectoryLock lock, int port) {
    this.kind = kind;
    this.layout = layout;
    this.lock = lock;
    this.leftovers = new OrphanedProcesses(kind, layout.serviceDir());
    this.port = port;
  }

  public static Service start(
      String name, Path dataDir, int port, Function<Layout, ServiceKind> kind) {
    var layout = Layout.in(dataDir, name);
    var lock = DirectoryLock.take(layout);
    try {
      var service = new Service(kind.apply(layout), layout, lock, port);
      service.launch();
      RUNNING.add(service);
      return service;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  public synchronized int port() {
    return port;
  }

  public synchronized long pid() {
    return current().pid();
  }

  public synchronized boolean isAlive() {
    return !closed && current().isAlive();
  }

  public synchronized void restart() {
    if (closed) {
      throw new EmbeddedServiceException(
          "%s in %s was closed".formatted(kind.title(), layout.dataDir()));
    }
    current().stop();
    launch();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    RUNNING.remove(this);
    try {
      current().stop();
      leftovers.stop();
    } finally {
      lock.close();
    }
  }

  private Supervised current() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  /**
   * Tries again if another process took the free port, or if the shell of a dying JVM started a
   * service after the check.
   */
  private void launch() {
    boolean anyPort = port == Ports.ANY;
    for (int attempt = 1; ; attempt++) {
      leftovers.stop();
      int candidate = anyPort ? Ports.free() : port;
      try {
        process = launchOn(candidate);
        port = candidate;
        return;
      } catch (EmbeddedServiceException e) {
        boolean worthwhile = leftovers.stop() || (anyPort && !Ports.isFree(candidate));
        if (attempt == ATTEMPTS || !worthwhile) {
          throw e;
        }
      }
    }
  }

  private Supervised launchOn(int candidate) {
    long began = System.nanoTime();
    if (!Ports.isFree(candidate)) {
      throw new EmbeddedServiceException(
          "%s cannot listen on 127.0.0.1:%d: the port is in use or not allowed"
              .formatted(kind.title(), candidate));
    }
    try {
      layout.turnLog();
      List<String> command = kind.prepare(candidate);
      var files = new Supervised.Files(Supervised.NO_INPUT, layout.log());
      var started =
          Supervised.launch(layout.name(), layout.serviceDir(), files, kind.stopSignals(), command);
      try {
        awaitAnswer(started, candidate);
      } catch (IOException | RuntimeException e) {
        started.stop();
        throw e;
      }
      LOG.info(
          "{} serves {} on 127.0.0.1:{} as process {}, ready after {} ms",
          kind.title(),
          layout.serviceDir(),
          candidate,
          started.pid(),
          Duration.ofNanos(System.nanoTime() - began).toMillis());
      return started;
    } catch (IOException e) {
      throw layout.unusable(e);
    }
  }

  private void awaitAnswer(Supervised started, int candidate) throws IOException {
    long end = System.nanoTime() + kind.startDeadline().toNanos();
    try {
      while (!kind.answers(candidate)) {
        if (started.awaitExit(BETWEEN_PROBES)) {
          throw new EmbeddedServiceException(
              "%s did not start in %s: %s"
                  .formatted(kind.title(), layout.dataDir(), ServiceLog.lastError(layout.log())));
        }
        if (System.nanoTime() > end) {
          throw new EmbeddedServiceException(
              "%s in %s was not ready after %d s: %s"
                  .formatted(
                      kind.title(),
                      layout.dataDir(),
                      kind.startDeadline().toSeconds(),
                      ServiceLog.lastError(layout.log())));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServiceException(
          "the start of %s was interrupted".formatted(kind.title()), e);
    }
  }
}
