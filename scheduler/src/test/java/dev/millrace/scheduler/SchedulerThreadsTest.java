package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.alert.Alerts;
import dev.millrace.mv.ConfiguredView;
import dev.millrace.testing.DyingThreads;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads of a scheduler node that meet an unexpected error. */
class SchedulerThreadsTest {
  /** All that ask Postgres. */
  private static final List<String> NAMES =
      List.of(
          "trigger-sync",
          "node-heartbeat",
          "leader",
          "dispatch",
          "resync",
          "rescue",
          "runs",
          "sync-keys",
          "stats-jobs",
          "deadlines",
          "debounce",
          "views",
          "cache-outbox",
          "unserved",
          "alerts",
          "back-fill",
          "stuck-triggers",
          "prune");

  private static final String CONFIGURED =
      """
      {"views": [{"view": "counted", "debounce_seconds": 0, "watch": [{"source": "public.part"}]}]}
      """;

  private static final Alerts.Settings ALERTS =
      Alerts.Settings.of(URI.create("http://127.0.0.1:1"), "a secret of many characters", 3);

  private final SchedulerFixture millrace = new SchedulerFixture();
  private final DyingThreads threads = DyingThreads.of(millrace.database.jdbi());

  @AfterEach
  void close() {
    millrace.close();
  }

  private Scheduler.Parts parts() {
    return new Scheduler.Parts(
        millrace.database, millrace.redis, millrace.locks, "n", SchedulerFixture.SETTINGS);
  }

  @Test
  void every_thread_of_a_node_that_dies_is_restarted_and_reported() {
    millrace.sql(
        "INSERT INTO millrace.kinds (kind, payload_fields, defaults) VALUES ('mv.refresh', '[]', '{}')");
    threads.kill(NAMES.stream().map("millrace-"::concat).toList());
    ViewDuties views = new ViewDuties(3, ConfiguredView.read(CONFIGURED));
    try (Scheduler node = new Scheduler(parts(), views, Optional.of(ALERTS))) {
      node.start();
      await().until(() -> threads.alive().isEmpty());
      await()
          .untilAsserted(
              () ->
                  assertThat(troubles(node.node()))
                      .containsExactlyInAnyOrderElementsOf(
                          NAMES.stream().map(SchedulerThreadsTest::died).toList()));

      millrace.sql("CREATE TABLE public.part (id integer PRIMARY KEY)");
      millrace.sql(
          "CREATE MATERIALIZED VIEW public.counted AS SELECT 1 AS one, count(*) AS n FROM public.part");
      millrace.sql("CREATE UNIQUE INDEX ON public.counted (one)");
      millrace.sql("CREATE MATERIALIZED VIEW public.asked_for AS SELECT 1 AS one");
      millrace.sql("INSERT INTO public.mv_refresh_queue (view_name) VALUES ('asked_for')");
      millrace.worker("fired", 1);
      await().until(() -> registered("counted").equals("registered"));
      await().until(() -> registered("asked_for").equals("seen"));
      await()
          .until(
              () ->
                  millrace.count(
                          "SELECT count(*) FROM millrace.jobs WHERE unique_key = 'mv:asked_for'")
                      == 1);
      await().until(() -> millrace.jobs("fired") > 0);
    }
  }

  private String registered(String view) {
    return String.valueOf(
        millrace.text("SELECT origin FROM millrace.mv_views WHERE view_name = ?", view));
  }

  private List<String> troubles(String node) {
    return millrace.jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT unnest(troubles) FROM millrace.scheduler_nodes WHERE node = ?", node)
                .mapTo(String.class)
                .list());
  }

  private static String died(String thread) {
    return "thread " + thread + " died and was restarted, 1 times: " + DyingThreads.REASON;
  }
}
