package dev.millrace.api.why;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.status.Reasons.Explained;
import dev.millrace.status.Reasons.Reason;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET …/why}.
 *
 * @param reasons what holds first comes first
 */
public record Why(Instant asOf, List<Because> reasons) {
  public Why {
    reasons = List.copyOf(reasons);
  }

  /**
   * One reason.
   *
   * @param link where the API says more; null: it says no more
   */
  record Because(String code, String message, @Nullable Instant until, @Nullable String link) {}

  /** The answer that says why. */
  public static Why of(Explained explained) {
    return new Why(
        explained.asOf(),
        explained.reasons().stream()
            .map(one -> new Because(one.code(), one.message(), one.until(), link(one)))
            .toList());
  }

  private static @Nullable String link(Reason reason) {
    if (reason.about() == null) {
      return null;
    }
    String subject =
        URLEncoder.encode(Objects.requireNonNullElse(reason.subject(), ""), UTF_8)
            .replace("+", "%20");
    return switch (reason.about()) {
      case "job" -> "/api/admin/jobs/" + subject + "/why";
      case "view" -> "/api/admin/materialized-views/" + subject + "/why";
      case "worker" -> "/api/admin/workers/" + subject + "/why";
      case "pause" -> "/api/admin/pauses";
      default -> throw new IllegalArgumentException("about: " + reason.about());
    };
  }
}
