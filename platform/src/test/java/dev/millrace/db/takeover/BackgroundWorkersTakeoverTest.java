package dev.millrace.db.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.MillraceException;
import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table of background workers that was there before us. */
class BackgroundWorkersTakeoverTest {
  private final Database database = Database.open(TestServices.emptyDatabase(), "test", 3);
  private final Jdbi jdbi = database.jdbi();
  private final Migrations migrations = new Migrations(database);

  @AfterEach
  void close() {
    database.close();
  }

  private static final String TABLE =
      """
      CREATE TABLE public.background_workers (
        id serial PRIMARY KEY, worker_name text NOT NULL UNIQUE, display_name text, description text,
        enabled boolean NOT NULL DEFAULT true, interval_seconds integer, last_started_at timestamptz,
        last_finished_at timestamptz, last_status text, last_error_message text,
        runs_ok_in_row integer NOT NULL DEFAULT 0, runs_error_in_row integer NOT NULL DEFAULT 0)
      """;

  @Test
  void a_plan_changes_nothing() {
    execute(TABLE);

    Plan plan = migrations.plan();

    assertThat(plan.refused()).isFalse();
    assertThat(PlanText.full(plan)).anyMatch(line -> line.contains("ADD COLUMN kind text"));
    assertThat(one("SELECT to_regnamespace('millrace') IS NULL")).isEqualTo("t");
  }

  @Test
  void rows_ids_grants_and_admins_values_stay() {
    execute(
        TABLE,
        "INSERT INTO public.background_workers (id, worker_name, enabled, interval_seconds)"
            + " VALUES (7, 'token_refresh', true, 60), (9, 'inventory_mv_refresh', false, 900)",
        "GRANT SELECT ON public.background_workers TO PUBLIC",
        "COMMENT ON TABLE public.background_workers IS 'ours'");
    Plan first = migrations.run();

    assertThat(first.changes()).isTrue();
    assertThat(migrations.run().changes()).isFalse();
    assertThat(
            all(
                "SELECT concat_ws(' ', id, worker_name, enabled, interval_seconds, coalesce(kind, '-'), admin_set)"
                    + " FROM public.background_workers ORDER BY id"))
        .containsExactly(
            "7 token_refresh t 60 - {enabled,interval_seconds}",
            "9 inventory_mv_refresh f 900 mv.refresh {enabled,interval_seconds}");
    assertThat(one("SELECT has_table_privilege('public', 'public.background_workers', 'SELECT')"))
        .isEqualTo("t");
    assertThat(one("SELECT obj_description('public.background_workers'::regclass)"))
        .isEqualTo("ours");
  }

  @Test
  void a_taken_over_table_has_the_columns_of_a_new_one() {
    String columns =
        "SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '"
            + " || coalesce(pg_get_expr(d.adbin, d.adrelid), '') FROM pg_attribute a"
            + " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
            + " WHERE a.attrelid = 'public.background_workers'::regclass AND a.attnum > 0 AND a.attname NOT IN ('id', 'interval_seconds')";
    execute(TABLE);
    migrations.run();
    try (Database fresh = Database.open(TestServices.freshDatabase(), "test", 1)) {
      List<String> ours =
          fresh.jdbi().withHandle(handle -> handle.select(columns).mapTo(String.class).list());

      assertThat(all(columns)).containsExactlyInAnyOrderElementsOf(ours);
    }
  }

  @Test
  void another_type_of_a_column_is_refused_with_the_way_out() {
    execute(
        "CREATE TABLE public.background_workers (worker_name text, enabled text, payload integer)");

    assertThatThrownBy(migrations::run)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("its column enabled has the type text, ours has boolean")
        .hasMessageContaining("its column payload has the type integer, ours has jsonb")
        .hasMessageContaining(
            "ALTER TABLE public.background_workers RENAME COLUMN payload TO payload_old");
    assertThat(one("SELECT to_regnamespace('millrace') IS NULL")).isEqualTo("t");
  }

  @Test
  void a_view_in_place_of_the_table_is_refused() {
    execute("CREATE VIEW public.background_workers AS SELECT 1 AS worker_name");

    assertThatThrownBy(migrations::run)
        .hasMessageContaining("it is a view, and we write rows to it. Way out: ALTER VIEW");
  }

  @Test
  void a_plan_says_who_else_may_create_triggers_on_a_table() {
    execute(TABLE, "GRANT ALL ON public.background_workers TO PUBLIC");

    assertThat(PlanText.full(migrations.plan()))
        .anyMatch(line -> line.contains("REVOKE TRIGGER ON public.background_workers FROM PUBLIC"));
  }

  @Test
  void a_column_that_we_empty_may_be_null() {
    execute(
        TABLE,
        "ALTER TABLE public.background_workers ALTER COLUMN last_error_message SET NOT NULL,"
            + " ALTER COLUMN last_error_message SET DEFAULT ''");
    migrations.run();
    execute(
        "INSERT INTO public.background_workers (worker_name) VALUES ('a')",
        "UPDATE public.background_workers SET last_error_message = NULL");

    assertThat(one("SELECT last_error_message IS NULL FROM public.background_workers"))
        .isEqualTo("t");
  }

  @Test
  void rows_that_share_a_name_are_refused() {
    execute(
        "CREATE TABLE public.background_workers (worker_name text NOT NULL)",
        "INSERT INTO public.background_workers VALUES ('a'), ('a')");

    assertThatThrownBy(migrations::run)
        .hasMessageContaining("it has several rows with the worker_name 'a'");
  }

  @Test
  void a_condition_that_refuses_what_we_write_is_refused() {
    execute(
        TABLE,
        "ALTER TABLE public.background_workers ADD CONSTRAINT known_status"
            + " CHECK (last_status IN ('success', 'failed', 'running'))");

    assertThatThrownBy(migrations::run)
        .hasMessageContaining("its constraint known_status does not accept the last_status [error]")
        .hasMessageContaining("DROP CONSTRAINT known_status");
  }

  @Test
  void ids_and_texts_of_other_types_are_kept() {
    execute(
        "CREATE TABLE public.background_workers (id uuid PRIMARY KEY, worker_name varchar(50) NOT NULL,"
            + " enabled boolean, last_error_message varchar(100), last_started_at timestamp, team text)",
        "INSERT INTO public.background_workers VALUES (gen_random_uuid(), 'a', NULL, 'x', now(), 'ops')");
    migrations.run();
    execute(
        "INSERT INTO public.background_workers (worker_name, last_error_message) VALUES ('b', repeat('x', 2000))");

    assertThat(
            all("SELECT worker_name || ' ' || enabled FROM public.background_workers ORDER BY 1"))
        .containsExactly("a true", "b true");
  }

  @Test
  void a_failed_statement_is_told_in_the_words_of_postgres() {
    execute(
        TABLE,
        "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " RAISE 'no views today' USING HINT = 'ask the DBA'; END $$",
        "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE VIEW')"
            + " EXECUTE FUNCTION public.refuse()");

    assertThatThrownBy(migrations::run)
        .hasMessageContaining("nothing was changed")
        .hasMessageContaining("no views today (SQLSTATE P0001)")
        .hasMessageContaining("statement: CREATE OR REPLACE VIEW")
        .hasMessageContaining("hint: ask the DBA")
        .hasMessageNotContaining("-X");
    assertThat(one("SELECT to_regnamespace('millrace') IS NULL")).isEqualTo("t");
  }

  @Test
  void a_schema_of_our_name_with_foreign_tables_is_refused() {
    execute("CREATE SCHEMA millrace", "CREATE TABLE millrace.fires (x integer)");

    assertThatThrownBy(migrations::run)
        .hasMessageContaining("Way out: ALTER SCHEMA millrace RENAME TO millrace_old");
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private List<String> all(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).list());
  }

  private String one(String sql) {
    return all(sql).get(0);
  }
}
