package dev.millrace.sync;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The master sync and its suppliers, as of one moment; its JSON is the documented {@code
 * IngestionStatus}.
 *
 * @param progress of the suppliers; null unless they are being processed
 * @param taskId the job of the sync that is not finished
 * @param lastSyncAt when the last sync that completed did
 * @param nextScheduledAt the next slot of its schedule, or the one it would have if it were enabled
 * @param suppliers by name
 * @param recentLogs the newest 50, newest first
 * @param masterStatus how the master sheet was read last: {@code pending} (never), {@code success}
 *     or {@code error}
 * @param lastError why the last sync failed; null: it did not
 * @param scheduleNote what an interval that does not divide the day means; null: it divides it
 */
public record Ingestion(
    SyncState syncState,
    @Nullable SyncProgress progress,
    @JsonIgnore @Nullable Long taskId,
    @Nullable Instant lastSyncAt,
    Instant nextScheduledAt,
    List<SupplierStatus> suppliers,
    List<ParsingLog> recentLogs,
    String masterStatus,
    @Nullable String lastError,
    @Nullable String scheduleNote) {

  public Ingestion {
    suppliers = List.copyOf(suppliers);
    recentLogs = List.copyOf(recentLogs);
  }

  /** Suppliers that have been dealt with, of all. */
  public record SyncProgress(long current, long total) {}
}
