package dev.millrace.api.status;

import dev.millrace.status.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One look at the installation, in the two shapes in which it is asked for. */
record Snapshot(Status look, List<String> degraded, Rendered status, Rendered ingestion) {

  Snapshot {
    degraded = List.copyOf(degraded);
  }

  static Snapshot of(Status look) {
    return of(look, Duration.ZERO, look.redisUp() ? List.of() : List.of("redis"));
  }

  /** The same look, told later, when a newer one cannot be had. */
  Snapshot aged(Duration age) {
    List<String> away = new ArrayList<>(degraded);
    away.add("postgres");
    return of(look, age, away);
  }

  private static Snapshot of(Status look, Duration age, List<String> degraded) {
    return new Snapshot(
        look,
        degraded,
        Rendered.of(StatusView.of(look, age, degraded)),
        Rendered.of(IngestionView.of(look.ingestion())));
  }
}
