package dev.millrace.bench;

import dev.millrace.bench.measure.Contender;
import dev.millrace.bench.measure.Contender.Traits;
import dev.millrace.bench.peer.NodePrograms;
import dev.millrace.bench.process.JavaProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The systems that are measured, each with the setting that served it best. */
final class Contenders {
  private static final Duration WITHIN = Duration.ofSeconds(1);

  /** For a process that lives seconds on two cores: less compiling, no collector threads. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Path work;

  Contenders(Path work) {
    this.work = work;
  }

  Contender millrace() {
    return new Contender(
        "millrace",
        "8 hands, rows kept, -Xmx256m, classes archived",
        new Traits(true, false, 1, WITHIN),
        java("MillraceProgram", "-Xmx256m"),
        directory());
  }

  /** Millrace with a lock key of its own on each job. */
  Contender millraceWithLockKeys() {
    return new Contender(
        "millrace lock keys",
        "a lock key of its own on each job",
        new Traits(true, false, 0.4, WITHIN),
        java("MillraceProgram", "-Xmx256m", "-Dmillrace.bench.lock-keys=true"),
        directory());
  }

  List<Contender> peers() {
    NodePrograms node = new NodePrograms(work.resolve("node"));
    return List.of(
        new Contender(
            "graphile-worker",
            "local queue 500, 24 at once, batched completion; rows deleted",
            new Traits(false, false, 1, WITHIN),
            node.command("graphile-worker.mjs"),
            directory()),
        new Contender(
            "bullmq",
            "Redis with an append-only file, 200 at once, finished jobs kept",
            new Traits(false, true, 1, WITHIN),
            node.command("bullmq.mjs"),
            directory()),
        new Contender(
            "db-scheduler",
            "lock-and-fetch, 40 threads, poll 100 ms, classes archived; rows deleted",
            new Traits(false, false, 1, WITHIN),
            java("DbSchedulerProgram", "-Xmx1g"),
            directory()),
        new Contender(
            "jobrunr",
            "64 workers, poll 5 s, classes archived; rows kept",
            new Traits(false, false, 0.4, Duration.ofSeconds(7)),
            java("JobRunrProgram", "-Xmx1g"),
            directory()));
  }

  private List<String> java(String program, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SHORT_LIVED);
    command.addAll(List.of(options));
    command.add(Contender.ARCHIVE + directory().resolve(program + ".jsa"));
    command.add("-Xlog:disable");
    command.add("-cp");
    command.add(JavaProgram.absolute(System.getProperty("java.class.path")));
    command.add("dev.millrace.bench.program." + program);
    return command;
  }

  private Path directory() {
    try {
      return Files.createDirectories(work.resolve("programs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
