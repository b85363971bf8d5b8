package dev.millrace.bench.views;

import dev.millrace.MillraceException;
import dev.millrace.bench.measure.TestServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code pgbench} on one database. */
final class PgBench {
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

  private final String url;

  PgBench(TestServers servers) {
    this.url = servers.libpqUrl();
  }

  /**
   * Transactions a second of eight clients, each committed to the disk.
   *
   * @param script as {@code pgbench} reads it
   */
  double rate(String script, int seconds) {
    String said =
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
            script);
    Matcher matcher = RATE.matcher(said);
    if (!matcher.find()) {
      throw new MillraceException("no " + RATE.pattern() + " in: " + said);
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
          command.get(0) + " is needed: install it (Debian: postgresql-15)", e);
    } catch (InterruptedException e) {
      throw new MillraceException("interrupted while " + command.get(0) + " ran", e);
    }
  }
}
