package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application changes its schema. Its writes go on, and each either asks for the view, or the
 * view says at once that it does not.
 */
class SchemaChangeTest extends WatchedSchema {
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
}
