package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.Arguments;
import dev.millrace.drills.child.ChildEvent;
import dev.millrace.drills.proxy.PostgresProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The child processes of a drill: one leader and some queue workers, each of which reaches Postgres
 * through a proxy of its own. A child that dies is replaced at once, as a supervisor would.
 */
public final class ChildProcesses implements AutoCloseable {
  private static final long MILLISECOND = 1_000_000;
  private final Plan plan;
  private final Map<ChildEvent, AtomicLong> events = new ConcurrentHashMap<>();
  private final List<Slot> workers = new ArrayList<>();
  private final List<Slot> all = new ArrayList<>();
  private volatile boolean closed;

  /**
   * What all its children have in common.
   *
   * @param common what every child is told
   * @param worker what a worker is told, but for its name and database
   * @param postgresPort where the proxies lead
   * @param jvm how their JVMs are started
   */
  record Plan(
      Arguments common,
      Arguments worker,
      String databaseUrl,
      int postgresPort,
      DrillProcess.Jvm jvm,
      Path logs) {}

  ChildProcesses(Plan plan) {
    this.plan = plan;
  }

  /** Starts the process that dispatches and rescues, and does not wait for it. */
  public void startLeader() {
    start("leader", "leader", Map.of());
  }

  /**
   * Starts a child in some role, straight at Postgres, and does not wait until it is ready.
   *
   * @param more what it is told beyond {@code name}, {@code database}, {@code redis} and {@code
   *     lease}
   */
  public Slot start(String role, String name, Map<String, String> more) {
    Arguments told =
        plan.common().with("role", role).with("name", name).with("database", plan.databaseUrl());
    for (Map.Entry<String, String> one : more.entrySet()) {
      told = told.with(one.getKey(), one.getValue());
    }
    Slot slot = new Slot(name, told, Optional.empty());
    all.add(slot);
    return slot;
  }

  /** A port that a child may listen on. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new DrillException("no port is free", e);
    }
  }

  /** Starts workers and waits until all are ready. */
  public void startWorkers(int count) {
    List<Slot> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PostgresProxy proxy = new PostgresProxy(plan.postgresPort());
      String name = "worker-" + (workers.size() + i + 1);
      String url =
          plan.databaseUrl().replace(":" + plan.postgresPort() + "/", ":" + proxy.port() + "/");
      started.add(
          new Slot(
              name, plan.worker().with("name", name).with("database", url), Optional.of(proxy)));
    }
    workers.addAll(started);
    all.addAll(started);
    awaitReady();
  }

  /** Waits until all children serve. */
  public void awaitReady() {
    all.forEach(Slot::awaitReady);
  }

  public List<Slot> workers() {
    return List.copyOf(workers);
  }

  /** How often the children have reported an event. */
  public long count(ChildEvent event) {
    AtomicLong count = events.get(event);
    return count == null ? 0 : count.get();
  }

  /** The place of a child, whichever process fills it now. */
  public final class Slot {
    private final String name;
    private final Arguments arguments;
    private final Optional<PostgresProxy> proxy;
    private volatile DrillProcess child;

    private Slot(String name, Arguments arguments, Optional<PostgresProxy> proxy) {
      this.name = name;
      this.arguments = arguments;
      this.proxy = proxy;
      this.child = start();
    }

    private DrillProcess start() {
      DrillProcess started =
          DrillProcess.start(
              new DrillProcess.Spec(
                  name, arguments, plan.jvm(), plan.logs().resolve(name + ".log")),
              event -> events.computeIfAbsent(event, key -> new AtomicLong()).incrementAndGet());
      started.onExit(this::replace);
      return started;
    }

    private void replace() {
      if (!closed) {
        child = start();
        if (closed) {
          child.close();
        }
      }
    }

    /** Waits until it serves. */
    public void awaitReady() {
      child.awaitReady();
    }

    /** What its sessions in Postgres call themselves. */
    public String name() {
      return name;
    }

    /** The process id of the child of this moment. */
    public long pid() {
      return child.pid();
    }

    /** SIGTERM; another takes its place when it has ended. */
    public void stop() {
      child.stop();
    }

    /** SIGKILL; comes back when another process has been started in its place. */
    public void kill() {
      DrillProcess killed = child;
      killed.kill();
      while (child == killed && !closed) {
        LockSupport.parkNanos(MILLISECOND);
      }
    }

    /** SIGSTOP. */
    public void freeze() {
      child.freeze();
    }

    /** SIGCONT. */
    public void thaw() {
      child.thaw();
    }

    /** Its way to Postgres. */
    public PostgresProxy proxy() {
      return proxy.orElseThrow(() -> new DrillException(name + " has no proxy"));
    }

    private void close() {
      child.close();
      proxy.ifPresent(PostgresProxy::close);
    }
  }

  @Override
  public void close() {
    closed = true;
    all.forEach(Slot::close);
  }
}
