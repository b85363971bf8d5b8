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
 * When a worker runs suspects: jobs whose process vanished while it ran them, and which may be why.
 * Each is run with nothing beside it, after the others, in a turn: a time in which the worker
 * claims nothing else, so that what it holds comes to an end. A worker that holds nothing and finds
 * nothing else to do takes a short one at once. Otherwise a turn begins once a suspect has waited
 * for {@link #WAIT_BEFORE_RESERVING}, on one worker of a lane at a time; as long a time for the
 * others follows, and one that came to no suspect, because a job went on for longer, makes the next
 * twice as long. So a suspect waits no longer than a few times the longest job, and the others have
 * half of the time.
 *
 * <p>For the thread that claims, except {@link #keepOut} and {@link #waiting}.
 */
final class Suspects {
  private static final Logger log = LoggerFactory.getLogger(Suspects.class);
  private static final Duration SCAN_INTERVAL = Duration.ofMillis(500);

  /** How long a suspect waits for a worker with nothing to do. */
  static final Duration WAIT_BEFORE_RESERVING = Duration.ofSeconds(1);

  /** Of a worker with nothing to do: what is enqueued meanwhile waits no longer for it. */
  private static final Duration IDLE_TURN = Duration.ofSeconds(1);

  private static final Duration TURN = Duration.ofSeconds(5);
  private static final Duration LONGEST_TURN = Duration.ofHours(1);

  /** How long nothing is claimed beside a suspect; the guard of the claim says the same. */
  private static final Duration ALONE = Duration.ofMinutes(1);

  /** After this many suspects in a row that could not be claimed, the next look waits. */
  private static final int REFUSALS = 3;

  /** What it asks. */
  record Parts(Claims claims, Leases leases, String queue, List<String> kinds) {}

  /** The worker, as the suspects see it. */
  interface Holder {
    /** Whether it holds no job at all. */
    boolean isEmpty();

    /** Whether it holds jobs whose rows another transaction has locked, for as long as it likes. */
    boolean isStuck();

    /** Whether it holds the job of a fence. */
    boolean holds(long fence);
  }

  private final Parts parts;
  private final Holder holder;
  private final LongSupplier nanos;
  private long nextLook;
  private Duration turn = TURN;
  private long nextTurn;
  private long turnBegan;
  private boolean served;
  private boolean reserved;

  /** A suspect was found, and it is not claimed, or not yet. */
  private boolean offered;

  /** Those that could not be claimed: others come first. */
  private final Set<Long> refused = new HashSet<>();

  private volatile boolean waiting;
  private volatile boolean inTurn;
  private volatile long turnEnds;

  /** The suspect that it holds, or held last. */
  private volatile long fence;

  private volatile long aloneUntil;

  Suspects(Parts parts, Holder holder) {
    this(parts, holder, System::nanoTime);
  }

  /** For tests, with a clock of their own. */
  Suspects(Parts parts, Holder holder, LongSupplier nanos) {
    this.parts = parts;
    this.holder = holder;
    this.nanos = nanos;
    this.nextLook = nanos.getAsLong();
    this.nextTurn = nextLook;
  }

  /** Whether nothing but suspects may be claimed at the moment. */
  boolean keepOut() {
    return (inTurn && nanos.getAsLong() - turnEnds < 0) || isAlone();
  }

  private boolean isAlone() {
    return fence != 0 && nanos.getAsLong() - aloneUntil < 0 && holder.holds(fence);
  }

  /** Whether the last look has found a suspect. */
  boolean waiting() {
    return waiting;
  }

  /** Whether it is time to {@link #next look}. */
  boolean due() {
    boolean go = inTurn && !offered && holder.isEmpty();
    return !isAlone() && (go || nanos.getAsLong() - nextLook >= 0);
  }

  /**
   * Looks for a suspect that this worker may take now, when it holds nothing; or begins a turn, or
   * ends it.
   *
   * @param idle whether there was nothing else to claim
   */
  Optional<Claims.Suspect> next(String workerId, boolean idle) {
    nextLook = nanos.getAsLong() + SCAN_INTERVAL.toNanos();
    Optional<Claims.Suspect> suspect =
        parts.claims().suspect(parts.queue(), parts.kinds(), refused);
    waiting = suspect.isPresent();
    boolean over = nanos.getAsLong() - turnEnds >= 0;
    if (inTurn && (suspect.isEmpty() || over)) {
      endTurn(workerId, over);
    } else if (!inTurn && suspect.isPresent()) {
      beginTurn(workerId, suspect.get(), idle && holder.isEmpty());
    }
    if (suspect.isEmpty()) {
      refused.clear();
    }
    offered = suspect.isPresent() && inTurn && holder.isEmpty();
    return offered ? suspect : Optional.empty();
  }

  private void beginTurn(String workerId, Claims.Suspect suspect, boolean free) {
    reserved = !free && reserves(workerId, suspect);
    if (free || reserved) {
      turnBegan = nanos.getAsLong();
      turnEnds = turnBegan + (reserved ? turn : IDLE_TURN).toNanos();
      served = false;
      inTurn = true;
    }
  }

  private boolean reserves(String workerId, Claims.Suspect suspect) {
    boolean reserves =
        suspect.waited().compareTo(WAIT_BEFORE_RESERVING) >= 0
            && nanos.getAsLong() - nextTurn >= 0
            && !holder.isStuck()
            && parts.leases().reserve(workerId, suspect.lane(), turn);
    if (reserves) {
      log.info(
          "worker {} claims nothing else for up to {} s: job {} is to be run alone, because its process has ended before",
          workerId,
          turn.toSeconds(),
          suspect.job().jobId());
    }
    return reserves;
  }

  private void endTurn(String workerId, boolean over) {
    inTurn = false;
    if (reserved) {
      reserved = false;
      long now = nanos.getAsLong();
      nextTurn = now + (now - turnBegan);
      Duration longer = turn.multipliedBy(2);
      boolean inVain = over && !served;
      turn = !inVain ? TURN : longer.compareTo(LONGEST_TURN) > 0 ? LONGEST_TURN : longer;
      parts.leases().unreserve(workerId);
    }
  }

  /** A suspect has been claimed: nothing is to be claimed beside it. */
  void taken(long ofFence) {
    served = true;
    offered = false;
    refused.clear();
    nextLook = nanos.getAsLong();
    aloneUntil = nanos.getAsLong() + ALONE.toNanos();
    fence = ofFence;
  }

  /**
   * A suspect could not be claimed: another worker has it, or its lock key is held, or this worker
   * holds a claim that it has not heard of.
   */
  void refused(long jobId) {
    refused.add(jobId);
    offered = refused.size() % REFUSALS == 0;
  }
}
