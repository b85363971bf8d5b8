package dev.millrace.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the scans of a lane begin: per priority, the rank below which the last scan found nothing
 * that could be claimed, whether because jobs have ended there or because they are held. A priority
 * without a mark is looked at from its beginning. Not thread-safe.
 */
public final class LaneMarks {
  public static final int PRIORITIES = 201;
  static final long IDS = 1L << 44;

  private final TreeMap<Integer, Long> marks = new TreeMap<>();

  /** Ranks from {@code low} on, below {@code high}. */
  public record Stretch(long low, long high) {}

  public boolean isEmpty() {
    return marks.isEmpty();
  }

  public boolean has(int place) {
    return marks.containsKey(place);
  }

  /** The place of a rank's priority in the order of a lane: 0 is the highest. */
  public static int place(long rank) {
    return (int) (rank / IDS);
  }

  public static long start(int place) {
    return place * IDS;
  }

  /** Scans of this priority begin at the rank, or where they begin already if that is later. */
  public void raise(int place, long rank) {
    marks.merge(place, Math.min(Math.max(rank, start(place)), start(place + 1)), Math::max);
  }

  /** Something may be claimed at this rank after all. */
  public void lower(long rank) {
    marks.computeIfPresent(place(rank), (place, mark) -> Math.min(mark, rank));
  }

  public void clear() {
    marks.clear();
  }

  /** What has to be looked at from a rank on, in order. */
  public List<Stretch> above(long from) {
    List<Stretch> stretches = new ArrayList<>();
    long at = from;
    for (Map.Entry<Integer, Long> mark : marks.entrySet()) {
      long start = start(mark.getKey());
      if (mark.getValue() <= at) {
        continue;
      }
      if (start > at) {
        stretches.add(new Stretch(at, start));
      }
      at = Math.max(at, mark.getValue());
    }
    stretches.add(new Stretch(at, Long.MAX_VALUE));
    return stretches;
  }

  /** The part of what lies below the marks that belongs to jobs with these ids. */
  public List<Stretch> below(long lowId, long highId) {
    List<Stretch> stretches = new ArrayList<>();
    marks.forEach(
        (place, mark) -> {
          long low = start(place) + lowId;
          long high = Math.min(mark, start(place) + highId);
          if (low < high) {
            stretches.add(new Stretch(low, high));
          }
        });
    return stretches;
  }

  /** The id below which all that lies below the marks is found. */
  public long highestId() {
    return marks.entrySet().stream()
        .mapToLong(mark -> mark.getValue() - start(mark.getKey()))
        .max()
        .orElse(0);
  }
}
