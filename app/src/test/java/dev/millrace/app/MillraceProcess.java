package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.process.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** The command in a process of its own, with an environment of its own. */
final class MillraceProcess implements AutoCloseable {
  /** Longer than anything here takes on a slow machine that does other work as well. */
  static final Duration LONGEST = Duration.ofMinutes(4);

  /** As for the JVMs of the tests: C2 would cost more than it saves. */
  private static final List<String> C1_ONLY = List.of("-XX:TieredStopAtLevel=1");

  private final ChildProcess process;
  private final Path out;
  private final Path err;

  private MillraceProcess(ChildProcess process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it; what it prints goes to files in a directory. */
  static MillraceProcess start(Path directory, Map<String, String> environment, String... args)
      throws IOException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(ChildProcess.jvm(C1_ONLY, Main.class, List.of(args)))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "REDIS_URL"));
    builder.environment().putAll(environment);
    return new MillraceProcess(ChildProcess.start("millrace", builder), out, err);
  }

  /** Waits for its end. */
  int exitCode() {
    return process.awaitExit(LONGEST);
  }

  void awaitOutput(String part) {
    await(part, this::out);
  }

  void awaitError(String part) {
    await(part, this::err);
  }

  private void await(String part, Supplier<String> text) {
    Awaitility.await("'" + part + "' in what it prints")
        .atMost(LONGEST)
        .until(
            () -> {
              boolean alive = process.isAlive();
              boolean printed = text.get().contains(part);
              assertThat(alive || printed).as(err()).isTrue();
              return printed;
            });
  }

  String out() {
    return text(out);
  }

  String err() {
    return text(err);
  }

  /** Where what it prints as errors goes, its log among it. */
  Path errFile() {
    return err;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The process and what it started. */
  List<ProcessHandle> processes() {
    return process.tree();
  }

  /** SIGTERM. */
  void terminate() {
    process.signal("TERM");
  }

  /** SIGKILL; waits for the end. */
  @Override
  public void close() {
    process.close();
  }
}
