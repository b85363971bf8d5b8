package dev.millrace.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the benchmark in a process of its own: started, listened to, told to end. */
public final class Child implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final String name;
  private final Process process;
  private final BufferedReader lines;
  private final Path log;
  private final long startedAt;

  private Child(String name, Process process, Path log, long startedAt) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.startedAt = startedAt;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts a process; its clock runs from before the call to the system.
   *
   * @param log where its standard error goes
   */
  public static Child start(String name, List<String> command, Path directory, Path log) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      long startedAt = System.nanoTime();
      return new Child(name, builder.start(), log, startedAt);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be started", e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /** Waits for a line and answers the seconds from the start of the process to it. */
  public double awaitLine(String wanted) {
    String unused = await(wanted);
    return (System.nanoTime() - startedAt) / 1e9;
  }

  /** Waits for a line {@code key=value} and answers the value. */
  public String awaitValue(String key) {
    return await(key + "=").substring(key.length() + 1);
  }

  private String await(String prefix) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(prefix)) {
          return line;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " was not heard", e);
    }
    throw new IllegalStateException(
        name + " ended without saying '" + prefix + "'; its words are in " + log);
  }

  /** Tells it to end: it says its totals then. */
  public void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be told to end", e);
    }
  }

  /** Waits for its end; kills it when it does not come. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      hearOut();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " did not end within " + PATIENCE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Reads to the end: a process whose pipe is full cannot end. */
  private void hearOut() {
    Thread reader = new Thread(this::readAll, name + "-heard-out");
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll() {
    try {
      lines.lines().forEach(line -> {});
    } catch (UncheckedIOException e) {
      // it was killed: the rest is not needed
    }
  }
}
