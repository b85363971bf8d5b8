package dev.millrace.sync.job;

import dev.millrace.http.HostPauses;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of the master sync.
 *
 * @param masterSheet {@code MASTER_SHEET_URL}; empty: each sync fails with an error that names the
 *     setting
 * @param maxLostPercent {@code SYNC_MAX_LOST_PERCENT}: if a larger share of a supplier's items is
 *     missing from its sheet or cannot be read, nothing is changed; 100: no limit
 * @param deletesVanished {@code SYNC_DELETE_VANISHED}: items that are gone from the sheet are
 *     deleted; else they stay and {@code vanished_at} says since when
 * @param maxRetryAfter the longest pause that a server can ask for
 */
public record SyncSettings(
    Optional<URI> masterSheet,
    int maxLostPercent,
    boolean deletesVanished,
    Duration maxRetryAfter) {
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
    return new SyncSettings(masterSheet, DEFAULT_MAX_LOST_PERCENT, false, HostPauses.LONGEST);
  }
}
