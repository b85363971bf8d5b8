package dev.millrace.bench.views;

import dev.millrace.bench.measure.Ground;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Sql;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Single-row updates a second by eight {@code pgbench} clients, on tables that differ only in who
 * watches them; and the same in transactions that last five milliseconds. Commits do not wait for
 * the disk, which would hide what differs. Nobody takes the requests away meanwhile: only the
 * writers' side is measured.
 */
final class WriterCost {
  private static final String TABLES = Sql.of(WriterCost.class, "tables");
  private static final int ROWS = 10_000;
  private static final int ROUNDS = 3;

  /** In the order in which each is measured in a round. */
  private static final List<String> WRITERS =
      List.of("unwatched", "nothing", "trigger", "counter", "appended", "upsert");

  private static final String UPDATE =
      "\\set id random(1, %d)%nUPDATE public.w_%s SET n = n + 1 WHERE id = :id;%n";
  private static final String LONG_UPDATE =
      "\\set id random(1, %d)%nBEGIN;%nUPDATE public.w_%s SET n = n + 1 WHERE id = :id;%nSELECT pg_sleep(0.005);%nCOMMIT;%n";

  private final Postgres postgres;
  private final Jdbi jdbi;
  private final ViewMeasures.Scale scale;

  WriterCost(Ground ground, Jdbi jdbi, ViewMeasures.Scale scale) {
    this.postgres = new Postgres(ground);
    this.jdbi = jdbi;
    this.scale = scale;
  }

  void run(Figures figures) {
    jdbi.useHandle(
        handle -> {
          for (String writer : WRITERS) {
            handle.execute(
                "CREATE TABLE public.w_"
                    + writer
                    + " (id integer PRIMARY KEY, n integer NOT NULL) WITH (fillfactor = 50)");
            handle.execute(
                "INSERT INTO public.w_" + writer + " SELECT n, 0 FROM generate_series(1, ?) n",
                ROWS);
            handle.execute("VACUUM ANALYZE public.w_" + writer);
          }
          handle.createScript(TABLES).execute();
        });
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < WRITERS.size(); i++) {
        measure(WRITERS.get((i + round * 2) % WRITERS.size()), figures);
      }
    }
  }

  private void measure(String writer, Figures figures) {
    prepare();
    figures.add(
        writer,
        "updates_per_s",
        postgres.rate(UPDATE.formatted(ROWS, writer), scale.writeSeconds()));
    prepare();
    figures.add(
        writer,
        "updates_per_s_5_ms",
        postgres.rate(LONG_UPDATE.formatted(ROWS, writer), scale.writeSeconds()));
  }

  private void prepare() {
    jdbi.useHandle(handle -> handle.execute("TRUNCATE millrace.mv_requests"));
  }
}
