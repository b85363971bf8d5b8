package dev.millrace.api.status;

import dev.millrace.status.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One look at the installation, in the two shapes in which it is asked for.
 *
 * @param ingestion empty: a defect keeps it from being read
 */
record Snapshot(
    Status look,
    List<String> degraded,
    RenderedSnapshot status,
    Optional<RenderedSnapshot> ingestion) {

  Snapshot {
    degraded = List.copyOf(degraded);
  }

  /**
   * A look that is told as it was taken.
   *
   * @param own what the process that took it says is wrong with it
   */
  static Snapshot of(Status look, List<String> own) {
    return of(look, own, Duration.ZERO, List.of());
  }

  /** What {@code degraded} says of a defect that was logged under a trace id. */
  static String internal(String traceId) {
    return "internal:" + traceId;
  }

  /**
   * The same look, told later, when a newer one cannot be had.
   *
   * @param why {@code postgres}, or {@link #internal}
   * @param own what is wrong with this process now
   */
  Snapshot aged(Duration age, String why, List<String> own) {
    return of(look, own, age, List.of(why));
  }

  private static Snapshot of(Status look, List<String> own, Duration age, List<String> more) {
    Status told = look.and(own);
    List<String> degraded = new ArrayList<>();
    if (!look.redisUp()) {
      degraded.add("redis");
    }
    if (!told.troubles().isEmpty()) {
      degraded.add("threads");
    }
    look.old().forEach(part -> degraded.add("old:" + part));
    look.defects().forEach(defect -> degraded.add(internal(defect.traceId())));
    degraded.addAll(more);
    return new Snapshot(
        look,
        degraded,
        RenderedSnapshot.of(StatusView.of(told, age, degraded)),
        Optional.ofNullable(look.ingestion()).map(RenderedSnapshot::of));
  }
}
