package dev.millrace.mv;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered view, how fresh it is, and why.
 *
 * @param viewName as registered
 * @param mode as wanted: {@code concurrently}, {@code plain}, {@code auto}, {@code function}
 * @param reason one sentence; null when it is fresh
 * @param freshAsOf every change committed before it is in the view; null: never refreshed here
 * @param ageSeconds since {@code freshAsOf}
 * @param lagSeconds for how long a known change has been missing; null: none is
 * @param deadline when it becomes LATE
 * @param dueAt when it is refreshed next, as things are
 * @param refreshing whether a job for it is unfinished
 * @param churn the share of rows that a refresh changes, as measured
 * @param bloat how many times the size it had after its last plain refresh; null: not known
 * @param blockers JSON array of {pid, user, application, state, query, age_seconds}
 */
public record ViewStatus(
    String viewName,
    String mode,
    @Nullable String viewGroup,
    boolean enabled,
    Freshness status,
    @Nullable String reason,
    @Nullable Instant freshAsOf,
    @Nullable Double ageSeconds,
    @Nullable Double lagSeconds,
    @Nullable Instant deadline,
    @Nullable Instant dueAt,
    boolean refreshing,
    @JsonSerialize(using = ToStringSerializer.class) @Nullable Long jobId,
    @Nullable Instant lastSuccessAt,
    @Nullable String lastMode,
    @Nullable Long rows,
    @Nullable Long bytes,
    @Nullable Double bloat,
    @Nullable Long durationMs,
    @Nullable Long p95Ms,
    @Nullable Double churn,
    @Nullable Double maxLagSeconds,
    int failuresInRow,
    @Nullable String lastError,
    @JsonRawValue @Nullable String blockers) {}
