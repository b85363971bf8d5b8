package dev.millrace.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many jobs a worker may claim in advance: as many as its threads will start within 10 ms,
 * judged by how long the kinds it runs have taken lately. A kind that has not run within 5 s counts
 * as slow: nothing is claimed in advance, so that other workers get their share. Thread-safe.
 */
final class PrefetchLimiter {
  private static final long AHEAD = Duration.ofMillis(10).toNanos();
  private static final long RECENT = Duration.ofSeconds(5).toNanos();
  private static final int MAX_AHEAD = 2_000;

  /** The moving average of a kind, and when it ran last. */
  private record Mean(double nanos, long lastRunAt) {}

  private final Map<String, Mean> byKind = new ConcurrentHashMap<>();

  /** Adds how long an attempt of a kind took, in nanoseconds. */
  void note(String kind, double nanos) {
    long now = System.nanoTime();
    byKind.merge(
        kind,
        new Mean(nanos, now),
        (old, next) -> new Mean(old.nanos() * 0.8 + next.nanos() * 0.2, now));
  }

  /** How many jobs a worker with this number of executor threads may hold beyond one for each. */
  int ahead(int threads) {
    long now = System.nanoTime();
    double slowest = 0;
    for (Mean mean : byKind.values()) {
      if (now - mean.lastRunAt() < RECENT) {
        slowest = Math.max(slowest, mean.nanos());
      }
    }
    return slowest == 0 ? 0 : (int) Math.min(MAX_AHEAD, (double) threads * AHEAD / slowest);
  }
}
