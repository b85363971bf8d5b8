package dev.millrace.bench.sync;

import dev.millrace.bench.measure.BenchServices;
import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.program.SyncWorkerProgram;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.job.Trigger;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.schedule.MasterSync;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One master sync of many small sheets on a slow server, by one queue worker and by four, each a
 * process of its own with one executor thread: the first sync of processes that have just started,
 * and the next one of the same processes, in which every item has changed. Both from the call to
 * the end of the last job.
 */
public final class SyncWorkers {
  /** Its name on the command line. */
  public static final String NAME = "sync-workers";

  private static final int FEW = 1;
  private static final int MANY = 4;
  private static final Duration PER_READ = Duration.ofMillis(100);
  private static final List<String> SYNCS = List.of("first", "changed");

  private final int suppliers;
  private final int rows;

  /**
   * Measures with so much.
   *
   * @param rows of each supplier's sheet
   */
  public SyncWorkers(int suppliers, int rows) {
    this.suppliers = suppliers;
    this.rows = rows;
  }

  /** Measures both once, each on a database of its own; in every second run the four are first. */
  public void run(BenchServices services, Path directory, int run, Figures figures) {
    Map<String, Double> seconds = new HashMap<>();
    for (int workers : run % 2 == 0 ? List.of(FEW, MANY) : List.of(MANY, FEW)) {
      try (SlowSheets sheets = new SlowSheets(suppliers, rows, PER_READ)) {
        measure(services.fresh(false), directory, sheets, workers, figures, seconds);
      }
    }
    for (String sync : SYNCS) {
      figures.add(
          system(MANY),
          "sync_workers_" + sync + "_of_the_time_of_one",
          Objects.requireNonNull(seconds.get(MANY + sync))
              / Objects.requireNonNull(seconds.get(FEW + sync)));
    }
  }

  private void measure(
      TestServers servers,
      Path directory,
      SlowSheets sheets,
      int workers,
      Figures figures,
      Map<String, Double> seconds) {
    List<BenchProcess> processes = new ArrayList<>();
    try (Database database =
            Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench sync", 4, Limits.LONG);
        Redis redis = Redis.open(RedisUrl.parse(servers.redisUrl()), 4)) {
      new Migrations(database).run();
      for (int i = 0; i < workers; i++) {
        processes.add(start(servers, directory, sheets, "bench-" + i));
      }
      processes.forEach(process -> process.awaitLine("ready"));
      QueueClient client = new QueueClient(database, redis, new ReadyJobs(redis));
      for (String sync : SYNCS) {
        database.jdbi().useHandle(handle -> handle.execute("CHECKPOINT"));
        double serversBefore = Usage.cpuSeconds(servers.servers());
        double workersBefore = cpuSeconds(processes);
        long job = client.enqueue(MasterSync.job(Trigger.API)).jobId();
        double took = Synced.await(database.jdbi(), job, (long) suppliers * rows).seconds();
        seconds.put(workers + sync, took);
        figures.add(system(workers), "sync_workers_" + sync + "_s", took);
        figures.add(
            system(workers),
            "sync_workers_" + sync + "_worker_cpu_ms_per_supplier",
            (cpuSeconds(processes) - workersBefore) * 1_000 / suppliers);
        figures.add(
            system(workers),
            "sync_workers_" + sync + "_server_cpu_ms_per_supplier",
            (Usage.cpuSeconds(servers.servers()) - serversBefore) * 1_000 / suppliers);
        sheets.change();
      }
    } finally {
      processes.forEach(BenchProcess::close);
    }
  }

  private static BenchProcess start(
      TestServers servers, Path directory, SlowSheets sheets, String name) {
    return BenchProcess.start(
        name,
        ChildProcess.jvm(
            options(),
            SyncWorkerProgram.class,
            List.of(servers.databaseUrl(), servers.redisUrl(), sheets.master().toString(), name)),
        Path.of("").toAbsolutePath(), // its class path may be relative
        directory.resolve(name + ".log"));
  }

  /** As {@code ./millrace worker} starts it, with what {@code MILLRACE_JAVA_OPTS} adds. */
  private static List<String> options() {
    String more = System.getenv().getOrDefault("MILLRACE_JAVA_OPTS", "");
    return Stream.concat(
            Stream.of("-Xmx256m", "-Xshare:auto", "-Xlog:disable"),
            Stream.of(more.split(" ", -1)).filter(option -> !option.isBlank()))
        .toList();
  }

  private static double cpuSeconds(List<BenchProcess> processes) {
    return Usage.cpuSeconds(processes.stream().map(BenchProcess::pid).toList());
  }

  private static String system(int workers) {
    return workers == 1 ? "1 queue worker" : workers + " queue workers";
  }
}
