package dev.millrace.stats.job;

import dev.millrace.text.DurationText;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a function failed.
 *
 * @param passing whether another try may succeed: after a deadlock, a lost connection, a full
 *     server
 */
record Failure(String status, String error, boolean passing) {
  private static final String CANCELLED = "57014";
  private static final int LONGEST = 1_000;

  /** Connection, transaction rollback, resources, lock not available, operator intervention. */
  private static final List<String> PASSING = List.of("08", "40", "53", "55P03", "57P");

  /** The failure of a function. */
  static Failure of(RuntimeException e, Duration ran, Duration limit) {
    Optional<SQLException> sql = sql(e);
    String state = sql.map(SQLException::getSQLState).orElse("");
    if (state.equals(CANCELLED) && ran.compareTo(limit) >= 0) {
      return new Failure("timed_out", "timed out after " + DurationText.of(limit), false);
    }
    String said = sql.map(SQLException::getMessage).orElse(e.getMessage());
    String text = said == null ? e.getClass().getSimpleName() : said.replace("\u0000", "");
    boolean passing = sql.isEmpty() || PASSING.stream().anyMatch(state::startsWith);
    return new Failure("failed", text.substring(0, Math.min(LONGEST, text.length())), passing);
  }

  /** The function does not exist; another try does not help. */
  static Failure missing(String function) {
    return new Failure(
        "failed",
        "there is no function " + function + "() without arguments: create it, or unregister it",
        false);
  }

  /** The function would run with the rights of our role, which its owner may not have. */
  static Failure foreign(String function, String owner) {
    return new Failure(
        "failed",
        function
            + "() belongs to "
            + owner
            + ", which neither registered it nor has our rights: make its owner our role or a"
            + " superuser, or have "
            + owner
            + " register it",
        false);
  }

  private static Optional<SQLException> sql(Throwable e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }
}
