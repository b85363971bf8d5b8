package dev.millrace.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A queue of many producers and one consumer. Adding an item wakes the consumer only if it sleeps.
 */
final class CompletionQueue<T> {
  private final ConcurrentLinkedQueue<T> items = new ConcurrentLinkedQueue<>();

  /** The consumer while it sleeps. Written by it, read by the producers. */
  private volatile @Nullable Thread sleeper;

  void add(T item) {
    items.add(item);
    Thread asleep = sleeper;
    if (asleep != null) {
      LockSupport.unpark(asleep);
    }
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  /** Sleeps until there is an item, the time is over, or the thread is interrupted. */
  void await(Duration time) {
    sleeper = Thread.currentThread();
    try {
      if (items.isEmpty()) {
        LockSupport.parkNanos(this, time.toNanos());
      }
    } finally {
      sleeper = null;
    }
  }

  /** Moves items into a list until that has {@code limit} of them. For the consumer. */
  void drainTo(List<T> taken, int limit) {
    T item;
    while (taken.size() < limit && (item = items.poll()) != null) {
      taken.add(item);
    }
  }
}
