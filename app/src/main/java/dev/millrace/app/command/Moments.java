package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/**
 * Moments for a person: how far they are from now, and what the clock on the wall showed.
 *
 * @param now what "ago" counts from
 * @param zone of the clock on the wall
 */
record Moments(Instant now, ZoneId zone) {
  private static final DateTimeFormatter TODAY =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter OTHER_DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** By the clock of this machine. */
  static Moments here() {
    return new Moments(Instant.now(), ZoneId.systemDefault());
  }

  /** Such as {@code 3 min ago} or {@code in 2 h}; {@code -} when the field has none. */
  String relative(JsonNode node, String field) {
    return read(node, field).map(this::relative).orElseGet(() -> Table.cell(node, field));
  }

  /** Such as {@code 14:03:07 (3 min ago)}, by the local clock. */
  String both(JsonNode node, String field) {
    return read(node, field)
        .map(at -> local(at) + " (" + relative(at) + ")")
        .orElseGet(() -> Table.cell(node, field));
  }

  /** The local time of day, with the date unless it is today's. */
  String local(Instant at) {
    var there = at.atZone(zone);
    boolean today = there.toLocalDate().equals(now.atZone(zone).toLocalDate());
    return (today ? TODAY : OTHER_DAY).format(there);
  }

  private String relative(Instant at) {
    Duration away = Duration.between(at, now);
    return away.isNegative() ? "in " + rough(away.negated()) : rough(away) + " ago";
  }

  /** How long it took from one field to another, such as {@code 1.3 s}; {@code -}: unknown. */
  static String between(JsonNode node, String from, String to) {
    Optional<Instant> begun = read(node, from);
    Optional<Instant> ended = read(node, to);
    return begun.isEmpty() || ended.isEmpty()
        ? "-"
        : took(Duration.between(begun.get(), ended.get()).toMillis());
  }

  /** A duration in milliseconds, with its unit. */
  static String took(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    return millis < 120_000
        ? String.format(Locale.ROOT, "%.1f s", millis / 1_000.0)
        : rough(Duration.ofMillis(millis));
  }

  /** The same of a field; {@code -} when it has none. */
  static String took(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNumber() ? took(value.asLong()) : Table.cell(node, field);
  }

  /** A duration by its largest unit. */
  static String rough(Duration time) {
    if (time.toSeconds() < 120) {
      return time.toSeconds() + " s";
    }
    if (time.toMinutes() < 120) {
      return time.toMinutes() + " min";
    }
    return time.toHours() < 48 ? time.toHours() + " h" : time.toDays() + " d";
  }

  static Optional<Instant> read(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(value.asText()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
