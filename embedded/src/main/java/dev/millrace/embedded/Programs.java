package dev.millrace.embedded;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Short-lived programs of the machine. */
final class Programs {
  private Programs() {}

  /** Looks through the {@code PATH}. */
  static Optional<Path> find(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static boolean succeeds(List<String> command) {
    return output(command).isPresent();
  }

  /**
   * What it printed, or empty if it failed or is not there.
   *
   * @throws EmbeddedServiceException if this process may start no program at the moment, whichever
   *     it is
   */
  static Optional<String> output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (InputStream out = process.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        return process.onExit().join().exitValue() == 0 ? Optional.of(text) : Optional.empty();
      }
    } catch (IOException notRunnable) {
      usedUp(String.valueOf(notRunnable.getMessage()))
          .ifPresent(
              limit -> {
                throw new EmbeddedServiceException(
                    command.get(0) + " could not be started: " + limit, notRunnable);
              });
      return Optional.empty();
    }
  }

  /** Which limit of this process keeps it from starting any program; by the number of the error. */
  static Optional<String> usedUp(String message) {
    if (message.contains("error=24,") || message.contains("Too many open files")) {
      return Optional.of("this process has as many files open as it may; raise ulimit -n to 1024");
    }
    if (message.contains("error=23,")) {
      return Optional.of("the machine has as many files open as it may; see fs.file-max");
    }
    if (message.contains("error=11,")) {
      return Optional.of("this account runs as many processes as it may; raise ulimit -u");
    }
    if (message.contains("error=12,")) {
      return Optional.of("the machine has no memory left for another process");
    }
    return Optional.empty();
  }
}
