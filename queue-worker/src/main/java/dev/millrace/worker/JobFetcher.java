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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets claimed jobs for a worker: hints from Redis, the locks of those that need one, then one
 * claim for all of them. Without Redis it asks Postgres.
 */
final class JobFetcher {
  private static final Logger log = LoggerFactory.getLogger(JobFetcher.class);

  /** How long one sleep in Redis lasts; a stop waits for it. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** How long it lasts while suspects wait for a worker that has nothing else to do. */
  static final Duration SHORT_WAIT = Duration.ofMillis(100);

  /** How often Postgres is asked while Redis is away and there is nothing to do. */
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * How often an idle worker makes sure that Redis takes hints: one that is full answers, and
   * refuses them. Then Postgres is asked.
   */
  private static final Duration PAUSES_INTERVAL = Duration.ofSeconds(1);

  /** What the fetcher asks. */
  record Parts(
      ReadyJobs ready,
      Claims claims,
      DirectClaims direct,
      JobLocks locks,
      Pauses pauses,
      Executor aside) {}

  /** A claimed job and the lock it is held under, if it needs one. */
  record Fetched(ClaimedJob job, JobLocks.@Nullable Held lock) {}

  private final Interruption refills = new Interruption("a refill of hints");
  private final Interruption skips = new Interruption("the skip of busy jobs");
  private final Parts parts;
  private final List<Lane> all;
  private final String queue;
  private volatile List<Lane> open;
  private long nextLook = System.nanoTime();

  JobFetcher(Parts parts, String queue, List<String> kinds) {
    this.parts = parts;
    this.queue = queue;
    this.all = kinds.stream().map(kind -> new Lane(queue, kind)).toList();
    this.open = all;
  }

  /**
   * Looks which lanes are paused; a claim looks too, this only saves asking for what it would
   * refuse.
   */
  void readPauses() {
    open = parts.pauses().open(all);
  }

  /**
   * What a look at the queue has found.
   *
   * @param hints in order; none when there is nothing to do
   * @param inPostgres whether jobs have to be looked for there
   */
  record Found(List<Lane> lanes, List<ReadyJob> hints, boolean inPostgres) {
    private static final Found NOTHING = new Found(List.of(), List.of(), false);

    boolean isEmpty() {
      return hints.isEmpty() && !inPostgres;
    }
  }

  /**
   * Looks for jobs; what it finds in Redis is gone from there.
   *
   * @param most at least 1
   * @param sleep how long to wait for a job, or for Redis to come back; for one thread, zero for
   *     the others
   */
  Found find(int most, Duration sleep) throws InterruptedException {
    boolean patient = !sleep.isZero();
    List<Lane> lanes = open;
    if (lanes.isEmpty()) {
      if (patient) {
        Thread.sleep(POLL.toMillis());
      }
      return Found.NOTHING;
    }
    Optional<ReadyJobs.Popped> popped = parts.ready().pop(lanes, most);
    if (popped.isPresent() && !popped.get().jobs().isEmpty()) {
      popped.get().wantRefill().forEach(lane -> parts.aside().execute(() -> refill(lane)));
      return new Found(lanes, popped.get().jobs(), false);
    }
    if (!patient) {
      return Found.NOTHING;
    }
    if (popped.isEmpty() || refusesHints()) {
      return new Found(lanes, List.of(), true);
    }
    popped.get().wantRefill().forEach(lane -> parts.aside().execute(() -> refill(lane)));
    List<ReadyJob> woken = parts.ready().await(lanes, sleep).map(List::of).orElse(List.of());
    return new Found(lanes, woken, false);
  }

  /** Claims what was found; those that others have claimed meanwhile are left out. */
  List<Fetched> claim(String workerId, int most, Found found) throws InterruptedException {
    if (!found.inPostgres()) {
      return claim(workerId, found.hints());
    }
    List<Fetched> fetched = fromPostgres(workerId, found.lanes(), most);
    if (fetched.isEmpty()) {
      Thread.sleep(POLL.toMillis());
    }
    return fetched;
  }

  /** Claims a suspect for a worker that holds nothing; empty when it is not to be had. */
  Optional<Fetched> claimSuspect(String workerId, ReadyJob suspect) {
    Map<String, JobLocks.Held> locks = lock(List.of(suspect));
    try {
      String lockKey = suspect.lockKey();
      if (lockKey != null && !locks.containsKey(lockKey)) {
        return Optional.empty();
      }
      return parts
          .claims()
          .claimSuspect(workerId, suspect)
          .map(job -> new Fetched(job, lockKey == null ? null : locks.remove(lockKey)));
    } finally {
      if (!locks.isEmpty()) { // another worker has claimed it, or the claim has failed
        parts.locks().release(List.copyOf(locks.values()));
      }
    }
  }

  private boolean refusesHints() {
    if (System.nanoTime() - nextLook < 0) {
      return false;
    }
    boolean refused = !parts.ready().takesHints(queue);
    if (!refused) {
      nextLook = System.nanoTime() + PAUSES_INTERVAL.toNanos();
    }
    return refused;
  }

  private List<Fetched> fromPostgres(String workerId, List<Lane> lanes, int most) {
    List<String> kinds = lanes.stream().map(Lane::kind).toList();
    return parts.direct().claim(workerId, queue, kinds, most).stream()
        .map(job -> new Fetched(job, null))
        .toList();
  }

  private void refill(Lane lane) {
    try {
      parts.ready().refill(lane, parts.claims()::ready);
      refills.worked().ifPresent(log::info);
    } catch (RuntimeException e) {
      refills.failed(e).ifPresent(log::warn);
    }
  }

  private List<Fetched> claim(String workerId, List<ReadyJob> hints) {
    Map<String, JobLocks.Held> locks = lock(hints);
    try {
      return claim(workerId, hints, locks);
    } finally {
      if (!locks.isEmpty()) { // their jobs were claimed by somebody else, or the claim has failed
        parts.locks().release(List.copyOf(locks.values()));
      }
    }
  }

  private List<Fetched> claim(
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
    List<Fetched> fetched = new ArrayList<>(free.size());
    for (ClaimedJob job : parts.claims().claim(workerId, free)) {
      String lockKey = job.lockKey();
      fetched.add(new Fetched(job, lockKey == null ? null : locks.remove(lockKey)));
    }
    return fetched;
  }

  /** The others are claimed whatever becomes of it. */
  private void skipBusy(List<ReadyJob> busy) {
    try {
      parts.claims().skipBusy(busy);
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
    return lockKeys.isEmpty() ? new HashMap<>() : parts.locks().tryAll(lockKeys);
  }
}
