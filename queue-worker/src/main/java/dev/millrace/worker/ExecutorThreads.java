package dev.millrace.worker;

import dev.millrace.Threads;
import dev.millrace.health.Guarded;
import dev.millrace.health.Health;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads in which attempts run. There are as many at work as were asked for: one that dies is
 * started again, one that was given up with its attempt is replaced. Thread-safe.
 */
final class ExecutorThreads {
  /** It never hangs: how long a job may run is the job's own time-out to say. */
  private static final Duration UNBOUNDED = Duration.ofDays(36_500);

  private final int concurrency;
  private final PrefetchQueue prefetched;
  private final Health.Pulse pulse;
  private final Run run;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AtomicInteger alive = new AtomicInteger();

  /** Those that still run an attempt that was given up. */
  private final AtomicInteger givenUp = new AtomicInteger();

  private volatile boolean stopped;

  /** What a hand does with an attempt. */
  @FunctionalInterface
  interface Run {
    /** Returns false when the attempt was given up meanwhile, and the hand with it. */
    boolean run(Attempt attempt);
  }

  ExecutorThreads(int concurrency, PrefetchQueue prefetched, Health health, Run run) {
    this.concurrency = concurrency;
    this.prefetched = prefetched;
    this.pulse = health.pulse("hand", UNBOUNDED);
    this.run = run;
  }

  void start() {
    ThreadFactory factory = Threads.named("millrace-executor-");
    for (int i = 0; i < concurrency; i++) {
      add(factory);
    }
  }

  /** A hand has met what it did not expect, and goes on. */
  void failed(Throwable why) {
    pulse.died(why);
  }

  /** An attempt was given up whose handler does not end. */
  void giveOneUp() {
    int unused = givenUp.incrementAndGet();
  }

  /** Starts those that are missing. */
  void replaceMissing() {
    while (!stopped && alive.get() - givenUp.get() < concurrency) {
      // a virtual one would wait for the core that the deaf handler keeps
      add(ExecutorThreads::platformThread);
    }
  }

  private static Thread platformThread(Runnable task) {
    Thread thread = new Thread(task, "millrace-executor-more");
    thread.setDaemon(true);
    return thread;
  }

  private void add(ThreadFactory factory) {
    Thread thread = factory.newThread(this::live);
    int unused = alive.incrementAndGet();
    try {
      thread.start();
    } catch (Error e) { // no memory for a thread; the next look tries again
      int unusedToo = alive.decrementAndGet();
      throw e;
    }
    threads.removeIf(before -> before.getState() == Thread.State.TERMINATED);
    threads.add(thread);
  }

  private void live() {
    try {
      new Guarded("hand", pulse, this::loop).run();
    } finally {
      int unused = alive.decrementAndGet();
    }
  }

  private void loop() {
    while (!stopped) {
      try {
        if (!run.run(prefetched.take())) {
          int unused = givenUp.decrementAndGet();
          return; // another hand has taken this one's place
        }
      } catch (InterruptedException e) {
        // a stop that came between two jobs: look again
      }
    }
  }

  /** Ends those that wait for an attempt, and the others after theirs. */
  void stop() {
    stopped = true;
    threads.forEach(Thread::interrupt);
  }
}
