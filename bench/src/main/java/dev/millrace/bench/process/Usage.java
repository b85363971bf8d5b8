package dev.millrace.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes have cost, as Linux counts it. */
public final class Usage {
  public static final int CORES = Runtime.getRuntime().availableProcessors();

  private static final double TICKS_PER_SECOND = 100; // of /proc, whatever the kernel's own clock
  private static final int FIRST_OF_THE_FOUR = 11; // utime, stime, cutime, cstime after the state

  private Usage() {}

  /** CPU seconds of some processes, their threads, their children, and those of them that ended. */
  public static double cpuSeconds(List<Long> pids) {
    return pids.stream()
            .flatMap(pid -> ProcessHandle.of(pid).stream())
            .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
            .mapToDouble(process -> ticks(process.pid()))
            .sum()
        / TICKS_PER_SECOND;
  }

  /** CPU seconds of one process and its threads. */
  public static double cpuSeconds(long pid) {
    return cpuSeconds(List.of(pid));
  }

  private static double ticks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      double ticks = 0;
      for (int i = FIRST_OF_THE_FOUR; i < FIRST_OF_THE_FOUR + 4; i++) {
        ticks += Double.parseDouble(fields[i]);
      }
      return ticks;
    } catch (IOException e) {
      return 0; // it ended a moment ago; its parent's count has it
    }
  }

  /** The most memory a process has had, in megabytes of 1024 x 1024. */
  public static double peakMegabytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElseThrow()
          / 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How busy all cores have been between two readings of {@link #busySeconds}. */
  public static double busySeconds() {
    try {
      String[] cpu =
          Files.readAllLines(Path.of("/proc/stat")).get(0).replaceAll(" +", " ").split(" ", -1);
      double idle = Double.parseDouble(cpu[4]) + Double.parseDouble(cpu[5]);
      double all = 0;
      for (int i = 1; i <= 8; i++) {
        all += Double.parseDouble(cpu[i]);
      }
      return (all - idle) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
