package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
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
public final class Programs {
  private Programs() {}

  /** Searches the {@code PATH}. */
  public static Optional<Path> find(String program) {
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
   * Its output; empty if it failed or does not exist.
   *
   * @throws EmbeddedServiceException if this process cannot start any program now
   */
  public static Optional<String> output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (InputStream out = process.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        return process.onExit().join().exitValue() == 0 ? Optional.of(text) : Optional.empty();
      }
    } catch (IOException notRunnable) {
      UsedUp.of(notRunnable)
          .ifPresent(
              limit -> {
                throw new EmbeddedServiceException(
                    command.get(0) + " could not be started: " + limit, notRunnable);
              });
      return Optional.empty();
    }
  }
}
