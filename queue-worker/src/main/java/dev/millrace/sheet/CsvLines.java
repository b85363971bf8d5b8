package dev.millrace.sheet;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a CSV: lines that end with CR, LF or both, and quoted fields that may span several
 * of them. A line with a wrong quote is a record with a fault, and the next line is the next
 * record. Not thread-safe.
 */
final class CsvLines {
  /** A cell of a spreadsheet has at most 32,767 characters. */
  static final int LONGEST_FIELD = 40_000;

  private static final int BUFFER = 32_768;

  /** Before it is in memory. */
  private static final long LONGEST_LINE = 1_000_000;

  /** The number of columns in a spreadsheet. */
  private static final int MOST_FIELDS = 16_384;

  private static final int MOST_LINES_OF_A_FIELD = 200;

  private final Reader in;
  private final char separator;
  private final Deque<String> ahead = new ArrayDeque<>();
  private final char[] buffer = new char[BUFFER];
  private int position;
  private int filled;
  private boolean skipsLineFeed;

  CsvLines(Reader in, char separator) {
    this.in = in;
    this.separator = separator;
  }

  /**
   * A record.
   *
   * @param inner of a record of several lines, those within a quoted field
   * @param fault the fault of its quotes; then the fields are those before it
   */
  record Fields(List<String> texts, List<String> inner, @Nullable String fault) {}

  /** The next record; null after the last one. */
  @Nullable Fields next() throws IOException {
    String line = line();
    if (line == null) {
      return null;
    }
    List<String> taken = new ArrayList<>();
    Cut parsed = new Cut(line);
    while (parsed.parse() == Cut.OPEN
        && taken.size() < MOST_LINES_OF_A_FIELD
        && parsed.text.length() - parsed.fieldStart < LONGEST_FIELD) {
      String more = line();
      if (more == null) {
        break;
      }
      taken.add(more);
      parsed.text = parsed.text + '\n' + more;
    }
    if (parsed.end == Cut.GOOD) {
      List<String> inner = taken.isEmpty() ? taken : taken.subList(0, taken.size() - 1);
      return new Fields(parsed.fields, inner, null);
    }
    // the lines after the first are no part of it
    for (int i = taken.size() - 1; i >= 0; i--) {
      ahead.addFirst(taken.get(i));
    }
    String fault =
        parsed.end == Cut.OPEN
            ? "a quoted cell has no closing quote"
            : "a quoted cell has a quote inside";
    return new Fields(parsed.fields, List.of(), fault);
  }

  /** A record as far as it was read; parsing continues from the open field. */
  private final class Cut {
    static final int GOOD = 0;
    static final int OPEN = 1;
    static final int BAD = 2;

    private String text;
    private final List<String> fields = new ArrayList<>();
    private int fieldStart;
    private int scanned;
    private int end = OPEN;

    Cut(String text) {
      this.text = text;
    }

    int parse() {
      end = GOOD;
      while (end == GOOD && fieldStart <= text.length()) {
        int quote = quoteAt(fieldStart);
        end = quote < 0 ? plain() : quoted(quote);
      }
      return end;
    }

    /** The place of a field's opening quote, after blanks; -1: it has none. */
    private int quoteAt(int start) {
      int i = start;
      while (i < text.length() && text.charAt(i) == ' ') {
        i++;
      }
      return i < text.length() && text.charAt(i) == '"' ? i : -1;
    }

    private int plain() {
      int found = text.indexOf(separator, fieldStart);
      int i = found < 0 ? text.length() : found;
      take(text.substring(fieldStart, i), i);
      return GOOD;
    }

    private int quoted(int quote) {
      // quotes before this place are pairs, so that a field of several lines is scanned once
      int i = Math.max(quote + 1, scanned);
      while (i < text.length()) {
        i = text.indexOf('"', i);
        if (i < 0) {
          i = text.length();
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          i += 2;
        } else {
          return closed(quote, i);
        }
      }
      scanned = i;
      return OPEN;
    }

    private int closed(int quote, int closing) {
      int i = closing + 1;
      while (i < text.length() && text.charAt(i) == ' ' && separator != ' ') {
        i++;
      }
      if (i < text.length() && text.charAt(i) != separator) {
        return BAD;
      }
      String content = text.substring(quote + 1, closing);
      take(content.indexOf('"') < 0 ? content : content.replace("\"\"", "\""), i);
      return GOOD;
    }

    private void take(String field, int separatorAt) {
      if (fields.size() > MOST_FIELDS) {
        throw SheetException.tooLarge("a row of the CSV has more than " + MOST_FIELDS + " cells");
      }
      fields.add(field);
      fieldStart = separatorAt + 1;
      scanned = 0;
    }
  }

  private @Nullable String line() throws IOException {
    if (!ahead.isEmpty()) {
      return ahead.removeFirst();
    }
    StringBuilder begun = null; // of a line that is longer than the rest of the buffer
    while (position < filled || fill()) {
      if (skipsLineFeed) {
        skipsLineFeed = false;
        if (buffer[position] == '\n') {
          position++;
          continue;
        }
      }
      int start = position;
      while (position < filled && !endsLine(buffer[position])) {
        position++;
      }
      int before = begun == null ? 0 : begun.length();
      if (before + position - start > LONGEST_LINE) {
        throw SheetException.tooLarge(
            "a line of the CSV has more than " + LONGEST_LINE + " characters");
      }
      if (position < filled && begun == null) {
        return end(new String(buffer, start, position - start));
      }
      begun = begun == null ? new StringBuilder() : begun;
      begun.append(buffer, start, position - start);
      if (position < filled) {
        return end(begun.toString());
      }
    }
    return begun == null ? null : begun.toString();
  }

  private String end(String line) {
    char end = buffer[position++];
    if (end == 0) {
      throw SheetException.notASheet("the source sent binary data instead of a sheet");
    }
    skipsLineFeed = end == '\r';
    return line;
  }

  private static boolean endsLine(char c) {
    return c <= '\r' && (c == '\n' || c == '\r' || c == 0);
  }

  /** Reads more characters; false at the end. */
  private boolean fill() throws IOException {
    SheetException.ifInterrupted();
    position = 0;
    filled = Math.max(0, in.read(buffer));
    return filled > 0;
  }
}
