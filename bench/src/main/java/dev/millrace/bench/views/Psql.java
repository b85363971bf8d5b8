package dev.millrace.bench.views;

import dev.millrace.MillraceException;
import dev.millrace.bench.measure.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@code psql} that stays, as an operator has it open: like the worker's, its session has read
 * the catalogs before, and has its schema of temporary tables. To make that anew, as each new
 * session does that refreshes, has Postgres forget the plans of all the others.
 */
final class Psql implements AutoCloseable {
  private static final Pattern TIME = Pattern.compile("Time: ([0-9.]+) ms.*");

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  Psql(TestServers servers) {
    String url = servers.libpqUrl();
    try {
      this.process =
          new ProcessBuilder(
                  List.of("stdbuf", "-oL", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new MillraceException(
          "psql and stdbuf are needed: install them (Debian: postgresql-15, coreutils)", e);
    }
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
    send("\\timing on");
  }

  /** Milliseconds of one statement, as {@code \timing} tells them. */
  double millis(String statement) {
    send(statement + ";");
    StringBuilder said = new StringBuilder();
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher time = TIME.matcher(line);
        if (time.matches()) {
          return Double.parseDouble(time.group(1));
        }
        said.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new MillraceException("psql has gone: " + said, e);
    }
    throw new MillraceException("psql has ended: " + said);
  }

  private void send(String line) {
    try {
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      throw new MillraceException("psql has gone", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
