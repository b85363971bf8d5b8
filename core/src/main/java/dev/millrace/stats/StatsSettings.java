package dev.millrace.stats;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a process for stats jobs.
 *
 * @param cacheInvalidation where tags are sent; empty: nowhere
 * @param internalApiKey what goes with them, and with calls of the legacy address
 * @param legacy what runs the stats while a flag is off; empty: nothing does
 * @param flagsOn the flags that the environment leaves on
 * @param parallel how many functions run at once in one queue worker, at least 1
 * @param patience how long one call over HTTP may take from its beginning to the end of its answer
 */
public record StatsSettings(
    Optional<URI> cacheInvalidation,
    Optional<String> internalApiKey,
    Optional<URI> legacy,
    Set<Flag> flagsOn,
    int parallel,
    Duration patience) {
  public static final int DEFAULT_PARALLEL = 10;

  /** No cache to invalidate, all flags on, ten functions at once. */
  public static final StatsSettings DEFAULT =
      new StatsSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Flags.allOn(),
          DEFAULT_PARALLEL,
          Duration.ofSeconds(10));

  public StatsSettings {
    flagsOn = Set.copyOf(flagsOn);
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel must be >= 1, was " + parallel);
    }
  }

  /** The key is a secret. */
  @Override
  public String toString() {
    return "StatsSettings[cacheInvalidation="
        + cacheInvalidation
        + ", legacy="
        + legacy
        + ", flagsOn="
        + flagsOn
        + ", parallel="
        + parallel
        + "]";
  }
}
