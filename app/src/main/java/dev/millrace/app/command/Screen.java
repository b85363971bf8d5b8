package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.log.Colour;
import dev.millrace.app.log.Output;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;

/** Shows answers of the API to a person: in colours where they can be seen. */
final class Screen {
  private static final int BAR = 20;
  private static final Set<String> GOOD =
      Set.of("completed", "success", "FRESH", "sent", "succeeded");
  private static final Set<String> BAD =
      Set.of("failed", "error", "lost", "missing", "absent", "LATE", "FAILED", "BLOCKED");
  private static final Set<String> BUSY =
      Set.of("processing", "running", "waiting", "refreshing", "draining", "DUE", "pending");

  private final PrintWriter out;
  private final boolean terminal;
  private final boolean colours;
  private final Moments moments;

  Screen(PrintWriter out, boolean terminal, Map<String, String> environment, Moments moments) {
    this.out = out;
    this.terminal = terminal;
    this.colours = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    this.moments = moments;
  }

  Moments moments() {
    return moments;
  }

  void line(String text) {
    out.println(Visible.line(text));
  }

  /** A line that is in a colour, or begins with a word in capitals, so that both stand out. */
  void line(Colour colour, String text) {
    coloured(colour, Visible.line(text));
    out.println();
  }

  void blank() {
    out.println();
  }

  /** The rows of a table, states in their colours; nothing when there are none. */
  void table(Table table) {
    if (!table.isEmpty()) {
      table.print(this);
    }
  }

  /** A table after an empty line. */
  void part(Table table) {
    if (!table.isEmpty()) {
      blank();
      table.print(this);
    }
  }

  /** The cells of a row, padded already; a state gets its colour. */
  void row(Iterable<String> cells, boolean header) {
    StringBuilder gap = new StringBuilder();
    for (String cell : cells) {
      String text = cell.stripTrailing();
      if (!text.isEmpty()) {
        out.print(gap);
        gap.setLength(0);
        coloured(header ? Colour.FAINT : colour(text), text);
      }
      gap.append(" ".repeat(cell.length() - text.length()));
    }
    out.println();
  }

  private static Colour colour(String text) {
    if (GOOD.contains(text)) {
      return Colour.GREEN;
    }
    if (BAD.contains(text)) {
      return Colour.RED;
    }
    return BUSY.contains(text) ? Colour.CYAN : Colour.PLAIN;
  }

  private void coloured(Colour colour, String text) {
    if (colours && colour != Colour.PLAIN && out instanceof Output.Printer printer) {
      printer.colour(colour);
      out.print(text);
      printer.colour(Colour.PLAIN);
    } else {
      out.print(text);
    }
  }

  /** Such as {@code 12/40}, on a terminal behind a bar; empty: nothing is known. */
  String progress(JsonNode progress) {
    if (!progress.isObject()) {
      return "";
    }
    long current = progress.path("current").asLong();
    long total = progress.path("total").asLong();
    String numbers = Table.cell(progress, "current") + "/" + Table.cell(progress, "total");
    if (!terminal || total <= 0) {
      return numbers;
    }
    int full = (int) (BAR * Math.max(0, Math.min(current, total)) / total);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + numbers;
  }
}
