package dev.millrace.health;

import dev.millrace.db.Outage;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs a step, pauses, and runs the step again. A step that fails is run again: the
 * failure is reported by {@link Health} until a step works, and an outage is logged once however
 * long it lasts. An {@link Error} restarts the thread. Thread-safe.
 */
public final class PeriodicTask implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

  /** How long one step may take: its statements have time-outs, its thread needs a core. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** A step of many statements, each of which has its own time-out, and the pause after it. */
  private static final Duration LONGEST_OF_MANY = Duration.ofMinutes(5);

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(250);
  private static final int DOUBLINGS = 4;

  /** One run of the task. */
  @FunctionalInterface
  public interface Step {
    /** Runs it, in seconds rather than minutes, and returns the pause before the next run. */
    Duration run();
  }

  private final String name;
  private final Duration firstPause;
  private final Step step;
  private final Interruption interruption;
  private final Health.Pulse pulse;
  private final Thread thread;
  private final Object pausing = new Object();
  private boolean stopping;
  private boolean woken;
  private int failures;

  /**
   * A task whose first run comes after a pause; {@link #start} starts it.
   *
   * @param name of its thread, as logged and reported
   * @param pause before each run, and after a failed one
   */
  public PeriodicTask(String name, Health health, Duration pause, Runnable task) {
    this(name, health.pulse(name, pause.plus(LONGEST)), pause, task);
  }

  /**
   * As above, with a limit of its own for the time that one run takes.
   *
   * @param pulse whose longest step is longer than the pause and the task together
   */
  public PeriodicTask(String name, Health.Pulse pulse, Duration pause, Runnable task) {
    this(
        name,
        pulse,
        pause,
        () -> {
          task.run();
          return pause;
        });
  }

  /** A task that runs at once and chooses each pause; after a failure it backs off up to 4 s. */
  public PeriodicTask(String name, Health health, Step step) {
    this(name, health.pulse(name, LONGEST_OF_MANY), Duration.ZERO, step);
  }

  private PeriodicTask(String name, Health.Pulse pulse, Duration firstPause, Step step) {
    this.name = name;
    this.firstPause = firstPause;
    this.step = step;
    this.interruption = new Interruption("thread " + name);
    this.pulse = pulse;
    this.thread = new Thread(new Guarded(name, pulse, this::repeat), "millrace-" + name);
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** Ends the pause: the next run begins at once. */
  public void wake() {
    synchronized (pausing) {
      woken = true;
      pausing.notifyAll();
    }
  }

  /** Requests its end after the run in progress, without waiting; see {@link #join}. */
  public void stop() {
    synchronized (pausing) {
      stopping = true;
      pausing.notifyAll();
    }
  }

  /** Waits for its end; a run that takes longer is interrupted and not waited for. */
  public void join(Duration most) {
    try {
      thread.join(Math.max(1, most.toMillis()));
      if (thread.isAlive()) {
        log.warn("thread {} did not end within {} ms; it is interrupted", name, most.toMillis());
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it after the run in progress, which is waited for and interrupted when that is over. */
  public void close(Duration most) {
    stop();
    join(most);
  }

  /** Ends it; a run in progress is interrupted and not waited for. */
  @Override
  public void close() {
    stop();
    thread.interrupt();
  }

  private void repeat() throws InterruptedException {
    boolean goOn = pause(firstPause);
    while (goOn) {
      pulse.beat();
      goOn = pause(runOnce());
    }
  }

  private Duration runOnce() {
    try {
      Duration pause = step.run();
      interruption.worked().ifPresent(log::info);
      if (failures > 0) {
        failures = 0;
        pulse.worked();
      }
      return pause;
    } catch (RuntimeException e) {
      logFailure(e);
      pulse.failed(e);
      Duration backOff = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures++, DOUBLINGS));
      return firstPause.isZero() ? backOff : firstPause;
    }
  }

  /** A defect is logged with its stack trace, an outage in one line. */
  private void logFailure(RuntimeException e) {
    Optional<String> line = interruption.failed(e);
    if (failures == 0 && Outage.of(e).isEmpty()) {
      log.warn("{}", line.orElse(name), e);
    } else {
      line.ifPresent(log::warn);
    }
  }

  /** Returns false when the task is to end. */
  private boolean pause(Duration time) throws InterruptedException {
    long until = System.nanoTime() + time.toNanos();
    synchronized (pausing) {
      while (!stopping && !woken) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          break;
        }
        pausing.wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      woken = false;
      return !stopping;
    }
  }
}
