package dev.millrace.bench.process;

import dev.millrace.embedded.process.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A program of the benchmark in a process of its own: started, read, ended. */
public final class BenchProcess implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final String name;
  private final ChildProcess process;
  private final BufferedReader lines;
  private final Path log;
  private final long startedAt;

  private BenchProcess(String name, ChildProcess process, Path log, long startedAt) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.startedAt = startedAt;
    this.lines = process.output();
  }

  /**
   * Starts a process; its clock runs from before the call to the system.
   *
   * @param log where its standard error goes
   */
  public static BenchProcess start(String name, List<String> command, Path directory, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    long startedAt = System.nanoTime();
    return new BenchProcess(name, ChildProcess.start(name, builder), log, startedAt);
  }

  public long pid() {
    return process.pid();
  }

  /** Waits for a line and answers the seconds from the start of the process to it. */
  public double awaitLine(String wanted) {
    await(wanted);
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
      throw new UncheckedIOException(name + " could not be read", e);
    }
    throw new IllegalStateException(
        name + " ended before it printed '" + prefix + "'; see its log " + log);
  }

  /** Ends its input, on which it prints its totals and ends. */
  public void end() {
    process.closeInput();
  }

  /** Waits for its end; kills it after 10 min. */
  @Override
  public void close() {
    try {
      end();
      readRest();
      process.awaitExit(LONGEST);
    } finally {
      process.close();
    }
  }

  /** Reads to the end: a process whose pipe is full cannot end. */
  private void readRest() {
    Thread reader = new Thread(this::readAll, name + "-output");
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
