package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A child process under {@code supervise.sh}: it ends when {@link #stop} is called and when this
 * JVM ends, however.
 */
public final class Supervised {
  public static final Path NO_INPUT = Path.of("/dev/null");

  private static final String SCRIPT = script();
  private static final Set<String> KEPT_ENVIRONMENT = Set.of("PATH", "HOME", "TMPDIR");
  // Two signals at eight seconds each, then SIGKILL.
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private final Process shell;
  private final long pid;

  private Supervised(Process shell, long pid) {
    this.shell = shell;
    this.pid = pid;
  }

  /**
   * Starts a program under the shell that ends with this JVM.
   *
   * @param name shown in the list of processes
   * @param workDir exists
   * @param stopSignals at most two
   */
  public static Supervised launch(
      String name, Path workDir, Files files, List<String> stopSignals, List<String> command) {
    var line = new ArrayList<String>();
    // In a session of its own, so that neither Ctrl-C nor a kill of the parent's process group
    // reaches the service.
    Programs.find("setsid").ifPresent(setsid -> line.add(setsid.toString()));
    line.addAll(List.of("sh", "-c", SCRIPT, "millrace-" + name));
    line.addAll(
        List.of(files.log().toString(), files.input().toString(), String.join(" ", stopSignals)));
    line.addAll(command);
    var builder = new ProcessBuilder(line).directory(workDir.toFile());
    builder.redirectError(Redirect.appendTo(files.log().toFile()));
    // A PGOPTIONS or LD_LIBRARY_PATH of the user must not change how the service behaves.
    builder.environment().keySet().retainAll(KEPT_ENVIRONMENT);
    builder.environment().put("LC_ALL", "C");
    try {
      Process shell = builder.start();
      return new Supervised(shell, readPid(shell, name));
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "%s could not be run: %s"
              .formatted(name, UsedUp.of(e).orElseGet(() -> String.valueOf(e.getMessage()))),
          e);
    }
  }

  private static long readPid(Process shell, String name) throws IOException {
    try (BufferedReader lines = shell.inputReader(StandardCharsets.US_ASCII)) {
      String pid = lines.readLine();
      if (pid == null) {
        throw new IOException("the shell that should watch over %s ended at once".formatted(name));
      }
      return Long.parseLong(pid);
    }
  }

  long pid() {
    return pid;
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /** False if it still runs after this time. */
  public boolean awaitExit(Duration atMost) throws InterruptedException {
    return shell.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Only after it exited; 128 + n if signal n ended it. */
  public int exitStatus() {
    return shell.exitValue();
  }

  /**
   * Ends the pipe, which is the sign to stop, and returns when the process is gone; not hindered by
   * an interrupt.
   */
  public void stop() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      shell.destroyForcibly();
    }
    try {
      shell.onExit().orTimeout(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException timeout) {
      shell.destroyForcibly();
      throw new EmbeddedServiceException(
          "process %d did not stop within %d s".formatted(pid, LONGEST_STOP.toSeconds()), timeout);
    }
  }

  private static String script() {
    try (var in = Supervised.class.getResourceAsStream("supervise.sh")) {
      if (in == null) {
        throw new IllegalStateException("supervise.sh is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a process reads and writes. */
  public record Files(Path input, Path log) {}
}
