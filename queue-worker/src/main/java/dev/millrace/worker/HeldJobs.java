package dev.millrace.worker;

import dev.millrace.lock.JobLocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts that a worker holds, from their claim until nothing more is to be recorded for them.
 * Thread-safe.
 *
 * <ul>
 *   <li>The claim threads reserve {@link #capacity}, {@link #add} attempts and {@link #offer} them.
 *   <li>The executor threads take {@link #next} and report what it ended with to {@link #finished}.
 *   <li>The recording thread takes {@link #results} and {@link #release}s what it has recorded.
 *   <li>The heartbeat, the watch and a stop of the worker end attempts early.
 * </ul>
 */
final class HeldJobs {
  private static final Logger log = LoggerFactory.getLogger(HeldJobs.class);

  /** Up to this number, outcomes that wait for a locked row take no room from other jobs. */
  private static final int MAX_POSTPONED = 1_000;

  /**
   * A prefetched job that no executor thread has taken for this long goes back to the queue:
   * another worker may have an idle thread.
   */
  private static final Duration MAX_PREFETCHED = Duration.ofSeconds(1);

  private final int concurrency;
  private final JobLocks locks;

  /**
   * By fence, because a job may be claimed again while the attempt that lost it still runs. Added
   * to by the claim threads, removed from by the recording thread, read by all.
   */
  private final Map<Long, Attempt> byFence = new ConcurrentHashMap<>();

  /** Filled by the claim threads, emptied by the executor threads. */
  private final PrefetchQueue prefetched = new PrefetchQueue();

  /** Updated by the executor threads, read by the claim threads. */
  private final PrefetchLimiter limiter = new PrefetchLimiter();

  /** Filled by every thread that ends an attempt, emptied by the recording thread. */
  private final CompletionQueue<AttemptResult> results = new CompletionQueue<>();

  /** A permit for each claim thread when there may be room; the claim threads wait here. */
  private final Semaphore room = new Semaphore(0);

  /** Released with each batch that was recorded; the thread that stops the worker waits here. */
  private final Semaphore released = new Semaphore(0);

  /** How many executor threads have no jobs prefetched for them. Written by the watch. */
  private volatile int slowThreads;

  /** How many outcomes wait for a locked row. Written by the recording thread. */
  private volatile int postponed;

  /** Whether the worker is stopping. Written once, by the thread that stops it. */
  private volatile boolean draining;

  HeldJobs(int concurrency, JobLocks locks) {
    this.concurrency = concurrency;
    this.locks = locks;
  }

  /** How many attempts run at once. */
  int concurrency() {
    return concurrency;
  }

  /** How many attempts are held. */
  int size() {
    return byFence.size();
  }

  boolean isEmpty() {
    return byFence.isEmpty();
  }

  boolean holds(long fence) {
    return byFence.containsKey(fence);
  }

  List<Long> fences() {
    return List.copyOf(byFence.keySet());
  }

  /** The attempts at this moment; changes of others may or may not be seen. */
  Collection<Attempt> all() {
    return byFence.values();
  }

  /** How many jobs may be held now: one for each thread, and those that start within a moment. */
  int capacity() {
    return concurrency + limiter.ahead(concurrency - slowThreads);
  }

  /** How many jobs are held, less those that only wait for a locked row to be recorded. */
  int occupied() {
    return byFence.size() - Math.min(MAX_POSTPONED, postponed);
  }

  boolean hasPrefetched() {
    return !prefetched.isEmpty();
  }

  /** Whether outcomes wait for rows that another transaction has locked, for an unknown time. */
  boolean hasPostponed() {
    return postponed > 0;
  }

  void setPostponed(int count) {
    postponed = count;
  }

  void setSlowThreads(int count) {
    slowThreads = Math.min(count, concurrency);
  }

  /** Waits until there may be room for another claim, or the time is over. */
  boolean awaitRoom(Duration time) throws InterruptedException {
    return room.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Wakes the claim threads: there may be room. */
  void signalRoom() {
    room.release(Math.max(0, ClaimLoop.THREADS - room.availablePermits()));
  }

  /**
   * Holds attempts, which do not run before they are {@link #offer offered}.
   *
   * @return those that are held now
   */
  List<Attempt> add(List<Attempt> claimed) {
    return claimed.stream().filter(this::isNew).toList();
  }

  /**
   * Holds an attempt. After a failover to a standby that lacks the end of the log, Postgres may
   * issue a fence that is held here already: for the same job, whose attempt then continues under
   * the claim that the standby knows; or for another job, which goes back.
   */
  private boolean isNew(Attempt attempt) {
    Attempt before = byFence.putIfAbsent(attempt.fence(), attempt);
    if (before == null) {
      return true;
    }
    log.warn(
        "fence {} of job {} is held for job {} already: Postgres has forgotten claims",
        attempt.fence(),
        attempt.jobId(),
        before.jobId());
    JobLocks.Held lock = attempt.lock();
    if (before.jobId() != attempt.jobId()) {
      handBack(attempt);
    } else if (lock != null) {
      locks.release(List.of(lock));
    }
    return false;
  }

  /** Lets the executor threads take attempts; while the worker stops, hands them back instead. */
  void offer(List<Attempt> attempts) {
    if (draining) {
      attempts.forEach(this::handBack);
    } else {
      prefetched.addAll(attempts);
    }
  }

  /** The attempt that has waited longest for an executor thread; waits until there is one. */
  Attempt next() throws InterruptedException {
    return prefetched.take();
  }

  /** Has the end of an attempt recorded, and learns from it how long its kind takes. */
  void finished(AttemptResult result) {
    Attempt attempt = result.attempt();
    limiter.note(attempt.job().kind(), (double) attempt.running().toNanos());
    results.add(result);
  }

  /** Has the end of an attempt recorded that says nothing about the time its kind takes. */
  void ended(AttemptResult result) {
    results.add(result);
  }

  /** What the recording thread is to record. */
  CompletionQueue<AttemptResult> results() {
    return results;
  }

  private void handBack(Attempt attempt) {
    results.add(new AttemptResult.HandedBack(attempt, Duration.ZERO, false));
  }

  /** Hands back all that no executor thread has taken. */
  void handBackPrefetched() {
    List<Attempt> notStarted = new ArrayList<>();
    prefetched.drainTo(notStarted);
    notStarted.forEach(this::handBack);
  }

  /** Hands back all that no executor thread has taken, once one has waited too long. */
  void handBackStale() {
    Attempt oldest = prefetched.oldest();
    if (oldest != null && oldest.waited().compareTo(MAX_PREFETCHED) > 0) {
      handBackPrefetched();
    }
  }

  /** Holds attempts no longer; a job whose outcome was not recorded is handed back as unknown. */
  void release(List<Attempt> attempts) {
    attempts.forEach(attempt -> byFence.remove(attempt.fence(), attempt));
    signalRoom();
    released.release();
  }

  void cancel(List<Long> jobIds) {
    for (Attempt attempt : byFence.values()) {
      if (jobIds.contains(attempt.jobId())) {
        attempt.stop(Attempt.Stop.CANCELLED);
      }
    }
  }

  void stopAll(Attempt.Stop reason) {
    byFence.values().forEach(attempt -> attempt.stop(reason));
  }

  boolean isDraining() {
    return draining;
  }

  /** From now on new attempts are handed back at once. */
  void drain() {
    draining = true;
  }

  /** Waits until no attempt is held, or the time is over. */
  void awaitEmpty(Duration time) throws InterruptedException {
    long until = System.nanoTime() + time.toNanos();
    while (!byFence.isEmpty() && System.nanoTime() - until < 0) {
      released.tryAcquire(50, TimeUnit.MILLISECONDS);
    }
  }
}
