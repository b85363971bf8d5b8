package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.Arguments;
import dev.millrace.drills.child.ChildEvent;
import dev.millrace.drills.child.ChildMain;
import dev.millrace.embedded.process.ChildProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM that a drill may kill, freeze and thaw by its process id. */
final class DrillProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx128m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dlogback.configurationFile=dev/millrace/drills/child/logback.xml");

  private final String name;
  private final ChildProcess process;
  private final CountDownLatch ready = new CountDownLatch(1);

  private DrillProcess(String name, ChildProcess process) {
    this.name = name;
    this.process = process;
  }

  /**
   * What its JVM gets beyond the options of all.
   *
   * @param overlay a directory that the class path begins with; no class archive fits then
   */
  record Jvm(List<String> options, Optional<Path> overlay) {
    Jvm {
      options = List.copyOf(options);
    }

    private List<String> allOptions() {
      return overlay.isPresent()
          ? OPTIONS
          : Stream.concat(OPTIONS.stream(), options.stream()).toList();
    }

    private String classPath() {
      return Stream.of(
              overlay.map(Path::toString).orElse(""),
              ChildArchive.jars(),
              ChildArchive.directories())
          .filter(entries -> !entries.isEmpty())
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /**
   * How to start one.
   *
   * @param log its output is appended here
   */
  record Spec(String name, Arguments arguments, Jvm jvm, Path log) {}

  static DrillProcess start(Spec spec, Consumer<ChildEvent> events) {
    List<String> command =
        ChildProcess.jvm(
            spec.jvm().classPath(),
            spec.jvm().allOptions(),
            ChildMain.class,
            spec.arguments().commandLine());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(spec.arguments().environment());
    DrillProcess child =
        new DrillProcess(spec.name(), ChildProcess.start("child " + spec.name(), builder));
    Thread reader = new Thread(() -> child.read(spec.log(), events), "drill-output-" + spec.name());
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  private void read(Path log, Consumer<ChildEvent> events) {
    try (BufferedReader lines = process.output();
        BufferedWriter kept =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      String line = lines.readLine();
      while (line != null) {
        if (line.startsWith(ChildEvent.MARK)) {
          ChildEvent event = ChildEvent.of(line);
          if (event == ChildEvent.READY) {
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

  /** SIGTERM; waits for the end, which is after it has handed back the jobs it ran. */
  void stop() {
    process.signal("TERM");
    process.awaitExit(START);
  }

  /** SIGKILL; waits for the end. */
  void kill() {
    process.close();
  }

  /** Runs the task after its end, whatever ended it. */
  void onExit(Runnable task) {
    process.onExit(task);
  }

  /** SIGSTOP: it does nothing, and keeps all its connections. */
  void freeze() {
    process.signal("STOP");
  }

  /** SIGCONT. */
  void thaw() {
    process.signal("CONT");
  }

  @Override
  public void close() {
    kill();
  }
}
