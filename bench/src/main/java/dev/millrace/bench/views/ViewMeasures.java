package dev.millrace.bench.views;

import dev.millrace.bench.measure.BenchServices;
import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.takeover.Migrations;
import java.util.List;
import java.util.function.Predicate;

/**
 * The measurements of materialized views. They need {@code psql} and {@code pgbench} on the path:
 * both are what the bare thing is measured with.
 */
public final class ViewMeasures {
  /**
   * How much is measured.
   *
   * @param tableRows of the table under the refreshed view; the view has a hundredth
   * @param refreshes of each way
   * @param writeSeconds of each kind of writer
   * @param views registered when the look at what is due is measured
   * @param lookSeconds how long that is
   */
  public record Scale(int tableRows, int refreshes, int writeSeconds, int views, int lookSeconds) {
    public static final Scale FULL = new Scale(1_000_000, 41, 3, 500, 20);
    public static final Scale QUICK = new Scale(20_000, 3, 1, 50, 3);
  }

  private final Scale scale;

  public ViewMeasures(Scale scale) {
    this.scale = scale;
  }

  /** The names of the measurements. */
  public static final List<String> NAMES = List.of("refresh", "writers", "look");

  /**
   * Measures each once, on a database of its own.
   *
   * @param wanted says by name which
   */
  public void run(BenchServices services, Figures figures, Predicate<String> wanted) {
    if (NAMES.stream().noneMatch(wanted)) {
      return;
    }
    TestServers servers = services.fresh(false);
    try (Database database =
        Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench views", 10, Limits.LONG)) {
      new Migrations(database).run();
      if (wanted.test("refresh")) {
        new RefreshCost(servers, database, scale).run(figures);
      }
      if (wanted.test("writers")) {
        new WriterCost(servers, database.jdbi(), scale).run(figures);
      }
      if (wanted.test("look")) {
        new PollCost(servers, database.jdbi(), scale).run(figures);
      }
    }
  }
}
