package dev.millrace.app.command;

import dev.millrace.app.error.UserError;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which entries of the audit. */
final class AuditFilter {
  @Option(names = "--who", paramLabel = "NAME", description = "only of this user or key")
  private Optional<String> who = Optional.empty();

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "only of this action, such as user.disable")
  private Optional<String> action = Optional.empty();

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "only of this target: the name or id of what was changed")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      description = "only those that were allowed or refused")
  private Optional<String> outcome = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "only from then on: a time before now such as 30m, 2h or 7d, or 2026-01-31T12:00:00Z")
  private Optional<String> since = Optional.empty();

  @Option(names = "--until", paramLabel = "TIME", description = "only before then, as --since")
  private Optional<String> until = Optional.empty();

  /** As the end of a query. */
  String query(Instant now) {
    StringBuilder query = new StringBuilder();
    add(query, "who", who);
    add(query, "action", action);
    add(query, "target", target);
    add(query, "outcome", outcome);
    add(query, "since", since.map(text -> moment("--since", text, now)));
    add(query, "until", until.map(text -> moment("--until", text, now)));
    return query.toString();
  }

  private static void add(StringBuilder query, String name, Optional<String> value) {
    value.ifPresent(
        text -> query.append('&').append(name).append('=').append(ApiCommand.encoded(text)));
  }

  private static String moment(String option, String text, Instant now) {
    try {
      return Instant.parse(text).toString();
    } catch (DateTimeParseException e) {
      return before(option, text, now).toString();
    }
  }

  private static Instant before(String option, String text, Instant now) {
    try {
      Duration ago = new EnqueueCommand.DelayConverter().convert(text);
      return now.minus(ago);
    } catch (TypeConversionException e) {
      throw new UserError(
          option
              + " must be a time before now such as 30m, 2h or 7d, or a moment such as"
              + " 2026-01-31T12:00:00Z, was '"
              + text
              + "'",
          e);
    }
  }
}
