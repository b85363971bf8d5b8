package dev.millrace.app.config;

import dev.millrace.app.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a file {@code .env}: {@code NAME=value}, with {@code export} before it or not. A
 * value in single quotes is taken as it is; one in double quotes knows {@code \n}, {@code \t},
 * {@code \"}, {@code \\} and {@code \$}; both may go over several lines. Without quotes it ends at
 * {@code #} after a space. Nothing is expanded.
 */
final class EnvLines {
  private static final Pattern NAME =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*");

  private final Path file;
  private final String[] lines;
  private final Map<String, String> values = new LinkedHashMap<>();
  private int at;

  private EnvLines(Path file, String text) {
    this.file = file;
    this.lines = text.split("\r?\n", -1);
  }

  /**
   * Reads all lines; the last one of a name counts.
   *
   * @throws UserError naming the file and the line that is wrong, and never its text, which may be
   *     a secret
   */
  static Map<String, String> parse(Path file, String text) {
    EnvLines reader = new EnvLines(file, text);
    for (; reader.at < reader.lines.length; reader.at++) {
      reader.line();
    }
    return reader.values;
  }

  private void line() {
    String line = at == 0 ? lines[0].replaceFirst("^\uFEFF", "") : lines[at];
    if (line.isBlank() || line.stripLeading().startsWith("#")) {
      return;
    }
    Matcher name = NAME.matcher(line);
    if (!name.lookingAt()) {
      throw wrong(at, "expected NAME=value, export NAME=value or a comment after #");
    }
    String rest = line.substring(name.end()).replaceFirst("\\s+$", "");
    char quote = rest.isEmpty() ? ' ' : rest.charAt(0);
    values.put(
        name.group(1),
        quote == '"' || quote == '\''
            ? quoted(rest.substring(1), quote)
            : rest.replaceFirst("(^|\\s+)#.*$", ""));
  }

  private String quoted(String first, char quote) {
    int begun = at;
    StringBuilder value = new StringBuilder();
    String rest = first;
    while (true) {
      int end = end(rest, quote, value);
      if (end >= 0) {
        String after = rest.substring(end).strip();
        if (!after.isEmpty() && !after.startsWith("#")) {
          throw wrong(at, "there is text after the closing " + quote);
        }
        return value.toString();
      }
      at++;
      if (at == lines.length) {
        throw wrong(begun, "the value has no closing " + quote);
      }
      value.append('\n');
      rest = lines[at];
    }
  }

  /** Appends up to the closing quote; returns where the text after it begins, -1: there is none. */
  private static int end(String text, char quote, StringBuilder value) {
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one == quote) {
        return i + 1;
      }
      if (one == '\\' && quote == '"' && i + 1 < text.length()) {
        i++;
        value.append(unescaped(text.charAt(i)));
      } else {
        value.append(one);
      }
    }
    return -1;
  }

  private static String unescaped(char after) {
    return switch (after) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case '"', '\\', '$' -> String.valueOf(after);
      default -> "\\" + after;
    };
  }

  private UserError wrong(int line, String what) {
    return new UserError(file + ", line " + (line + 1) + ": " + what);
  }
}
