package dev.millrace.bench;

import dev.millrace.bench.measure.BenchServices;
import dev.millrace.bench.measure.Contender;
import dev.millrace.bench.measure.DepthScaling;
import dev.millrace.bench.measure.Drain;
import dev.millrace.bench.measure.Enqueue;
import dev.millrace.bench.measure.Idle;
import dev.millrace.bench.measure.Measure;
import dev.millrace.bench.measure.OldSnapshot;
import dev.millrace.bench.measure.PickUp;
import dev.millrace.bench.measure.Scale;
import dev.millrace.bench.measure.Sustained;
import dev.millrace.bench.report.Figures;
import dev.millrace.bench.report.Machine;
import dev.millrace.bench.report.Report;
import dev.millrace.bench.status.StatusMeasure;
import dev.millrace.bench.sync.SyncMeasure;
import dev.millrace.bench.sync.SyncWorkers;
import dev.millrace.bench.views.ViewMeasures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures Millrace, and its peers beside it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures the queue on this machine, with a Postgres and Redis of its own, and writes a report.")
public final class Bench implements Callable<Integer> {
  private static final List<Measure> MEASURES =
      List.of(
          new Enqueue(),
          new Drain(1),
          new Drain(2),
          new Drain(4),
          new Sustained(),
          new PickUp(),
          new Idle());

  @Option(
      names = "--peers",
      description = "Measure graphile-worker, BullMQ, db-scheduler and JobRunr beside it.")
  private boolean peers;

  private static final Set<String> NAMES =
      Set.of(
          "enqueue",
          "drain",
          "drain-2",
          "drain-4",
          "sustained",
          "pickup",
          "idle",
          "locks",
          "flat",
          "snapshot",
          "refresh",
          "writers",
          "look",
          StatusMeasure.NAME,
          SyncMeasure.NAME,
          SyncWorkers.NAME);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description =
          "Measure this: enqueue, drain, drain-2, drain-4, sustained, pickup, idle, locks, flat, snapshot, refresh, writers,"
              + " look, status, sync, sync-workers. May be repeated; all of them by default.")
  private Set<String> only = Set.of();

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "How often each figure is taken (default: ${DEFAULT-VALUE}); flat and snapshot once.")
  private int runs = 3;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report goes (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("bench-report");

  @Option(
      names = "--postgres-bin",
      paramLabel = "DIR",
      description =
          "Measure all of them on the Postgres whose postgres and initdb are in this folder; on the one that Millrace"
              + " brings along by default.")
  private @Nullable Path postgresBin;

  @Option(
      names = "--quick",
      description = "A tenth and less of everything: to see that it works, not how fast.")
  private boolean quick;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (!NAMES.containsAll(only)) {
      throw new ParameterException(spec.commandLine(), "--only must be of " + new TreeSet<>(NAMES));
    }
    Path work = Files.createDirectories(out.toAbsolutePath().resolve("work"));
    Scale scale = quick ? Scale.QUICK : Scale.FULL;
    Machine machine = Machine.now();
    Contenders contenders = new Contenders(work);
    List<Contender> all = new ArrayList<>(List.of(contenders.millrace()));
    if (peers) {
      all.addAll(contenders.peers());
    }
    Figures figures = new Figures();
    try (BenchServices services = services(work)) {
      machine = machine.with(services.postgresVersion());
      all.forEach(contender -> contender.archiveClasses(services));
      for (int run = 0; run < runs; run++) {
        for (Measure measure : MEASURES) {
          for (Contender contender : all) {
            if (wanted(measure.name()) && (measure.ofPeers() || contender.traits().ours())) {
              measure.run(contender, services, scale, figures);
            }
          }
        }
        new ViewMeasures(quick ? ViewMeasures.Scale.QUICK : ViewMeasures.Scale.FULL)
            .run(services, figures, this::wanted);
        if (wanted(SyncMeasure.NAME)) {
          new SyncMeasure(quick ? 20_000 : 1_000_000).run(services, work, run, figures);
        }
        if (wanted(StatusMeasure.NAME)) {
          new StatusMeasure(quick ? StatusMeasure.Scale.QUICK : StatusMeasure.Scale.FULL)
              .run(services, work, figures);
        }
        if (wanted(SyncWorkers.NAME)) {
          (quick ? new SyncWorkers(8, 100) : new SyncWorkers(200, 1_000))
              .run(services, work, run, figures);
        }
        if (wanted("locks")) {
          new Drain(1).run(contenders.millraceWithLockKeys(), services, scale, figures);
        }
      }
      if (wanted("flat")) {
        new DepthScaling().run(contenders.millrace(), services, scale, figures);
      }
      if (wanted("snapshot")) {
        new OldSnapshot().run(contenders.millrace(), services, scale, figures);
      }
    }
    Report report = new Report(machine, runs, settings(all), figures);
    report.write(out);
    return 0;
  }

  private BenchServices services(Path work) {
    return postgresBin == null ? new BenchServices(work) : new BenchServices(work, postgresBin);
  }

  private boolean wanted(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private static Map<String, String> settings(List<Contender> contenders) {
    Map<String, String> settings = new LinkedHashMap<>();
    contenders.forEach(contender -> settings.put(contender.name(), contender.setting()));
    return settings;
  }
}
