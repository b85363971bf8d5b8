package dev.millrace.queue;

import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends the hints of single jobs. One at a time goes out at once, from the caller's own thread;
 * what comes while one is under way is gathered and sent together by another thread, and its
 * callers need not wait. Best effort, like every hint. Thread-safe.
 */
final class Hints {
  private static final int MAX_HINTS = 1_000;

  /** For the calls of Redis that one batch takes, each of which has its time-out. */
  private static final Duration LONGEST_BATCH = Duration.ofMinutes(1);

  private record Hint(Lane lane, ReadyJob job) {}

  private final ReadyJobs ready;
  private final ConcurrentLinkedQueue<Hint> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock sending = new ReentrantLock();
  private final AtomicBoolean called = new AtomicBoolean();
  private final GuardedTasks sender;

  Hints(ReadyJobs ready, Health health) {
    this.ready = ready;
    this.sender = new GuardedTasks("hints", health, LONGEST_BATCH, sender());
  }

  void send(Lane lane, ReadyJob job) {
    if (waiting.isEmpty() && sending.tryLock()) {
      try {
        ready.push(lane, List.of(job), false);
      } finally {
        sending.unlock();
      }
    } else {
      waiting.add(new Hint(lane, job));
    }
    callSender();
  }

  private void callSender() {
    if (!waiting.isEmpty() && !sending.isLocked() && called.compareAndSet(false, true)) {
      sender.execute(this::sendWaiting);
    }
  }

  /** A thread that adds a hint while this holds the lock relies on the last poll here. */
  private void sendWaiting() {
    called.set(false);
    try {
      while (!waiting.isEmpty()) {
        sendBatch();
      }
    } finally {
      callSender(); // after a batch that could not be sent; the dispatcher finds its jobs
    }
  }

  private void sendBatch() {
    sending.lock();
    try {
      Map<Lane, List<ReadyJob>> byLane = new HashMap<>();
      Hint hint;
      for (int i = 0; i < MAX_HINTS && (hint = waiting.poll()) != null; i++) {
        byLane.computeIfAbsent(hint.lane(), lane -> new ArrayList<>()).add(hint.job());
      }
      byLane.forEach((lane, jobs) -> ready.push(lane, jobs, false));
    } finally {
      sending.unlock();
    }
  }

  /** A thread that ends when there has been nothing to do for a while. */
  private static ExecutorService sender() {
    ThreadPoolExecutor sender =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "millrace-hints");
              thread.setDaemon(true);
              return thread;
            });
    sender.allowCoreThreadTimeOut(true);
    return sender;
  }
}
