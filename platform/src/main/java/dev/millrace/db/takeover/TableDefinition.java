package dev.millrace.db.takeover;

import dev.millrace.db.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as our migration creates it, read from that migration, so that it is defined once.
 *
 * @param constraints the table's own, as {@code CONSTRAINT name CHECK (…)}
 */
public record TableDefinition(String name, List<Column> columns, List<String> constraints) {
  private static final Pattern COLUMN =
      Pattern.compile(
          "(?s)(\\w+)\\s+([a-z ]+(?:\\[])?)(?=\\s+(?:NOT|DEFAULT|CHECK|GENERATED|PRIMARY|UNIQUE|REFERENCES)\\b|$)(.*)");
  private static final Pattern DEFAULT = Pattern.compile("\\bDEFAULT ");
  private static final Pattern CHECK = Pattern.compile("\\bCHECK (?=\\()");

  /**
   * A column of it.
   *
   * @param definition all that follows the name
   * @param value its default; empty: none, or an identity
   * @param check its condition, in brackets
   */
  public record Column(
      String name, String type, String definition, Optional<String> value, Optional<String> check) {
    public boolean notNull() {
      return definition.contains("NOT NULL") || definition.contains("PRIMARY KEY");
    }

    public boolean identity() {
      return definition.contains("AS IDENTITY");
    }
  }

  /**
   * Reads the definition.
   *
   * @param migration such as {@code V002__background_workers}
   * @throws IllegalArgumentException when the migration does not create the table
   */
  public static TableDefinition of(String migration, String name) {
    String script = Sql.of("dev.millrace.sql.migration." + migration);
    Matcher start =
        Pattern.compile("CREATE TABLE (?:IF NOT EXISTS )?public\\." + name + " \\(")
            .matcher(script);
    if (!start.find()) {
      throw new IllegalArgumentException(migration + " does not create the table " + name);
    }
    List<Column> columns = new ArrayList<>();
    List<String> constraints = new ArrayList<>();
    for (String part : parts(inBrackets(script, start.end() - 1))) {
      Matcher column = COLUMN.matcher(part);
      if (!part.matches("(?s)(CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)\\b.*") && column.matches()) {
        columns.add(column(column));
      } else {
        constraints.add(part);
      }
    }
    return new TableDefinition(name, List.copyOf(columns), List.copyOf(constraints));
  }

  private static Column column(Matcher column) {
    String rest = column.group(3).strip();
    Matcher value = DEFAULT.matcher(rest.replace("BY DEFAULT AS", "by default as"));
    Matcher check = CHECK.matcher(rest);
    return new Column(
        column.group(1),
        column.group(2).strip().toLowerCase(Locale.ROOT),
        column.group(2).strip() + (rest.isEmpty() ? "" : " " + rest),
        value.find() ? Optional.of(expression(rest, value.end())) : Optional.empty(),
        check.find() ? Optional.of("(" + inBrackets(rest, check.end()) + ")") : Optional.empty());
  }

  /** A default ends where the next clause begins. */
  private static String expression(String text, int from) {
    Matcher end =
        Pattern.compile(" (?=(?:NOT NULL|CHECK \\(|PRIMARY|UNIQUE|REFERENCES))").matcher(text);
    return text.substring(from, end.find(from) ? end.start() : text.length());
  }

  /** What stands between the bracket at {@code open} and its counterpart. */
  private static String inBrackets(String text, int open) {
    int depth = 0;
    boolean quoted = false;
    for (int at = open; at < text.length(); at++) {
      char c = text.charAt(at);
      quoted ^= c == '\'';
      depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return text.substring(open + 1, at);
      }
    }
    throw new IllegalArgumentException("a bracket is not closed: " + text.substring(open));
  }

  /** The parts between commas that stand in no bracket. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    boolean quoted = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      quoted ^= c == '\'';
      depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0 && !quoted) {
        parts.add(text.substring(start, at).strip().replaceAll("\\s+", " "));
        start = at + 1;
      }
    }
    parts.add(text.substring(start).strip().replaceAll("\\s+", " "));
    return parts;
  }
}
