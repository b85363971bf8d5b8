package dev.millrace.worker;

import dev.millrace.queue.Claims;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a worker runs suspects: jobs whose process vanished while it ran them, and which may
 * be the cause. A suspect runs alone, in a window during which the worker claims nothing else, so
 * that the jobs it holds come to an end.
 *
 * <p>An idle worker opens a window of {@link #IDLE_WINDOW} at once. Otherwise a window of {@link
 * #WINDOW} opens once a suspect has waited for {@link #WAIT_BEFORE_RESERVING}, on one worker of a
 * lane at a time. After it, other jobs have as much time. A window in which no suspect ran, because
 * a job lasted for longer, doubles the next one. So a suspect waits no longer than a few times the
 * longest job, and other jobs have half of the time.
 *
 * <p>For the primary claim thread, except {@link #keepOut} and {@link #waiting}, which the other
 * claim thread reads from the volatile fields.
 */
final class Suspects {
  private static final Logger log = LoggerFactory.getLogger(Suspects.class);
  private static final Duration SCAN_INTERVAL = Duration.ofMillis(500);

  /** How long a suspect waits for an idle worker. */
  static final Duration WAIT_BEFORE_RESERVING = Duration.ofSeconds(1);

  /** The window of an idle worker: a job that is enqueued meanwhile waits no longer. */
  private static final Duration IDLE_WINDOW = Duration.ofSeconds(1);

  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final Duration MAX_WINDOW = Duration.ofHours(1);

  /** For how long a suspect runs alone; the guard of the claim's SQL has the same limit. */
  private static final Duration ALONE = Duration.ofMinutes(1);

  /** After this number of suspects in a row that could not be claimed, the next scan waits. */
  private static final int MAX_REFUSALS = 3;

  private final Claims claims;
  private final Leases leases;
  private final String queue;
  private final List<String> kinds;
  private final HeldJobs held;
  private final LongSupplier nanos;
  private long nextScan;
  private long nextWindow;
  private Duration window = WINDOW;
  private long windowBegan;

  /** Whether a suspect was claimed in this window. */
  private boolean served;

  /** Whether this window is reserved in Postgres, so that no other worker of the lane opens one. */
  private boolean reserved;

  /** Whether {@link #next} has returned a suspect that is not claimed yet. */
  private boolean offered;

  /** The ids of suspects that could not be claimed: others come first. */
  private final Set<Long> refused = new HashSet<>();

  private volatile boolean waiting;
  private volatile boolean inWindow;
  private volatile long windowEnds;

  /** The fence of the suspect that this worker holds, or held last; 0: none so far. */
  private volatile long fence;

  private volatile long aloneUntil;

  Suspects(Claims claims, Leases leases, String queue, List<String> kinds, HeldJobs held) {
    this(claims, leases, queue, kinds, held, System::nanoTime);
  }

  /** For tests, with a clock of their own. */
  Suspects(
      Claims claims,
      Leases leases,
      String queue,
      List<String> kinds,
      HeldJobs held,
      LongSupplier nanos) {
    this.claims = claims;
    this.leases = leases;
    this.queue = queue;
    this.kinds = kinds;
    this.held = held;
    this.nanos = nanos;
    this.nextScan = nanos.getAsLong();
    this.nextWindow = nextScan;
  }

  /** Whether only suspects may be claimed now. */
  boolean keepOut() {
    return (inWindow && nanos.getAsLong() - windowEnds < 0) || isAlone();
  }

  private boolean isAlone() {
    return fence != 0 && nanos.getAsLong() - aloneUntil < 0 && held.holds(fence);
  }

  /** Whether the last scan has found a suspect. */
  boolean waiting() {
    return waiting;
  }

  /** Whether it is time for {@link #next}. */
  boolean due() {
    boolean free = inWindow && !offered && held.isEmpty();
    return !isAlone() && (free || nanos.getAsLong() - nextScan >= 0);
  }

  /**
   * Scans for suspects, and opens or closes a window.
   *
   * @param idle whether there was nothing else to claim
   * @return the suspect that this worker may claim now; it then holds nothing
   */
  Optional<Claims.Suspect> next(String workerId, boolean idle) {
    nextScan = nanos.getAsLong() + SCAN_INTERVAL.toNanos();
    Optional<Claims.Suspect> suspect = claims.suspect(queue, kinds, refused);
    waiting = suspect.isPresent();
    boolean over = nanos.getAsLong() - windowEnds >= 0;
    if (inWindow && (suspect.isEmpty() || over)) {
      closeWindow(workerId, over);
    } else if (!inWindow && suspect.isPresent()) {
      openWindow(workerId, suspect.get(), idle && held.isEmpty());
    }
    if (suspect.isEmpty()) {
      refused.clear();
    }
    offered = suspect.isPresent() && inWindow && held.isEmpty();
    return offered ? suspect : Optional.empty();
  }

  private void openWindow(String workerId, Claims.Suspect suspect, boolean idle) {
    reserved = !idle && reserve(workerId, suspect);
    if (idle || reserved) {
      windowBegan = nanos.getAsLong();
      windowEnds = windowBegan + (reserved ? window : IDLE_WINDOW).toNanos();
      served = false;
      inWindow = true;
    }
  }

  private boolean reserve(String workerId, Claims.Suspect suspect) {
    boolean granted =
        suspect.waited().compareTo(WAIT_BEFORE_RESERVING) >= 0
            && nanos.getAsLong() - nextWindow >= 0
            && !held.hasPostponed()
            && leases.reserve(workerId, suspect.lane(), window);
    if (granted) {
      log.info(
          "worker {} claims nothing else for up to {} s: job {} must run alone, because its process ended while it ran",
          workerId,
          window.toSeconds(),
          suspect.job().jobId());
    }
    return granted;
  }

  private void closeWindow(String workerId, boolean over) {
    inWindow = false;
    if (reserved) {
      reserved = false;
      long now = nanos.getAsLong();
      nextWindow = now + (now - windowBegan);
      Duration doubled = window.multipliedBy(2);
      boolean wasted = over && !served;
      window = !wasted ? WINDOW : doubled.compareTo(MAX_WINDOW) > 0 ? MAX_WINDOW : doubled;
      leases.unreserve(workerId);
    }
  }

  /** A suspect has been claimed: until it ends nothing else is claimed, up to {@link #ALONE}. */
  void taken(long ofFence) {
    served = true;
    offered = false;
    refused.clear();
    nextScan = nanos.getAsLong();
    aloneUntil = nanos.getAsLong() + ALONE.toNanos();
    fence = ofFence;
  }

  /**
   * A suspect could not be claimed: another worker has it, its lock key is held, or Postgres has a
   * claim of this worker whose answer was lost.
   */
  void refused(long jobId) {
    refused.add(jobId);
    offered = refused.size() % MAX_REFUSALS == 0;
  }
}
