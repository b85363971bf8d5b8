package dev.millrace.scheduler;

import dev.millrace.db.Outage;
import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import dev.millrace.health.Interruption;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes a step, rests, and takes the next. A step that fails is taken again after a
 * back-off, and an outage is logged once however long it lasts. Thread-safe.
 */
final class Loop {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(250);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(4);

  /** A step of many statements, each of which has its own time-outs, and the rest after it. */
  private static final Duration LONGEST_STEP = Duration.ofMinutes(5);

  /** What is done again and again. */
  @FunctionalInterface
  interface Step {
    /** Does it once, in seconds rather than minutes, and says how long to rest. */
    Duration take();
  }

  private final String name;
  private final Step step;
  private final Interruption interruption;
  private final Thread thread;
  private final Health.Pulse pulse;
  private final Object rest = new Object();
  private boolean stopping;
  private boolean woken;
  private int failures;

  Loop(String name, Health health, Step step) {
    this.name = name;
    this.step = step;
    this.interruption = new Interruption(name);
    this.pulse = health.pulse(name, LONGEST_STEP);
    this.thread = new Thread(new Guarded(name, pulse, this::run), "millrace-" + name);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends the rest: the next step is taken at once. */
  void wake() {
    synchronized (rest) {
      woken = true;
      rest.notifyAll();
    }
  }

  /** Asks it to stop after its step; see {@link #join}. */
  void stop() {
    synchronized (rest) {
      stopping = true;
      rest.notifyAll();
    }
  }

  /** Waits until it has stopped, no longer than given; then it is left behind. */
  void join(Duration most) {
    Bounded.join(name, thread, most);
  }

  private void run() throws InterruptedException {
    boolean goOn = true;
    while (goOn) {
      pulse.beat();
      goOn = rest(takeOne());
    }
  }

  private Duration takeOne() {
    try {
      Duration pause = step.take();
      interruption.worked().ifPresent(log::info);
      if (failures > 0) {
        failures = 0;
        pulse.worked();
      }
      return pause;
    } catch (RuntimeException e) {
      logFailure(e);
      failures++;
      pulse.failed(e);
      Duration backOff = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures - 1, 4));
      return backOff.compareTo(LONGEST_BACK_OFF) < 0 ? backOff : LONGEST_BACK_OFF;
    }
  }

  /** A defect is told with its trace, an outage in one line. */
  private void logFailure(RuntimeException e) {
    Optional<String> line = interruption.failed(e);
    if (failures == 0 && Outage.of(e).isEmpty()) {
      log.warn("{}", line.orElse(name), e);
    } else {
      line.ifPresent(log::warn);
    }
  }

  /** Returns false when the loop is to stop. */
  private boolean rest(Duration pause) throws InterruptedException {
    long until = System.nanoTime() + pause.toNanos();
    synchronized (rest) {
      while (!stopping && !woken) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          break;
        }
        rest.wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      woken = false;
      return !stopping;
    }
  }
}
