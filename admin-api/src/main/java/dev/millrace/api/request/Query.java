package dev.millrace.api.request;

import dev.millrace.api.problem.Problems;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.security.RouteRole;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The parameters of a query. A name that is not known is refused: a misspelled filter would show
 * all rows.
 */
public final class Query {
  /** The role of a route that has parameters; others refuse any. */
  public enum Taken implements RouteRole {
    /** Reads them with {@link Query#of}. */
    QUERY
  }

  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /** Refuses parameters under {@code /api} that no route reads, and malformed ones. */
  public static void addTo(RoutesConfig routes) {
    routes.beforeMatched(
        "/api/*",
        ctx -> {
          Map<String, String> sent = QueryText.parse(ctx.queryString());
          if (!ctx.routeRoles().contains(Taken.QUERY)) {
            refuseUnknown(sent, List.of());
          }
        });
  }

  private static void refuseUnknown(Map<String, String> sent, List<String> known) {
    sent.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            throw Problems.badParameter(
                name, value, known.isEmpty() ? List.of("no parameter") : known);
          }
        });
  }

  /** The query of a request that may have these parameters, each at most once. */
  public static Query of(Context ctx, List<String> known) {
    Map<String, String> sent = QueryText.parse(ctx.queryString());
    refuseUnknown(sent, known);
    return new Query(sent);
  }

  /** A value as it was sent; an empty one counts as not sent. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  public Optional<String> matching(String name, Pattern pattern) {
    Optional<String> value = text(name);
    value
        .filter(text -> !pattern.matcher(text).matches())
        .ifPresent(
            text -> {
              throw Problems.badParameter(name, text, List.of(pattern.pattern()));
            });
    return value;
  }

  public Optional<String> oneOf(String name, List<String> allowed) {
    Optional<String> value = text(name);
    value
        .filter(text -> !allowed.contains(text))
        .ifPresent(
            text -> {
              throw Problems.badParameter(name, text, allowed);
            });
    return value;
  }

  /** Some of the allowed words, separated by commas, in the order that they are allowed in. */
  public Set<String> someOf(String name, List<String> allowed) {
    Set<String> sent =
        text(name).map(text -> Set.copyOf(List.of(text.split(",", -1)))).orElse(Set.of());
    for (String word : sent) {
      if (!allowed.contains(word)) {
        throw Problems.badParameter(name, word, allowed);
      }
    }
    Set<String> ordered = new LinkedHashSet<>(allowed);
    ordered.retainAll(sent);
    return ordered;
  }

  /** Whether a flag is set; not sent: it is not. */
  public boolean flag(String name) {
    return oneOf(name, List.of("true", "false")).filter("true"::equals).isPresent();
  }

  /** A moment in ISO-8601 with its offset. */
  public Optional<Instant> moment(String name) {
    return text(name).map(text -> moment(name, text));
  }

  private static Instant moment(String name, String text) {
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text);
      if (moment.getYear() >= 1 && moment.getYear() <= 9999) {
        return moment.toInstant();
      }
    } catch (DateTimeParseException e) {
      // falls through to the one refusal below
    }
    throw Problems.badParameter(name, text, List.of("a moment such as 2030-01-31T12:00:00Z"));
  }

  /** A page size: more than the most is the most. */
  public int limit(int otherwise, int most) {
    return number("limit", otherwise, most);
  }

  /** How many are wanted: more than the most is the most. */
  public int count(int otherwise, int most) {
    return number("count", otherwise, most);
  }

  /** How many seconds something takes: more than the most is the most. */
  public int seconds(int otherwise, int most) {
    return number("seconds", otherwise, most);
  }

  private int number(String name, int otherwise, int most) {
    Optional<String> value = text(name);
    value
        .filter(text -> !text.matches("0*[1-9][0-9]*"))
        .ifPresent(
            text -> {
              throw Problems.badParameter(name, text, List.of("a whole number from 1 on"));
            });
    return value
        .map(text -> text.length() > 9 ? most : Math.min(most, Integer.parseInt(text)))
        .orElse(otherwise);
  }
}
