package dev.millrace.worker;

import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.queue.Leases;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of this process and the heartbeat that renews it. The lease is trusted only until 80 %
 * of it has passed since before the last renewal was asked for, by this machine's monotonic clock:
 * then everything is stopped, before the rescuer may take it. A process that was frozen, or cut
 * off, finds its lease gone and starts a new life under a new worker id.
 */
final class WorkerLease {
  private static final Logger log = LoggerFactory.getLogger(WorkerLease.class);
  private static final double TRUST = 0.8;

  private final Leases leases;
  private final Leases.Registration template;
  private final Consumers consumers;
  private final Health health;
  private final Interruption interruption = new Interruption("the heartbeat");
  private final AtomicLong lives = new AtomicLong(System.currentTimeMillis());
  private volatile String workerId = "";
  private volatile long trustedUntil = System.nanoTime();
  private volatile boolean alive;
  private volatile boolean draining;

  /**
   * Makes it; {@link #heartbeat} starts it.
   *
   * @param template without a worker id
   * @param health whose troubles each beat tells
   */
  WorkerLease(Leases leases, Leases.Registration template, Consumers consumers, Health health) {
    this.leases = leases;
    this.template = template;
    this.consumers = consumers;
    this.health = health;
  }

  /**
   * Who hears of it.
   *
   * @param onLost stops everything that runs: it is not ours any more
   * @param onCancelled is told at each beat which jobs someone wants stopped
   */
  record Consumers(Runnable onLost, Consumer<List<Long>> onCancelled) {}

  String workerId() {
    return workerId;
  }

  /** Whether jobs may be claimed, run and recorded now. */
  synchronized boolean held() {
    return alive && System.nanoTime() - trustedUntil < 0;
  }

  /** Whether what was claimed under this worker id is still ours. */
  synchronized boolean held(String id) {
    return held() && id.equals(workerId);
  }

  void drain() {
    draining = true;
  }

  /** One heartbeat: renew, or lose the lease, or begin a new life. Never throws. */
  void heartbeat() {
    long asked = System.nanoTime();
    try {
      if (held() && leases.renew(workerId, draining, health.troubles()) && stillTrusted(asked)) {
        consumers.onCancelled().accept(leases.cancelled(workerId));
        interruption.worked().ifPresent(log::info);
        return;
      }
      if (alive) {
        lost("its lease has ended");
      }
      if (!draining) {
        begin();
        interruption.worked().ifPresent(log::info);
      }
    } catch (RuntimeException e) {
      interruption.failed(e).ifPresent(log::warn);
      if (alive && !held()) {
        lost("it could not be renewed in time");
      }
    }
  }

  private void begin() {
    long asked = System.nanoTime();
    if (!workerId.isEmpty()) {
      leases.outlived(workerId);
    }
    String id = template.name() + "." + Long.toString(lives.getAndIncrement(), 36);
    leases.register(
        new Leases.Registration(
            id,
            template.name(),
            template.host(),
            template.pid(),
            template.queues(),
            template.kinds(),
            template.concurrency()));
    workerId = id;
    trust(asked);
    alive = true;
    log.info(
        "queue worker registered worker={} queues={} kinds={}",
        id,
        template.queues(),
        template.kinds());
  }

  /**
   * Who saw the trust end while the renewal was under way has given up what it had: then the lease
   * is lost, whatever Postgres answered.
   */
  private synchronized boolean stillTrusted(long asked) {
    if (!held()) {
      return false;
    }
    trust(asked);
    return true;
  }

  private synchronized void trust(long asked) {
    trustedUntil = asked + (long) ((double) leases.lease().toNanos() * TRUST);
  }

  private void lost(String why) {
    log.warn(
        "lease lost worker={}: {}; its jobs are stopped, the rescuer takes them back",
        workerId,
        why);
    alive = false;
    consumers.onLost().run();
  }

  /** Looks whether the lease is still to be trusted, between beats. */
  void check() {
    if (alive && !held()) {
      lost("it could not be renewed in time");
    }
  }

  /** Gives the lease up at the end of an orderly stop. */
  void end() {
    if (!workerId.isEmpty()) {
      try {
        leases.end(workerId);
      } catch (RuntimeException e) {
        log.warn(
            "the lease of {} was not given up; it ends by itself: {}", workerId, e.getMessage());
      }
    }
    alive = false;
  }

  Duration period() {
    return leases.lease().dividedBy(4);
  }

  /** The name of this machine, as it calls itself. */
  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
