package dev.millrace.worker;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The claimed attempts that wait for an executor thread, in the order of their claims. Executor
 * threads sleep here when there are none; otherwise taking one costs no lock. Thread-safe.
 */
final class PrefetchQueue {
  private final ConcurrentLinkedQueue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();

  /** How many threads sleep or are about to; counted before each polls for the last time. */
  private final AtomicInteger sleepers = new AtomicInteger();

  void addAll(Collection<Attempt> attempts) {
    waiting.addAll(attempts);
    if (sleepers.get() > 0) {
      lock.lock();
      try {
        for (int i = Math.min(sleepers.get(), attempts.size()); i > 0; i--) {
          added.signal();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes the first one; sleeps until there is one. */
  Attempt take() throws InterruptedException {
    Attempt attempt = waiting.poll();
    return attempt == null ? sleep() : attempt;
  }

  private Attempt sleep() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      sleepers.incrementAndGet();
      try {
        Attempt attempt;
        while ((attempt = waiting.poll()) == null) {
          added.await();
        }
        return attempt;
      } finally {
        sleepers.decrementAndGet();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The one that has waited longest, or null. */
  @Nullable Attempt oldest() {
    return waiting.peek();
  }

  /** Moves all of them into a list. */
  void drainTo(List<Attempt> taken) {
    Attempt attempt;
    while ((attempt = waiting.poll()) != null) {
      taken.add(attempt);
    }
  }
}
