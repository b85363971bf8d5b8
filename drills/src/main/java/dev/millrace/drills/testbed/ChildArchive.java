package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.ChildMain;
import dev.millrace.embedded.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class archive of the children of this process. A drill starts a dozen of them, and what a
 * start costs is reading and checking classes: with the archive, half of the CPU. Made once, from
 * the classes that a queue worker loads until it has run some jobs.
 */
final class ChildArchive {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private ChildArchive() {}

  private static final class Holder {
    private static final List<String> OPTIONS = make();
  }

  /** The options that make a child use it; the first call makes it. */
  static List<String> options() {
    return Holder.OPTIONS;
  }

  /**
   * The archives of the class path: what can be archived, so the path of a child begins with it.
   */
  static String jars() {
    return classPath(entry -> entry.endsWith(".jar"));
  }

  static String directories() {
    return classPath(entry -> !entry.endsWith(".jar"));
  }

  private static String classPath(Predicate<String> wanted) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(wanted)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> make() {
    Path directory = DrillServices.newDirectory("classes");
    Path list = directory.resolve("all.txt");
    Path archive = directory.resolve("children.jsa");
    try {
      loadAll(directory);
      Set<String> loaded = new LinkedHashSet<>();
      try (Stream<Path> lists = Files.list(directory)) {
        for (Path one : lists.toList()) {
          loaded.addAll(Files.readAllLines(one));
        }
      }
      Files.write(list, loaded);
      dump(list, archive);
    } catch (IOException e) {
      throw new DrillException("the class archive of the children cannot be made", e);
    }
    return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive);
  }

  private static void loadAll(Path directory) {
    Scenario.Run run =
        new Scenario.Run(false, 0, Optional.empty(), new DrillReport("class archive"));
    List<String> noteClasses =
        List.of("-Xshare:auto", "-XX:DumpLoadedClassList=" + directory.resolve("%p.txt"));
    try (TestBed testBed = TestBed.empty(run, TestBed.Settings.of(run), noteClasses)) {
      testBed.processes().startWorkers(1);
      testBed.producer().enqueue(20);
      if (!testBed.waits().drain()) {
        throw new DrillException("the jobs that load the classes of the archive have not ended");
      }
    }
  }

  private static void dump(Path list, Path archive) throws IOException {
    List<String> command =
        ChildProcess.jvm(
            jars(),
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + archive),
            ChildMain.class,
            List.of());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(archive.resolveSibling("dump.log").toFile())
            .start();
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new DrillException("the class archive was not written within " + PATIENCE);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new DrillException("interrupted while the class archive was written", e);
    }
    if (process.exitValue() != 0) {
      throw new DrillException("no class archive: exit code " + process.exitValue());
    }
  }
}
