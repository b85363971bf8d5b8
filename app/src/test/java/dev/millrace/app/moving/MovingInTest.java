package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Moving into databases that exist, as an ordinary owner, and out of them again. */
final class MovingInTest extends EverySystem {
  private static final String VOTE = "UPDATE projects SET upvotes = upvotes + 1 WHERE id = 1";

  @Override
  EmbeddedPostgres.Options server() {
    return EmbeddedPostgres.Options.defaults();
  }

  @Test
  void a_plan_shows_what_would_be_done_and_changes_nothing() {
    try (ExistingDatabase system =
        ExistingDatabase.of(postgres, List.of(Application.WORKERS, Application.VIEWS))) {
      ExistingDatabase.Printed plan = system.migrate("--plan");

      assertThat(plan.code()).as(plan.err()).isZero();
      assertThat(plan.out())
          .contains(
              "take over table public.background_workers",
              "found: table with 2 rows, owner appowner",
              "ALTER TABLE public.background_workers ADD COLUMN kind text;",
              "take over table public.mv_refresh_queue",
              "ask role millrace_readonly",
              "CREATE ROLE millrace_readonly NOLOGIN",
              "nothing has been changed");
      assertThat(system.ask(system.owner(), "SELECT to_regnamespace('millrace') IS NULL"))
          .containsExactly("t");
    }
  }

  @Test
  void workers_keep_rows_ids_and_rights_there_and_back() {
    String documented =
        "SELECT concat_ws(' ', id, worker_name, coalesce(interval_seconds::text, '-'), enabled, last_status,"
            + " runs_ok_in_row) FROM background_workers ORDER BY id";
    try (ExistingDatabase system = ExistingDatabase.of(postgres, List.of(Application.WORKERS))) {
      List<String> before = system.ask(system.webapp(), documented);
      system.moveIn();

      assertThat(system.ask(system.webapp(), documented)).isEqualTo(before);
      system.run(
          system.webapp(),
          "UPDATE background_workers SET enabled = true, interval_seconds = 30 WHERE worker_name = 'inventory_mv_refresh'",
          "UPDATE background_workers SET interval_seconds = 900, enabled = false WHERE worker_name = 'inventory_mv_refresh'");
      assertThat(
              system.ask(
                  system.webapp(),
                  "SELECT worker_name || ' ' || coalesce(kind, '-') FROM background_workers ORDER BY id"))
          .containsExactly("token_refresh -", "inventory_mv_refresh mv.refresh");

      system.moveOut();
      assertThat(system.ask(system.webapp(), documented)).isEqualTo(before);
      system.run(
          system.webapp(),
          "UPDATE background_workers SET last_status = 'success' WHERE worker_name = 'token_refresh'");
      system.moveIn();
    }
  }

  @Test
  void a_view_queue_keeps_its_statements_there_and_back() {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, List.of(Application.VIEWS))) {
      views(system);
      system.moveIn();
      views(system);
      assertThat(system.ask(system.webapp(), "SELECT row_count::text FROM mv_refresh_log"))
          .containsExactly("500");

      system.moveOut();
      views(system);
    }
  }

  /** What the documents show of the queue and the log, as the application's role. */
  private static void views(ExistingDatabase system) {
    system.run(system.owner(), "DELETE FROM mv_refresh_queue");
    system.run(system.webapp(), VOTE, VOTE);
    assertThat(system.ask(system.webapp(), Application.PENDING))
        .containsExactly("mv_feed_projects");
    assertThat(
            system.ask(
                system.webapp(),
                "INSERT INTO mv_refresh_queue (view_name, refresh_requested_at) VALUES ('mv_feed_projects', NOW())"
                    + " ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW() RETURNING id > 0"))
        .containsExactly("t");
    assertThat(
            system.count(
                system.webapp(),
                "DELETE FROM mv_refresh_queue WHERE view_name = 'mv_feed_projects'"))
        .isEqualTo(1);
    assertThat(
            system.ask(
                system.webapp(),
                "SELECT view_name || ' ' || status || ' ' || duration_ms FROM mv_refresh_log"
                    + " ORDER BY refresh_completed_at DESC LIMIT 10"))
        .containsExactly("mv_feed_projects success 240");
  }

  @Test
  void writers_go_on_during_the_migration(TestReporter reporter) throws Exception {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, Application.all())) {
      // Their queue must be changed, so that its writers wait for the whole migration.
      system.run(system.owner(), "ALTER TABLE mv_refresh_queue DROP COLUMN last_error");
      AtomicBoolean migrated = new AtomicBoolean();
      ExecutorService threads = Executors.newSingleThreadExecutor();
      Future<Duration> longest =
          threads.submit(
              () -> {
                Duration most = Duration.ZERO;
                while (!migrated.get()) {
                  long begun = System.nanoTime();
                  Application.all().forEach(each -> each.work(system));
                  Duration took = Duration.ofNanos(System.nanoTime() - begun);
                  most = took.compareTo(most) > 0 ? took : most;
                }
                return most;
              });
      try {
        system.moveIn();
      } finally {
        migrated.set(true);
        threads.shutdown();
      }
      Duration waited = answer(longest);
      reporter.publishEntry("longest wait of a writer, ms", Long.toString(waited.toMillis()));
      assertThat(waited).isLessThan(Duration.ofSeconds(20));
    }
  }

  private static Duration answer(Future<Duration> longest) throws InterruptedException {
    try {
      return longest.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a statement of the application failed", e);
    }
  }

  @Test
  void up_serves_the_existing_rows_and_triggers_at_once(@TempDir Path home) throws Exception {
    try (ExistingDatabase system =
        ExistingDatabase.of(postgres, List.of(Application.WORKERS, Application.VIEWS))) {
      Config config =
          Config.read(
              Settings.of(Map.of("MILLRACE_PORT", "0", "DATABASE_URL", system.databaseUrl())),
              Config.Needs.NOTHING,
              home);
      String worker = "/api/admin/workers/inventory-mv-refresh";
      try (Node node = Node.start(Node.Plan.everything(config, DataDir.open(home)))) {
        assertThat(call(node, "POST", worker + "/run-once", ""))
            .isEqualTo("{\"status\":\"success\"}");
        assertThat(call(node, "GET", worker, null))
            .contains(
                "\"enabled\":false", "\"interval_seconds\":900", "\"last_run_status\":\"success\"");
        assertThat(call(node, "PUT", worker, "{\"interval_seconds\": 77}"))
            .contains("\"interval_seconds\":77");

        system.run(system.webapp(), VOTE);
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () ->
                    system
                        .ask(
                            system.webapp(),
                            "SELECT upvotes::text FROM mv_feed_projects WHERE id = 1")
                        .equals(List.of("1")));
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> system.ask(system.webapp(), Application.PENDING).isEmpty());
        assertThat(system.migrate("--undo").code()).isEqualTo(2);
        system.run(
            system.webapp(),
            "DELETE FROM background_workers WHERE worker_name = 'inventory_mv_refresh'");
      }
      try (Node node = Node.start(Node.Plan.everything(config, DataDir.open(home)))) {
        assertThat(call(node, "GET", worker, null)).contains("\"interval_seconds\":600");
      }
    }
  }

  @Test
  void a_refusal_names_the_difference_and_changes_nothing() {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, List.of(Application.WORKERS))) {
      system.run(system.owner(), "ALTER TABLE background_workers ADD COLUMN payload integer");

      assertThat(system.migrate("--plan").code()).isEqualTo(2);
      ExistingDatabase.Printed refused = system.migrate();

      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err())
          .contains(
              "its column payload has the type integer, ours has jsonb",
              "Way out: ALTER TABLE public.background_workers RENAME COLUMN payload TO payload_old")
          .doesNotContain("-X");
      system.run(
          system.owner(),
          "ALTER TABLE public.background_workers RENAME COLUMN payload TO payload_old");
      assertThat(system.migrate().code()).isZero();
    }
  }

  @Test
  void a_role_that_an_administrator_makes_gets_its_rights_by_the_next_migration() {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, List.of(Application.WORKERS))) {
      assertThat(system.migrate().out()).contains("CREATE ROLE millrace_readonly NOLOGIN");
      try (Handle admin = Jdbi.open(postgres.jdbcUrl())) {
        admin.execute("CREATE ROLE millrace_readonly NOLOGIN");
        assertThat(system.migrate().out()).contains("take over role millrace_readonly");
        assertThat(
                system.ask(
                    system.owner(),
                    "SELECT has_table_privilege('millrace_readonly', 'public.background_job_status', 'SELECT')"))
            .containsExactly("t");
        assertThat(system.migrate().out()).doesNotContain("millrace_readonly");
        system.run(system.owner(), "DROP OWNED BY appowner CASCADE");
        admin.execute("DROP ROLE IF EXISTS millrace_readonly");
      }
    }
  }
}
