package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application changes its schema. Its writes go on, and each either asks for the view, or the
 * view says at once that it does not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaChangeTest {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 4);
  private final Jdbi jdbi = database.jdbi();

  @BeforeEach
  void clean() {
    execute(
        "DROP SCHEMA IF EXISTS app, other CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests CASCADE",
        "DELETE FROM millrace.stats_functions",
        "CREATE SCHEMA app",
        "CREATE SCHEMA other",
        "CREATE TABLE app.part (gone text, id integer PRIMARY KEY, sku text, note text)",
        "ALTER TABLE app.part DROP COLUMN gone",
        "CREATE TABLE app.spare (LIKE app.part INCLUDING ALL)",
        "CREATE TABLE app.sale (day integer NOT NULL, sku text, PRIMARY KEY (day)) PARTITION BY RANGE (day)",
        "CREATE TABLE app.sale_1 PARTITION OF app.sale FOR VALUES FROM (0) TO (10)",
        "INSERT INTO app.part SELECT n, 'sku-' || n FROM generate_series(1, 10) n",
        "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
        // Reads the table through a function: the catalog does not say so.
        "CREATE MATERIALIZED VIEW app.seen AS SELECT app.total() AS n");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static final String WRITE = "UPDATE app.part SET sku = sku || '!' WHERE id = 1";

  /** What is done to a table, and a write afterwards. */
  static Stream<Arguments> changesOfTables() {
    return Stream.of(
        Arguments.of("nothing", WRITE),
        Arguments.of("ALTER TABLE app.part RENAME TO piece", WRITE.replace("part", "piece")),
        Arguments.of("ALTER TABLE app.part RENAME sku TO code", "UPDATE app.part SET code = 'x'"),
        Arguments.of("ALTER TABLE app.part RENAME id TO nr", "UPDATE app.part SET sku = 'x'"),
        Arguments.of(
            "ALTER TABLE app.part RENAME sku TO a; ALTER TABLE app.part RENAME note TO sku",
            "UPDATE app.part SET a = 'x'"),
        Arguments.of("ALTER TABLE app.part DROP COLUMN sku", "UPDATE app.part SET note = 'x'"),
        Arguments.of("ALTER TABLE app.part DROP COLUMN note", WRITE),
        Arguments.of("ALTER TABLE app.part ADD COLUMN more text DEFAULT 'x'", WRITE),
        Arguments.of("ALTER TABLE app.part DROP CONSTRAINT part_pkey", WRITE),
        Arguments.of(
            "ALTER TABLE app.part ALTER sku TYPE json USING '{}'",
            "UPDATE app.part SET sku = '{\"a\": 1}'"),
        Arguments.of(
            "ALTER TABLE app.part ALTER sku TYPE point USING '(1,1)'",
            "UPDATE app.part SET sku = '(2,2)'"),
        Arguments.of("ALTER TABLE app.part SET SCHEMA other", WRITE.replace("app.", "other.")),
        Arguments.of("ALTER SCHEMA app RENAME TO moved", WRITE.replace("app.", "moved.")),
        Arguments.of(
            "ALTER TABLE app.part RENAME TO old; ALTER TABLE app.spare RENAME TO part",
            "INSERT INTO app.part VALUES (1, 'new')"),
        Arguments.of(
            "DROP TABLE app.part; ALTER TABLE app.spare RENAME TO part",
            "INSERT INTO app.part VALUES (1, 'new')"),
        Arguments.of(
            "CREATE TABLE app.child () INHERITS (app.part)", "INSERT INTO app.child VALUES (99)"),
        Arguments.of(
            "ALTER TABLE app.spare INHERIT app.part", "INSERT INTO app.spare VALUES (99, 'x')"),
        Arguments.of("ALTER TABLE app.part REPLICA IDENTITY FULL", WRITE),
        Arguments.of("TRUNCATE app.part", "INSERT INTO app.part VALUES (1)"),
        Arguments.of("ALTER TABLE app.part ENABLE ROW LEVEL SECURITY", WRITE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changesOfTables")
  void a_watch_by_trigger_outlives_a_change_of_its_table(String change, String write) {
    outlives(change, write, "method => 'trigger'");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changesOfTables")
  void a_watch_of_columns_outlives_a_change_of_its_table(String change, String write) {
    outlives(change, write, "ARRAY['sku']");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changesOfTables")
  void a_watch_by_counter_outlives_a_change_of_its_table(String change, String write) {
    outlives(change, write, "method => 'counter'");
  }

  private void outlives(String change, String write, String how) {
    watch("SELECT millrace.watch('app.part', 'app.seen', " + how + ")");
    change(change);
    leaderStep();
    assertThat(poll(write)).as("%s, then %s", change, write).isPositive();
    assertThat(problems()).doesNotContain("broken_watch", "watched_table_gone");
    execute("DROP SCHEMA IF EXISTS moved CASCADE");
  }

  @Test
  void writes_of_partitions_by_their_own_names_ask() {
    watch("SELECT millrace.watch('app.sale', 'app.seen')");
    assertThat(poll("INSERT INTO app.sale_1 VALUES (1)")).isEqualTo(1);
    execute(
        "CREATE TABLE app.sale_2 (LIKE app.sale)",
        "INSERT INTO app.sale_2 VALUES (11)",
        "ALTER TABLE app.sale ATTACH PARTITION app.sale_2 FOR VALUES FROM (10) TO (20)");
    assertThat(status()).as("before its triggers are made").isNotEqualTo("FRESH");
    assertThat(problems()).contains("broken_watch");
    assertThat(poll("SELECT 1")).as("rows came with the partition").isEqualTo(1);
    leaderStep();
    assertThat(problems()).doesNotContain("broken_watch");
    assertThat(poll("UPDATE app.sale_2 SET sku = 'x'")).isEqualTo(1);
    execute("ALTER TABLE app.sale DETACH PARTITION app.sale_2");
    assertThat(poll("SELECT 1")).as("rows went with the partition").isEqualTo(1);
    leaderStep();
    assertThat(poll("INSERT INTO app.sale_2 VALUES (12)")).isZero();
    assertThat(texts("SELECT tgname FROM pg_trigger WHERE tgrelid = 'app.sale_2'::regclass"))
        .isEmpty();
  }

  /** What a person may do to our own things. */
  static Stream<String> damages() {
    return Stream.of(
        "DO $$ BEGIN EXECUTE 'DROP SEQUENCE ' || (SELECT change_seq FROM millrace.mv_watches); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER SEQUENCE %s OWNER TO thief', (SELECT change_seq FROM millrace.mv_watches));"
            + " EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC', (SELECT change_seq FROM millrace.mv_watches));"
            + " EXECUTE format('ALTER FUNCTION millrace.mv_note_change_%s() OWNER TO nobody_else', (SELECT id FROM millrace.mv_watches)); END $$",
        "ALTER TABLE app.part DISABLE TRIGGER ALL",
        "DO $$ BEGIN EXECUTE format('DROP FUNCTION millrace.mv_note_change_%s() CASCADE', (SELECT id FROM millrace.mv_watches)); END $$");
  }

  @ParameterizedTest
  @MethodSource("damages")
  void no_damage_makes_a_writer_fail_and_each_is_said_at_once(String damage) {
    execute(
        "DO $$ BEGIN CREATE ROLE thief; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN CREATE ROLE nobody_else; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT CREATE, USAGE ON SCHEMA millrace TO nobody_else, thief");
    watch("SELECT millrace.watch('app.part', 'app.seen', ARRAY['sku'])");
    fresh();
    execute(damage);
    execute(WRITE, "INSERT INTO app.part VALUES (50)", "DELETE FROM app.part WHERE id = 50");
    assertThat(problems()).contains("broken_watch");
    assertThat(status()).isEqualTo("LATE");
    assertThat(texts("SELECT fault FROM millrace.mv_watch_faults")).isNotEmpty();
    execute(
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER FUNCTION %s OWNER TO CURRENT_USER', oid::regprocedure)"
            + " FROM pg_proc WHERE proname = 'mv_note_change_' || (SELECT id FROM millrace.mv_watches)); EXCEPTION WHEN null_value_not_allowed THEN NULL; END $$",
        "SELECT millrace.watch('app.part', 'app.seen', ARRAY['sku'])");
    assertThat(problems()).doesNotContain("broken_watch");
    leaderStep();
    assertThat(poll(WRITE)).isEqualTo(1);
  }

  @Test
  void a_trigger_that_was_disabled_for_a_moment_asks() {
    watch("SELECT millrace.watch('app.part', 'app.seen')");
    assertThat(
            poll(
                "ALTER TABLE app.part DISABLE TRIGGER USER; "
                    + WRITE
                    + "; ALTER TABLE app.part ENABLE TRIGGER USER"))
        .isEqualTo(1);
  }

  @Test
  void changes_of_a_replica_role_ask() {
    watch("SELECT millrace.watch('app.part', 'app.seen', ARRAY['sku'])");
    assertThat(
            poll(
                "SET session_replication_role = replica; "
                    + WRITE
                    + "; RESET session_replication_role"))
        .isEqualTo(1);
  }

  @Test
  void what_cannot_be_seen_is_refused() {
    execute(
        "DROP FOREIGN DATA WRAPPER IF EXISTS far CASCADE",
        "CREATE FOREIGN DATA WRAPPER far",
        "CREATE SERVER far FOREIGN DATA WRAPPER far",
        "CREATE FOREIGN TABLE app.distant (id integer) SERVER far");
    refused("SELECT millrace.watch('app.distant', 'app.seen', method => 'counter')", "foreign");
    jdbi.useHandle(
        handle -> {
          handle.execute("CREATE TEMP TABLE IF NOT EXISTS brief (id integer)");
          assertThatThrownBy(() -> handle.execute("SELECT millrace.watch('brief', 'app.seen')"))
              .hasMessageContaining("temporary");
        });
    execute(
        "CREATE TABLE app.trip (day integer) PARTITION BY RANGE (day)",
        "SELECT millrace.watch('app.trip', 'app.seen', method => 'counter')",
        "CREATE FOREIGN TABLE app.trip_far PARTITION OF app.trip FOR VALUES FROM (50) TO (60) SERVER far");
    assertThat(problems()).contains("broken_watch");
    assertThat(status()).isNotEqualTo("FRESH");
  }

  /** What a session may say of how values are written; nothing of it is a change. */
  static Stream<String> settings() {
    return Stream.of(
        "SET extra_float_digits = -15",
        "SET DateStyle = 'SQL, DMY'",
        "SET TimeZone = 'Asia/Tokyo'",
        "SET IntervalStyle = 'sql_standard'",
        "SET bytea_output = 'escape'",
        "SET xmloption = 'document'",
        "SET lc_monetary = 'C'");
  }

  @ParameterizedTest
  @MethodSource("settings")
  void columns_are_compared_alike_whatever_the_session_says(String setting) {
    execute(
        "CREATE TABLE app.typed (id integer PRIMARY KEY, f float8, t timestamptz, d date, i interval, b bytea, j json, p point, m money)",
        "INSERT INTO app.typed VALUES (1, 0.1, now(), now(), '1 day', 'a', '{}', '(1,1)', 1)");
    watch(
        "SELECT millrace.watch('app.typed', 'app.seen', ARRAY['f', 't', 'd', 'i', 'b', 'j', 'p', 'm'])");
    assertThat(poll(setting + "; UPDATE app.typed SET f = f, j = j; RESET ALL")).isZero();
    // Equal in fifteen fewer digits, and still another value.
    assertThat(poll(setting + "; UPDATE app.typed SET f = f + 1e-16; RESET ALL")).isEqualTo(1);
    assertThat(poll(setting + "; UPDATE app.typed SET j = '{ }'; RESET ALL")).isEqualTo(1);
  }

  @Test
  void the_writers_rows_are_never_touched_with_the_owners_rights() {
    execute(
        "DO $$ BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT USAGE ON SCHEMA millrace TO shop",
        "CREATE TABLE app.ran (who text)",
        "GRANT USAGE, CREATE ON SCHEMA app TO shop",
        "GRANT ALL ON app.ran TO shop",
        "ALTER TABLE app.part OWNER TO shop");
    watch("SELECT millrace.watch('app.part', 'app.seen', ARRAY['sku'])");
    jdbi.useHandle(
        handle -> {
          handle.execute("SET ROLE shop");
          handle.execute("CREATE TYPE app.evil AS ENUM ('a', 'b')");
          handle.execute(
              "CREATE FUNCTION app.f(app.evil) RETURNS text LANGUAGE plpgsql AS"
                  + " 'BEGIN INSERT INTO app.ran VALUES (current_user); RETURN ''x'' || random(); END'");
          handle.execute("CREATE CAST (app.evil AS text) WITH FUNCTION app.f(app.evil)");
          handle.execute(
              "CREATE FUNCTION app.same(app.evil, app.evil) RETURNS boolean LANGUAGE plpgsql AS"
                  + " 'BEGIN INSERT INTO app.ran VALUES (current_user); RETURN true; END'");
          handle.execute(
              "CREATE OPERATOR app.= (LEFTARG = app.evil, RIGHTARG = app.evil, FUNCTION = app.same)");
          handle.execute("ALTER TABLE app.part ALTER sku TYPE app.evil USING 'a'");
          handle.execute("SET search_path = app, pg_catalog");
          handle.execute("UPDATE app.part SET sku = 'b'");
          handle.execute("RESET search_path");
          for (String function : List.of("compare_change", "note_background_worker_change")) {
            assertThatThrownBy(
                    () ->
                        handle.execute(
                            "CREATE TRIGGER x AFTER UPDATE ON app.part FOR EACH STATEMENT"
                                + " EXECUTE FUNCTION millrace."
                                + function
                                + "()"))
                .hasMessageContaining("permission denied");
          }
          handle.execute("RESET ROLE");
        });
    assertThat(texts("SELECT who FROM app.ran")).isEmpty();
    assertThat(poll("SELECT 1")).isEqualTo(1);
    execute("DROP OWNED BY shop CASCADE", "DROP ROLE shop");
  }

  /** What is done to the views and functions that are registered. */
  static Stream<Arguments> changesOfNames() {
    return Stream.of(
        Arguments.of("ALTER MATERIALIZED VIEW app.seen RENAME TO viewed", "app.viewed"),
        Arguments.of("ALTER MATERIALIZED VIEW app.seen SET SCHEMA other", "other.seen"),
        Arguments.of(
            "ALTER MATERIALIZED VIEW app.seen RENAME TO old; CREATE MATERIALIZED VIEW app.seen AS SELECT 2",
            "app.seen"),
        Arguments.of("ALTER FUNCTION app.total() RENAME TO sum_up", "app.seen"),
        Arguments.of("ALTER FUNCTION app.total() SET SCHEMA other", "app.seen"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changesOfNames")
  void registered_views_and_functions_are_found_under_their_new_names(String change, String view) {
    execute(
        "SELECT millrace.register_view('app.seen')",
        "SELECT millrace.register_view('app.total')",
        "SELECT millrace.register_stats_function('app.total')");
    long function = number("SELECT 'app.total()'::regprocedure::oid::bigint");
    change(change);
    // Before the first step of the leader, and after it.
    for (int steps = 0; steps < 2; steps++) {
      assertThat(texts("SELECT millrace.view_of('app.seen')::regclass::text"))
          .containsExactly(view);
      assertThat(texts("SELECT millrace.known_view('" + view + "')")).containsExactly("app.seen");
      assertThat(number("SELECT millrace.function_of('app.total')::bigint")).isEqualTo(function);
      assertThat(
              number(
                  "SELECT millrace.function_now(function_name, registered_as, known_as, funcid)::bigint FROM millrace.stats_functions"))
          .isEqualTo(function);
      assertThat(texts("SELECT status FROM millrace.mv_freshness")).containsOnly("NEVER");
      leaderStep();
    }
    execute("DROP FUNCTION IF EXISTS app.total, app.sum_up, other.total CASCADE");
    assertThat(texts("SELECT status FROM millrace.mv_freshness WHERE mode = 'function'"))
        .containsExactly("FAILED");
  }

  @Test
  void watch_and_unwatch_wait_briefly_and_name_the_blocking_session() {
    ViewRegistry registry = new ViewRegistry(jdbi);
    ViewWatch whole = new ViewWatch("app.part", null, null);
    String view = registry.watch("app.seen", whole);
    try (Handle report = jdbi.open()) {
      report.begin();
      report.execute("SET LOCAL application_name = 'nightly report'");
      long pid =
          report.select("SELECT pg_backend_pid() FROM app.part LIMIT 1").mapTo(Long.class).one();
      // Nothing is to be changed, so nothing is locked.
      assertThat(registry.watch("app.seen", whole)).isEqualTo(view);
      long begun = System.nanoTime();
      assertThatThrownBy(() -> registry.unwatch("app.seen", "app.part"))
          .isInstanceOf(TableLockedException.class)
          .hasMessageContaining("app.part is locked by pid " + pid)
          .hasMessageContaining("application nightly report")
          .hasMessageContaining("since 2");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
      // Columns are added without shutting readers out.
      assertThat(registry.watch("app.seen", new ViewWatch("app.part", List.of("sku"), null)))
          .isEqualTo(view);
      report.execute(WRITE);
      assertThatThrownBy(
              () -> registry.watch("app.seen", new ViewWatch("app.part", List.of("note"), null)))
          .isInstanceOf(TableLockedException.class);
      report.commit();
    }
    assertThat(registry.unwatch("app.seen", "app.part")).isTrue();
  }

  @Test
  void the_step_skips_rows_that_another_session_has_locked() {
    execute(
        "SELECT millrace.register_view('app.seen')",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('\"app\".\"seen\"')");
    try (Handle stranger = jdbi.open()) {
      stranger.begin();
      stranger.execute("SELECT * FROM millrace.mv_requests FOR UPDATE");
      stranger.execute("SELECT * FROM millrace.mv_views FOR UPDATE");
      stranger.execute("INSERT INTO millrace.mv_requests (view_name) VALUES ('app.seen')");
      jdbi.useTransaction(
          leader -> {
            leader.execute("SET LOCAL lock_timeout = '1s'");
            leader.execute(
                "SELECT millrace.resolve_views(true), millrace.poll_counters(), millrace.normalise_requests()");
            assertThat(leader.select("SELECT millrace.repair_watches()").mapTo(String.class).list())
                .isEmpty();
          });
      stranger.rollback();
    }
    execute("SELECT millrace.normalise_requests()");
    assertThat(texts("SELECT DISTINCT view_name FROM millrace.mv_requests"))
        .containsExactly("app.seen");
  }

  private void change(String statements) {
    if (!statements.equals("nothing")) {
      jdbi.useHandle(handle -> handle.createScript(statements).execute());
    }
  }

  private void refused(String sql, String message) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(message);
  }

  /** Watches, and makes the first steps of the leader. */
  private void watch(String sql) {
    execute(sql);
    leaderStep();
  }

  /** What the leader does every few seconds, without problems; the requests are taken away. */
  private void leaderStep() {
    execute("SELECT millrace.resolve_views(true)");
    assertThat(texts("SELECT millrace.repair_watches()")).isEmpty();
    execute(
        "SELECT pg_stat_force_next_flush()",
        "SELECT millrace.poll_counters()",
        "SELECT millrace.poll_counters()",
        "DELETE FROM millrace.mv_requests");
  }

  /** How many requests follow a write; a counter may take its time. */
  private long poll(String write) {
    jdbi.useHandle(
        handle -> {
          handle.createScript(write).execute();
          handle.execute("SELECT pg_stat_force_next_flush()");
        });
    boolean counted =
        number("SELECT count(*) FROM millrace.mv_watches WHERE method = 'counter'") > 0;
    if (counted) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> number("SELECT millrace.poll_counters()") > 0);
    } else {
      execute("SELECT millrace.poll_counters()");
    }
    return number(
        "WITH taken AS (DELETE FROM millrace.mv_requests RETURNING 1) SELECT count(*) FROM taken");
  }

  /** As after a refresh. */
  private void fresh() {
    execute("UPDATE millrace.mv_state SET last_success_at = now(), fresh_as_of = now()");
    assertThat(status()).isEqualTo("FRESH");
  }

  private String status() {
    return texts("SELECT status FROM millrace.mv_freshness").get(0);
  }

  private List<String> problems() {
    return texts("SELECT code FROM millrace.preflight('app.seen')");
  }

  private long number(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(Long.class).one());
  }

  private List<String> texts(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).list());
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
