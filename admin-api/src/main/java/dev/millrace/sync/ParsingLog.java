package dev.millrace.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code parsing_logs}.
 *
 * @param supplierId null: it concerns the master sheet
 * @param errorType {@code SUCCESS}, or what was wrong
 * @param rowNumber of the sheet, from 1; null: it concerns the whole sheet
 */
public record ParsingLog(
    String id,
    @Nullable String supplierId,
    @Nullable String supplierName,
    String errorType,
    String message,
    @Nullable Integer rowNumber,
    Instant createdAt) {}
