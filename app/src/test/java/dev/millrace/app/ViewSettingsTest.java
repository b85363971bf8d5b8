package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the environment says about materialized views, in whole processes on the same services. */
class ViewSettingsTest {
  /** Of those that a table or a registration asked for; schedules ask for others meanwhile. */
  private static final String REFRESHES =
      " FROM millrace.jobs WHERE kind = 'mv.refresh' AND background_worker IS NULL";

  private final Path directory;
  private Map<String, String> services = Map.of();

  ViewSettingsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void emptyServices() {
    services =
        Map.of(
            "MILLRACE_PORT",
            "0",
            "DATABASE_URL",
            TestServices.freshDatabase().jdbc(),
            "REDIS_URL",
            TestServices.startRedis().url());
  }

  private Node start(String workerId, Map<String, String> more) throws IOException {
    Map<String, String> environment = new HashMap<>(services);
    environment.put("WORKER_ID", workerId);
    environment.putAll(more);
    Path home = Files.createDirectories(directory.resolve(workerId));
    Config config = Config.read(Settings.of(environment), Config.Needs.NOTHING, home);
    return Node.start(Node.Plan.everything(config, DataDir.open(home)));
  }

  private static void execute(Jdbi jdbi, String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private static List<String> texts(Jdbi jdbi, String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }

  @Test
  void a_file_of_views_registers_them_and_keeps_them_fresh() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("views.json"),
            """
            {"views": [
              {"view": "counted", "debounce_seconds": 0, "max_lag_seconds": 60, "watch": [{"source": "public.part"}]},
              {"view": "refresh_nothing()", "covers": ["counted"], "view_group": "late"}]}
            """);
    try (Node node = start("reader", Map.of("MV_VIEWS_FILE", file.toString()))) {
      Jdbi jdbi = node.jdbi();
      execute(
          jdbi,
          "CREATE TABLE public.part (id integer PRIMARY KEY)",
          "CREATE MATERIALIZED VIEW public.counted AS SELECT 1 AS one, count(*) AS n FROM public.part",
          "CREATE UNIQUE INDEX ON public.counted (one)");
      Installation.await()
          .until(
              () ->
                  texts(
                          jdbi,
                          "SELECT v.view_name || ' ' || max_lag || ' ' || method FROM millrace.mv_views v"
                              + " JOIN millrace.mv_watches USING (view_name)")
                      .equals(List.of("counted 00:01:00 trigger")));
      execute(jdbi, "INSERT INTO public.part SELECT generate_series(1, 7)");
      Installation.await()
          .until(() -> texts(jdbi, "SELECT n FROM public.counted").equals(List.of("7")));
      execute(
          jdbi,
          "CREATE FUNCTION public.refresh_nothing() RETURNS void LANGUAGE sql AS 'SELECT NULL::void'");
      Installation.await()
          .until(
              () ->
                  texts(
                          jdbi,
                          "SELECT view_name || ' ' || mode FROM millrace.mv_views WHERE view_group = 'late'")
                      .equals(List.of("refresh_nothing() function")));
    }
  }

  @Test
  void a_process_without_the_mv_worker_leaves_refreshes_to_others() throws IOException {
    start("with", Map.of()).close();
    try (Node without = start("without", Map.of("DISABLE_MV_WORKER", "1"))) {
      Jdbi jdbi = without.jdbi();
      execute(
          jdbi,
          "CREATE MATERIALIZED VIEW public.counted AS SELECT 1 AS n WITH NO DATA",
          "SELECT millrace.register_view('counted')");
      Installation.await()
          .until(() -> texts(jdbi, "SELECT state" + REFRESHES).equals(List.of("queued")));
      assertThat(
              texts(
                  jdbi, "SELECT unnest(kinds) FROM millrace.queue_workers WHERE name = 'without'"))
          .isNotEmpty()
          .doesNotContain("mv.refresh");
      try (Node with = start("with", Map.of())) {
        Installation.await()
            .until(() -> texts(jdbi, "SELECT state" + REFRESHES).equals(List.of("completed")));
        assertThat(
                texts(
                    with.jdbi(),
                    "SELECT status FROM public.mv_refresh_log WHERE view_name = 'counted'"))
            .containsExactly("success");
      }
      assertThat(
              texts(
                  jdbi,
                  "SELECT (SELECT name FROM millrace.queue_workers w WHERE w.worker_id = jobs.worker_id)"
                      + REFRESHES))
          .containsExactly("with");
    }
  }
}
