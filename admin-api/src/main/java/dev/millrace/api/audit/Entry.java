package dev.millrace.api.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the audit.
 *
 * @param whoType {@code admin_key}, {@code api_key}, {@code user}; {@code unknown} for a sign-in
 *     that was refused: its name is what was sent
 * @param outcome {@code allowed} or {@code refused}
 * @param problem the code of the answer of what was refused
 */
public record Entry(
    String id,
    Instant at,
    String who,
    String whoType,
    @Nullable String role,
    String address,
    String requestId,
    String action,
    String target,
    @Nullable String reason,
    @Nullable JsonNode before,
    @Nullable JsonNode after,
    String outcome,
    @Nullable String problem) {}
