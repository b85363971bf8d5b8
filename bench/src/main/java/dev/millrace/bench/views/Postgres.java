package dev.millrace.bench.views;

import dev.millrace.MillraceException;
import dev.millrace.bench.measure.Ground;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Postgres' own clients, on one database. */
final class Postgres {
  private static final Pattern TIME = Pattern.compile("Time: ([0-9.]+) ms");
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

  private final String url;

  Postgres(Ground ground) {
    this.url = ground.databaseUrl().replaceFirst("^jdbc:", "");
  }

  /** Milliseconds of one statement, as {@code psql} with {@code \\timing} tells them. */
  double millis(String statement) {
    return number(
        TIME, run(List.of("psql", "-X", "-q", url, "-c", "\\timing on", "-c", statement), ""));
  }

  /**
   * Transactions a second of eight clients, each committed to the disk.
   *
   * @param script as {@code pgbench} reads it
   */
  double rate(String script, int seconds) {
    return number(
        RATE,
        run(
            List.of(
                "pgbench",
                "-n",
                "-M",
                "prepared",
                "-c",
                "8",
                "-j",
                "1",
                "-T",
                Integer.toString(seconds),
                "-f",
                "-",
                url),
            script));
  }

  private static double number(Pattern pattern, String said) {
    Matcher matcher = pattern.matcher(said);
    if (!matcher.find()) {
      throw new MillraceException("no " + pattern.pattern() + " in: " + said);
    }
    return Double.parseDouble(matcher.group(1));
  }

  private static String run(List<String> command, String input) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
      Process process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new MillraceException(command.get(0) + " ended with " + exit + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new MillraceException(
          command.get(0) + " is needed: install psql and pgbench (Debian: postgresql-15)", e);
    } catch (InterruptedException e) {
      throw new MillraceException("interrupted while " + command.get(0) + " ran", e);
    }
  }
}
