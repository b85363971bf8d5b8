package dev.millrace.api.problem;

import dev.millrace.db.Outage;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What requests were refused for lately because a resource of Postgres was used up. A disk that is
 * full is met by those who write and not by those who ask whether Postgres answers. Thread-safe.
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

  /** What was used up at the last refusal, if that was within ten seconds. */
  public Optional<Outage> recent() {
    Met met = last;
    return met != null && System.nanoTime() - met.at() < RECENT.toNanos()
        ? Optional.of(met.outage())
        : Optional.empty();
  }
}
