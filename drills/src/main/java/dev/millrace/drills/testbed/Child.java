package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.Arguments;
import dev.millrace.drills.child.ChildMain;
import dev.millrace.drills.child.Event;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM that a drill may kill, freeze and thaw by its process id. */
final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final CountDownLatch ready = new CountDownLatch(1);

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * How to start one.
   *
   * @param overlay what its class path begins with; may be an empty directory
   * @param log its output is appended here
   */
  record Spec(String name, Arguments arguments, Path overlay, Path log) {}

  static Child start(Spec spec, Consumer<Event> events) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx128m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.add("-Dlogback.configurationFile=dev/millrace/drills/child/logback.xml");
    command.add("-cp");
    command.add(spec.overlay() + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(ChildMain.class.getName());
    command.addAll(spec.arguments().commandLine());
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(spec.arguments().environment());
      Process process = builder.start();
      Child child = new Child(spec.name(), process);
      Thread reader =
          new Thread(() -> child.read(spec.log(), events), "drill-output-" + spec.name());
      reader.setDaemon(true);
      reader.start();
      return child;
    } catch (IOException e) {
      throw new DrillException("child " + spec.name() + " could not be started", e);
    }
  }

  private void read(Path log, Consumer<Event> events) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        BufferedWriter kept =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      String line = lines.readLine();
      while (line != null) {
        if (line.startsWith(Event.MARK)) {
          Event event = Event.of(line);
          if (event == Event.READY) {
            ready.countDown();
          }
          events.accept(event);
        } else {
          kept.write(line);
          kept.newLine();
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      // its pipe is gone with it
    } finally {
      ready.countDown();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void awaitReady() {
    try {
      if (!ready.await(START.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DrillException("child " + name + " was not ready within " + START);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("interrupted while child " + name + " was starting", e);
    }
  }

  /** SIGTERM. Comes back when it is gone, which is when it has handed back what it ran. */
  void stop() {
    Signal.send("TERM", pid());
    try {
      if (!process.waitFor(START.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DrillException("child " + name + " did not stop within " + START);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("interrupted while child " + name + " was stopping", e);
    }
  }

  /** SIGKILL. Comes back when it is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Runs the task once it is gone, however it went. */
  void onExit(Runnable task) {
    var unused = process.onExit().thenRun(task);
  }

  /** SIGSTOP: it does nothing, and keeps all its connections. */
  void freeze() {
    Signal.send("STOP", pid());
  }

  /** SIGCONT. */
  void thaw() {
    Signal.send("CONT", pid());
  }

  @Override
  public void close() {
    kill();
  }
}
