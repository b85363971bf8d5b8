package dev.millrace.bench.views;

import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Sql;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Single-row updates a second by eight {@code pgbench} clients, on tables that differ only in who
 * watches them; and the same in transactions that last five milliseconds. Commits do not wait for
 * the disk, which would hide what differs. The requests stay meanwhile: only the writers' side is
 * measured.
 */
final class WriterCost {
  private static final String TABLES = Sql.of(WriterCost.class, "tables");
  private static final int ROWS = 10_000;
  private static final int ROUNDS = 5;
  private static final int WARM_UP_SECONDS = 1;

  /** In the order in which each is measured in the first round; the second goes backwards. */
  private static final List<String> WRITERS =
      List.of("unwatched", "nothing", "trigger", "counter", "appended", "upsert");

  private static final String UPDATE =
      "\\set id random(1, %d)%nUPDATE public.w_%s SET n = n + 1 WHERE id = :id;%n";
  private static final String LONG_UPDATE =
      "\\set id random(1, %d)%nBEGIN;%nUPDATE public.w_%s SET n = n + 1 WHERE id = :id;%nSELECT pg_sleep(0.005);%nCOMMIT;%n";

  private static final double MICROS = 1e6;

  private final TestServers ground;
  private final PgBench pgbench;
  private final Jdbi jdbi;
  private final ViewMeasures.Scale scale;

  WriterCost(TestServers ground, Jdbi jdbi, ViewMeasures.Scale scale) {
    this.ground = ground;
    this.pgbench = new PgBench(ground);
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
                    + " (id integer PRIMARY KEY, n integer NOT NULL) WITH (fillfactor = 50, autovacuum_enabled = off)");
            handle.execute(
                "INSERT INTO public.w_" + writer + " SELECT n, 0 FROM generate_series(1, ?) n",
                ROWS);
            handle.execute("VACUUM ANALYZE public.w_" + writer);
          }
          handle.createScript(TABLES).execute();
        });
    for (int round = 0; round < ROUNDS; round++) {
      List<String> order = new ArrayList<>(WRITERS);
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      Collections.rotate(order, round);
      order.forEach(writer -> measure(writer, figures));
    }
    WRITERS.forEach(writer -> measureLong(writer, figures));
  }

  private void measure(String writer, Figures figures) {
    String script = UPDATE.formatted(ROWS, writer);
    prepare(script);
    double before = Usage.cpuSeconds(ground.servers());
    double rate = pgbench.rate(script, scale.writeSeconds());
    double spent = Usage.cpuSeconds(ground.servers()) - before;
    figures.add(writer, "updates_per_s", rate);
    figures.add(writer, "server_cpu_us_per_update", spent * MICROS / (rate * scale.writeSeconds()));
  }

  private void measureLong(String writer, Figures figures) {
    String script = LONG_UPDATE.formatted(ROWS, writer);
    prepare(script);
    figures.add(writer, "updates_per_s_5_ms", pgbench.rate(script, scale.writeSeconds()));
  }

  /** Without the requests of those before, and with the table's pages written to the log once. */
  private void prepare(String script) {
    jdbi.useHandle(handle -> handle.execute("TRUNCATE millrace.mv_requests"));
    pgbench.rate(script, WARM_UP_SECONDS);
  }
}
