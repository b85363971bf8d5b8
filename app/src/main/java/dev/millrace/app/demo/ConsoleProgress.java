package dev.millrace.app.demo;

import dev.millrace.text.CodePoints;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * The person watching: lines, and on a terminal one line that is drawn over while something goes
 * on. Not thread-safe.
 */
public final class ConsoleProgress {
  private static final int BAR = 30;
  private static final int WIDTH = 78;

  private final PrintWriter out;
  private final boolean terminal;
  private final long start = System.nanoTime();
  private String drawn = "";

  /**
   * A screen.
   *
   * @param terminal whether a line can be drawn over
   */
  public ConsoleProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Whether standard output is a terminal: the script that starts Java knows, the JDK before 22
   * does not.
   */
  public static boolean isTerminal() {
    return Boolean.getBoolean("millrace.terminal");
  }

  /** A line that stays. */
  public void say(String line) {
    wipe();
    out.println(Visible.lines(line));
    out.flush();
  }

  /** A step that is done, with the time since the demo began. */
  public void step(String line) {
    say("%6s  %s".formatted(seconds(elapsed()), line));
  }

  /** Shows progress; without a terminal only lines that differ from the last. */
  public void progress(String what, long current, long total) {
    String text =
        total > 0
            ? "%6s  %s %s %d/%d"
                .formatted(
                    terminal ? seconds(elapsed()) : "", what, bar(current, total), current, total)
            : "%6s  %s".formatted(terminal ? seconds(elapsed()) : "", what);
    String line = Visible.line(text);
    if (line.equals(drawn)) {
      return;
    }
    if (terminal) {
      wipe();
      String shown = CodePoints.first(line, WIDTH);
      out.print(shown);
      drawn = shown;
    } else {
      out.println(line);
      drawn = line;
    }
    out.flush();
  }

  private static String bar(long current, long total) {
    int full = (int) (BAR * Math.min(current, total) / total);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
  }

  private void wipe() {
    if (terminal && !drawn.isEmpty()) {
      out.print("\r" + " ".repeat(drawn.length()) + "\r");
      drawn = "";
    }
  }

  /** Since the demo began. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
