package dev.millrace.sync;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where the master sync stands. */
public enum SyncState {
  /** No sync is asked for. */
  IDLE,
  /** A sync is queued or reads the master sheet. */
  SYNCING_MASTER,
  /** The master sheet is read; its suppliers are being synced. */
  PROCESSING_SUPPLIERS;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
