package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.job.Enqueued;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.mv.BlockedSession;
import dev.millrace.mv.Statistics;
import dev.millrace.mv.ViewDetail;
import dev.millrace.mv.Views;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewsTest {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 6);
  private final Jdbi jdbi = database.jdbi();
  private final Redis redis = Redis.open(TestServices.freshRedis(), 4);
  private final Views views =
      new Views(jdbi, new QueueClient(database, redis, new ReadyJobs(redis)));

  @BeforeEach
  void clean() {
    execute(
        "DROP TABLE IF EXISTS public.part CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests, millrace.mv_unknown_requests, millrace.jobs, public.mv_refresh_log CASCADE",
        "CREATE TABLE public.part (id integer PRIMARY KEY, sku text NOT NULL)",
        "INSERT INTO public.part SELECT n, 'sku-' || n FROM generate_series(1, 10) n",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT sku, count(*) AS n FROM public.part GROUP BY 1",
        "CREATE UNIQUE INDEX ON public.counted (sku)");
  }

  @AfterAll
  void close() {
    redis.close();
    database.close();
  }

  @Test
  void a_view_in_good_order_has_no_problem() {
    assertThat(views.preflight("counted")).isEmpty();
  }

  @Test
  void preflight_says_what_is_wrong_and_its_sql_mends_it() {
    execute(
        "CREATE MATERIALIZED VIEW public.bad AS SELECT *, now() AS seen_at, 'FROM, x' AS word FROM public.counted WITH NO DATA",
        "CREATE UNIQUE INDEX ON public.bad (upper(sku))",
        "CREATE UNIQUE INDEX ON public.bad (sku) WHERE n > 0");
    assertThat(codes("bad"))
        .containsExactlyInAnyOrder(
            "unusable_index",
            "unusable_index",
            "no_unique_index",
            "not_populated",
            "changes_by_itself",
            "unregistered_upstream");
    for (ViewDetail.Problem problem : views.preflight("bad")) {
      if ((problem.fixSql() != null && problem.fixSql().endsWith(";"))
          || problem.code().equals("no_unique_index")) {
        execute(String.valueOf(problem.fixSql()));
      }
    }
    assertThat(codes("bad")).containsExactlyInAnyOrder("changes_by_itself");
    assertThat(views.preflight("bad").get(0).message()).contains("seen_at");
    assertThat(codes("nowhere")).containsExactly("no_view");
  }

  @Test
  void preflight_hints_at_tables_without_statistics_and_keys_without_an_index() {
    execute(
        "CREATE TABLE public.sale (id integer PRIMARY KEY, part_id integer NOT NULL REFERENCES public.part)",
        "INSERT INTO public.sale SELECT n, 1 + n % 10 FROM generate_series(1, 5000) n",
        "CREATE MATERIALIZED VIEW public.sold AS SELECT p.sku, count(*) AS n"
            + " FROM public.part p JOIN public.sale s ON s.part_id = p.id GROUP BY 1",
        "CREATE UNIQUE INDEX ON public.sold (sku)",
        "SELECT millrace.register_view('sold')");
    assertThat(codes("sold")).containsExactlyInAnyOrder("not_analyzed", "unindexed_key");
    for (ViewDetail.Problem problem : views.preflight("sold")) {
      assertThat(problem.severity()).isEqualTo("hint");
      execute(String.valueOf(problem.fixSql()));
    }
    assertThat(codes("sold")).isEmpty();
    execute(
        "INSERT INTO public.sale SELECT n, 1 + n % 10 FROM generate_series(5001, 5010) n",
        "DROP TABLE public.sale CASCADE");
  }

  @Test
  void a_view_that_takes_far_more_room_than_it_needs_is_bloated() {
    execute(
        "CREATE MATERIALIZED VIEW public.large AS SELECT n, repeat('x', 200) AS t FROM generate_series(1, 10000) n",
        "CREATE UNIQUE INDEX ON public.large (n)",
        "SELECT millrace.register_view('large')",
        "UPDATE millrace.mv_state SET plain_bytes = pg_total_relation_size('public.large') / 6");
    assertThat(codes("large")).containsExactly("bloated");
    assertThat(views.preflight("large").get(0).message()).contains("6.0 times");
    execute("DROP MATERIALIZED VIEW public.large");
  }

  @Test
  void preflight_knows_the_rights_that_are_missing() {
    execute(
        "DROP ROLE IF EXISTS visitor",
        "CREATE ROLE visitor",
        "GRANT USAGE ON SCHEMA millrace TO visitor",
        "GRANT SELECT ON ALL TABLES IN SCHEMA millrace TO visitor",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA millrace TO visitor",
        "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$");
    List<String> codes =
        jdbi.withHandle(
            handle -> {
              handle.execute("SET ROLE visitor");
              List<String> found =
                  handle
                      .select("SELECT code FROM millrace.preflight('counted')")
                      .mapTo(String.class)
                      .list();
              handle.execute("RESET ROLE");
              return found;
            });
    execute("DROP OWNED BY visitor", "DROP ROLE visitor");
    assertThat(codes).containsExactlyInAnyOrder("not_owner", "no_temp");
  }

  private List<String> codes(String view) {
    return views.preflight(view).stream().map(ViewDetail.Problem::code).toList();
  }

  @Test
  void everything_about_a_view_is_found_under_any_spelling() {
    execute(
        "SELECT millrace.register_view('counted', max_lag => '1 minute', debounce => '2 s')",
        "SELECT millrace.watch('part', 'counted', ARRAY['sku'])",
        "ANALYZE public.part",
        "ANALYZE public.counted",
        "INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, row_count, mode) VALUES ('counted', 'success', 12, 10, 'plain')");
    ViewDetail detail = views.find("\"public\".COUNTED").orElseThrow();
    assertThat(detail.view().viewName()).isEqualTo("counted");
    assertThat(detail.settings().debounceSeconds()).isEqualTo(2);
    assertThat(detail.settings().maxLagSeconds()).isEqualTo(60.0);
    assertThat(List.of(Objects.requireNonNull(detail.relation())))
        .singleElement()
        .satisfies(
            relation -> {
              assertThat(relation.qualifiedName()).isEqualTo("public.counted");
              assertThat(relation.rowEstimate()).isEqualTo(10);
              assertThat(relation.totalBytes()).isPositive();
              assertThat(relation.lastAnalyzed()).isNotNull();
              assertThat(relation.indexes()).hasSize(1);
            });
    assertThat(detail.reads())
        .singleElement()
        .satisfies(
            read -> {
              assertThat(read.name()).isEqualTo("public.part");
              assertThat(read.kind()).isEqualTo("table");
              assertThat(read.watched()).isTrue();
            });
    assertThat(detail.watches())
        .containsExactly(new ViewDetail.Watch("public.part", "trigger", List.of("sku"), null));
    assertThat(detail.history())
        .singleElement()
        .satisfies(line -> assertThat(line.rows()).isEqualTo(10));
    assertThat(Json.write(detail)).contains("\"age_seconds\":", "\"blockers\":null");
    assertThat(views.find("nowhere")).isEmpty();
    assertThat(views.find("part")).isEmpty();
  }

  @Test
  void a_refresh_by_hand_is_one_job_however_often_it_is_asked_for() {
    Enqueued first = views.refresh("public.counted", Trigger.MANUAL).orElseThrow();
    Enqueued second = views.refresh("public.counted", Trigger.MANUAL).orElseThrow();
    assertThat(first.created()).isTrue();
    assertThat(second).isEqualTo(new Enqueued(first.jobId(), false));
    assertThat(views.refresh("nowhere", Trigger.MANUAL)).isEmpty();
    assertThat(views.refreshGroup("nobody", Trigger.MANUAL)).isEmpty();
  }

  @Test
  void sums_are_of_the_log() {
    assertThat(views.statistics().successRate()).isEqualTo(100);
    execute(
        "INSERT INTO public.mv_refresh_log (view_name, status, duration_ms) VALUES ('a', 'success', 200), ('a', 'success', 300),"
            + " ('b', 'success', 100), ('b', 'error', 9000)",
        "INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, refresh_completed_at)"
            + " VALUES ('old', 'error', 1, now() - interval '2 days')");
    Statistics sums = views.statistics();
    assertThat(sums.totalRefreshes()).isEqualTo(4);
    assertThat(sums.failed()).isEqualTo(1);
    assertThat(sums.successRate()).isEqualTo(75);
    assertThat(sums.avgDurationMs()).isEqualTo(200);
    assertThat(sums.successful()).isEqualTo(3);
    assertThat(sums.uptimeSeconds()).isZero();
  }

  @Test
  void blocked_sessions_and_their_blockers_are_named() throws InterruptedException {
    try (var holder = jdbi.open()) {
      holder.execute("SET application_name = 'holder'");
      holder.execute("BEGIN");
      holder.execute("LOCK TABLE public.part IN ACCESS EXCLUSIVE MODE");
      Thread waiter = new Thread(() -> execute("REFRESH MATERIALIZED VIEW public.counted"));
      waiter.start();
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !views.blocking().isEmpty());
      BlockedSession blocked = views.blocking().get(0);
      assertThat(blocked.query()).contains("REFRESH");
      assertThat(blocked.relation()).isEqualTo("public.part");
      assertThat(blocked.blockers())
          .singleElement()
          .satisfies(one -> assertThat(one.application()).isEqualTo("holder"));
      holder.execute("ROLLBACK");
      waiter.join();
    }
    assertThat(views.blocking()).isEmpty();
  }

  @Test
  void requested_names_that_are_unknown_are_shown() {
    execute(
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('counted'), ('stranger'), ('stranger')");
    assertThat(views.strangers()).containsExactly("stranger");
  }

  @Test
  void freshness_of_five_hundred_views_takes_a_few_milliseconds() {
    execute(
        "INSERT INTO millrace.mv_views (view_name, relid) SELECT 'view ' || n, 'counted'::regclass FROM generate_series(1, 500) n",
        "INSERT INTO millrace.mv_requests (view_name, refresh_requested_at)"
            + " SELECT 'view ' || n % 20, now() + interval '1 hour' FROM generate_series(1, 2000) n",
        "ANALYZE millrace.mv_views",
        "ANALYZE millrace.mv_requests");
    MvDebouncer debouncer =
        new MvDebouncer(jdbi, new QueueClient(database, redis, new ReadyJobs(redis)), 3);
    for (int i = 0; i < 20; i++) {
      debouncer.run();
    }
    long begun = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      debouncer.run();
    }
    Duration each = Duration.ofNanos((System.nanoTime() - begun) / 20);
    assertThat(each).isLessThan(Duration.ofMillis(200));
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
