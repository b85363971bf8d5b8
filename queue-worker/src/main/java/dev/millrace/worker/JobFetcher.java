package dev.millrace.worker;

import dev.millrace.health.Interruption;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.DirectClaims;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Pauses;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches jobs for a worker: pops hints from Redis, takes the locks that their jobs need, then
 * claims all of them in one statement. While Redis is unreachable it claims from Postgres directly.
 *
 * <p>The claim threads use it, {@link #find} one at a time; {@link #readPauses} has a thread of its
 * own.
 */
final class JobFetcher {
  private static final Logger log = LoggerFactory.getLogger(JobFetcher.class);

  /** How long a claim waits for a job in Redis; a stop of the worker waits for it. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** The same while a suspect waits for an idle worker. */
  static final Duration SHORT_WAIT = Duration.ofMillis(100);

  /** How often an idle worker polls Postgres while Redis is unreachable. */
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  /**
   * How often an idle worker checks that Redis accepts hints: a full one answers and refuses them.
   * Then the worker claims from Postgres.
   */
  private static final Duration ACCEPTS_INTERVAL = Duration.ofSeconds(1);

  /** What the fetcher works with. */
  record Services(
      ReadyJobs ready,
      Claims claims,
      DirectClaims direct,
      JobLocks locks,
      Pauses pauses,
      Executor background) {}

  private final Interruption refills = new Interruption("a refill of hints");
  private final Interruption skips = new Interruption("the skip of busy jobs");
  private final Services services;
  private final AttemptFactory attempts;
  private final String queue;

  /** The lanes of all kinds that this process handles. */
  private final List<Lane> lanes;

  /** Those that are not paused. Written by the thread that reads the pauses. */
  private volatile List<Lane> openLanes;

  /** When to check again that Redis accepts hints. For the primary claim thread. */
  private long nextAcceptsCheck = System.nanoTime();

  JobFetcher(Services services, String queue, List<String> kinds, AttemptFactory attempts) {
    this.services = services;
    this.queue = queue;
    this.attempts = attempts;
    this.lanes = kinds.stream().map(kind -> new Lane(queue, kind)).toList();
    this.openLanes = lanes;
  }

  /**
   * Reads which lanes are paused. The claim's SQL checks it too; this only spares hints that it
   * would refuse.
   */
  void readPauses() {
    openLanes = services.pauses().open(lanes);
  }

  /**
   * What there is to claim.
   *
   * @param lanes those that are not paused
   * @param hints in the order of their jobs, popped from Redis; may be empty
   * @param inPostgres whether jobs are to be claimed from Postgres directly
   */
  record Found(List<Lane> lanes, List<ReadyJob> hints, boolean inPostgres) {
    private static final Found NOTHING = new Found(List.of(), List.of(), false);

    boolean isEmpty() {
      return hints.isEmpty() && !inPostgres;
    }
  }

  /**
   * Pops hints from Redis.
   *
   * @param limit at least 1
   * @param sleep how long to wait for a job, or for Redis to come back; above zero for the primary
   *     claim thread only
   */
  Found find(int limit, Duration sleep) throws InterruptedException {
    boolean waits = !sleep.isZero();
    List<Lane> open = openLanes;
    if (open.isEmpty()) {
      if (waits) {
        Thread.sleep(POLL_INTERVAL.toMillis());
      }
      return Found.NOTHING;
    }
    Optional<ReadyJobs.Popped> popped = services.ready().pop(open, limit);
    if (popped.isPresent() && !popped.get().jobs().isEmpty()) {
      refillInBackground(popped.get());
      return new Found(open, popped.get().jobs(), false);
    }
    if (!waits) {
      return Found.NOTHING;
    }
    if (popped.isEmpty() || redisRefusesHints()) {
      return new Found(open, List.of(), true);
    }
    refillInBackground(popped.get());
    List<ReadyJob> hints = services.ready().await(open, sleep).map(List::of).orElse(List.of());
    return new Found(open, hints, false);
  }

  /** Claims what was found, except jobs that other workers have claimed meanwhile. */
  List<Attempt> claim(String workerId, int limit, Found found) throws InterruptedException {
    if (!found.inPostgres()) {
      return claim(workerId, found.hints());
    }
    List<Attempt> claimed = claimFromPostgres(workerId, found.lanes(), limit);
    if (claimed.isEmpty()) {
      Thread.sleep(POLL_INTERVAL.toMillis());
    }
    return claimed;
  }

  /** Claims a suspect for a worker that holds nothing; empty when it cannot be claimed. */
  Optional<Attempt> claimSuspect(String workerId, ReadyJob suspect) {
    Map<String, JobLocks.Held> locks = lock(List.of(suspect));
    try {
      String lockKey = suspect.lockKey();
      if (lockKey != null && !locks.containsKey(lockKey)) {
        return Optional.empty();
      }
      return services
          .claims()
          .claimSuspect(workerId, suspect)
          .map(job -> attempts.of(job, lockKey == null ? null : locks.remove(lockKey)));
    } finally {
      if (!locks.isEmpty()) { // another worker has claimed it, or the claim has failed
        services.locks().release(List.copyOf(locks.values()));
      }
    }
  }

  private boolean redisRefusesHints() {
    if (System.nanoTime() - nextAcceptsCheck < 0) {
      return false;
    }
    boolean refused = !services.ready().takesHints(queue);
    if (!refused) {
      nextAcceptsCheck = System.nanoTime() + ACCEPTS_INTERVAL.toNanos();
    }
    return refused;
  }

  private List<Attempt> claimFromPostgres(String workerId, List<Lane> open, int limit) {
    List<String> kinds = open.stream().map(Lane::kind).toList();
    return services.direct().claim(workerId, queue, kinds, limit).stream()
        .map(job -> attempts.of(job, null))
        .toList();
  }

  private void refillInBackground(ReadyJobs.Popped popped) {
    popped.wantRefill().forEach(lane -> services.background().execute(() -> refill(lane)));
  }

  private void refill(Lane lane) {
    try {
      services.ready().refill(lane, services.claims()::ready);
      refills.worked().ifPresent(log::info);
    } catch (RuntimeException e) {
      refills.failed(e).ifPresent(log::warn);
    }
  }

  private List<Attempt> claim(String workerId, List<ReadyJob> hints) {
    Map<String, JobLocks.Held> locks = lock(hints);
    try {
      return claim(workerId, hints, locks);
    } finally {
      if (!locks.isEmpty()) { // other workers have claimed their jobs, or the claim has failed
        services.locks().release(List.copyOf(locks.values()));
      }
    }
  }

  private List<Attempt> claim(
      String workerId, List<ReadyJob> hints, Map<String, JobLocks.Held> locks) {
    List<ReadyJob> free = new ArrayList<>(hints.size());
    Set<String> taken = new LinkedHashSet<>();
    for (ReadyJob hint : hints) {
      String lockKey = hint.lockKey();
      if (lockKey == null || (locks.containsKey(lockKey) && taken.add(lockKey))) {
        free.add(hint);
      }
    }
    if (free.size() < hints.size()) {
      skipBusy(hints.stream().filter(hint -> !free.contains(hint)).toList());
    }
    List<Attempt> claimed = new ArrayList<>(free.size());
    for (ClaimedJob job : services.claims().claim(workerId, free)) {
      String lockKey = job.lockKey();
      claimed.add(attempts.of(job, lockKey == null ? null : locks.remove(lockKey)));
    }
    return claimed;
  }

  /** A failure is logged; the other jobs are claimed all the same. */
  private void skipBusy(List<ReadyJob> busy) {
    try {
      services.claims().skipBusy(busy);
      skips.worked().ifPresent(log::info);
    } catch (RuntimeException e) {
      skips.failed(e).ifPresent(log::warn);
    }
  }

  private Map<String, JobLocks.Held> lock(List<ReadyJob> hints) {
    Set<String> lockKeys = new LinkedHashSet<>();
    for (ReadyJob hint : hints) {
      String lockKey = hint.lockKey();
      if (lockKey != null) {
        lockKeys.add(lockKey);
      }
    }
    return lockKeys.isEmpty() ? new HashMap<>() : services.locks().tryAll(lockKeys);
  }
}
