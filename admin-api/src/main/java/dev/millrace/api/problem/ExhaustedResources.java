package dev.millrace.api.problem;

import dev.millrace.db.Outage;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resources of Postgres that were exhausted when a request needed them. A full disk fails writes
 * but not the probe whether Postgres answers. Thread-safe.
 */
public final class ExhaustedResources {
  /** How long a refusal counts: Postgres does not announce when there is room again. */
  private static final Duration RECENT = Duration.ofSeconds(10);

  private record Met(Outage outage, long at) {}

  private volatile @Nullable Met last;

  void note(Outage outage) {
    if (outage.kind() == Outage.Kind.FULL) {
      last = new Met(outage, System.nanoTime());
    }
  }

  /** The resource of the last refusal, if that was within 10 s. */
  public Optional<Outage> recent() {
    Met met = last;
    return met != null && System.nanoTime() - met.at() < RECENT.toNanos()
        ? Optional.of(met.outage())
        : Optional.empty();
  }
}
