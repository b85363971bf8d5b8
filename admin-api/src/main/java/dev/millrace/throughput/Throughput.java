package dev.millrace.throughput;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ended in a window of time. A count is of attempts that queue workers have ended: a job that
 * was tried three times counts three times.
 *
 * @param asOf when it was read; what ended in the ten seconds before may be missing
 * @param stepSeconds the time of one point
 * @param points without gaps, oldest first; the last one is not over
 * @param bucketBoundsMs where the second and each later bucket of a histogram begins
 * @param kinds those of which most attempts ended, most first
 * @param failures the kinds of which most attempts failed, most first
 * @param oldestWaiting of the jobs that are first in line; null: none waits
 * @param marks the newest ones, oldest first
 */
public record Throughput(
    String window,
    Instant from,
    Instant asOf,
    long stepSeconds,
    List<Point> points,
    Totals totals,
    List<Long> bucketBoundsMs,
    long kindStepSeconds,
    List<KindCounts> kinds,
    int kindsInAll,
    List<KindFailures> failures,
    @Nullable OldestWaiting oldestWaiting,
    List<Mark> marks) {
  public Throughput {
    points = List.copyOf(points);
    bucketBoundsMs = List.copyOf(bucketBoundsMs);
    kinds = List.copyOf(kinds);
    failures = List.copyOf(failures);
    marks = List.copyOf(marks);
  }

  /**
   * How attempts ended.
   *
   * @param failed and their job with them
   * @param retried they failed, and their job was or will be tried again
   */
  public record Ends(long completed, long failed, long retried, long cancelled) {
    static final Ends NONE = new Ends(0, 0, 0, 0);

    long all() {
      return completed + failed + retried + cancelled;
    }

    long wrong() {
      return failed + retried;
    }
  }

  /**
   * What ended from {@code at} on, for one step; waiting and running times are null if nothing did.
   */
  public record Point(Instant at, Ends ends, @Nullable Quantiles waited, @Nullable Quantiles ran) {}

  /** All that ended. */
  public record Totals(
      Ends ends,
      @Nullable Quantiles waited,
      @Nullable Quantiles ran,
      List<Long> waits,
      List<Long> runs) {
    public Totals {
      waits = List.copyOf(waits);
      runs = List.copyOf(runs);
    }
  }

  /**
   * What ended of one kind.
   *
   * @param ended how many in each step, oldest first
   */
  public record KindCounts(
      String kind, Ends ends, Quantiles waited, Quantiles ran, List<Long> ended) {
    public KindCounts {
      ended = List.copyOf(ended);
    }
  }

  /** What failed of one kind. */
  public record KindFailures(String kind, long failed, long retried, long ended) {}

  /** A job that could have begun for the longest time. */
  public record OldestWaiting(
      @JsonSerialize(using = ToStringSerializer.class) long jobId,
      String kind,
      String queue,
      Instant dueAt) {}

  /**
   * Something that may explain a change.
   *
   * @param type {@code deploy}, {@code pause} or {@code resume}
   * @param subject the release that began to run; or what was paused, such as {@code queue default
   *     kind *}
   * @param by who paused or resumed
   */
  public record Mark(Instant at, String type, String subject, @Nullable String by) {}
}
