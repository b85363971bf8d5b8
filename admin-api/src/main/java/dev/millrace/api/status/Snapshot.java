package dev.millrace.api.status;

import dev.millrace.status.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The status of the installation, rendered in the two forms that are served.
 *
 * @param ingestion empty: a defect keeps it from being read
 */
record Snapshot(
    Status status,
    List<String> degraded,
    RenderedSnapshot whole,
    Optional<RenderedSnapshot> ingestion) {

  Snapshot {
    degraded = List.copyOf(degraded);
  }

  /**
   * A snapshot that is served when it was read.
   *
   * @param own troubles of the process that read it
   */
  static Snapshot of(Status status, List<String> own) {
    return of(status, own, Duration.ZERO, List.of());
  }

  /** The entry of {@code degraded} for a defect that was logged with a trace id. */
  static String internal(String traceId) {
    return "internal:" + traceId;
  }

  /**
   * The same status served later, because a newer one cannot be read.
   *
   * @param why {@code postgres}, or {@link #internal}
   * @param own troubles of this process now
   */
  Snapshot aged(Duration age, String why, List<String> own) {
    return of(status, own, age, List.of(why));
  }

  private static Snapshot of(Status status, List<String> own, Duration age, List<String> more) {
    Status reported = status.and(own);
    List<String> degraded = new ArrayList<>();
    if (!status.redisUp()) {
      degraded.add("redis");
    }
    if (!reported.troubles().isEmpty()) {
      degraded.add("threads");
    }
    status.old().forEach(part -> degraded.add("old:" + part));
    status.defects().forEach(defect -> degraded.add(internal(defect.traceId())));
    degraded.addAll(more);
    return new Snapshot(
        status,
        degraded,
        RenderedSnapshot.of(StatusView.of(reported, age, degraded)),
        Optional.ofNullable(status.ingestion()).map(RenderedSnapshot::of));
  }
}
