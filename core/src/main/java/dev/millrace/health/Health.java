package dev.millrace.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is wrong with the parts of one worker or scheduler node. Thread-safe. */
public final class Health {
  /** How long a thread that died and works again is still told of. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final int LONGEST_REASON = 300;

  private final Map<String, Pulse> pulses = new ConcurrentSkipListMap<>();
  private final Map<String, Supplier<Optional<String>>> others = new ConcurrentHashMap<>();

  /**
   * A part that beats.
   *
   * @param name as its thread is called, such as {@code record}
   * @param longestStep without a beat for longer it counts as hung
   */
  public Pulse pulse(String name, Duration longestStep) {
    return pulses.computeIfAbsent(name, key -> new Pulse(name, longestStep));
  }

  /** A part that says itself what is wrong with it; empty while nothing is. */
  public void add(String name, Supplier<Optional<String>> trouble) {
    others.put(name, trouble);
  }

  /** What is wrong, one sentence each, at most twenty; empty while all is well. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    pulses.values().forEach(pulse -> pulse.trouble().ifPresent(troubles::add));
    others.values().forEach(part -> part.get().ifPresent(troubles::add));
    return troubles.stream().limit(20).toList();
  }

  /** One part's signs of life. */
  public static final class Pulse {
    private final String name;
    private final Duration longestStep;
    private volatile long beatAt = System.nanoTime();
    private volatile boolean ended;
    private int deaths;
    private int failures;
    private long diedAt;
    private @Nullable String reason;

    private Pulse(String name, Duration longestStep) {
      this.name = name;
      this.longestStep = longestStep;
    }

    /** It makes progress. To be called at least once per step. */
    public void beat() {
      beatAt = System.nanoTime();
    }

    /** A step has failed in a way that is expected, such as an outage, and is tried again. */
    public synchronized void failed(Throwable why) {
      failures++;
      reason = text(why);
    }

    /** A step has worked. */
    public synchronized void worked() {
      failures = 0;
    }

    /** Its thread has ended by what it threw, and starts anew. */
    public synchronized void died(Throwable why) {
      deaths++;
      diedAt = System.nanoTime();
      reason = text(why);
    }

    /** It has stopped as it was asked to. */
    public void ended() {
      ended = true;
    }

    private static String text(Throwable why) {
      String message = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
      String text = why.getClass().getSimpleName() + ": " + message;
      return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text;
    }

    synchronized Optional<String> trouble() {
      if (ended) {
        return Optional.empty();
      }
      Duration still = Duration.ofNanos(System.nanoTime() - beatAt);
      if (still.compareTo(longestStep) > 0) {
        return Optional.of("thread " + name + " hangs: no beat for " + still.toSeconds() + " s");
      }
      if (deaths > 0 && System.nanoTime() - diedAt < REMEMBERED.toNanos()) {
        return Optional.of(
            "thread " + name + " died and was restarted, " + deaths + " times: " + reason);
      }
      return failures > 0
          ? Optional.of(
              "thread " + name + " fails and tries again, " + failures + " times: " + reason)
          : Optional.empty();
    }
  }
}
