package dev.millrace.mv.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Trigger;
import dev.millrace.mv.Freshness;
import dev.millrace.mv.ViewStatus;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreshViewsTest {
  private final MvFixture mv = new MvFixture();
  private final WorkerFixture millrace = mv.millrace;

  @BeforeEach
  void clean() {
    mv.clean();
  }

  @AfterAll
  void close() {
    mv.close();
  }

  @Test
  void a_thousand_changes_in_the_window_make_one_refresh() {
    mv.counting("counted");
    mv.watched("counted", "1 second", "30 seconds");
    for (int i = 0; i < 1_000; i++) {
      mv.execute("UPDATE public.part SET sold = NOT sold WHERE id = " + (1 + i % 100));
    }
    mv.execute("UPDATE public.part SET sold = true");
    mv.fresh("counted");
    assertThat(mv.refreshes("counted")).isEqualTo(1);
    assertThat(millrace.count("SELECT sum(sold)::bigint FROM public.counted")).isEqualTo(100);
    assertThat(millrace.count("SELECT waited_ms FROM public.mv_refresh_log"))
        .isBetween(1_000L, 30_000L);
    assertThat(millrace.text("SELECT trigger FROM public.mv_refresh_log")).isEqualTo("table");
  }

  @Test
  void steady_changes_are_refreshed_within_max_wait() throws InterruptedException {
    mv.counting("counted");
    mv.watched("counted", "1 second", "2 seconds");
    long until = System.nanoTime() + Duration.ofSeconds(9).toNanos();
    while (System.nanoTime() < until) {
      mv.execute("UPDATE public.part SET sold = NOT sold WHERE id = 1");
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(mv.refreshes("counted")).isBetween(3L, 5L);
    assertThat(millrace.count("SELECT max(waited_ms) FROM public.mv_refresh_log"))
        .isLessThan(4_000);
  }

  @Test
  void a_request_during_a_refresh_makes_exactly_one_more() {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.slow AS SELECT count(*) FILTER (WHERE sold) AS sold, pg_sleep(1)::text AS s FROM public.part");
    mv.watched("slow", "100 milliseconds", "1 second");
    mv.execute("UPDATE public.part SET sold = true WHERE id = 1");
    await().until(() -> running() == 1);
    for (int i = 2; i <= 50; i++) {
      mv.execute("UPDATE public.part SET sold = true WHERE id = " + i);
    }
    assertThat(running()).isEqualTo(1);
    mv.fresh("slow");
    assertThat(mv.refreshes("slow")).isEqualTo(2);
    assertThat(millrace.count("SELECT sold FROM public.slow")).isEqualTo(50);
  }

  /** Writers whose transactions overlap the refreshes in every way; at rest nothing is missing. */
  @Test
  void what_is_committed_during_a_refresh_is_in_the_next_one() throws Exception {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.slow AS"
            + " SELECT sku, count(*) AS n, count(*) FILTER (WHERE sold) AS sold, min(pg_sleep(0.003)::text) AS s"
            + " FROM public.part GROUP BY 1",
        "CREATE UNIQUE INDEX ON public.slow (sku)");
    mv.watched("slow", "20 milliseconds", "100 milliseconds");
    for (int seed = 1; seed <= 6; seed++) {
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        Random random = new Random(seed * 10L + writer);
        Thread thread = new Thread(() -> writeALittle(random));
        thread.start();
        writers.add(thread);
      }
      for (Thread writer : writers) {
        writer.join();
      }
      mv.fresh("slow");
      assertThat(missing("slow")).as("seed %d", seed).isZero();
    }
    assertThat(mv.refreshes("slow")).isGreaterThan(6);
  }

  private void writeALittle(Random random) {
    for (int i = 0; i < 10; i++) {
      millrace.jdbi.useTransaction(
          handle -> {
            int id = 1 + random.nextInt(100);
            handle.execute("UPDATE public.part SET sold = NOT sold WHERE id = ?", id);
            handle.execute("SELECT pg_sleep(?)", random.nextInt(60) / 1000.0);
            if (random.nextInt(5) == 0) {
              handle.rollback();
            }
          });
    }
  }

  private long missing(String view) {
    return millrace.count(
        "SELECT count(*) FROM (SELECT sku, count(*), count(*) FILTER (WHERE sold) FROM public.part GROUP BY 1"
            + " EXCEPT SELECT sku, n, sold FROM public."
            + view
            + ") missing");
  }

  @Test
  void only_affected_dependent_views_are_refreshed_after_their_source() {
    mv.counting("counted");
    mv.execute(
        "CREATE VIEW public.between_them AS SELECT sku, n - sold AS free FROM public.counted",
        "CREATE MATERIALIZED VIEW public.total AS SELECT sum(free) AS free FROM public.between_them",
        "CREATE MATERIALIZED VIEW public.grand AS SELECT free * 2 AS twice FROM public.total",
        "CREATE MATERIALIZED VIEW public.apart AS SELECT 1 AS one",
        "SELECT count(millrace.register_view(name, debounce => '500 ms')) FROM unnest(ARRAY['grand', 'total', 'apart']) name");
    mv.watched("counted", "500 milliseconds", "5 seconds");
    mv.execute("SELECT millrace.watch('part', 'grand')");
    mv.fresh("grand");
    mv.execute("DELETE FROM public.mv_refresh_log", "DELETE FROM public.part WHERE id <= 40");
    await().until(() -> mv.refreshes("grand") == 1);
    mv.fresh("grand");
    assertThat(millrace.count("SELECT twice::bigint FROM public.grand")).isEqualTo(120);
    assertThat(
            millrace.text(
                "SELECT string_agg(view_name, ' ' ORDER BY refresh_completed_at) FROM public.mv_refresh_log"))
        .isEqualTo("counted total grand");
    // A change that does not change the upper view ends there.
    mv.execute("DELETE FROM public.mv_refresh_log", "UPDATE public.part SET sold = sold");
    mv.execute("SELECT millrace.unwatch('part', 'grand')");
    await().until(() -> mv.refreshes("counted") == 1);
    assertThat(mv.refreshes("total")).isZero();
  }

  @Test
  void views_of_one_job_are_refreshed_upstream_first() {
    mv.counting("counted");
    mv.execute(
        "CREATE MATERIALIZED VIEW public.total AS SELECT sum(n)::bigint AS n FROM public.counted",
        "SELECT count(millrace.register_view(name, view_group => 'stock')) FROM unnest(ARRAY['total', 'counted']) name",
        "INSERT INTO public.part VALUES (101, 'sku-1')");
    long job = mv.views.refreshGroup("stock", Trigger.API).orElseThrow().jobId();
    await().until(() -> millrace.state(job).equals("completed"));
    assertThat(millrace.count("SELECT n FROM public.total")).isEqualTo(101);
  }

  @Test
  void at_most_three_refreshes_run_at_once() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      mv.execute(
          "CREATE MATERIALIZED VIEW public.slow_"
              + i
              + " AS SELECT pg_sleep(0.5)::text AS s WITH NO DATA",
          "SELECT millrace.register_view('slow_" + i + "')");
    }
    long most = 0;
    while (millrace.count("SELECT count(*) FROM public.mv_refresh_log") < 6) {
      most = Math.max(most, running());
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(most).isEqualTo(3);
  }

  @Test
  void a_locked_view_is_blocked_names_the_session_and_recovers() throws Exception {
    mv.counting("counted");
    mv.watched("counted", "100 milliseconds", "1 second");
    mv.execute("SELECT millrace.register_view('counted', lock_timeout => '200 ms')");
    CountDownLatch seen = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () ->
                millrace.jdbi.useTransaction(
                    handle -> {
                      handle.execute("SET LOCAL application_name = 'a long report'");
                      handle.execute("LOCK TABLE public.part IN ACCESS EXCLUSIVE MODE");
                      handle.execute("UPDATE public.part SET sold = true WHERE id = 1");
                      handle.execute(
                          "INSERT INTO millrace.mv_requests (view_name) VALUES ('counted')");
                      await().until(() -> seen.getCount() == 0);
                    }));
    holder.start();
    await().until(() -> locked() > 0);
    mv.execute("INSERT INTO millrace.mv_requests (view_name) VALUES ('counted')");
    await().until(() -> mv.status("counted").status() == Freshness.BLOCKED);
    ViewStatus status = mv.status("counted");
    assertThat(status.reason()).contains("lock timeout", "held by pid", "a long report");
    assertThat(status.blockers()).contains("\"pid\"", "\"age_seconds\"", "a long report");
    assertThat(why("counted"))
        .anyMatch(
            reason -> reason.matches("failed: the last .* failed, the last at 20.*lock timeout.*"))
        .anyMatch(
            reason -> reason.matches("was_blocked_by: .* pid \\d+ .*application a long report.*"));
    mv.execute("UPDATE millrace.mv_views SET lock_timeout = '1 minute'");
    awaitReason("blocked_by: its refresh of counted is blocked by pid \\d+ .*a long report.*");
    seen.countDown();
    holder.join();
    mv.fresh("counted");
    assertThat(millrace.count("SELECT sum(sold)::bigint FROM public.counted")).isEqualTo(1);
    assertThat(mv.status("counted").blockers()).isNull();
    awaitReason("fresh: no change of a watched table.*");
  }

  private void awaitReason(String pattern) {
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> why("counted").stream().anyMatch(reason -> reason.matches(pattern)));
  }

  private List<String> why(String view) {
    return millrace.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT code || ': ' || message FROM millrace.why_view(?)", view)
                .mapTo(String.class)
                .list());
  }

  private long locked() {
    return millrace.count(
        "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = 'public.part'::regclass");
  }

  @Test
  void a_failing_view_shows_its_error_and_recovers() {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.fragile AS SELECT 100 / count(*) AS share FROM public.part");
    mv.watched("fragile", "50 milliseconds", "1 second");
    mv.execute("DELETE FROM public.part");
    await().until(() -> mv.status("fragile").status() == Freshness.FAILED);
    assertThat(mv.status("fragile").reason()).contains("division by zero");
    mv.execute("INSERT INTO public.part VALUES (1, 'sku-1')");
    mv.fresh("fragile");
    assertThat(millrace.count("SELECT share FROM public.fragile")).isEqualTo(100);
  }

  @Test
  void emptied_views_are_filled_again_unless_they_are_disabled() {
    mv.counting("counted");
    mv.execute(
        "CREATE MATERIALIZED VIEW public.total AS SELECT sum(n) AS n FROM public.counted",
        "CREATE MATERIALIZED VIEW public.asleep AS SELECT 1 AS one",
        "SELECT count(millrace.register_view(name)) FROM unnest(ARRAY['counted', 'total', 'asleep']) name",
        "SELECT millrace.register_view('asleep', enabled => false)",
        "REFRESH MATERIALIZED VIEW public.asleep WITH NO DATA",
        "REFRESH MATERIALIZED VIEW public.total WITH NO DATA",
        "REFRESH MATERIALIZED VIEW public.counted WITH NO DATA");
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM pg_class WHERE relname IN ('counted', 'total') AND relispopulated")
                    == 2);
    assertThat(millrace.count("SELECT n FROM public.total")).isEqualTo(100);
    assertThat(mv.refreshes("counted")).isEqualTo(1);
    assertThat(mv.refreshes("asleep")).isZero();
  }

  @Test
  void a_view_of_unwatched_tables_is_refreshed_before_its_max_age() {
    mv.counting("counted");
    mv.execute("SELECT millrace.register_view('counted', max_lag => '2 seconds')");
    await().until(() -> mv.refreshes("counted") >= 3);
    assertThat(
            millrace.count(
                "SELECT (extract(epoch FROM max(gap)) * 1000)::bigint FROM (SELECT refresh_completed_at - lag(refresh_completed_at)"
                    + " OVER (ORDER BY id) AS gap FROM public.mv_refresh_log) gaps"))
        .isBetween(800L, 2_500L);
    assertThat(millrace.text("SELECT min(trigger) FROM public.mv_refresh_log"))
        .isEqualTo("schedule");
  }

  @Test
  void freshness_goes_from_never_to_fresh_to_due_to_late() {
    mv.counting("counted");
    mv.execute("SELECT millrace.register_view('counted', enabled => false)");
    assertThat(mv.status("counted").status()).isEqualTo(Freshness.NEVER);
    mv.execute("SELECT millrace.register_view('counted', enabled => true)");
    mv.watched("counted", "20 seconds", "30 seconds");
    assertThat(mv.status("counted").reason()).isNull();
    mv.execute("UPDATE public.part SET sold = true");
    mv.seen();
    ViewStatus due = mv.status("counted");
    assertThat(due.status()).isEqualTo(Freshness.DUE);
    assertThat(due.reason()).contains("a change has been missing for", "due in");
    assertThat(due.deadline()).isAfter(due.dueAt());
    mv.execute(
        "SELECT millrace.register_view('counted', enabled => false)",
        "UPDATE millrace.mv_requests SET refresh_requested_at = clock_timestamp() - interval '1 hour'");
    assertThat(mv.status("counted").status()).isEqualTo(Freshness.LATE);
    assertThat(mv.status("counted").reason()).contains("3600", "disabled");
  }

  @Test
  void a_refresh_function_is_registered_and_refreshed_like_a_view() {
    mv.counting("counted");
    mv.execute(
        "CREATE OR REPLACE FUNCTION public.\"Refresh All\"() RETURNS void LANGUAGE sql AS"
            + " $$ REFRESH MATERIALIZED VIEW CONCURRENTLY public.counted $$",
        "SELECT millrace.register_view('counted')",
        "SELECT millrace.register_view('\"Refresh All\"()', covers => ARRAY['counted'])",
        "INSERT INTO public.part VALUES (101, 'sku-1')");
    long job = mv.views.refresh("\"Refresh All\"", Trigger.API).orElseThrow().jobId();
    await().until(() -> millrace.state(job).equals("completed"));
    assertThat(millrace.text("SELECT mode FROM public.mv_refresh_log")).isEqualTo("function");
    assertThat(millrace.count("SELECT sum(n)::bigint FROM public.counted")).isEqualTo(101);
    assertThat(mv.status("counted").status()).isEqualTo(Freshness.FRESH);
  }

  @Test
  void a_plain_refresh_is_chosen_if_cheaper_and_within_the_lock_budget() {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.churning AS SELECT id, random() AS r FROM public.part",
        "CREATE UNIQUE INDEX ON public.churning (id)",
        "SELECT millrace.register_view('churning', mode => 'plain', lock_budget => '5 seconds')");
    refreshNow("churning");
    mv.execute("SELECT millrace.register_view('churning', mode => 'auto')");
    assertThat(refreshNow("churning")).isEqualTo("concurrently");
    assertThat(mv.status("churning").churn()).isEqualTo(2.0);
    mv.execute("UPDATE millrace.mv_state SET concurrent_ms = 100, plain_ms = 10");
    assertThat(refreshNow("churning")).isEqualTo("plain");
    mv.execute("SELECT millrace.register_view('churning', lock_budget => '5 ms')");
    assertThat(refreshNow("churning")).isEqualTo("concurrently");
  }

  @Test
  void a_chosen_plain_refresh_ends_at_the_lock_budget() {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.churning AS SELECT id, random() AS r, pg_sleep(0.01)::text AS s FROM public.part",
        "CREATE UNIQUE INDEX ON public.churning (id)",
        "SELECT millrace.register_view('churning', mode => 'auto', lock_budget => '100 ms')");
    assertThat(refreshNow("churning")).isEqualTo("concurrently");
    // Much churn, and the time of a plain refresh is unknown: it is tried, ended, and stored.
    assertThat(refreshNow("churning")).isEqualTo("concurrently");
    assertThat(millrace.count("SELECT plain_ms::bigint FROM millrace.mv_state")).isEqualTo(150);
    assertThat(millrace.count("SELECT count(*) FROM public.mv_refresh_log WHERE status = 'error'"))
        .isZero();
    mv.execute("SELECT millrace.register_view('churning', lock_budget => '30 seconds')");
    assertThat(refreshNow("churning")).isEqualTo("plain");
  }

  @Test
  void a_view_whose_rows_all_change_does_not_bloat() {
    mv.execute(
        "CREATE MATERIALIZED VIEW public.churning AS"
            + " SELECT part.id * 20 + n AS n, random() AS r FROM public.part, generate_series(1, 20) n",
        "CREATE UNIQUE INDEX ON public.churning (n)",
        "SELECT millrace.register_view('churning')");
    long before = millrace.count("SELECT pg_total_relation_size('public.churning')");
    for (int i = 0; i < 15; i++) {
      assertThat(refreshNow("churning")).isEqualTo("concurrently");
    }
    assertThat(millrace.count("SELECT pg_total_relation_size('public.churning')"))
        .isLessThan(5 * before);
    await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.mv_state WHERE vacuumed_at IS NOT NULL")
                    == 1);
  }

  private String refreshNow(String view) {
    long job = mv.views.refresh(view, Trigger.API).orElseThrow().jobId();
    await().until(() -> millrace.state(job).equals("completed"));
    return millrace.text("SELECT mode FROM public.mv_refresh_log WHERE job_id = ?", job);
  }

  private long running() {
    return millrace.count(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database()"
            + " AND query LIKE 'REFRESH%'");
  }
}
