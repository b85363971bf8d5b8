package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchTest {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 4);
  private final Jdbi jdbi = database.jdbi();

  @BeforeEach
  void clean() {
    execute(
        "DROP MATERIALIZED VIEW IF EXISTS public.counted",
        "DROP TABLE IF EXISTS public.part CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests, millrace.mv_unknown_requests, mv_refresh_queue CASCADE",
        "CREATE TABLE public.part (id integer PRIMARY KEY, sku text NOT NULL, note text)",
        "INSERT INTO public.part SELECT n, 'sku-' || n FROM generate_series(1, 10) n",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT sku, count(*) AS n FROM public.part GROUP BY 1");
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void each_change_of_a_watched_table_requests_one_refresh_a_statement() {
    watch("SELECT millrace.watch('public.part', 'counted')");
    for (String change :
        List.of(
            "INSERT INTO part SELECT n, 'new' FROM generate_series(11, 20) n",
            "UPDATE part SET sku = 'other' WHERE id > 5",
            "DELETE FROM part WHERE id > 15",
            "MERGE INTO part USING (VALUES (1)) v (id) ON part.id = v.id WHEN MATCHED THEN UPDATE SET sku = 'm'",
            "TRUNCATE part")) {
      execute(change);
      assertThat(poll()).as(change).isEqualTo(1);
    }
  }

  @Test
  void unwatch_leaves_nothing_behind() {
    watch("SELECT millrace.watch('public.part', 'counted', ARRAY['sku'])");
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass"))
        .isEqualTo(3);
    assertThat(truth("SELECT millrace.unwatch('part', 'public.counted')")).isTrue();
    assertThat(truth("SELECT millrace.unwatch('part', 'counted')")).isFalse();
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass")).isZero();
    execute("DELETE FROM part");
    assertThat(poll()).isZero();
    execute("SELECT millrace.drop_unused_change_seqs()");
    assertThat(
            count(
                "SELECT count(*) FROM pg_class WHERE relnamespace = 'millrace'::regnamespace AND relname LIKE 'mv\\_change\\_seq%'"))
        .isZero();
    assertThat(
            count(
                "SELECT count(*) FROM pg_proc WHERE pronamespace = 'millrace'::regnamespace AND proname LIKE 'mv\\_ring%'"))
        .isZero();
  }

  @Test
  void unregistering_a_view_takes_its_triggers_away() {
    watch("SELECT millrace.watch('part', 'counted')");
    assertThat(truth("SELECT millrace.unregister_view('public.counted')")).isTrue();
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass")).isZero();
  }

  @Test
  void with_columns_only_an_update_that_changes_one_of_them_asks() {
    watch("SELECT millrace.watch('part', 'counted', ARRAY['sku'])");
    execute(
        "UPDATE part SET note = 'seen'",
        "UPDATE part SET sku = sku",
        "UPDATE part SET sku = 'x' WHERE false");
    assertThat(poll()).isZero();
    execute("UPDATE part SET sku = 'other', note = '' WHERE id = 3");
    assertThat(poll()).isEqualTo(1);
    // Two rows that exchange their values: the values as a whole stay the same, the rows do not.
    execute(
        "UPDATE part SET sku = CASE id WHEN 1 THEN 'sku-2' ELSE 'sku-1' END WHERE id IN (1, 2)");
    assertThat(poll()).isEqualTo(1);
    for (String change :
        List.of(
            "INSERT INTO part VALUES (99, 'n')",
            "DELETE FROM part WHERE id = 99",
            "TRUNCATE part")) {
      execute(change);
      assertThat(poll()).as(change).isEqualTo(1);
    }
  }

  @Test
  void a_role_without_rights_on_the_schema_writes_to_a_watched_table() {
    watch("SELECT millrace.watch('part', 'counted')");
    execute(
        "CREATE MATERIALIZED VIEW public.skus AS SELECT DISTINCT sku FROM public.part",
        "SELECT millrace.watch('part', 'skus', ARRAY['note'])",
        "DELETE FROM millrace.mv_requests",
        "DROP ROLE IF EXISTS shop",
        "CREATE ROLE shop",
        "GRANT SELECT, INSERT, UPDATE ON part, mv_refresh_queue TO shop");
    jdbi.useHandle(
        handle ->
            handle.execute(
                "SET ROLE shop; UPDATE part SET note = 'x';"
                    + " INSERT INTO mv_refresh_queue (view_name, refresh_requested_at) VALUES ('counted', NOW())"
                    + " ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = 'pending';"
                    + " RESET ROLE"));
    execute("SELECT millrace.poll_counters()");
    assertThat(
            text("SELECT string_agg(view_name, ' ' ORDER BY view_name) FROM millrace.mv_requests"))
        .isEqualTo("counted skus");
    assertThat(text("SELECT view_name || ' ' || status FROM mv_refresh_queue"))
        .isEqualTo("counted pending");
    execute("DROP OWNED BY shop", "DROP ROLE shop");
  }

  @Test
  void odd_names_of_tables_columns_and_views_are_names() {
    List<String> names =
        List.of("Capital", "with space", "dot.ted", "qu\"ote", "it's", "x; DROP TABLE part --");
    for (String name : names) {
      jdbi.useHandle(
          handle -> {
            String quoted = quoted(handle, name);
            handle.execute(
                "CREATE TABLE public."
                    + quoted(handle, "t " + name)
                    + " (id int PRIMARY KEY, "
                    + quoted
                    + " text)");
            handle.execute(
                "CREATE MATERIALIZED VIEW public."
                    + quoted
                    + " AS SELECT * FROM "
                    + quoted(handle, "t " + name));
            handle.execute("SELECT millrace.watch(?, ?, ARRAY[?])", "t " + name, name, name);
            handle.execute("DELETE FROM millrace.mv_requests");
            handle.execute("INSERT INTO " + quoted(handle, "t " + name) + " VALUES (1, 'a')");
            handle.execute("SELECT millrace.poll_counters()");
            handle.execute("UPDATE " + quoted(handle, "t " + name) + " SET " + quoted + " = 'b'");
            handle.execute("SELECT millrace.poll_counters()");
          });
      assertThat(count("SELECT count(*) FROM millrace.mv_requests WHERE view_name = ?", name))
          .as(name)
          .isEqualTo(2);
      assertThat(
              count(
                  "SELECT count(*) FROM millrace.mv_freshness WHERE view_name = ? AND status = 'NEVER'",
                  name))
          .isEqualTo(1);
      assertThat(truth("SELECT millrace.unwatch(?, ?)", "t " + name, "public." + name)).isTrue();
      jdbi.useHandle(
          handle -> handle.execute("DROP TABLE " + quoted(handle, "t " + name) + " CASCADE"));
    }
  }

  @Test
  void a_counter_sees_commits_truncates_and_resets_and_nothing_else() {
    watch("SELECT millrace.watch('part', 'counted', method => 'counter')");
    execute("SELECT millrace.poll_counters()");
    assertThat(takeRequests()).isZero();
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass")).isZero();
    jdbi.useHandle(
        writer -> {
          writer.execute("BEGIN");
          writer.execute("UPDATE part SET note = 'open'");
          assertThat(count("SELECT millrace.poll_counters()")).isZero();
          writer.execute("COMMIT");
        });
    awaitCounter();
    execute("SELECT pg_stat_force_next_flush()", "TRUNCATE part");
    awaitCounter();
    execute("SELECT pg_stat_reset()");
    awaitCounter();
    execute("SELECT millrace.poll_counters()");
    assertThat(takeRequests()).isZero();
  }

  @Test
  void a_counter_sees_the_partitions_of_a_table() {
    execute(
        "DROP TABLE IF EXISTS public.sale CASCADE",
        "CREATE TABLE public.sale (day date NOT NULL) PARTITION BY RANGE (day)",
        "CREATE TABLE public.sale_25 PARTITION OF public.sale FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
    watch("SELECT millrace.watch('sale', 'counted', method => 'counter')");
    execute("INSERT INTO sale_25 VALUES ('2025-06-01')");
    awaitCounter();
  }

  private void awaitCounter() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> count("SELECT millrace.poll_counters()") == 1);
    assertThat(takeRequests()).isEqualTo(1);
  }

  @Test
  void nonsense_is_refused_with_the_field_and_the_reason() {
    refused(
        "SELECT millrace.register_view('nowhere')",
        "view: there is no materialized view or function nowhere");
    refused(
        "SELECT millrace.register_view('part')",
        "view: there is no materialized view or function part");
    refused(
        "SELECT millrace.register_view('counted', mode => 'fast')",
        "mode: must be concurrently, plain, auto or function, was fast");
    refused(
        "SELECT millrace.register_view('counted', mode => 'function')",
        "is a view, not a function");
    refused(
        "SELECT millrace.register_view('counted', debounce => '-1 s')",
        "debounce: must be 0 or more, was -00:00:01");
    refused(
        "SELECT millrace.register_view('counted', max_wait => '1 s')",
        "max_wait: must be the debounce (00:00:05) or more, was 00:00:01");
    refused("SELECT millrace.watch('nowhere', 'counted')", "source: there is no table nowhere");
    refused("SELECT millrace.watch('part', 'nowhere')", "there is no materialized view");
    refused("SELECT millrace.watch('part', 'counted', ARRAY['colour'])", "has no column colour");
    refused(
        "SELECT millrace.watch('part', 'counted', method => 'magic')",
        "must be trigger or counter");
    execute("ALTER TABLE part DROP CONSTRAINT part_pkey");
    refused("SELECT millrace.watch('part', 'counted', ARRAY['sku'])", "has no primary key");
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass")).isZero();
  }

  @Test
  void registering_again_changes_what_is_given_and_keeps_the_rest() {
    execute(
        "SELECT millrace.register_view('counted', debounce => '1 s', view_group => 'stock')",
        "SELECT millrace.register_view('public.counted', max_wait => '9 s')");
    assertThat(count("SELECT count(*) FROM millrace.mv_views")).isEqualTo(1);
    assertThat(
            text(
                "SELECT view_name || ' ' || debounce || ' ' || max_wait || ' ' || view_group FROM millrace.mv_views"))
        .isEqualTo("counted 00:00:01 00:00:09 stock");
  }

  @Test
  void a_setting_can_be_taken_back_and_a_watch_is_made_once() {
    execute(
        "SELECT millrace.register_view('counted', max_lag => '1 minute', view_group => 'stock', statement_timeout => '9 s')",
        "SELECT millrace.register_view('counted', max_lag => '0', view_group => '', statement_timeout => '0')",
        "SELECT millrace.watch('part', 'counted', ARRAY['sku'])");
    assertThat(
            count(
                "SELECT count(*) FROM millrace.mv_views"
                    + " WHERE max_lag IS NULL AND view_group IS NULL AND statement_timeout IS NULL"))
        .isEqualTo(1);
    long watch = count("SELECT id FROM millrace.mv_watches");
    execute("SELECT millrace.watch('public.part', 'counted', ARRAY['sku'])");
    assertThat(count("SELECT id FROM millrace.mv_watches")).isEqualTo(watch);
    execute("SELECT millrace.watch('part', 'counted', method => 'counter')");
    assertThat(text("SELECT id || ' ' || method FROM millrace.mv_watches"))
        .isEqualTo(watch + " counter");
    assertThat(count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'part'::regclass")).isZero();
  }

  @Test
  void a_view_that_is_made_anew_is_the_same_view() {
    execute(
        "SELECT millrace.register_view('counted')",
        "DROP MATERIALIZED VIEW counted",
        "SELECT millrace.resolve_views()");
    assertThat(text("SELECT status FROM millrace.mv_freshness")).isEqualTo("FAILED");
    execute(
        "CREATE MATERIALIZED VIEW public.counted AS SELECT 1 AS one",
        "SELECT millrace.resolve_views()");
    assertThat(text("SELECT status FROM millrace.mv_freshness")).isEqualTo("NEVER");
  }

  @Test
  void requests_of_older_triggers_find_their_view_and_unknown_names_stay() {
    execute(
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('public.counted'), ('PUBLIC.counted'), ('stranger')",
        "SELECT millrace.normalise_requests()",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('counted')",
        "SELECT millrace.normalise_requests()");
    assertThat(text("SELECT string_agg(view_name || ' ' || origin, ',') FROM millrace.mv_views"))
        .isIn("public.counted seen", "PUBLIC.counted seen");
    assertThat(count("SELECT count(DISTINCT view_name) FROM millrace.mv_requests")).isEqualTo(1);
    assertThat(text("SELECT string_agg(view_name, ',') FROM millrace.mv_unknown_requests"))
        .isEqualTo("stranger");
    execute(
        "CREATE MATERIALIZED VIEW public.stranger AS SELECT 1 AS n",
        "SELECT millrace.find_unknown_requests()",
        "SELECT millrace.normalise_requests()");
    assertThat(count("SELECT count(*) FROM millrace.mv_requests WHERE view_name = 'stranger'"))
        .isEqualTo(1);
    assertThat(count("SELECT count(*) FROM millrace.mv_views WHERE view_name = 'stranger'"))
        .isEqualTo(1);
    execute("DROP MATERIALIZED VIEW public.stranger");
  }

  private void refused(String sql, String message) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(message);
  }

  /** Watches, and forgets the request that a new watch makes. */
  private void watch(String sql) {
    execute(sql);
    assertThat(takeRequests()).isGreaterThan(0);
  }

  /** What the leader's look asks for. */
  private long poll() {
    execute("SELECT millrace.poll_counters()");
    return takeRequests();
  }

  private long takeRequests() {
    return count(
        "WITH taken AS (DELETE FROM millrace.mv_requests RETURNING 1) SELECT count(*) FROM taken");
  }

  private static String quoted(Handle handle, String name) {
    return handle.select("SELECT quote_ident(?)", name).mapTo(String.class).one();
  }

  private long count(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }

  private String text(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(String.class).one());
  }

  private boolean truth(String sql, Object... args) {
    return jdbi.withHandle(handle -> handle.select(sql, args).mapTo(Boolean.class).one());
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
