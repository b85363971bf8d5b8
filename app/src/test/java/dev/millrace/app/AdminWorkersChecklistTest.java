package dev.millrace.app;

import static dev.millrace.app.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.Installation.Answer;
import dev.millrace.app.Installation.Line;
import dev.millrace.db.SearchPath;
import dev.millrace.testing.ExampleJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verification checklist of the document "Admin Workers: Inventory MV Refresh" (requirement
 * 000, §7; its §6 with the example project), line by line, against a whole Millrace. Where the
 * checklist waits 30 seconds, two are enough here.
 */
@DisplayName("Admin Workers: verification checklist")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.DisplayName.class) // the first items look at what nobody has touched
class AdminWorkersChecklistTest {
  private static final String WORKER = "/workers/inventory-mv-refresh";
  private static final String VIEWS =
      "('public.mv_tbl_parts_inventory_sku_counts', 'public.mv_tbl_parts_inventory_itemid_counts')";

  private final Path directory;
  private Installation millrace;

  AdminWorkersChecklistTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  void start_the_backend_so_that_it_runs_migrations() throws IOException {
    Path plugins = Files.createDirectories(directory.resolve("plugins"));
    ExampleJar.build(ExampleJar.LOG_CLEANUP, plugins.resolve("log-cleanup.jar"));
    millrace = new Installation(directory);
  }

  @BeforeEach
  void the_other_workers_rest() {
    millrace.sql("UPDATE background_workers SET enabled = false");
    settled();
  }

  @AfterAll
  void stop() {
    millrace.close();
  }

  /** Nothing is queued or running. */
  private void settled() {
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.jobs WHERE state IN ('scheduled', 'queued', 'processing', 'waiting')")
                    == 0);
  }

  private void in_the_db_set(String settings) {
    millrace.sql(
        "UPDATE background_workers SET "
            + settings
            + " WHERE worker_name = 'inventory_mv_refresh'");
  }

  private String in_the_db(String column) {
    return String.valueOf(
        millrace.text(
            "SELECT "
                + column
                + " FROM background_workers WHERE worker_name = 'inventory_mv_refresh'"));
  }

  private long refreshes() {
    return millrace.count(
        "SELECT count(*) FROM mv_refresh_log WHERE status = 'success' AND view_name IN " + VIEWS);
  }

  @Nested
  @DisplayName("7.1 DB schema")
  class DbSchema {
    @Test
    void background_workers_has_the_columns() {
      assertThat(
              millrace.texts(
                  "SELECT column_name::text FROM information_schema.columns"
                      + " WHERE table_schema = 'public' AND table_name = 'background_workers'"))
          .contains(
              "display_name",
              "description",
              "enabled",
              "interval_seconds",
              "last_started_at",
              "last_finished_at",
              "last_status",
              "last_error_message",
              "runs_ok_in_row",
              "runs_error_in_row");
    }

    @Test
    void there_is_a_row_for_inventory_mv_refresh_with_sensible_defaults() throws IOException {
      // the row as it is first inserted
      String seed = Files.readString(Path.of("..", "sql", "seed", "inventory.sql"));
      assertThat(seed).contains("'inventory_mv_refresh', 'Inventory MV Refresh'");
      assertThat(
              millrace.text(
                  "SELECT column_default FROM information_schema.columns"
                      + " WHERE table_name = 'background_workers' AND column_name = 'enabled'"))
          .isEqualTo("true");
      assertThat(in_the_db("display_name")).isEqualTo("Inventory MV Refresh");
      assertThat(in_the_db("description"))
          .isEqualTo(
              "Refreshes inventory materialized views used by the Inventory V3 grid (SKU/ItemID Active/Sold counters).");
      assertThat(in_the_db("interval_seconds")).isEqualTo("600");
    }
  }

  @Nested
  @DisplayName("7.2 Worker loop")
  class WorkerLoop {
    @Test
    void with_enabled_and_an_interval_the_refresh_runs_about_that_often() {
      long before = refreshes();
      int logged = millrace.log("[inventory-mv-refresh] Cycle completed successfully").size();
      Instant began = Instant.now();

      in_the_db_set("enabled = true, interval_seconds = 2");

      await().until(() -> refreshes() >= before + 8);
      Duration took = Duration.between(began, Instant.now());
      assertThat(took)
          .as("four cycles of two views")
          .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(45));
      List<Line> cycles = millrace.log("[inventory-mv-refresh] Cycle completed successfully");
      assertThat(cycles.size()).isGreaterThanOrEqualTo(logged + 3);
      assertThat(cycles.get(cycles.size() - 1).fields())
          .containsEntry("worker", "inventory_mv_refresh")
          .containsKeys("job", "attempt", "fence", "duration_ms");
    }

    @Test
    void a_run_updates_last_finished_at_last_status_and_error() {
      Answer ran = millrace.post(WORKER + "/run-once", null);
      assertThat(ran.text()).isEqualTo("{\"status\":\"success\"}");
      assertThat(in_the_db("last_status")).isEqualTo("success");
      assertThat(in_the_db("last_error_message")).isEqualTo("null");
      assertThat(in_the_db("last_finished_at > now() - interval '1 minute'")).isEqualTo("t");
      assertThat(in_the_db("runs_error_in_row")).isEqualTo("0");
    }

    @Test
    void a_failed_cycle_is_in_the_row_and_in_the_log() {
      // without the right to read its table, the view's owner cannot refresh it
      millrace.sql("REVOKE SELECT ON tbl_parts_inventory FROM CURRENT_USER");
      try {
        in_the_db_set("enabled = true, interval_seconds = 2");
        await().until(() -> in_the_db("last_status").equals("error"));
        assertThat(in_the_db("last_error_message")).contains("mv_tbl_parts_inventory_sku_counts");
        assertThat(Integer.parseInt(in_the_db("runs_error_in_row"))).isPositive();
        assertThat(in_the_db("runs_ok_in_row")).isEqualTo("0");
        assertThat(millrace.log("[inventory-mv-refresh] Cycle finished with error: ")).isNotEmpty();
      } finally {
        millrace.sql("GRANT SELECT ON tbl_parts_inventory TO CURRENT_USER");
      }
      await().until(() -> in_the_db("last_status").equals("success"));
    }

    @Test
    void a_disabled_worker_is_logged_and_refreshes_nothing() {
      in_the_db_set("enabled = true, interval_seconds = 1");
      await().until(() -> in_the_db("last_status").equals("running"));
      in_the_db_set("enabled = false");
      settled();
      long before = refreshes();
      String line = "[inventory-mv-refresh] Worker disabled in DB; sleeping 1s without running";
      int logged = millrace.log(line).size();

      await().until(() -> millrace.log(line).size() >= logged + 3);

      assertThat(refreshes()).isEqualTo(before);
    }
  }

  @Nested
  @DisplayName("7.3 Admin API")
  class AdminApi {
    @Test
    void get_reflects_the_db_row() {
      millrace.post(WORKER + "/run-once", null);

      JsonNode worker = millrace.get(WORKER).json();

      assertThat(worker.path("worker_key").asText()).isEqualTo("inventory_mv_refresh");
      assertThat(worker.path("display_name").asText()).isEqualTo(in_the_db("display_name"));
      assertThat(worker.path("enabled").asText()).isEqualTo(in_the_db("enabled::text"));
      assertThat(worker.path("interval_seconds").asText()).isEqualTo(in_the_db("interval_seconds"));
      assertThat(worker.path("last_run_status").asText()).isEqualTo(in_the_db("last_status"));
      assertThat(worker.path("last_run_error").isNull()).isTrue();
      assertThat(Instant.parse(worker.path("last_run_at").asText()))
          .isEqualTo(
              Instant.parse(
                  in_the_db(
                      "to_char(last_finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")));
    }

    @Test
    void put_updates_the_db_row() {
      Answer answer = millrace.put(WORKER, "{\"enabled\": false, \"interval_seconds\": 120}");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("interval_seconds").intValue()).isEqualTo(120);
      assertThat(in_the_db("enabled")).isEqualTo("f");
      assertThat(in_the_db("interval_seconds")).isEqualTo("120");
      assertThat(millrace.put(WORKER, "{\"interval_seconds\": 0}").status()).isEqualTo(422);
      millrace.put(WORKER, "{\"interval_seconds\": 600}");
      assertThat(in_the_db("interval_seconds")).isEqualTo("600");
    }

    @Test
    void run_once_refreshes_the_views_of_a_disabled_worker() {
      millrace.sql(
          "INSERT INTO tbl_parts_inventory (sku, title, status, price, currency, quantity, warehouse)"
              + " VALUES ('CHECKLIST-1', 'A part', 'Unlisted', 1, 'EUR', 1, 'A')");
      Instant began = Instant.now();

      Answer answer = millrace.post(WORKER + "/run-once", null);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("{\"status\":\"success\"}");
      assertThat(
              millrace.count(
                  "SELECT total_count FROM mv_tbl_parts_inventory_sku_counts WHERE sku = 'CHECKLIST-1'"))
          .isEqualTo(1);
      JsonNode worker = millrace.get(WORKER).json();
      assertThat(Instant.parse(worker.path("last_run_at").asText())).isAfter(began.minusSeconds(5));
      assertThat(worker.path("last_run_status").asText()).isEqualTo("success");
      assertThat(worker.path("last_run_error").isNull()).isTrue();
    }

    @Test
    void without_the_key_no_data_is_returned() throws Exception {
      var request =
          java.net.http.HttpRequest.newBuilder(
                  millrace.address().resolve("/api/admin/workers/inventory-mv-refresh"))
              .build();
      assertThat(
              java.net.http.HttpClient.newHttpClient()
                  .send(request, java.net.http.HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(401);
    }
  }

  @Nested
  @DisplayName("7.5 Docs")
  class Docs {
    @Test
    void the_docs_name_every_column() throws IOException {
      String docs = Files.readString(Path.of("..", "docs", "scheduling.md"));
      assertThat(docs)
          .contains(
              millrace.texts(
                  "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
                      + " AND table_name = 'background_workers' AND column_name NOT IN ('id', 'created_at', 'updated_at')"));
    }
  }

  @Nested
  @DisplayName("6 How to add new workers later")
  class NewWorkers {
    private static final String ADDED = "/workers/log-cleanup";

    @BeforeEach
    void insert_a_row() throws IOException {
      millrace.sql(
          "CREATE TABLE IF NOT EXISTS app_log (id bigint GENERATED ALWAYS AS IDENTITY, logged_at timestamptz)");
      millrace.sql("INSERT INTO app_log (logged_at) VALUES (now() - interval '40 days'), (now())");
      millrace.sql("DELETE FROM background_workers WHERE worker_name = 'log_cleanup'");
      millrace.sql("DELETE FROM millrace.jobs WHERE background_worker = 'log_cleanup'");
      millrace.sql("DELETE FROM millrace.fires WHERE schedule = 'log_cleanup'");
      millrace.sql(
          Files.readString(
                  ExampleJar.project(ExampleJar.LOG_CLEANUP).resolve("background-worker.sql"))
              .replaceAll(";\\s*$", ""));
    }

    @Test
    void its_endpoints_are_there() {
      assertThat(millrace.get(ADDED).json().path("cron").asText()).isEqualTo("30 2 * * *");
      assertThat(millrace.put(ADDED, "{\"enabled\": true}").status()).isEqualTo(200);
      assertThat(millrace.post(ADDED + "/run-once", null).text())
          .isEqualTo("{\"status\":\"success\"}");
      assertThat(
              millrace.count(
                  "SELECT count(*) FROM app_log WHERE logged_at < now() - interval '30 days'"))
          .isZero();
      assertThat(millrace.get(ADDED + "/runs").json().at("/runs/0/state").asText())
          .isEqualTo("completed");
      await()
          .until(
              () ->
                  millrace
                      .get("/status")
                      .json()
                      .path("background_workers")
                      .findValuesAsText("worker_key")
                      .contains("log_cleanup"));
    }

    @Test
    void its_schedule_runs_it() {
      millrace.put(ADDED, "{\"interval_seconds\": 1}");
      await()
          .until(
              () -> !millrace.get(ADDED + "/runs?state=completed").json().path("runs").isEmpty());
      JsonNode run = millrace.get(ADDED + "/runs?state=completed").json().at("/runs/0");
      assertThat(run.path("trigger").asText()).isEqualTo("schedule");
      assertThat(Instant.parse(run.path("slot").asText())).isBefore(Instant.now());
    }

    @Test
    void a_worker_disabled_during_a_run_finishes_it_and_starts_no_other() {
      long running =
          millrace
              .node()
              .jdbi()
              .inTransaction(
                  table -> {
                    table.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
                    table.select(SearchPath.BACK).mapTo(String.class).one();
                    table.execute("LOCK TABLE app_log IN ACCESS EXCLUSIVE MODE");
                    millrace.put(
                        ADDED, "{\"interval_seconds\": 1, \"overlap_policy\": \"queue_one\"}");
                    await().until(() -> runs("processing") == 1 && runs("queued") == 1);
                    millrace.post(ADDED + "/pause", "{\"reason\": \"maintenance\"}");
                    await().until(() -> runs("queued") == 0);
                    return millrace.count(
                        "SELECT id FROM millrace.jobs WHERE background_worker = 'log_cleanup' AND state = 'processing'");
                  });
      await()
          .until(
              () ->
                  "completed"
                      .equals(
                          millrace.text("SELECT state FROM millrace.jobs WHERE id = ?", running)));
      long slots = slots("disabled");
      await().until(() -> slots("disabled") >= slots + 2);
      assertThat(
              millrace.count(
                  "SELECT count(*) FROM millrace.jobs WHERE background_worker = 'log_cleanup' AND id > ? AND fence > 0",
                  running))
          .isZero();

      millrace.post(ADDED + "/resume", null);

      await().until(() -> runs("completed") > 1);
      assertThat(
              millrace.text(
                  """
                  SELECT EXISTS (
                    SELECT FROM millrace.fires WHERE schedule = 'log_cleanup' AND outcome = 'enqueued'
                       AND fire_time = (SELECT max(fire_time) + interval '1 s' FROM millrace.fires
                                         WHERE schedule = 'log_cleanup' AND outcome = 'disabled'))
                  """))
          .as("it goes on at the next slot")
          .isEqualTo("t");
    }

    private long runs(String state) {
      return millrace.count(
          "SELECT count(*) FROM millrace.jobs WHERE background_worker = 'log_cleanup' AND state = ?",
          state);
    }

    private long slots(String outcome) {
      return millrace.count(
          "SELECT count(*) FROM millrace.fires WHERE schedule = 'log_cleanup' AND outcome = ?",
          outcome);
    }
  }
}
