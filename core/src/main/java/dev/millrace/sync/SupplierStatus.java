package dev.millrace.sync;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A supplier and how its last sync went, derived from its newest log row.
 *
 * @param status {@code pending} (never synced), {@code success} or {@code error}
 * @param lastError null unless the status is {@code error}
 */
public record SupplierStatus(
    UUID id,
    String name,
    String status,
    @Nullable Instant lastSyncAt,
    long itemsCount,
    @Nullable String lastError) {}
