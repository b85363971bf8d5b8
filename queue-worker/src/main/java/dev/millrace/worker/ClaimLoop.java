package dev.millrace.worker;

import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.UnacknowledgedClaims;
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
 * Keeps a worker supplied with jobs. One thread claims, and sleeps when there are none. As long as
 * it gets all it asks for, a second one claims beside it: a claim is made while another waits for
 * the disk.
 */
final class ClaimLoop {
  private static final Logger log = LoggerFactory.getLogger(ClaimLoop.class);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** A claim that takes longer than this is overtaken by the next. */
  private static final Duration OVERTAKEN = Duration.ofSeconds(1);

  /**
   * Claims that nobody heard of are looked for after one has failed, and this often: Postgres may
   * commit one long after its answer was given up.
   */
  private static final Duration DOUBT = Duration.ofSeconds(10);

  /**
   * While jobs wait for a hand, the next ones are claimed by this share of all it may hold, no
   * fewer and no more: some are claimed while others are run and others recorded.
   */
  private static final int WHOLE_CLAIM = 4;

  private static final Duration LONGEST_STEP = Duration.ofMinutes(1);

  /** What claims are made with. */
  record Parts(
      JobFetcher fetcher,
      UnacknowledgedClaims unacknowledged,
      JobResults results,
      ReadyJobs ready,
      Suspects suspects) {}

  /** The worker, as the intake sees it. */
  interface Holder {
    /** How many jobs it may hold: none beyond its executor threads while these are all busy. */
    int most();

    /** How many jobs it holds, without those that wait only to be recorded. */
    int holding();

    /** Whether jobs wait for a hand. */
    boolean buffers();

    /** The fences of the jobs it holds. */
    List<Long> fences();

    /** Takes jobs that were claimed for it under a worker id. */
    void take(String workerId, List<JobFetcher.Fetched> jobs);
  }

  private final Parts parts;
  private final WorkerLease lease;
  private final int concurrency;
  private final Holder holder;
  private final List<Thread> threads;
  private final Interruption interruption = new Interruption("a claim of jobs");
  private final Semaphore roomMade = new Semaphore(0);
  private final Semaphore more = new Semaphore(0);

  /** Read while a claim is under way, until the worker holds what came of it. */
  private final ReentrantReadWriteLock claiming = new ReentrantReadWriteLock();

  private final ReentrantLock looking = new ReentrantLock();
  private long looks;
  private long handedOver;
  private int underWay;
  private volatile boolean inDoubt;

  /** For the first thread, which begins with a look: no claim was made before it. */
  private long nextDoubt = System.nanoTime();

  /** For the first thread: whether there was nothing to claim lately. */
  private boolean idle;

  private volatile boolean closed;

  ClaimLoop(Parts parts, WorkerLease lease, int concurrency, Holder holder, Health health) {
    this.parts = parts;
    this.lease = lease;
    this.concurrency = concurrency;
    this.holder = holder;
    this.threads = List.of(thread("fetch", true, health), thread("fetch-more", false, health));
  }

  private Thread thread(String name, boolean first, Health health) {
    Health.Pulse pulse = health.pulse(name, LONGEST_STEP);
    Thread thread =
        new Thread(new Guarded(name, pulse, () -> claim(first, pulse)), "millrace-" + name);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Claims no more; comes back when the claims under way have ended, or the time is over. */
  void close(Duration most) throws InterruptedException {
    closed = true;
    more.release();
    long until = System.nanoTime() + most.toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
    }
  }

  /** The worker holds fewer jobs than before. */
  void roomMade() {
    roomMade.release(Math.max(0, threads.size() - roomMade.availablePermits()));
  }

  private void claim(boolean first, Health.Pulse pulse) {
    while (!closed) {
      try {
        pulse.beat();
        if (!first) {
          pulse.rests(); // until the first thread has too much to do
          more.acquire();
          pulse.beat();
        } else if (isInDoubt() && lease.held()) {
          nextDoubt = System.nanoTime() + DOUBT.toNanos();
          inDoubt = false;
          handBackUnheard();
        } else if (lease.held() && parts.suspects().due()) {
          takeSuspect();
        }
        int wanted = awaitRoom(first, pulse);
        int claimed = wanted > 0 ? claimUpTo(wanted, first) : 0;
        if (first && wanted > 0) {
          idle = claimed == 0;
        }
        if (claimed > 0 && claimed == wanted && more.availablePermits() == 0) {
          more.release();
        }
        interruption.worked().ifPresent(log::info);
        pulse.worked();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        pulse.failed(e);
        interruption.failed(e).ifPresent(log::warn);
        inDoubt = true;
        pause();
      }
    }
  }

  private boolean isInDoubt() {
    return inDoubt || System.nanoTime() - nextDoubt >= 0;
  }

  /**
   * How many jobs to claim now, reserved until they are given back; none when there is else to do.
   */
  private int awaitRoom(boolean first, Health.Pulse pulse) throws InterruptedException {
    while (!closed && !(first && lease.held() && (isInDoubt() || parts.suspects().due()))) {
      pulse.beat();
      int wanted = lease.held() ? reserve() : 0;
      if (wanted > 0) {
        return wanted;
      }
      boolean unused = roomMade.tryAcquire(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }
    return 0;
  }

  private synchronized int reserve() {
    if (parts.suspects().keepOut()) {
      return 0;
    }
    int most = holder.most();
    int room = most - holder.holding() - underWay;
    int share = Math.max(1, most / WHOLE_CLAIM);
    if (room < (holder.buffers() ? share : 1)) {
      return 0;
    }
    int wanted = Math.min(room, Math.max(share, concurrency));
    underWay += wanted;
    return wanted;
  }

  /** The other thread may be waiting for the room that this one could not fill. */
  private void giveBack(int wanted) {
    synchronized (this) {
      underWay -= wanted;
    }
    roomMade();
  }

  private int claimUpTo(int wanted, boolean patient) throws InterruptedException {
    claiming.readLock().lock();
    try {
      if (parts.suspects().keepOut()) {
        return 0;
      }
      JobFetcher.Found found;
      long turn;
      looking.lock();
      try {
        found = parts.fetcher().find(wanted, patient ? sleep() : Duration.ZERO);
        turn = looks++;
      } finally {
        looking.unlock();
      }
      String workerId = lease.workerId();
      List<JobFetcher.Fetched> fetched = List.of();
      try {
        if (!found.isEmpty()) {
          fetched = parts.fetcher().claim(workerId, wanted, found);
        }
      } finally {
        handOver(turn, workerId, fetched);
      }
      return fetched.size();
    } finally {
      giveBack(wanted);
      claiming.readLock().unlock();
    }
  }

  private Duration sleep() {
    return parts.suspects().waiting() ? JobFetcher.SHORT_WAIT : JobFetcher.MAX_WAIT;
  }

  /** A suspect is run with nothing beside it: no claim is under way until the worker holds it. */
  private void takeSuspect() {
    String workerId = lease.workerId();
    Optional<Claims.Suspect> suspect = parts.suspects().next(workerId, idle);
    idle = false; // the others are looked for again before the next turn
    if (suspect.isEmpty()) {
      return;
    }
    ReadyJob job = suspect.get().job();
    claiming.writeLock().lock();
    try {
      Optional<JobFetcher.Fetched> fetched = parts.fetcher().claimSuspect(workerId, job);
      if (fetched.isPresent()) {
        holder.take(workerId, List.of(fetched.get()));
        parts.suspects().taken(fetched.get().job().fence());
      } else {
        parts.suspects().refused(job.jobId());
      }
    } finally {
      claiming.writeLock().unlock();
    }
  }

  /** In the order of the looks: what was found first is the more urgent. */
  private synchronized void handOver(long turn, String workerId, List<JobFetcher.Fetched> jobs) {
    long until = System.nanoTime() + OVERTAKEN.toNanos();
    try {
      long left;
      while (handedOver < turn && (left = until - System.nanoTime()) > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    holder.take(workerId, jobs);
    handedOver = Math.max(handedOver, turn + 1);
    notifyAll();
  }

  /**
   * A claim that failed may have been committed all the same, or be so when nobody waits for it any
   * more. The lease would keep such a job from the rescuer as long as this process lives, so it
   * goes back.
   */
  private void handBackUnheard() {
    claiming.writeLock().lock();
    try {
      String workerId = lease.workerId();
      for (Claims.Unacknowledged claim : parts.unacknowledged().find(workerId, holder.fences())) {
        if (parts.results().handBack(workerId, claim)) {
          log.warn(
              "job {} handed back: the answer to its claim was lost fence={}",
              claim.job().jobId(),
              claim.fence());
          parts.ready().push(claim.lane(), List.of(claim.job()), false);
        }
      }
    } finally {
      claiming.writeLock().unlock();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
