package dev.millrace.worker;

import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.queue.Leases;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of this process and the heartbeat that renews it. The lease counts as held until 80 %
 * of it have passed since the last renewal was sent, by this machine's monotonic clock. Then all
 * attempts are stopped, before the rescuer may take their jobs. A process that was frozen, or cut
 * off, finds its lease lost and starts a new incarnation under a new worker id.
 *
 * <p>The heartbeat thread renews; the watch also finds a lease lost; the thread that starts or
 * stops the worker sends the first heartbeat and ends the lease; all others only ask whether it is
 * held.
 */
final class WorkerLease {
  private static final Logger log = LoggerFactory.getLogger(WorkerLease.class);
  private static final double TRUSTED_SHARE = 0.8;

  private final Leases leases;
  private final Leases.Registration template;
  private final HeldJobs heldJobs;
  private final Health health;
  private final Interruption interruption = new Interruption("the heartbeat");

  /** The number of the next incarnation. For the heartbeat thread. */
  private long nextIncarnation = System.currentTimeMillis();

  /** Empty before the first registration. Written by the heartbeat thread. */
  private volatile String workerId = "";

  /** By {@link System#nanoTime}. Written by the heartbeat thread under the lock of this. */
  private volatile long trustedUntil = System.nanoTime();

  /** Whether a lease was registered and not lost. Written by the heartbeat and the watch. */
  private volatile boolean registered;

  /** Set once, by the thread that stops the worker. */
  private volatile boolean draining;

  /**
   * Makes a lease, which is not held before the first {@link #heartbeat}.
   *
   * @param template with an empty worker id
   * @param held stopped when the lease is lost, cancelled as each heartbeat reads
   * @param health its troubles are stored by each heartbeat
   */
  WorkerLease(Leases leases, Leases.Registration template, HeldJobs held, Health health) {
    this.leases = leases;
    this.template = template;
    this.heldJobs = held;
    this.health = health;
  }

  String workerId() {
    return workerId;
  }

  /** Whether jobs may be claimed, run and recorded now. */
  synchronized boolean held() {
    return registered && System.nanoTime() - trustedUntil < 0;
  }

  /** Whether the lease is held by the incarnation of this worker id. */
  synchronized boolean held(String id) {
    return held() && id.equals(workerId);
  }

  /** From now on heartbeats report the worker as draining; a lost lease is not replaced. */
  void drain() {
    draining = true;
  }

  /**
   * Renews the lease, or gives it up and registers a new incarnation. A failure is logged and tried
   * again with the next heartbeat.
   */
  void heartbeat() {
    long sentAt = System.nanoTime();
    try {
      if (held() && leases.renew(workerId, draining, health.troubles()) && extendIfHeld(sentAt)) {
        heldJobs.cancel(leases.cancelled(workerId));
        interruption.worked().ifPresent(log::info);
        return;
      }
      if (registered) {
        lose("Postgres no longer has it");
      }
      if (!draining) {
        register();
        interruption.worked().ifPresent(log::info);
      }
    } catch (RuntimeException e) {
      interruption.failed(e).ifPresent(log::warn);
      if (registered && !held()) {
        lose("it could not be renewed in time");
      }
    }
  }

  private void register() {
    long sentAt = System.nanoTime();
    if (!workerId.isEmpty()) {
      leases.outlived(workerId);
    }
    String id = template.name() + "." + Long.toString(nextIncarnation++, 36);
    leases.register(
        new Leases.Registration(
            id,
            template.name(),
            template.host(),
            template.pid(),
            template.queues(),
            template.kinds(),
            template.concurrency(),
            template.release()));
    workerId = id;
    extend(sentAt);
    registered = true;
    log.info(
        "queue worker registered worker={} queues={} kinds={}",
        id,
        template.queues(),
        template.kinds());
  }

  /**
   * If the deadline passed during the renewal, other threads have abandoned their jobs: then the
   * lease is lost even if Postgres renewed it.
   */
  private synchronized boolean extendIfHeld(long sentAt) {
    if (!held()) {
      return false;
    }
    extend(sentAt);
    return true;
  }

  private synchronized void extend(long sentAt) {
    trustedUntil = sentAt + (long) ((double) leases.lease().toNanos() * TRUSTED_SHARE);
  }

  private void lose(String reason) {
    log.warn(
        "lease lost worker={}: {}; its jobs are stopped, the rescuer takes them back",
        workerId,
        reason);
    registered = false;
    heldJobs.stopAll(Attempt.Stop.LEASE_LOST);
  }

  /** Gives the lease up if its deadline has passed. For the watch, between heartbeats. */
  void check() {
    if (registered && !held()) {
      lose("it could not be renewed in time");
    }
  }

  /** Ends the lease after an orderly stop. */
  void end() {
    if (!workerId.isEmpty()) {
      try {
        leases.end(workerId);
      } catch (RuntimeException e) {
        log.warn(
            "the lease of worker {} could not be ended; it expires: {}", workerId, e.getMessage());
      }
    }
    registered = false;
  }

  /** The time between heartbeats. */
  Duration period() {
    return leases.lease().dividedBy(4);
  }

  /** The host name of this machine. */
  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
