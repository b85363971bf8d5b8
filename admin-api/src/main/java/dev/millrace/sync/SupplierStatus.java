package dev.millrace.sync;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A supplier and how its last sync went, derived from its newest log row.
 *
 * @param status {@code pending} (never synced), {@code success} or {@code error}
 * @param itemsCount null: not counted yet
 * @param lastError why the status is {@code error}; with {@code success}: that rows were left out,
 *     and the reason of the first
 */
public record SupplierStatus(
    UUID id,
    String name,
    String status,
    @Nullable Instant lastSyncAt,
    @Nullable Long itemsCount,
    @Nullable String lastError) {}
