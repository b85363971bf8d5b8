package dev.millrace.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What many threads hand to one. Adding costs a wake-up only when that one sleeps. */
final class CompletionQueue<T> {
  private final ConcurrentLinkedQueue<T> items = new ConcurrentLinkedQueue<>();
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

  /** Sleeps until there is something, the time is over, or the thread is interrupted. */
  void await(Duration most) {
    sleeper = Thread.currentThread();
    try {
      if (items.isEmpty()) {
        LockSupport.parkNanos(this, most.toNanos());
      }
    } finally {
      sleeper = null;
    }
  }

  /** Takes what is there, at most so many. For the one thread. */
  void drainTo(List<T> taken, int most) {
    T item;
    while (taken.size() < most && (item = items.poll()) != null) {
      taken.add(item);
    }
  }
}
