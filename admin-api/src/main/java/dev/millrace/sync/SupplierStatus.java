package dev.millrace.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A supplier and how its last sync went, derived from its newest log row.
 *
 * @param status {@code pending} (never synced), {@code success} or {@code error}
 * @param itemsCount null: not counted yet
 * @param lastError why the status is {@code error}; with {@code success}: that rows were left out,
 *     and the reason of the first
 * @param enabled false: no sync reads its sheet
 * @param disabledReason why, where the master sheet has not said so
 */
public record SupplierStatus(
    String id,
    String name,
    String status,
    @Nullable Instant lastSyncAt,
    @Nullable Long itemsCount,
    @Nullable String lastError,
    boolean enabled,
    @Nullable String disabledReason) {}
