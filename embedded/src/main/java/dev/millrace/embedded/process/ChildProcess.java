package dev.millrace.embedded.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of a test, a drill or a benchmark; {@link #close} kills it. Thread-safe. */
public final class ChildProcess implements AutoCloseable {
  private final String name;
  private final Process process;

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** The command line of a JVM of this Java version with the class path of this process. */
  public static List<String> jvm(List<String> options, Class<?> main, List<String> arguments) {
    return jvm(System.getProperty("java.class.path"), options, main, arguments);
  }

  /** The command line of a JVM of this Java version with a class path of its own. */
  public static List<String> jvm(
      String classPath, List<String> options, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Starts it.
   *
   * @param name of the process in errors
   */
  public static ChildProcess start(String name, ProcessBuilder command) {
    try {
      return new ChildProcess(name, command.start());
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be started", e);
    }
  }

  /**
   * Sends a signal to any process.
   *
   * @param signal such as {@code STOP}
   */
  public static void signal(String signal, long pid) {
    try {
      int status = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("process " + pid + " does not exist: no SIG" + signal);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " could not be sent SIG" + signal, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while SIG" + signal + " was sent", e);
    }
  }

  /** Kills any process and waits for its end; does nothing when it has ended. */
  public static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ChildProcess::kill);
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process and what it started. */
  public List<ProcessHandle> tree() {
    List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
    tree.add(0, process.toHandle());
    return tree;
  }

  /** Its standard output as UTF-8; one reader for all calls. */
  public BufferedReader output() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** Ends its standard input. */
  public void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("the input of " + name + " could not be closed", e);
    }
  }

  /**
   * Waits for its end and returns its exit code.
   *
   * @throws IllegalStateException when it runs longer than {@code most}
   */
  public int awaitExit(Duration most) {
    try {
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(name + " did not end within " + most.toSeconds() + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before " + name + " ended", e);
    }
  }

  /** Runs a task after its end, whatever ended it. */
  public void onExit(Runnable task) {
    var unused = process.onExit().thenRun(task);
  }

  /** Sends a signal, such as {@code TERM}. */
  public void signal(String signal) {
    signal(signal, pid());
  }

  /** SIGKILL; waits for the end. */
  @Override
  public void close() {
    kill(process.toHandle());
  }
}
