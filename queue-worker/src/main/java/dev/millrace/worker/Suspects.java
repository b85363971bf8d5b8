package dev.millrace.worker;

import dev.millrace.queue.Claims;
import dev.millrace.queue.Leases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a worker runs suspects: jobs whose process vanished while it ran them, and which may be why.
 * Each is run with nothing beside it, after the others: when there is nothing else to do, or in a
 * turn for suspects, once one has waited for {@link #PATIENCE}. In a turn the worker claims nothing
 * else, so that what it holds comes to an end. A turn is followed by as long a time for the others;
 * one that came to no suspect, because a job went on for longer, makes the next twice as long. So a
 * suspect waits no longer than a few times the longest job, and the others have half of the time.
 * One worker of a lane at a time takes a turn.
 *
 * <p>For the thread that claims, except {@link #keepOut}.
 */
final class Suspects {
  private static final Logger log = LoggerFactory.getLogger(Suspects.class);
  private static final Duration LOOK = Duration.ofMillis(500);

  /** How long a suspect waits for a worker with nothing to do. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration TURN = Duration.ofSeconds(5);
  private static final Duration LONGEST_TURN = Duration.ofHours(1);

  /** How long nothing is claimed beside a suspect; the guard of the claim says the same. */
  private static final Duration ALONE = Duration.ofMinutes(1);

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
  private long nextLook = System.nanoTime();
  private Duration turn = TURN;
  private long nextTurn = System.nanoTime();
  private long turnBegan;
  private boolean served;
  private boolean reserved;

  /** A suspect was found, and it is not claimed, or not yet. */
  private boolean offered;

  private volatile boolean inTurn;
  private volatile long turnEnds;

  /** The suspect that it holds, or held last. */
  private volatile long fence;

  private volatile long aloneUntil;

  Suspects(Parts parts, Holder holder) {
    this.parts = parts;
    this.holder = holder;
  }

  /** Whether nothing but suspects may be claimed at the moment. */
  boolean keepOut() {
    return (inTurn && System.nanoTime() - turnEnds < 0) || isAlone();
  }

  private boolean isAlone() {
    return fence != 0 && System.nanoTime() - aloneUntil < 0 && holder.holds(fence);
  }

  /** Whether it is time to {@link #next look}. */
  boolean due() {
    boolean go = inTurn && !offered && holder.isEmpty();
    return !isAlone() && (go || System.nanoTime() - nextLook >= 0);
  }

  /**
   * Looks for a suspect that this worker may take now, when it holds nothing; or begins a turn, or
   * ends it.
   *
   * @param idle whether there was nothing else to claim
   */
  Optional<Claims.Suspect> next(String workerId, boolean idle) {
    nextLook = System.nanoTime() + LOOK.toNanos();
    Optional<Claims.Suspect> suspect = parts.claims().suspect(parts.queue(), parts.kinds());
    if (inTurn && (suspect.isEmpty() || System.nanoTime() - turnEnds >= 0)) {
      endTurn(workerId, suspect.isEmpty());
    }
    if (suspect.isPresent() && !inTurn && (idle || reserves(workerId, suspect.get()))) {
      turnBegan = System.nanoTime();
      turnEnds = turnBegan + turn.toNanos();
      served = false;
      inTurn = true;
    }
    offered = suspect.isPresent() && inTurn && holder.isEmpty();
    return offered ? suspect : Optional.empty();
  }

  private boolean reserves(String workerId, Claims.Suspect suspect) {
    reserved =
        suspect.waited().compareTo(PATIENCE) >= 0
            && System.nanoTime() - nextTurn >= 0
            && !holder.isStuck()
            && parts.leases().reserve(workerId, suspect.lane(), turn);
    if (reserved) {
      log.info(
          "worker {} claims nothing else for up to {} s: job {} is to be run by itself, because its process has ended before",
          workerId,
          turn.toSeconds(),
          suspect.job().jobId());
    }
    return reserved;
  }

  private void endTurn(String workerId, boolean done) {
    inTurn = false;
    long now = System.nanoTime();
    nextTurn = now + (now - turnBegan);
    Duration longer = turn.multipliedBy(2);
    turn = served || done ? TURN : longer.compareTo(LONGEST_TURN) > 0 ? LONGEST_TURN : longer;
    if (reserved) {
      reserved = false;
      parts.leases().unreserve(workerId);
    }
  }

  /** A suspect has been claimed: nothing is to be claimed beside it. */
  void taken(long ofFence) {
    served = true;
    offered = false;
    nextLook = System.nanoTime();
    aloneUntil = System.nanoTime() + ALONE.toNanos();
    fence = ofFence;
  }
}
