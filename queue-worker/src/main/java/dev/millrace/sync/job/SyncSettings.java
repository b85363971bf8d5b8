package dev.millrace.sync.job;

import dev.millrace.http.HostPauses;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What a process is told about the master sync.
 *
 * @param masterSheet {@code MASTER_SHEET_URL}; empty: a sync fails and says so
 * @param maxLostPercent {@code SYNC_MAX_LOST_PERCENT}: when more of a supplier's items than this
 *     are missing from its sheet or cannot be read, nothing of it is changed; 100: never
 * @param maxRetryAfter the longest time that a server can ask us to stay away
 */
public record SyncSettings(Optional<URI> masterSheet, int maxLostPercent, Duration maxRetryAfter) {
  public static final int DEFAULT_MAX_LOST_PERCENT = 50;

  public SyncSettings {
    if (maxLostPercent < 0 || maxLostPercent > 100) {
      throw new IllegalArgumentException(
          "SYNC_MAX_LOST_PERCENT must be 0 to 100, was " + maxLostPercent);
    }
    if (maxRetryAfter.isNegative()) {
      throw new IllegalArgumentException(
          "the longest Retry-After must not be negative, was " + maxRetryAfter);
    }
  }

  /** The defaults with this master sheet. */
  public static SyncSettings of(Optional<URI> masterSheet) {
    return new SyncSettings(masterSheet, DEFAULT_MAX_LOST_PERCENT, HostPauses.LONGEST);
  }
}
