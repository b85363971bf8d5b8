package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The table mv_refresh_queue, as applications write and read it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestQueueTest {
  private static final String UPSERT =
      "INSERT INTO public.mv_refresh_queue (view_name, refresh_requested_at) VALUES ('counted', NOW())"
          + " ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = 'pending'";
  private static final String QUEUE =
      "SELECT concat_ws(' ', id, view_name, status, attempts, last_error) FROM public.mv_refresh_queue ORDER BY view_name";
  private static final String REQUESTS =
      "SELECT view_name FROM millrace.mv_requests ORDER BY view_name";

  private final Database database = Database.openOwn(TestServices.freshDatabase(), "test", 6);
  private final Redis redis = Redis.open(TestServices.freshRedis(), 4);
  private final Jdbi jdbi = database.jdbi();
  private final MvDebouncer debouncer =
      new MvDebouncer(jdbi, new QueueClient(database, redis, new ReadyJobs(redis)), 3);

  @BeforeEach
  void fresh() {
    execute(
        "DROP TABLE IF EXISTS public.part CASCADE",
        "CREATE TABLE public.part (id integer)",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS n FROM public.part",
        "CREATE MATERIALIZED VIEW public.other AS SELECT count(*) AS n FROM public.part",
        "TRUNCATE millrace.mv_views, millrace.mv_requests, millrace.mv_adopted, millrace.jobs,"
            + " millrace.mv_unknown_requests, public.mv_refresh_queue RESTART IDENTITY CASCADE");
  }

  @AfterAll
  void close() {
    redis.close();
    database.close();
  }

  @Test
  void upsert_returning_and_row_counts_work_as_in_any_table() {
    assertThat(jdbi.<Integer, RuntimeException>withHandle(h -> h.execute(UPSERT))).isEqualTo(1);
    assertThat(all(UPSERT + " RETURNING view_name")).containsExactly("counted");
    assertThat(all(QUEUE)).containsExactly("1 counted pending 0");
  }

  @Test
  void each_version_of_a_row_becomes_one_request() {
    execute(UPSERT);
    debouncer.run();
    debouncer.run();
    assertThat(all(REQUESTS)).containsExactly("counted");
    execute(UPSERT);
    debouncer.run();
    assertThat(all(REQUESTS)).containsExactly("counted", "counted");
    assertThat(all(QUEUE)).hasSize(1);
  }

  @Test
  void a_row_stays_pending_until_its_refresh_has_committed() {
    execute(UPSERT);
    debouncer.run();
    try (Handle refresh = jdbi.open()) {
      refresh.begin();
      refresh.execute("DELETE FROM millrace.mv_requests");
      debouncer.run();
      assertThat(all(QUEUE)).containsExactly("1 counted pending 0");
      refresh.commit();
    }
    debouncer.run();
    assertThat(all(QUEUE)).isEmpty();
  }

  @Test
  void a_row_that_is_written_during_its_refresh_is_a_new_request() {
    execute(UPSERT);
    debouncer.run();
    try (Handle refresh = jdbi.open()) {
      refresh.begin();
      refresh.execute("DELETE FROM millrace.mv_requests");
      execute(UPSERT);
      refresh.commit();
    }
    debouncer.run();
    assertThat(all(REQUESTS)).containsExactly("counted");
    assertThat(all(QUEUE)).containsExactly("1 counted pending 0");
  }

  @Test
  void a_row_of_an_open_transaction_delays_no_other() {
    execute(UPSERT);
    debouncer.run();
    execute("DELETE FROM millrace.mv_requests");
    try (Handle stranger = jdbi.open()) {
      stranger.begin();
      stranger.execute(UPSERT);
      execute("INSERT INTO public.mv_refresh_queue (view_name) VALUES ('other')");
      debouncer.run();
      assertThat(all(REQUESTS)).containsExactly("other");
      stranger.rollback();
    }
    debouncer.run();
    assertThat(all(QUEUE)).hasSize(1).allMatch(row -> row.contains("other pending"));
  }

  @Test
  void requests_of_other_ways_are_shown_as_a_row_each() {
    execute(
        "SELECT millrace.register_view('counted')",
        "SELECT millrace.request_refresh('counted')",
        "SELECT millrace.request_refresh('counted')");
    debouncer.run();
    debouncer.run();
    assertThat(all(QUEUE)).containsExactly("1 counted pending 0");
    assertThat(all(REQUESTS)).hasSize(2);
    execute("DELETE FROM millrace.mv_requests");
    debouncer.run();
    assertThat(all(QUEUE)).isEmpty();
  }

  @Test
  void failures_of_a_view_are_shown_and_ask_for_nothing() {
    execute(UPSERT);
    debouncer.run();
    execute(
        "INSERT INTO millrace.mv_state (view_name, failures_in_row, last_error) VALUES ('counted', 2, 'no room')");
    debouncer.run();
    debouncer.run();
    assertThat(all(QUEUE)).containsExactly("1 counted pending 2 no room");
    assertThat(all(REQUESTS)).containsExactly("counted");
  }

  @Test
  void names_of_no_view_leave_the_table_and_rows_with_another_status_stay() {
    execute(
        "INSERT INTO public.mv_refresh_queue (view_name, status) VALUES ('nosuch', 'pending'), ('counted', 'paused')");
    debouncer.run();
    debouncer.run();
    assertThat(all(QUEUE)).containsExactly("2 counted paused 0");
    assertThat(all("SELECT view_name FROM millrace.mv_unknown_requests")).containsExactly("nosuch");
    assertThat(all(REQUESTS)).isEmpty();
  }

  @Test
  void a_step_resolves_a_bounded_number_of_names_however_many_are_written() {
    execute(
        "SELECT millrace.register_view('counted')",
        "INSERT INTO public.mv_refresh_queue (view_name) SELECT 'no_view_' || n FROM generate_series(1, 1000) n",
        "INSERT INTO public.mv_refresh_queue (view_name, status) SELECT 'done_' || n, 'done' FROM generate_series(1, 1000) n",
        UPSERT);
    debouncer.run();
    assertThat(all("SELECT count(*)::text FROM public.mv_refresh_queue WHERE status = 'pending'"))
        .as("200 names were resolved, and the registered view is asked for beside them")
        .containsExactly("801");
    assertThat(all(REQUESTS)).containsExactly("counted");
    for (int step = 0; step < 4; step++) {
      debouncer.run();
    }
    assertThat(all("SELECT view_name FROM public.mv_refresh_queue WHERE status = 'pending'"))
        .containsExactly("counted");
    assertThat(all("SELECT view_name FROM millrace.mv_adopted")).containsExactly("counted");
  }

  @Test
  void rows_under_other_names_of_a_view_wait_for_its_refresh_and_make_no_row_beside_them() {
    execute(
        "SELECT millrace.register_view('counted')",
        "INSERT INTO public.mv_refresh_queue (view_name) VALUES ('public.counted'), ('\"counted\"')");
    debouncer.run();
    debouncer.run();
    assertThat(all("SELECT view_name FROM public.mv_refresh_queue ORDER BY 1"))
        .containsExactly("\"counted\"", "public.counted");
    execute("DELETE FROM millrace.mv_requests");
    debouncer.run();
    assertThat(all(QUEUE)).isEmpty();
  }

  @Test
  void a_table_that_refuses_to_show_delays_no_refresh() {
    execute(
        "INSERT INTO millrace.kinds (kind, payload_fields, defaults) VALUES ('mv.refresh', '[]', '{}') ON CONFLICT DO NOTHING",
        "SELECT millrace.register_view('counted', debounce => interval '0', max_wait => interval '0')",
        "SELECT millrace.request_refresh('counted')",
        "ALTER TABLE public.mv_refresh_queue ADD COLUMN team text NOT NULL");
    debouncer.run();
    debouncer.run();
    execute("ALTER TABLE public.mv_refresh_queue DROP COLUMN team");
    assertThat(all("SELECT unique_key FROM millrace.jobs")).containsExactly("mv:counted");
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private List<String> all(String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }
}
