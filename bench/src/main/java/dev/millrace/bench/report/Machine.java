package dev.millrace.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where and when it was measured.
 *
 * @param load the load average when it began, before anything of ours ran
 * @param postgres version and build of the server, in its own words; empty before it has started
 */
public record Machine(
    Instant at, int cores, long memoryMegabytes, String java, double load, String postgres) {

  /** This one. */
  public static Machine now() {
    return new Machine(
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        Runtime.getRuntime().availableProcessors(),
        memory(),
        Runtime.version().toString(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        "");
  }

  /** The same one with the server that it was measured on. */
  public Machine with(String version) {
    return new Machine(at, cores, memoryMegabytes, java, load, version);
  }

  private static long memory() {
    try {
      String total = Files.readAllLines(Path.of("/proc/meminfo")).get(0);
      return Long.parseLong(total.replaceAll("[^0-9]", "")) / 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
