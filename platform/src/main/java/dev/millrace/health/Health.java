package dev.millrace.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is wrong with the parts of one worker, scheduler node, API or process. Thread-safe. */
public final class Health {
  /** How long a thread that died and works again is still reported. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final int LONGEST_REASON = 300;
  private static final int MAX_TROUBLES = 20;

  private final Map<String, Pulse> pulses = new ConcurrentSkipListMap<>();
  private final Map<String, Supplier<Optional<String>>> others = new ConcurrentHashMap<>();
  private final Map<String, String> lost = new ConcurrentSkipListMap<>();
  private final List<Health> included = new CopyOnWriteArrayList<>();

  /**
   * A part that beats.
   *
   * @param name as its thread is called, such as {@code record}
   * @param longestStep a thread that has begun a step and not beaten for longer counts as hung
   */
  public Pulse pulse(String name, Duration longestStep) {
    return pulses.computeIfAbsent(name, key -> new Pulse(name, longestStep));
  }

  /** A part that says itself what is wrong with it; empty while nothing is. */
  public void add(String name, Supplier<Optional<String>> trouble) {
    others.put(name, trouble);
  }

  /** What is wrong there is reported here as well. */
  public void include(Health other) {
    included.add(other);
  }

  /** A thread has died that nothing restarts; it is reported until the process ends. */
  public void lost(String thread, Throwable why) {
    if (lost.size() < MAX_TROUBLES) {
      lost.put(thread, "thread " + thread + " died and is not restarted: " + text(why));
    }
  }

  /** What is wrong, one sentence each, at most twenty; empty while all is well. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>(lost.values());
    pulses.values().forEach(pulse -> pulse.trouble().ifPresent(troubles::add));
    others.values().forEach(part -> part.get().ifPresent(troubles::add));
    included.forEach(other -> troubles.addAll(other.troubles()));
    return troubles.stream().distinct().limit(MAX_TROUBLES).toList();
  }

  private static String text(Throwable why) {
    String message = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
    String text = why.getClass().getSimpleName() + ": " + message;
    return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text;
  }

  /** The signs of life of one part: of its thread, or of its threads. */
  public static final class Pulse {
    private final String name;
    private final Duration longestStep;

    /** When each thread that is in a step has beaten last. */
    private final Map<Thread, Long> beats = new ConcurrentHashMap<>();

    private volatile boolean ended;
    private int deaths;
    private int failures;
    private long diedAt;
    private @Nullable String reason;

    private Pulse(String name, Duration longestStep) {
      this.name = name;
      this.longestStep = longestStep;
    }

    /** The calling thread makes progress. To be called at least once per step. */
    public void beat() {
      beats.put(Thread.currentThread(), System.nanoTime());
    }

    /** The calling thread is in no step until its next beat: it may wait as long as it likes. */
    public void rests() {
      beats.remove(Thread.currentThread());
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

    /** The calling thread has stopped as it was asked to. */
    public void ended() {
      rests();
      ended = beats.isEmpty();
    }

    synchronized Optional<String> trouble() {
      if (ended) {
        return Optional.empty();
      }
      long now = System.nanoTime();
      long still = beats.values().stream().mapToLong(at -> now - at).max().orElse(0);
      if (still > longestStep.toNanos()) {
        return Optional.of(
            "thread " + name + " hangs: no beat for " + Duration.ofNanos(still).toSeconds() + " s");
      }
      if (deaths > 0 && now - diedAt < REMEMBERED.toNanos()) {
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
