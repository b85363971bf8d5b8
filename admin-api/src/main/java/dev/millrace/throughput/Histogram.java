package dev.millrace.throughput;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many times were how long, in the buckets of {@code millrace.job_minutes}: below 1 ms, and
 * from each power of two of a millisecond on. For one thread.
 */
final class Histogram {
  static final int BUCKETS = 28;

  private final long[] counts = new long[BUCKETS];

  /** Adds the counts of a row, which leaves out zeros at its end. */
  void add(List<Long> row) {
    for (int i = 0; i < row.size() && i < BUCKETS; i++) {
      counts[i] += row.get(i);
    }
  }

  /** Null when nothing was counted. */
  @Nullable Quantiles quantiles() {
    long total = Arrays.stream(counts).sum();
    return total == 0
        ? null
        : new Quantiles(quantile(0.50, total), quantile(0.95, total), quantile(0.99, total));
  }

  List<Long> counts() {
    return Arrays.stream(counts).boxed().toList();
  }

  /** The lower bounds of all buckets but the first, in ms. */
  static List<Long> bounds() {
    return IntStream.range(0, BUCKETS - 1).mapToObj(i -> 1L << i).toList();
  }

  /**
   * The time in ms that a share of the times is below, as if those of a bucket were spread evenly
   * in it: off by less than a factor of two. Of the last bucket, which has no end, its beginning.
   */
  private double quantile(double share, long total) {
    double wanted = share * (double) total;
    double below = 0;
    for (int i = 0; i < BUCKETS; i++) {
      if (counts[i] > 0 && below + (double) counts[i] >= wanted) {
        double low = i == 0 ? 0 : (double) (1L << (i - 1));
        double width = i == 0 ? 1 : i == BUCKETS - 1 ? 0 : low;
        double value = low + width * (wanted - below) / (double) counts[i];
        return (double) Math.round(value * 1000) / 1000;
      }
      below += (double) counts[i];
    }
    throw new IllegalStateException("no bucket holds the share " + share + " of " + total);
  }
}
