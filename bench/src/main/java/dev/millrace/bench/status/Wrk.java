package dev.millrace.bench.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code wrk}, where it is installed: it takes less of the cores than a client of ours. */
final class Wrk {
  private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
  private static final Pattern FAULTS = Pattern.compile("Non-2xx or 3xx responses|Socket errors");

  private Wrk() {}

  /** Requests a second of 32 connections; empty: it is not installed. */
  static Optional<Double> rate(String address, Map<String, String> headers, int seconds) {
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t", "1", "-c", "32", "-d", seconds + "s"));
    headers.forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
    command.add(address);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher rate = RATE.matcher(said);
      if (process.waitFor() != 0 || !rate.find() || FAULTS.matcher(said).find()) {
        throw new IllegalStateException("wrk said " + said);
      }
      return Optional.of(Double.valueOf(rate.group(1)));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while wrk ran", e);
    }
  }
}
