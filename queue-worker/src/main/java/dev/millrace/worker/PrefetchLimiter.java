package dev.millrace.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many jobs a worker may claim ahead of its free hands: as many as it will start within a
 * moment, judged by how long the kinds it is running have taken. A kind that has not been seen is
 * slow until it has: it is claimed by free hands only, so that other workers get their share.
 * Thread-safe.
 */
final class PrefetchLimiter {
  private static final long AHEAD = Duration.ofMillis(10).toNanos();
  private static final long SEEN = Duration.ofSeconds(5).toNanos();
  private static final int MOST_AHEAD = 2_000;

  private record Mean(double nanos, long seenAt) {}

  private final Map<String, Mean> byKind = new ConcurrentHashMap<>();

  /** Notes how long attempts of a kind took, in nanoseconds each on average. */
  void note(String kind, double nanos) {
    long now = System.nanoTime();
    byKind.merge(
        kind,
        new Mean(nanos, now),
        (old, next) -> new Mean(old.nanos() * 0.8 + next.nanos() * 0.2, now));
  }

  /** How many jobs beyond its free hands a worker with this many hands may hold. */
  int ahead(int concurrency) {
    long now = System.nanoTime();
    double slowest = 0;
    for (Mean mean : byKind.values()) {
      if (now - mean.seenAt() < SEEN) {
        slowest = Math.max(slowest, mean.nanos());
      }
    }
    return slowest == 0 ? 0 : (int) Math.min(MOST_AHEAD, (double) concurrency * AHEAD / slowest);
  }
}
