package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A system that is measured: how its program is started.
 *
 * @param setting what served it best, in words
 * @param command its program, without addresses and verb
 * @param directory where it runs and leaves its log
 */
public record Contender(
    String name, String setting, Traits traits, List<String> command, Path directory) {
  /** The option of a Java program that names the archive of its classes. */
  public static final String ARCHIVE = "-XX:SharedArchiveFile=";

  public Contender {
    command = List.copyOf(command);
  }

  /**
   * What a measurement has to know of it.
   *
   * @param ours whether its rows can be read to check the figures: Millrace
   * @param durableRedis whether its jobs live in Redis alone
   * @param share what part of the jobs of a measurement it gets, above 0 and at most 1: the slow
   *     ones would take minutes
   * @param slowestPickUp after this the last job of an idle queue has started for sure
   */
  public record Traits(boolean ours, boolean durableRedis, double share, Duration slowestPickUp) {}

  /**
   * Has the classes of a Java program archived, so that a drain of a second does not measure how
   * they are loaded. Once, before anything is measured.
   */
  public void archiveClasses(BenchServices services) {
    if (command.stream().anyMatch(option -> option.startsWith(ARCHIVE))) {
      List<String> archiving =
          command.stream()
              .map(option -> option.replace(ARCHIVE, "-XX:ArchiveClassesAtExit="))
              .toList();
      try (BenchProcess child = start(archiving, prepared(services), "drain", "0")) {
        child.awaitLine("done");
      }
    }
  }

  /** Starts its program with a verb. */
  BenchProcess start(TestServers servers, String... verb) {
    return start(command, servers, verb);
  }

  private BenchProcess start(List<String> program, TestServers servers, String... verb) {
    List<String> whole = new ArrayList<>(program);
    whole.add(servers.databaseUrl());
    whole.add(servers.redisUrl());
    whole.addAll(List.of(verb));
    Path log = directory.resolve(name.replace(' ', '-') + ".log");
    return BenchProcess.start(name + " " + verb[0], whole, directory, log);
  }

  /** An empty store with its tables. */
  TestServers prepared(BenchServices services) {
    TestServers servers = services.fresh(traits.durableRedis());
    start(servers, "prepare").close();
    return servers;
  }

  /** Enqueues jobs for a drain. */
  void fill(TestServers servers, int jobs) {
    start(servers, "fill", Integer.toString(jobs)).close();
    servers.vacuum();
  }

  /** Its part of the jobs of a measurement. */
  int jobs(Scale scale) {
    return (int) (scale.jobs() * traits.share());
  }
}
