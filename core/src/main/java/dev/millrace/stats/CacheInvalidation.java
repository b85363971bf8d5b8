package dev.millrace.stats;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tags to invalidate in a cache, and how far that is.
 *
 * @param state {@code pending}, {@code sent}, {@code failed}: its tries are used up, or {@code
 *     not_sent}: no address was set
 * @param statsJobId whose functions made the tags stale; it may not be kept any more
 * @param jobId the newest job that was to send it
 * @param tries the newest twenty, oldest first
 */
public record CacheInvalidation(
    String id,
    String state,
    List<String> tags,
    String statsJobId,
    @Nullable String jobId,
    Instant createdAt,
    @Nullable Instant sentAt,
    List<Try> tries) {
  public CacheInvalidation {
    tags = List.copyOf(tags);
    tries = List.copyOf(tries);
  }

  /**
   * One call.
   *
   * @param httpStatus null: there was no answer
   * @param error null: it was taken
   */
  public record Try(
      String idempotencyKey,
      Instant at,
      long durationMs,
      @Nullable Integer httpStatus,
      @Nullable String error) {}
}
