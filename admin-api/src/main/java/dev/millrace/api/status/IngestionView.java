package dev.millrace.api.status;

import dev.millrace.sync.Ingestion;
import dev.millrace.sync.Ingestion.SyncProgress;
import dev.millrace.sync.ParsingLog;
import dev.millrace.sync.SupplierStatus;
import dev.millrace.sync.SyncState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The documented {@code IngestionStatus}: these fields and no others. */
record IngestionView(
    SyncState syncState,
    @Nullable SyncProgress progress,
    @Nullable Instant lastSyncAt,
    Instant nextScheduledAt,
    List<SupplierStatus> suppliers,
    List<ParsingLog> recentLogs) {

  static IngestionView of(Ingestion ingestion) {
    return new IngestionView(
        ingestion.syncState(),
        ingestion.progress(),
        ingestion.lastSyncAt(),
        ingestion.nextScheduledAt(),
        ingestion.suppliers(),
        ingestion.recentLogs());
  }
}
