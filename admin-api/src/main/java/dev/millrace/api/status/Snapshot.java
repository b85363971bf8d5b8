package dev.millrace.api.status;

import dev.millrace.status.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The status of the installation, rendered in the two forms that are served.
 *
 * @param ingestion empty: a defect keeps it from being read
 * @param parts answers with some sections that were asked for; grows while it is served
 */
record Snapshot(
    Status status,
    List<String> degraded,
    RenderedSnapshot whole,
    Optional<RenderedSnapshot> ingestion,
    Map<Set<String>, RenderedSnapshot> parts) {
  /** What a request can ask for; all else is in every answer. */
  static final List<String> SECTIONS =
      List.of(
          "ingestion",
          "background_workers",
          "views",
          "jobs",
          "running_jobs",
          "queue_workers",
          "unserved",
          "scheduler");

  private static final List<String> ALWAYS =
      List.of("as_of", "age_seconds", "degraded", "troubles");

  /** Choices of sections that are kept; the page has about one for each of its routes. */
  private static final int MOST_PARTS = 32;

  Snapshot {
    degraded = List.copyOf(degraded);
  }

  /** The answer with some sections; all of them when none is named. */
  RenderedSnapshot sections(Set<String> wanted) {
    if (wanted.isEmpty()) {
      return whole;
    }
    RenderedSnapshot known = parts.get(wanted);
    if (known != null) {
      return known;
    }
    Set<String> members = new HashSet<>(ALWAYS);
    members.addAll(wanted);
    RenderedSnapshot part = whole.only(members);
    if (parts.size() < MOST_PARTS) {
      parts.putIfAbsent(Set.copyOf(wanted), part);
    }
    return part;
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
        Optional.ofNullable(status.ingestion()).map(RenderedSnapshot::of),
        new ConcurrentHashMap<>());
  }
}
