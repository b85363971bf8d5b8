package dev.millrace.worker;

import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.queue.Claims;
import dev.millrace.queue.ReadyJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker supplied with jobs. The primary thread claims, and sleeps in Redis when there are
 * none. As long as it gets all it asks for, the secondary thread claims as well, so that one claim
 * is made while the other waits for the disk. Both hand their jobs over in the order in which they
 * popped them.
 */
final class ClaimLoop {
  /** How many threads claim. */
  static final int THREADS = 2;

  private static final Logger log = LoggerFactory.getLogger(ClaimLoop.class);
  private static final Duration ROOM_INTERVAL = Duration.ofMillis(250);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

  /** A claim whose answer takes longer than this is overtaken by the next. */
  private static final Duration MAX_ORDERED_WAIT = Duration.ofSeconds(1);

  /**
   * Lost claims are looked up after a claim has failed, and this often: Postgres may commit one
   * long after its answer was given up.
   */
  private static final Duration LOST_CLAIMS_INTERVAL = Duration.ofSeconds(10);

  /**
   * While jobs are prefetched, a claim asks for 1/4 of the capacity, neither more nor less: some
   * jobs are claimed while others run and others are recorded.
   */
  private static final int CLAIMS_PER_CAPACITY = 4;

  private static final Duration MAX_STEP = Duration.ofMinutes(1);

  private final JobFetcher fetcher;
  private final LostClaims lostClaims;
  private final Suspects suspects;
  private final WorkerLease lease;
  private final HeldJobs held;
  private final List<Thread> threads;
  private final Interruption interruption = new Interruption("a claim of jobs");

  /** Released by the primary thread when it got all it asked for; the secondary waits here. */
  private final Semaphore secondary = new Semaphore(0);

  /** Read-locked during a claim, until its jobs are held; write-locked while there must be none. */
  private final ReentrantReadWriteLock claiming = new ReentrantReadWriteLock();

  /** One thread pops from Redis at a time. */
  private final ReentrantLock popping = new ReentrantLock();

  /** The place in the order of the next pop. Guarded by {@link #popping}. */
  private long nextTicket;

  /** The lowest ticket whose jobs are not handed over yet. Guarded by this. */
  private long nextHandOver;

  /** How many jobs the claims under way have asked for. Guarded by this. */
  private int reserved;

  /** Set by either thread when its claim failed, reset by the primary thread. */
  private volatile boolean claimFailed;

  /** When lost claims are looked up next. For the primary thread. */
  private long nextLostClaims = System.nanoTime();

  /** Whether the last claim found nothing. For the primary thread. */
  private boolean idle;

  private volatile boolean closed;

  ClaimLoop(
      JobFetcher fetcher,
      LostClaims lostClaims,
      Suspects suspects,
      WorkerLease lease,
      HeldJobs held,
      Health health) {
    this.fetcher = fetcher;
    this.lostClaims = lostClaims;
    this.suspects = suspects;
    this.lease = lease;
    this.held = held;
    this.threads =
        List.of(
            thread("fetch", health, this::claimAsPrimary),
            thread("fetch-more", health, this::claimAsSecondary));
  }

  /** One round of a claim thread. */
  private interface Round {
    void run(Health.Pulse pulse) throws InterruptedException;
  }

  private Thread thread(String name, Health health, Round round) {
    Health.Pulse pulse = health.pulse(name, MAX_STEP);
    Thread thread =
        new Thread(new Guarded(name, pulse, () -> repeat(round, pulse)), "millrace-" + name);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Claims no more; returns when the claims under way have ended, or the time is over. */
  void close(Duration time) throws InterruptedException {
    closed = true;
    secondary.release();
    long until = System.nanoTime() + time.toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
    }
  }

  private void repeat(Round round, Health.Pulse pulse) {
    while (!closed) {
      try {
        pulse.beat();
        round.run(pulse);
        interruption.worked().ifPresent(log::info);
        pulse.worked();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        pulse.failed(e);
        interruption.failed(e).ifPresent(log::warn);
        claimFailed = true;
        pause();
      }
    }
  }

  private void claimAsPrimary(Health.Pulse pulse) throws InterruptedException {
    if (lease.held() && lostClaimsAreDue()) {
      nextLostClaims = System.nanoTime() + LOST_CLAIMS_INTERVAL.toNanos();
      claimFailed = false;
      handBackLostClaims();
    } else if (lease.held() && suspects.due()) {
      claimSuspect();
    }
    while (!closed && !(lease.held() && (lostClaimsAreDue() || suspects.due()))) {
      int requested = reserve(pulse);
      if (requested > 0) {
        idle =
            claim(requested, suspects.waiting() ? JobFetcher.SHORT_WAIT : JobFetcher.MAX_WAIT) == 0;
        return;
      }
    }
  }

  private void claimAsSecondary(Health.Pulse pulse) throws InterruptedException {
    pulse.rests(); // until the primary thread gets all it asks for
    secondary.acquire();
    while (!closed) {
      int requested = reserve(pulse);
      if (requested > 0) {
        claim(requested, Duration.ZERO);
        return;
      }
    }
  }

  private boolean lostClaimsAreDue() {
    return claimFailed || System.nanoTime() - nextLostClaims >= 0;
  }

  /** Reserves room for a claim; if there is none, waits a moment for some and returns 0. */
  private int reserve(Health.Pulse pulse) throws InterruptedException {
    pulse.beat();
    int requested = lease.held() ? reserveRoom() : 0;
    if (requested == 0) {
      held.awaitRoom(ROOM_INTERVAL);
    }
    return requested;
  }

  private synchronized int reserveRoom() {
    if (suspects.keepOut()) {
      return 0;
    }
    int capacity = held.capacity();
    int room = capacity - held.occupied() - reserved;
    int share = Math.max(1, capacity / CLAIMS_PER_CAPACITY);
    if (room < (held.hasPrefetched() ? share : 1)) {
      return 0;
    }
    int requested = Math.min(room, Math.max(share, held.concurrency()));
    reserved += requested;
    return requested;
  }

  /** The other thread may be waiting for room that this one could not fill. */
  private void unreserve(int requested) {
    synchronized (this) {
      reserved -= requested;
    }
    held.signalRoom();
  }

  /**
   * Claims jobs, and wakes the secondary thread if it got all it asked for.
   *
   * @param sleep how long to wait for a job when there is none
   * @return how many jobs were claimed
   */
  private int claim(int requested, Duration sleep) throws InterruptedException {
    int claimed = claimUpTo(requested, sleep);
    if (claimed == requested && secondary.availablePermits() == 0) {
      secondary.release();
    }
    return claimed;
  }

  private int claimUpTo(int requested, Duration sleep) throws InterruptedException {
    claiming.readLock().lock();
    try {
      if (suspects.keepOut()) {
        return 0;
      }
      JobFetcher.Found found;
      long ticket;
      popping.lock();
      try {
        found = fetcher.find(requested, sleep);
        ticket = nextTicket++;
      } finally {
        popping.unlock();
      }
      String workerId = lease.workerId();
      List<Attempt> claimed = List.of();
      try {
        if (!found.isEmpty()) {
          claimed = fetcher.claim(workerId, requested, found);
        }
      } finally {
        handOver(ticket, workerId, claimed);
      }
      return claimed.size();
    } finally {
      unreserve(requested);
      claiming.readLock().unlock();
    }
  }

  /** Waits for the jobs that were popped earlier, because they are the more urgent. */
  private synchronized void handOver(long ticket, String workerId, List<Attempt> claimed) {
    long until = System.nanoTime() + MAX_ORDERED_WAIT.toNanos();
    try {
      long left;
      while (nextHandOver < ticket && (left = until - System.nanoTime()) > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hold(workerId, claimed);
    nextHandOver = Math.max(nextHandOver, ticket + 1);
    notifyAll();
  }

  /** A lease that was lost during the claim could not stop attempts that were not held yet. */
  private void hold(String workerId, List<Attempt> claimed) {
    List<Attempt> added = held.add(claimed);
    if (!lease.held(workerId)) {
      added.forEach(attempt -> attempt.stop(Attempt.Stop.LEASE_LOST));
    }
    held.offer(added);
  }

  /** A suspect runs alone: no claim is under way until the worker holds it. */
  private void claimSuspect() {
    String workerId = lease.workerId();
    Optional<Claims.Suspect> suspect = suspects.next(workerId, idle);
    idle = false; // other jobs are looked up again before the next suspect
    if (suspect.isEmpty()) {
      return;
    }
    ReadyJob job = suspect.get().job();
    claiming.writeLock().lock();
    try {
      Optional<Attempt> claimed = fetcher.claimSuspect(workerId, job);
      if (claimed.isPresent()) {
        hold(workerId, List.of(claimed.get()));
        suspects.taken(claimed.get().fence());
      } else {
        suspects.refused(job.jobId());
      }
    } finally {
      claiming.writeLock().unlock();
    }
  }

  private void handBackLostClaims() {
    claiming.writeLock().lock();
    try {
      lostClaims.handBack(lease.workerId(), held.fences());
    } finally {
      claiming.writeLock().unlock();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
