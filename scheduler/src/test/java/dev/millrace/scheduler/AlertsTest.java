package dev.millrace.scheduler;

import static dev.millrace.scheduler.SchedulerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.alert.Alerts;
import dev.millrace.queue.Lane;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What fires an alert, what resolves it, and that each is enqueued once. */
class AlertsTest {
  private static final Alerts.Settings AT_ONCE = settings(Duration.ZERO, Duration.ZERO);
  private static final String FIRING =
      "SELECT string_agg(kind || ' ' || subject, ', ' ORDER BY kind, subject) FROM millrace.alerts WHERE resolved_at IS NULL";
  private static final String DELIVERIES =
      "SELECT string_agg(payload->>'event', ', ' ORDER BY id) FROM millrace.jobs WHERE kind = 'alert.deliver'";

  private final SchedulerFixture millrace = new SchedulerFixture();
  private final AlertWatch watch = watch(AT_ONCE, Set.of());

  @AfterEach
  void close() {
    millrace.close();
  }

  private static Alerts.Settings settings(Duration fireAfter, Duration resolveAfter) {
    return new Alerts.Settings(
        URI.create("http://127.0.0.1:1/hook"),
        "a secret of many characters",
        3,
        fireAfter,
        resolveAfter);
  }

  private AlertWatch watch(Alerts.Settings settings, Set<Lane> unserved) {
    Alerts alerts = new Alerts(millrace.database.jdbi(), millrace.client);
    return new AlertWatch(alerts, settings, () -> unserved);
  }

  private String firing() {
    return String.valueOf(millrace.text(FIRING));
  }

  private String message() {
    return String.valueOf(
        millrace.text("SELECT message FROM millrace.alerts ORDER BY id DESC LIMIT 1"));
  }

  private void sync(String state, String error, String payload) {
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, unique_key, unique_while, state, error, finished_at, payload)"
            + " VALUES ('sync.master', 'worker:master_sync', 'unfinished', ?, nullif(?, ''), now(), ?::jsonb)",
        state,
        error,
        payload);
  }

  @Test
  void a_failed_sync_fires_once_and_resolves_after_a_good_one() {
    sync("failed", "403: share the sheet with svc@example.org", "{}");
    watch.look();
    watch.look();
    assertThat(firing()).isEqualTo("sync_failed master_sync");
    assertThat(message())
        .isEqualTo("the last master sync failed: 403: share the sheet with svc@example.org");
    sync("completed", "", "{\"dry_run\": true}");
    watch.look();
    assertThat(firing()).as("a dry run is no sync").isEqualTo("sync_failed master_sync");
    sync("cancelled", "", "{}");
    sync("completed", "", "{}");
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, state, error, finished_at, payload)"
            + " VALUES ('sync.master', 'failed', 'sync 7 has not ended', now(), '{}')");
    watch.look();
    assertThat(firing()).as("one that was refused beside another").isEqualTo("null");
    assertThat(millrace.text(DELIVERIES)).isEqualTo("firing, resolved");
    sync("failed", "again", "{}");
    watch.look();
    assertThat(millrace.text(DELIVERIES)).isEqualTo("firing, resolved, firing");
  }

  /** The log of one sync: a row that cannot be read, then the sheet as a whole. */
  private void log(String type) {
    millrace.sql(
        "INSERT INTO public.parsing_logs (supplier_id, error_type, error_message, row_number)"
            + " SELECT id, 'BAD_ROW', 'a row', 7 FROM public.suppliers");
    millrace.sql(
        "INSERT INTO public.parsing_logs (supplier_id, error_type, error_message, row_number, rows_left_out)"
            + " SELECT id, ?, 'HTTP 500', NULL, 0 FROM public.suppliers",
        type);
  }

  @Test
  void a_supplier_fires_after_its_third_failure_in_a_row() {
    millrace.sql("INSERT INTO public.suppliers (code, name) VALUES ('a', 'Abel')");
    for (String type : List.of("UNREACHABLE", "SUCCESS", "UNREACHABLE", "NOT_FOUND")) {
      log(type);
      watch.look();
      assertThat(firing()).as(type).isEqualTo("null");
    }
    log("UNREACHABLE");
    watch.look();
    assertThat(firing()).startsWith("supplier_failing ");
    assertThat(message())
        .isEqualTo(
            "the last 3 syncs of supplier Abel failed, the newest with UNREACHABLE: HTTP 500");
    millrace.sql("UPDATE public.suppliers SET enabled = false");
    watch.look();
    assertThat(firing()).isEqualTo("null");
  }

  @Test
  void a_background_worker_fires_after_failures_in_a_row() {
    millrace.worker("mails", 60);
    millrace.sql(
        "UPDATE background_workers SET runs_error_in_row = 2, last_error_message = 'no route'");
    watch.look();
    assertThat(firing()).isEqualTo("null");
    millrace.sql("UPDATE background_workers SET runs_error_in_row = 4");
    watch.look();
    assertThat(firing())
        .as("the master sync has a kind of its own")
        .isEqualTo("worker_failing mails");
    assertThat(message()).isEqualTo("background worker mails failed 4 times in a row: no route");
  }

  @Test
  void a_view_fires_when_it_is_late_and_when_its_refreshes_fail() {
    millrace.sql("CREATE TABLE public.part (id integer)");
    millrace.sql("CREATE MATERIALIZED VIEW public.parts AS SELECT count(*) AS n FROM public.part");
    millrace.sql("SELECT millrace.register_view('public.parts')");
    watch.look();
    assertThat(firing()).isEqualTo("null");
    millrace.sql(
        "UPDATE millrace.mv_state SET failures_in_row = 3, last_error = 'disk is full', last_failure_at = now()");
    watch.look();
    assertThat(firing()).isEqualTo("view_late public.parts");
    assertThat(message()).isEqualTo("view public.parts is FAILED: disk is full");
    millrace.sql("UPDATE millrace.mv_state SET failures_in_row = 0");
    watch.look();
    millrace.sql(
        "INSERT INTO millrace.mv_requests (view_name, refresh_requested_at) VALUES ('public.parts', now() - interval '1 day')");
    watch.look();
    assertThat(firing()).isEqualTo("view_late public.parts");
    assertThat(message()).contains("it should have been fresh by 20");
  }

  @Test
  void a_queue_fires_after_it_was_unserved_for_a_while() {
    Set<Lane> lanes = Set.of(new Lane("heavy", "test.noop"), new Lane("default", Alerts.KIND));
    AlertWatch later = watch(settings(Duration.ofHours(1), Duration.ZERO), lanes);
    later.look();
    later.look();
    assertThat(firing()).isEqualTo("null");
    watch(AT_ONCE, lanes).look();
    assertThat(firing()).isEqualTo("queue_unserved heavy test.noop");
  }

  @Test
  void an_alert_resolves_after_its_condition_was_gone_for_a_while() {
    sync("failed", "x", "{}");
    AlertWatch later = watch(settings(Duration.ZERO, Duration.ofHours(1)), Set.of());
    later.look();
    sync("completed", "", "{}");
    later.look();
    later.look();
    assertThat(firing()).isEqualTo("sync_failed master_sync");
  }

  @Test
  void at_most_fifty_alerts_of_a_kind_fire_at_once() {
    Set<Lane> lanes =
        IntStream.range(0, 80)
            .mapToObj(i -> new Lane("q" + i, "test.noop"))
            .collect(Collectors.toSet());
    AlertWatch many = watch(AT_ONCE, lanes);
    many.look();
    many.look();
    sync("failed", "x", "{}");
    many.look();
    assertThat(millrace.count("SELECT count(*) FROM millrace.alerts")).isEqualTo(51);
  }

  @Test
  void processes_that_see_the_same_fire_it_once() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    SchedulerWatch[] watches =
        IntStream.range(0, 8)
            .mapToObj(i -> new SchedulerWatch(millrace.database.jdbi(), millrace.client, AT_ONCE))
            .toArray(SchedulerWatch[]::new);
    try {
      List<Callable<Boolean>> looks =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(
                  i ->
                      () -> {
                        watches[i].look();
                        watches[i].look();
                        return true;
                      })
              .toList();
      for (Future<Boolean> look : pool.invokeAll(looks)) {
        assertThat(look.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(firing()).isEqualTo("scheduler_absent scheduler");
    assertThat(millrace.text(DELIVERIES)).isEqualTo("firing");
    assertThat(message()).startsWith("no scheduler has ever checked in: schedules, retries");
  }

  @Test
  void a_missing_scheduler_fires_after_a_while_and_resolves_when_one_leads() {
    SchedulerWatch later =
        new SchedulerWatch(
            millrace.database.jdbi(),
            millrace.client,
            settings(Duration.ofHours(1), Duration.ZERO));
    later.look();
    later.look();
    assertThat(firing()).isEqualTo("null");
    SchedulerWatch atOnce = new SchedulerWatch(millrace.database.jdbi(), millrace.client, AT_ONCE);
    atOnce.look();
    assertThat(firing()).isEqualTo("scheduler_absent scheduler");
    try (Scheduler node =
        new Scheduler(
            new Scheduler.Parts(
                millrace.database, millrace.redis, millrace.locks, "n", SchedulerFixture.SETTINGS),
            ViewDuties.DEFAULT,
            Optional.of(AT_ONCE))) {
      node.start();
      await().until(() -> firing().equals("null"));
      atOnce.look();
      assertThat(firing()).as("a node is there").isEqualTo("null");
    }
    assertThat(millrace.text(DELIVERIES)).isEqualTo("firing, resolved");
  }

  @Test
  void without_a_scheduler_due_retries_of_alerts_are_queued() {
    String jobs =
        "INSERT INTO millrace.jobs (kind, state, attempt, run_at) VALUES (?, 'scheduled', 1, now() - interval '1 s')";
    millrace.sql(jobs, Alerts.KIND);
    millrace.sql(jobs, "test.noop");
    new SchedulerWatch(millrace.database.jdbi(), millrace.client, AT_ONCE).look();
    assertThat(
            millrace.text(
                "SELECT string_agg(kind, ', ' ORDER BY id) FROM millrace.jobs WHERE state = 'queued' AND attempt = 1"))
        .isEqualTo(Alerts.KIND);
  }

  @Test
  void alerts_are_pruned_after_their_last_message_was_delivered() {
    millrace.sql(
        "INSERT INTO millrace.alerts (kind, subject, message, fired_at, resolved_at) VALUES"
            + " ('view_late', 'a', 'm', now() - interval '90 days', now() - interval '80 days'),"
            + " ('view_late', 'b', 'm', now() - interval '90 days', now() - interval '80 days'),"
            + " ('view_late', 'c', 'm', now() - interval '90 days', NULL)");
    millrace.sql(
        "INSERT INTO millrace.jobs (kind, unique_key) SELECT 'alert.deliver', 'alert:' || id || ':resolved' FROM millrace.alerts WHERE subject = 'b'");
    new Pruner(millrace.database.jdbi(), Retention.DEFAULT).run();
    assertThat(
            millrace.text("SELECT string_agg(subject, ', ' ORDER BY subject) FROM millrace.alerts"))
        .isEqualTo("b, c");
  }
}
