package dev.millrace.api.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A set of lines to which every process of one test run adds: a file per process in the directory
 * that Maven names for the run. Without that directory the lines of this process only. Thread-safe.
 */
final class RunLines {
  private static final Optional<Path> RUN =
      Optional.ofNullable(System.getProperty("millrace.contract.run")).map(Path::of);

  private final Set<String> own = ConcurrentHashMap.newKeySet();
  private final String suffix;

  /**
   * @param name tells these lines from others of the same run
   */
  RunLines(String name) {
    suffix = "." + name;
  }

  void add(String line) {
    if (own.add(line)) {
      RUN.ifPresent(run -> append(run, line));
    }
  }

  private synchronized void append(Path run, String line) {
    try {
      Files.createDirectories(run);
      Files.writeString(
          run.resolve(ProcessHandle.current().pid() + suffix),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("a line of the test run cannot be kept", e);
    }
  }

  /** Those of some lines that no process of this run has added, in order. */
  Set<String> without(Set<String> lines) {
    Set<String> rest = new TreeSet<>(lines);
    rest.removeAll(own);
    RUN.filter(Files::isDirectory).ifPresent(run -> rest.removeAll(added(run)));
    return rest;
  }

  private Set<String> added(Path run) {
    Set<String> added = new TreeSet<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.filter(one -> one.toString().endsWith(suffix)).toList()) {
        added.addAll(Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the lines of the test run cannot be read", e);
    }
    return added;
  }
}
