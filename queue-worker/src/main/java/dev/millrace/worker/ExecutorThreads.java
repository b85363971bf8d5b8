package dev.millrace.worker;

import dev.millrace.Threads;
import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads in which attempts run. Their number at work stays the concurrency: a thread that dies
 * is started again, and one whose attempt was given up is replaced. The thread that starts the
 * worker and the watch start them, the thread that stops the worker ends them. Thread-safe.
 */
final class ExecutorThreads {
  /** An executor thread never counts as hung: each job has a time-out of its own. */
  private static final Duration MAX_STEP = Duration.ofDays(36_500);

  private static final Logger log = LoggerFactory.getLogger(ExecutorThreads.class);

  private final HeldJobs held;
  private final Runner runner;
  private final Health.Pulse pulse;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** How many have started and not ended. */
  private final AtomicInteger alive = new AtomicInteger();

  /** How many of them still run an attempt that was given up. */
  private final AtomicInteger givenUp = new AtomicInteger();

  private volatile boolean stopped;

  ExecutorThreads(HeldJobs held, Runner runner, Health health) {
    this.held = held;
    this.runner = runner;
    this.pulse = health.pulse("executor", MAX_STEP);
  }

  void start() {
    ThreadFactory factory = Threads.named("millrace-executor-");
    for (int i = 0; i < held.concurrency(); i++) {
      add(factory);
    }
  }

  /** Counts a thread whose attempt was given up as lost, until its handler returns. */
  void giveOneUp() {
    givenUp.incrementAndGet();
  }

  /** Starts those that are missing. */
  void replaceMissing() {
    while (!stopped && alive.get() - givenUp.get() < held.concurrency()) {
      // a virtual thread would wait for the core that the given-up handler uses
      add(ExecutorThreads::platformThread);
    }
  }

  private static Thread platformThread(Runnable task) {
    Thread thread = new Thread(task, "millrace-executor-more");
    thread.setDaemon(true);
    return thread;
  }

  private void add(ThreadFactory factory) {
    Thread thread = factory.newThread(this::run);
    alive.incrementAndGet();
    try {
      thread.start();
    } catch (Error e) { // no memory for a thread; the watch tries again
      alive.decrementAndGet();
      throw e;
    }
    threads.removeIf(before -> before.getState() == Thread.State.TERMINATED);
    threads.add(thread);
  }

  private void run() {
    try {
      new Guarded("executor", pulse, this::loop).run();
    } finally {
      alive.decrementAndGet();
    }
  }

  private void loop() {
    while (!stopped) {
      try {
        if (!run(held.next())) {
          givenUp.decrementAndGet();
          return; // another thread has taken this one's place
        }
      } catch (InterruptedException e) {
        // a stop of the last job came late, or the worker stops
      }
    }
  }

  /**
   * Runs an attempt and has its end recorded. If that fails, the attempt is released, so that its
   * job is handed back as a lost claim.
   *
   * @return false when the attempt was given up, and this thread with it
   */
  private boolean run(Attempt attempt) {
    try {
      attempt.begin();
      AttemptResult result = result(attempt);
      if (!attempt.end()) {
        return false;
      }
      held.finished(result);
      return true;
    } catch (RuntimeException | Error e) {
      held.release(List.of(attempt));
      throw e;
    }
  }

  private AttemptResult result(Attempt attempt) {
    try {
      return runner.run(attempt);
    } catch (RuntimeException | Error e) {
      log.error("job {} could not be run; it goes back", attempt.jobId(), e);
      pulse.died(e);
      return new AttemptResult.HandedBack(attempt, Duration.ofSeconds(1), false);
    }
  }

  /** Ends idle threads at once, and the others after their attempt. */
  void stop() {
    stopped = true;
    threads.forEach(Thread::interrupt);
  }
}
