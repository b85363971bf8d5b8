package dev.millrace.bench.sync;

import dev.millrace.MillraceException;
import dev.millrace.bench.measure.BenchServices;
import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.HandlerPool;
import dev.millrace.db.Limits;
import dev.millrace.db.Sql;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.job.Trigger;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.schedule.MasterSync;
import dev.millrace.sync.job.SyncMaster;
import dev.millrace.sync.job.SyncSettings;
import dev.millrace.sync.job.SyncSupplier;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * The first sync of a supplier with one large CSV, from the call to the end of its jobs, beside
 * {@code psql \copy} of the same file into a table with the same keys; then a sync of the unchanged
 * sheet, and one that reads it although it is unchanged. It needs {@code psql} on the path.
 */
public final class SyncMeasure {
  /** Its name on the command line. */
  public static final String NAME = "sync";

  private static final String COPY_TABLE = Sql.of(SyncMeasure.class, "copyTable");
  private static final String WRITTEN = Sql.of(SyncMeasure.class, "written");
  private static final double NANOS_PER_SECOND = 1e9;

  private final int rows;

  /**
   * Measures with a sheet of this size.
   *
   * @param rows of the sheet
   */
  public SyncMeasure(int rows) {
    this.rows = rows;
  }

  /** Measures once, on a database of its own; in every second run {@code psql} is first. */
  public void run(BenchServices services, Path directory, int run, Figures figures) {
    TestServers servers = services.fresh(false);
    Path sheet = sheet(directory);
    SyncSettings settings = SyncSettings.of(Optional.of(directory.resolve("master.csv").toUri()));
    RedisUrl url = RedisUrl.parse(servers.redisUrl());
    try (Database database =
            Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench sync", 10, Limits.LONG);
        HandlerPool pool = database.handlerPool(4);
        Redis redis = Redis.open(url, 10);
        JobLocks locks = JobLocks.open(url, redis, Duration.ofSeconds(10))) {
      new Migrations(database).run();
      Jdbi jdbi = database.jdbi();
      jdbi.useHandle(handle -> handle.createScript(COPY_TABLE).execute());
      ReadyJobs ready = new ReadyJobs(redis);
      QueueClient client = new QueueClient(database, redis, ready);
      try (QueueWorker worker =
          new QueueWorker(
              new QueueWorker.Settings("bench", "default", 2, Duration.ofSeconds(5), Leases.LEASE),
              new QueueWorker.Services(
                  jdbi,
                  pool.jdbi(),
                  ready,
                  new JobResults(jdbi, client),
                  locks,
                  new ProgressBoard(redis)),
              new Handlers(
                  List.of(new SyncMaster(settings), new SyncSupplier(pool.jdbi(), settings))))) {
        worker.start();
        Beds beds = new Beds(servers, jdbi, client, figures, rows);
        if (run % 2 == 1) {
          beds.copy(sheet);
        }
        beds.sync("sync_rows_per_s", Optional.of("sync_server_cpu_s"));
        if (run % 2 == 0) {
          beds.copy(sheet);
        }
        long before = beds.written();
        beds.sync("sync_unchanged_rows_per_s", Optional.empty());
        figures.add(
            "millrace", "sync_unchanged_item_rows_written", (double) (beds.written() - before));
      }
    }
  }

  /** One run, on one database. */
  private record Beds(
      TestServers servers, Jdbi jdbi, QueueClient client, Figures figures, int rows) {

    void sync(String figure, Optional<String> cpuFigure) {
      jdbi.useHandle(handle -> handle.execute("CHECKPOINT"));
      double before = Usage.cpuSeconds(servers.servers());
      long job = client.enqueue(MasterSync.job(Trigger.API)).jobId();
      Synced synced = Synced.await(jdbi, job, rows);
      figures.add("millrace", figure, rows / synced.seconds());
      cpuFigure.ifPresent(
          name -> figures.add("millrace", name, Usage.cpuSeconds(servers.servers()) - before));
    }

    /** Rows of items that were written since the database was created. */
    long written() {
      return jdbi.withHandle(handle -> handle.createQuery(WRITTEN).mapTo(Long.class).one());
    }

    void copy(Path sheet) {
      jdbi.useHandle(handle -> handle.execute("CHECKPOINT"));
      double before = Usage.cpuSeconds(servers.servers());
      long begun = System.nanoTime();
      psql(
          "\\copy public.copied_items (supplier_sku, name, current_price, currency, quantity) FROM '"
              + sheet
              + "' (FORMAT csv, HEADER)");
      figures.add("psql", "sync_rows_per_s", rows * NANOS_PER_SECOND / (System.nanoTime() - begun));
      figures.add("psql", "sync_server_cpu_s", Usage.cpuSeconds(servers.servers()) - before);
    }

    private void psql(String command) {
      try {
        Process process =
            new ProcessBuilder(
                    "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command, servers.libpqUrl())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
          throw new MillraceException("psql ended with " + exit + ": " + output);
        }
      } catch (IOException e) {
        throw new MillraceException("psql is needed: install it (Debian: postgresql-15)", e);
      } catch (InterruptedException e) {
        throw new MillraceException("interrupted while psql ran", e);
      }
    }
  }

  /** Writes the master sheet and that of its one supplier. */
  private Path sheet(Path directory) {
    Path sheet = directory.resolve("items.csv");
    try {
      Files.writeString(
          directory.resolve("master.csv"), "Supplier,Sheet URL\nAbel," + sheet.toUri() + "\n");
      try (BufferedWriter out = Files.newBufferedWriter(sheet)) {
        out.write("SKU,Name,Price,Currency,Quantity\n");
        for (int i = 0; i < rows; i++) {
          out.write(
              "NW-%07d,\"Brake disc, vented, no. %d\",%d.50,EUR,%d\n"
                  .formatted(i, i, i % 1_000, i % 90));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sheet;
  }
}
